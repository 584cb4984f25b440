"""The judge's rows: a second stream beside the trace, folded like it."""

from msgspec import Struct

from app.trace.events import snake_case


class VerdictRow(Struct, frozen=True, array_like=True, gc=False, tag=snake_case):
    """`after` is the seq of the trace event that made the judge change its mind, at moment `at`."""

    at: int
    after: int


class StatusChanged(VerdictRow, frozen=True, gc=False):
    """What is true now of what `op` wrote. Statuses are listed in `checkers/status.py`.

    `because`: one sentence. `evidence`: seqs of trace events of the same cluster.
    """

    op: str
    client: str
    item: str
    status: str
    because: str
    evidence: tuple[int, ...]


class FindingChanged(VerdictRow, frozen=True, gc=False):
    """A promise judged. `check`: one of those listed in `checkers/judge.py`.

    `verdict`: holds, broken, cannot_tell.

    `count` is the number of cases so far; `op` the one that changed it.
    """

    check: str
    verdict: str
    count: int
    op: str
    because: str
    evidence: tuple[int, ...]


AnyVerdict = StatusChanged | FindingChanged
VERDICT_TYPES: tuple[type[VerdictRow], ...] = (StatusChanged, FindingChanged)
