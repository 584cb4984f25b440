"""The verdict on a file of operations, in words: for the command line and for a page."""

import gc
from collections.abc import Hashable
from typing import Literal

from msgspec import Struct

from app.checkers.outside.judged import Judged, judged, start
from app.checkers.outside.operation import NEVER, Operation, short
from app.checkers.outside.operation import told as does
from app.checkers.outside.promises import PROMISES, distance
from app.checkers.outside.search import MOST_STATES
from app.checkers.outside.sessions import of_sessions, unique_writes_by_key
from app.errors import HistoryError
from app.histories.edn import atom
from app.histories.events import Recorded
from app.histories.read import history

HEADINGS: dict[str, str] = {
    "holds": "Holds: linearizable.",
    "broken": "Broken: not linearizable.",
    "cannot_tell": "Cannot tell.",
}
WORDS = {True: "holds", False: "broken", None: "cannot tell"}
FEW = 1_000
"""Operations up to which weaker promises are looked at: they take the square of it."""
SHOWN = 20
"""Lines of evidence that are shown at most."""


class Witness(Struct, frozen=True):
    """An operation of the evidence: its interval on the clock of the file, "?" where no answer
    came, what it does, and the lines of the file that say so."""

    invoked: str
    returned: str
    does: str
    lines: str


class Report(Struct, frozen=True):
    """`because`: why, of the first key that is not a yes, with `witnesses`, `more` of which are
    left out; `weaker`: what still holds. `alike`: of how many keys this is so, if of several."""

    verdict: Literal["holds", "broken", "cannot_tell"]
    about: str
    assumed: str
    because: str = ""
    witnesses: tuple[Witness, ...] = ()
    more: int = 0
    weaker: tuple[str, ...] = ()
    alike: str = ""

    @property
    def heading(self) -> str:
        return HEADINGS[self.verdict]

    @property
    def left_out(self) -> str:
        return f"and {self.more} more." if self.more else ""


class Sent(Struct, frozen=True):
    """A file to judge, and what each object holds at first, as in EDN; empty: what is assumed."""

    data: bytes
    initial: str


def judged_file(sent: Sent) -> Report | str:
    """The verdict, or the sentence that refuses the file."""
    try:
        return report(sent.data, sent.initial)
    except HistoryError as error:
        return str(error)


def report(data: bytes, initial: str = "") -> Report:
    """The verdict on the bytes of a file; raises HistoryError when they cannot be read.

    `initial`: what each object holds at the start, as in EDN; empty: what `start` assumes.
    """
    collects = gc.isenabled()
    gc.disable()  # Nothing here is thrown away before the end.
    try:
        return _report(data, initial)
    finally:
        if collects:
            gc.enable()


def _report(data: bytes, initial: str) -> Report:
    found = history(data)
    operations = found.recorded.operations
    begins = atom(initial) if initial else start(operations)
    try:
        verdicts = judged(operations, begins)
    except ValueError as error:
        raise HistoryError(str(error)) from None
    processes = len({operation.process for operation in operations})
    about = f"{found.format}; {len(operations)} operations of {processes} processes."
    model = assumed(verdicts, begins)
    broken = [one for one in verdicts if one.verdict.holds is False]
    some = broken or [one for one in verdicts if one.verdict.holds is None]
    if not some:
        return Report("holds", about, model)
    first = some[0]
    key = "" if first.key is None else f"Key {first.key}: "
    by_id = {operation.id: operation for operation in operations}
    evidence = first.verdict.evidence
    return Report(
        "broken" if broken else "cannot_tell",
        about,
        model,
        f"{key}{first.verdict.because}",
        tuple(_witness(by_id[number], found.recorded) for number in evidence[:SHOWN]),
        max(0, len(evidence) - SHOWN),
        tuple(weaker(operations, begins)) if broken else (),
        f"So it is with {len(some)} of {len(verdicts)} keys." if len(some) > 1 else "",
    )


def assumed(verdicts: list[Judged], begins: Hashable) -> str:
    """The model that each key was judged by."""
    if not verdicts:
        return "No client did anything."
    counts: dict[str, int] = {}
    for one in verdicts:
        counts[one.object] = counts.get(one.object, 0) + 1
    objects = ", ".join(
        f"a {name}" if count == 1 else f"{count} keys, each a {name}"
        for name, count in counts.items()
    )
    return (
        f"Assumed: {objects}; at first {short(begins)}, "
        "and what had no answer may take effect later, or never."
    )


def weaker(operations: list[Operation], begins: Hashable) -> list[str]:
    """What still holds of registers whose writes all differ: how far off they are, and every weaker
    promise."""
    if len(operations) > FEW or not unique_writes_by_key(of_sessions(operations), begins):
        return []
    off = distance(operations, begins)
    lines = []
    if off.k is not None:
        lines.append(f"Every read shows one of the last {off.k} values written to its key.")
    if off.delta is not None:
        lines.append(f"It would be linearizable if every read had begun {off.delta} earlier.")
    for promise in PROMISES:
        if promise.name != "linearizable":
            verdict = promise.check(operations, begins, MOST_STATES)
            lines.append(f"{promise.title}: {WORDS[verdict.holds]}. {verdict.because}")
    return lines


def _witness(operation: Operation, recorded: Recorded) -> Witness:
    call, answer = recorded.lines[operation.id]
    end = "?" if operation.returned == NEVER else str(operation.returned)
    where = f"line {call}" if answer in (0, call) else f"lines {call} and {answer}"
    return Witness(str(operation.invoked), end, does(operation), where)
