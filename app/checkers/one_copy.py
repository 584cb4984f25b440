"""Linearizability of a key that is only written whole, followed while the run goes on.

The zones of `outside/zones.py`, kept in the order in which they begin. A run goes on in real time,
so a zone's begin (the first answer with its value) never changes, and only reads widen it: what is
new can only be in conflict with the zones that begin inside it, or with the one it begins in. Time
for each answer: the logarithm of the number of values, and how many operations run side by side.

Keys that are changed step by step, or compared and set, are left to the search, when somebody asks.
"""

from bisect import bisect_left, bisect_right, insort

from msgspec import Struct, field

from app.checkers.because import name
from app.checkers.history import Operation
from app.checkers.outside.operation import NEVER, unnumbered
from app.checkers.outside.operation import Operation as Seen
from app.checkers.outside.zones import START, Cluster, broken_by
from app.trace.ids import operation_of


class Call(Struct, array_like=True):
    """An operation on the key: its value's letter, and the seqs of call and answer."""

    op: str
    client: str
    wrote: bool
    label: str
    invoked: int
    returned: int
    seqs: tuple[int, int]


class Zone(Struct, array_like=True):
    """One value: `begins` with its first answer, `ends` with its last call. `write` None: what was
    there at the start. `out`, `last`: the reads that set the two; None: the write did."""

    op: str
    write: Call | None
    begins: int = NEVER
    ends: int = START
    out: Call | None = None
    last: Call | None = None


class OneCopy(Struct):
    """`order`: (begin, operation) of the values that were answered; `forward`: of those whose zone
    ends after it begins. `state`: "" while it is followed, then broken or searched."""

    zones: dict[str, Zone] = field(default_factory=dict)
    order: list[tuple[int, str]] = field(default_factory=list)
    forward: list[tuple[int, str]] = field(default_factory=list)
    state: str = ""

    def asked(self, write: Operation, kind: str) -> bool:
        """A write was asked for; True when from now on the key cannot be followed."""
        if self.state:
            return False
        if kind != "whole" or write.value is None:
            self._end("searched")
            return True
        call = Call(
            write.op, write.client, True, write.value.label, write.invoked_at, NEVER,
            (write.invoked_seq, -1),
        )  # fmt: skip
        self.zones[write.op] = Zone(write.op, call, ends=write.invoked_at)
        return False

    def answered(self, write: Operation) -> "Broken | None":
        """The write's client was told what came of it."""
        zone = self.zones.get(write.op)
        if self.state or zone is None or zone.write is None:
            return None
        call = zone.write
        call.seqs = (call.seqs[0], write.returned_seq)
        if write.outcome == "failed":
            if zone.out is not None:
                return self._break(f"{_told(zone.out)}, whose write was refused.", call, zone.out)
            del self.zones[write.op]
            return None
        if write.outcome != "ok":
            return None
        call.returned = write.returned_at
        return self._out(zone, call)

    def read(self, read: Operation) -> "Broken | None":
        """A read was answered OK."""
        if self.state:
            return None
        ops = tuple(dict.fromkeys(operation_of(value.id) for value in read.values))
        label = " and ".join(value.label for value in read.values)
        call = Call(
            read.op, read.client, False, label, read.invoked_at, read.returned_at,
            (read.invoked_seq, read.returned_seq),
        )  # fmt: skip
        if len(ops) > 1:
            return self._break(f"{_told(call)} at once, and a single copy holds one value.", call)
        op = ops[0] if ops else ""
        zone = self.zones.get(op)
        if zone is None and not op:
            zone = self.zones[op] = Zone(op, None, START)
            self.order.insert(0, (START, op))
        if zone is None:
            return self._break(f"{_told(call)}, whose write was refused.", call)
        if call.invoked > zone.ends:
            zone.ends, zone.last = call.invoked, call
        return self._out(zone, call)

    def _out(self, zone: Zone, call: Call) -> "Broken | None":
        """Something with this value was answered just now."""
        if zone.begins == NEVER:
            zone.begins = call.returned
            zone.out = None if call.wrote else call
            self.order.append((zone.begins, zone.op))
        other = self._conflict(zone)
        if other is not None:
            verdict = broken_by(_cluster(zone), _cluster(other))
            calls = [
                one for one in (*_calls(zone), *_calls(other)) if one.seqs[0] in verdict.evidence
            ]
            return self._break(unnumbered(verdict.because), *calls)
        if zone.begins < zone.ends and (zone.begins, zone.op) not in self._around(zone):
            insort(self.forward, (zone.begins, zone.op))
        return None

    def _around(self, zone: Zone) -> list[tuple[int, str]]:
        """Of the forward zones those that begin as this one does, or last before it."""
        place = bisect_right(self.forward, (zone.begins, zone.op))
        return self.forward[max(0, place - 2) : place]

    def _conflict(self, zone: Zone) -> Zone | None:
        low = bisect_right(self.order, (zone.begins, zone.op))
        high = bisect_left(self.order, (zone.ends, ""))
        for _, op in self.order[low:high]:
            if zone.begins < self.zones[op].ends:
                return self.zones[op]
        for _, op in self._around(zone):
            other = self.zones[op]
            if other is not zone and other.begins < zone.ends and zone.begins < other.ends:
                return other
        return None

    def _break(self, because: str, *calls: Call) -> "Broken":
        seqs = {seq for call in calls for seq in call.seqs if seq >= 0}
        self._end("broken")
        return Broken(because, tuple(sorted(seqs)))

    def _end(self, state: str) -> None:
        self.state, self.zones, self.order, self.forward = state, {}, [], []


class Broken(Struct, frozen=True):
    """Why no order fits, and the seqs of the calls and answers that show it."""

    because: str
    evidence: tuple[int, ...]


def _calls(zone: Zone) -> tuple[Call, ...]:
    return tuple(one for one in (zone.write, zone.out, zone.last) if one is not None)


def _cluster(zone: Zone) -> Cluster:
    """As `outside/zones.py` has it, with the seqs of calls as ids."""
    write, out, last = _seen(zone.write), _seen(zone.out), _seen(zone.last)
    return Cluster(zone.op, write, zone.begins, zone.ends, out or write, last or write)


def _seen(call: Call | None) -> Seen | None:
    if call is None:
        return None
    return Seen(
        call.seqs[0],
        name(call.client),
        "write" if call.wrote else "read",
        "",
        call.label or None,
        call.invoked,
        call.returned,
        "ok",
    )


def _told(call: Call) -> str:
    verb = "writes" if call.wrote else "reads"
    return f"{name(call.client)} {verb} {call.label or 'nothing'}"
