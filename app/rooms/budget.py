"""How much a run may use that a stranger gave, by a link or a file, before it is shown."""

import time

from app.errors import CommandRejected
from app.trace.events import TraceEvent

SECONDS = 4.0
"""Of the processor. A run of 50,000 events takes less than one; what takes more is built to."""
MOST_BYTES = 24_000_000
CHECK_EVERY = 64


class Budget:
    """Watches a run being simulated; raises CommandRejected when it has used too much.

    Made in the thread that simulates, since it reads that thread's own time.
    """

    def __init__(self, asked: str, events: int, seconds: float = SECONDS) -> None:
        self.asked = asked
        self.most = events
        self.events = 0
        self.bytes = 0
        self.until = time.thread_time() + seconds

    def observe(self, event: TraceEvent) -> None:
        """One more event has happened."""
        self.events += 1
        if self.events > self.most:
            raise self._refusal(f"has more than {self.most} events by {event.at / 1e6:.3f} s")
        if not self.events % CHECK_EVERY and time.thread_time() > self.until:
            raise self._refusal("takes too long to simulate")

    def weigh(self, row: int) -> None:
        """A row of so many bytes is kept."""
        self.bytes += row
        if self.bytes > MOST_BYTES:
            raise self._refusal(f"fills more than {MOST_BYTES // 1_000_000} million bytes")

    def _refusal(self, what: str) -> CommandRejected:
        remedy = "Give fewer commands or nodes, or a shorter time."
        return CommandRejected(self.asked, f"Its run {what}.", remedy)
