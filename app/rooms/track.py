"""What a timeline keeps: rows as encoded bytes, and snapshots to go back to."""

import zlib
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Raw, Struct

from app.trace.codec import encode


class Track:
    """The rows of one kind of one cluster, with the moment of each: one after another in one
    buffer, a comma behind each, since a row apart costs half as much again."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.ends = array("I")
        self.moments = array("q")

    def __len__(self) -> int:
        return len(self.moments)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Track) and (self.data, self.moments) == (other.data, other.moments)

    def add(self, at: int, row: Struct) -> int:
        """Encode a row and keep it; how many bytes that takes."""
        encoded = encode(row)
        self.data += encoded
        self.data += b","
        self.ends.append(len(self.data))
        self.moments.append(at)
        return len(encoded)

    def cut(self, length: int) -> None:
        del self.data[self._start(length) :]
        del self.ends[length:]
        del self.moments[length:]

    def count(self, at: int) -> int:
        """How many rows there are up to and including `at`."""
        return bisect_right(self.moments, at)

    def raw(self, start: int, end: int) -> Raw:
        """The rows from `start` to before `end` as one JSON array."""
        begin, stop = self._start(start), self._start(end)
        return Raw(b"[" + self.data[begin : max(begin, stop - 1)] + b"]")

    def rows(self, end: int) -> Iterator[bytes]:
        """The first `end` rows, one by one."""
        start = 0
        for stop in self.ends[:end]:
            yield bytes(self.data[start : stop - 1])
            start = stop

    def copy(self, length: int) -> "Track":
        made = Track()
        made.data = self.data[: self._start(length)]
        made.ends = self.ends[:length]
        made.moments = self.moments[:length]
        return made

    def _start(self, row: int) -> int:
        """Where this row begins; the end of all, if there are not so many."""
        return self.ends[min(row, len(self.ends)) - 1] if row and self.ends else 0


_unpack = msgspec.msgpack.Decoder(tuple[bytes, dict[str, Raw]]).decode


class Snapshot(Struct, frozen=True):
    """Everything at `at`, after all events of that moment and the first `given` commands.

    `rows` and `verdicts`: how many there were of each cluster. `packed`: the simulation and the
    judges, compressed, for the names in them come again and again.
    """

    at: int
    given: int
    rows: dict[str, int]
    verdicts: dict[str, int]
    packed: bytes

    def unpacked(self) -> tuple[bytes, dict[str, Raw]]:
        """The simulation's snapshot and the state of each judge."""
        return _unpack(zlib.decompress(self.packed))


def pack(simulation: bytes, judges: Mapping[str, Any]) -> bytes:
    """A simulation's snapshot and the states of its judges, as small as is quick."""
    return zlib.compress(msgspec.msgpack.encode((simulation, judges)), 1)
