"""What a timeline keeps: rows as encoded bytes, and snapshots to go back to."""

from array import array
from bisect import bisect_right

from msgspec import Raw, Struct


class Track:
    """The rows of one kind of one cluster: bytes, with the moment of each."""

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        self.moments = array("q")

    def add(self, at: int, row: bytes) -> None:
        self.rows.append(row)
        self.moments.append(at)

    def cut(self, length: int) -> None:
        del self.rows[length:]
        del self.moments[length:]

    def count(self, at: int) -> int:
        """How many rows there are up to and including `at`."""
        return bisect_right(self.moments, at)

    def raw(self, start: int, end: int) -> Raw:
        return Raw(b"[" + b",".join(self.rows[start:end]) + b"]")

    def copy(self, length: int) -> "Track":
        made = Track()
        made.rows = self.rows[:length]
        made.moments = self.moments[:length]
        return made


class Snapshot(Struct, frozen=True):
    """Everything at `at`, after all events of that moment and the first `given` commands."""

    at: int
    given: int
    simulation: bytes
    judges: dict[str, bytes]
    rows: dict[str, int]
    verdicts: dict[str, int]

    @property
    def bytes(self) -> int:
        """What it weighs."""
        return len(self.simulation) + sum(len(judge) for judge in self.judges.values())
