"""`python -m app judge FILE`: the verdict on a history that anybody recorded."""

from pathlib import Path

from app.errors import HistoryError
from app.histories.read import MOST_BYTES
from app.histories.report import report

STATUS = {"holds": 0, "broken": 1, "cannot_tell": 2}


def judge(name: str, initial: str) -> int:
    """Print what was assumed, the verdict and the evidence; returns the exit status.

    `initial`: what each object holds at the start, as in EDN; empty: what is assumed.
    """
    found = report(_contents(name), initial)
    print(f"{name}: {found.about}")
    print(found.assumed)
    print(found.heading)
    if found.because:
        print(found.because)
    for one in found.witnesses:
        print(f"  {one.invoked}–{one.returned}  {one.does}  ({one.lines})")
    if found.left_out:
        print(f"  {found.left_out}")
    for line in (*found.weaker, found.alike):
        if line:
            print(line)
    return STATUS[found.verdict]


def _contents(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(MOST_BYTES + 1)  # one more than is judged: enough to be refused
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise HistoryError(f"{name} cannot be read ({why}). Name a file.") from None
