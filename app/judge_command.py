"""`python -m app judge FILE`: the verdict on a history that anybody recorded."""

import gc
from collections.abc import Hashable
from pathlib import Path

from app.checkers.outside.judged import Judged, judged, start
from app.checkers.outside.operation import NEVER, Operation, short
from app.checkers.outside.operation import told as does
from app.checkers.outside.promises import PROMISES, distance
from app.checkers.outside.search import MOST_STATES
from app.checkers.outside.sessions import of_sessions, unique_writes_by_key
from app.errors import HistoryError
from app.histories.edn import atom
from app.histories.events import Recorded
from app.histories.read import MOST_BYTES, history

WORDS = {True: "holds", False: "broken", None: "cannot tell"}
HOLDS, BROKEN, CANNOT_TELL = 0, 1, 2
FEW = 1_000
"""Operations up to which weaker promises are looked at: they take the square of it."""
SHOWN = 20
"""Lines of evidence that are printed at most."""


def judge(name: str, initial: str) -> int:
    """Print what was assumed, the verdict and the evidence; returns the exit status.

    `initial`: what each object holds at the start, as in EDN; empty: what `start` assumes.
    """
    gc.disable()  # Nothing here is thrown away before the end.
    found = history(_contents(name))
    operations = found.recorded.operations
    begins = atom(initial) if initial else start(operations)
    try:
        verdicts = judged(operations, begins)
    except ValueError as error:
        raise HistoryError(str(error)) from None
    processes = len({operation.process for operation in operations})
    print(f"{name}: {found.format}; {len(operations)} operations of {processes} processes.")
    print(assumed(verdicts, begins))
    for holds, status in ((False, BROKEN), (None, CANNOT_TELL)):
        some = [one for one in verdicts if one.verdict.holds is holds]
        if some:
            print("Broken: not linearizable." if holds is False else "Cannot tell.")
            print("\n".join(told(some[0], found.recorded)))
            if holds is False:
                print("\n".join(weaker(operations, begins)))
            if len(some) > 1:
                print(f"So it is with {len(some)} of {len(verdicts)} keys.")
            return status
    print("Holds: linearizable.")
    return HOLDS


def _contents(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)  # one more than is judged: enough to be refused
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise HistoryError(f"{name} cannot be read ({why}). Name a file.") from None


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


def told(one: Judged, recorded: Recorded) -> list[str]:
    """A verdict that is not a yes, with its operations and the lines of the file they stand in."""
    key = "" if one.key is None else f"Key {one.key}: "
    lines = [f"{key}{one.verdict.because}"]
    by_id = {operation.id: operation for operation in recorded.operations}
    evidence = one.verdict.evidence
    lines += [_line(by_id[number], recorded) for number in evidence[:SHOWN]]
    if len(evidence) > SHOWN:
        lines.append(f"  and {len(evidence) - SHOWN} more.")
    return lines


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


def _line(operation: Operation, recorded: Recorded) -> str:
    call, answer = recorded.lines[operation.id]
    end = "?" if operation.returned == NEVER else operation.returned
    where = f"line {call}" if answer in (0, call) else f"lines {call} and {answer}"
    return f"  {operation.invoked}–{end}  {does(operation)}  ({where})"
