"""Which promise of a run is broken, when and why: the judge's answer, asked of one finished run."""

from collections.abc import Sequence

from msgspec import Struct

from app.checkers.checks import CHECKS
from app.checkers.outside.promises import BY_NAME
from app.checkers.run import promise_in
from app.trace.events import TraceEvent

PROMISES: dict[str, str] = {
    **{name: followed.says for name, followed in CHECKS.items()},
    **{name: promise.says for name, promise in BY_NAME.items()},
}
"""What can be broken, each in a sentence."""


class Break(Struct, frozen=True):
    """The moment by which a promise is broken, and why."""

    at: int
    because: str


def broken(events: Sequence[TraceEvent], promise: str) -> Break | None:
    """Where the promise breaks; None when it holds, or nobody can tell."""
    found = promise_in(events, promise)
    if found.verdict != "broken":
        return None
    at = {event.seq: event.at for event in events}
    return Break(max((at[seq] for seq in found.evidence), default=events[-1].at), found.because)
