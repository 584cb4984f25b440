"""What clients were told and how long it took: counts and latency percentiles of one cluster.

A fold over `operation_invoked` and `operation_returned` rows alone. An operation that has not
returned is not counted. Latency is the time from invocation to answer, in microseconds, whatever
happens between; waiting in the client's own queue comes before it. It is taken of operations
answered OK: a refusal is counted apart, for a quick refusal is not a quick service, and an unknown
outcome has no latency at all, since its client only gave up waiting. `static/js/model/counts.js`
is the same in the browser; a test holds both to the golden runs.
"""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from app.trace.events import OperationInvoked, OperationReturned, TraceEvent

PERCENTS = (50, 95, 99)


class Answer(Struct, frozen=True):
    """One operation that returned. `outcome`: ok, failed or unknown; `took` in microseconds."""

    op: str
    client: str
    kind: str
    outcome: str
    at: int
    seq: int
    took: int


class Spread(Struct, frozen=True):
    """How long `count` operations took; the percentiles in microseconds, None where there are
    none."""

    count: int
    p50: int | None
    p95: int | None
    p99: int | None


class Tally(Struct, frozen=True):
    """The counts of one cluster. `ok`: both kinds together; `reads` and `writes`: each alone."""

    refused: int
    no_answer: int
    ok: Spread
    reads: Spread
    writes: Spread


def answers(events: Iterable[TraceEvent]) -> list[Answer]:
    """The operations that returned, in order of their answers."""
    invoked: dict[str, int] = {}
    found: list[Answer] = []
    for event in events:
        if isinstance(event, OperationInvoked):
            invoked[event.op] = event.at
        elif isinstance(event, OperationReturned) and event.op in invoked:
            took = event.at - invoked[event.op]
            found.append(
                Answer(event.op, event.client, event.kind, event.outcome, event.at, event.seq, took)
            )
    return found


def tally(found: Iterable[Answer], clients: Collection[str] | None = None) -> Tally:
    """The counts of these answers; `clients`: of this group of clients alone."""
    chosen = [answer for answer in found if clients is None or answer.client in clients]
    ok = [answer for answer in chosen if answer.outcome == "ok"]
    return Tally(
        refused=sum(1 for answer in chosen if answer.outcome == "failed"),
        no_answer=sum(1 for answer in chosen if answer.outcome == "unknown"),
        ok=spread(ok),
        reads=spread(answer for answer in ok if answer.kind == "read"),
        writes=spread(answer for answer in ok if answer.kind == "write"),
    )


def spread(found: Iterable[Answer]) -> Spread:
    took = sorted(answer.took for answer in found)
    return Spread(len(took), *(nearest_rank(took, percent) for percent in PERCENTS))


def nearest_rank(ordered: Sequence[int], percent: int) -> int | None:
    """The `percent`-th percentile by nearest rank: of n values in ascending order the one at place
    ⌈percent · n / 100⌉, counted from 1. It is always one of the values, so an operation that took
    exactly so long can be shown. Hyndman and Fan 1996, definition 1."""
    if not ordered:
        return None
    return ordered[max(1, (percent * len(ordered) + 99) // 100) - 1]


def milliseconds(us: int) -> str:
    """Whole milliseconds, half of one rounded up; a time of less than half of one is not 0."""
    return f"{max(1, (us + 500) // 1000)} ms"
