"""How much of the processor one visitor may use for heavy work, and for how long it waits.

A bucket of processor seconds a visitor: work takes out what it took, and time fills it up again. So
a person who plays is never held up, and a script that never stops gets a small share.
"""

from collections import OrderedDict
from collections.abc import Callable

from app.errors import CommandRejected

MOST_VISITORS = 10_000


class Quota:
    """`seconds` may be used at once, and `share` of a second comes back each second."""

    def __init__(self, seconds: float, share: float, clock: Callable[[], float]) -> None:
        self.seconds = seconds
        self.share = share
        self.clock = clock
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def used(self, visitor: str) -> float:
        """What is missing from this visitor's bucket now, in seconds."""
        used, at = self._used.get(visitor, (0.0, 0.0))
        return max(0.0, used - (self.clock() - at) * self.share)

    def charge(self, visitor: str, seconds: float) -> None:
        """So much was used."""
        self._used[visitor] = (self.used(visitor) + seconds, self.clock())
        self._used.move_to_end(visitor)
        while len(self._used) > MOST_VISITORS:
            self._used.popitem(last=False)

    def check(self, visitor: str, asked: str) -> None:
        """Raise CommandRejected when nothing is left for this visitor."""
        over = self.used(visitor) - self.seconds
        if over > 0:
            wait = max(1, round(over / self.share + 1))
            raise CommandRejected(
                asked,
                f"You have used the {self.seconds:.0f} s of the processor that one visitor may "
                "use at once.",
                f"Wait {wait} s and ask again.",
            )
