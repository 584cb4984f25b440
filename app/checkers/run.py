"""Does a promise hold in this run? One question about the trace of one cluster, up to its end.

What the live judge follows (`judge.py`) is answered by it; what clients saw alone decides about the
rest (`outside/promises.py`). Names: `LIVE` and `outside.promises.BY_NAME`.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from app.checkers.judge import CHECKS, Judge
from app.checkers.outside import promises
from app.checkers.outside.operation import Operation, Verdict, told
from app.checkers.own import Asked, asked, operations
from app.trace.events import ClusterStarted, TraceEvent
from app.trace.verdicts import FindingChanged

LIVE = tuple(CHECKS)
MOST_STATES = 20_000
"""To be looked at in a search: a run is asked about while somebody waits."""
NAME = re.compile(r"[\w.:-]+-\d+")
NUMBER = re.compile(r"(?<![-\w])\d+: ")


class Found(Struct, frozen=True):
    """`verdict`: holds, broken or cannot_tell. `evidence`: seqs of calls and answers, the smallest
    part that shows it; `ops`: the operations these belong to; `order`: of a promise kept, the
    operations in an order that keeps it, where the check finds one."""

    promise: str
    verdict: str
    because: str
    evidence: tuple[int, ...] = ()
    ops: tuple[str, ...] = ()
    order: tuple[str, ...] = ()


def promise_in(events: Sequence[TraceEvent], promise: str, most: int = MOST_STATES) -> Found:
    """The verdict on one promise; raises ValueError when there is none of that name."""
    if promise in CHECKS:
        return _followed(events, promise)
    if promise not in promises.BY_NAME:
        names = ", ".join((*LIVE, *promises.BY_NAME))
        raise ValueError(f"There is no promise {promise!a}. Choose one of: {names}.")
    found = asked(events)
    return in_run(found, promises.judge(promise, operations(found), None, most), promise)


def _followed(events: Iterable[TraceEvent], promise: str) -> Found:
    """What the live judge comes to."""
    judge: Judge | None = None
    last: FindingChanged | None = None
    for event in events:
        if isinstance(event, ClusterStarted):
            judge = Judge("", event.design)
        assert judge is not None, "a trace begins with the start of its cluster"
        for row in judge.observe(event):
            if isinstance(row, FindingChanged) and row.check == promise:
                last = row
    if last is None:
        return Found(promise, "holds", "Nothing has broken it so far.")
    return Found(promise, last.verdict, last.because, last.evidence, (last.op,) if last.op else ())


def in_run(found: Sequence[Asked], verdict: Verdict, promise: str) -> Found:
    """A verdict on the operations of a run, told with its events and the names on its screen."""
    word = {True: "holds", False: "broken", None: "cannot_tell"}[verdict.holds]
    seqs = [seq for place in verdict.evidence for seq in found[place].seqs if seq >= 0]
    return Found(
        promise,
        word,
        said(found, verdict.because),
        tuple(sorted(seqs)),
        tuple(found[place].op for place in verdict.evidence),
        tuple(found[place].op for place in verdict.order),
    )


def said(found: Iterable[Asked], text: str) -> str:
    """With the letters on the screen for values, and shoppers instead of numbers."""
    labels = {one.op: one.value.label for one in found if one.value is not None}
    named = NAME.sub(lambda match: labels.get(match[0], match[0]), NUMBER.sub("", text))
    return named[:1].upper() + named[1:]


def in_words(found: Sequence[Asked], operation: Operation) -> str:
    """One operation in a few words: `phone writes a`."""
    return said(found, told(operation))
