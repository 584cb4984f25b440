"""Which promise of a run is broken, when and why: the judge's answer, asked of one finished run."""

from collections.abc import Sequence

from msgspec import Struct

from app.checkers.judge import Judge
from app.trace.events import TraceEvent
from app.trace.verdicts import FindingChanged

PROMISES: dict[str, str] = {
    "lost_writes": "What was acknowledged is not lost.",
    "stale_reads": "A read shows every write that was acknowledged before it began.",
    "two_leaders": "Of two nodes that lead, only the newer one acknowledges writes.",
    "resurrected_items": "An item whose removal was acknowledged does not come back by itself.",
    "false_siblings": "No value is shown beside one whose writer had read it.",
    "refused_writes": "A write that was refused has no effect.",
}


class Break(Struct, frozen=True):
    """The first moment at which a promise is broken, and why."""

    at: int
    because: str


def broken(events: Sequence[TraceEvent], cluster: str, design: str, promise: str) -> Break | None:
    """Where the promise breaks; None when it does not."""
    judge = Judge(cluster, design)
    for event in events:
        for row in judge.observe(event):
            if isinstance(row, FindingChanged) and row.check == promise and row.verdict == "broken":
                return Break(row.at, row.because)
    return None
