"""The history: what clients asked and were told, folded from the trace, and who had read what.

Times are real ones, intervals are closed: an operation that returned at the very microsecond at
which another was invoked is concurrent with it.
"""

from collections.abc import Iterable

from msgspec import Struct, field
from msgspec.structs import replace

from app.trace.events import (
    OperationApplied,
    OperationInvoked,
    OperationRetried,
    OperationReturned,
)
from app.trace.ids import operation_of
from app.trace.types.counter import base
from app.trace.values import Value


class Operation(Struct):
    """One operation of a client. `outcome` is "" until it returned: ok, failed or unknown.

    `context` are the ids of the values the client had read; `values` what it then knew of the cart.
    An operation has no context of its own: `replaced` is what the node that applied it built on.
    """

    op: str
    client: str
    action: str
    kind: str
    item: str
    value: Value | None
    context: tuple[str, ...]
    invoked_at: int
    invoked_seq: int
    returned_at: int = -1
    returned_seq: int = -1
    outcome: str = ""
    values: tuple[Value, ...] = ()
    replaced: tuple[str, ...] = ()
    applied_seq: int = -1

    def acknowledged_before(self, at: int) -> bool:
        """Was the client told OK before moment `at`, in real time?"""
        return self.outcome == "ok" and self.returned_at < at


class History(Struct):
    """All writes in order of invocation, and the reads that still wait for their answer.

    A write that its client sent again has a record for each try, by the id of the value it carried:
    two tries may both be stored, and one of them replaced by somebody who had read that one alone.
    `tries`: operation → the places of all its records, where there is more than one.
    """

    writes: list[Operation] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)
    tries: dict[str, list[int]] = field(default_factory=dict)
    open_reads: dict[str, Operation] = field(default_factory=dict)

    def invoke(self, event: OperationInvoked) -> Operation:
        operation = Operation(
            event.op,
            event.client,
            event.action,
            event.kind,
            event.item,
            event.value,
            event.context,
            event.at,
            event.seq,
        )
        if event.value is None:
            self.open_reads[event.op] = operation
        else:
            self.index[event.op] = len(self.writes)
            self.writes.append(operation)
        return operation

    def retry(self, event: OperationRetried) -> Operation | None:
        """The record of another try of a write: asked when the first was, with the same past."""
        place = self.index.get(event.op)
        if event.value is None or place is None:
            return None
        operation = replace(
            self.writes[place], op=event.value.id, value=event.value, invoked_seq=event.seq
        )
        operation.replaced, operation.applied_seq = (), -1
        self.tries.setdefault(event.op, [place]).append(len(self.writes))
        self.index[operation.op] = len(self.writes)
        self.writes.append(operation)
        return operation

    def records(self, place: int) -> list[int]:
        """The places of all tries of the operation of which there is one at `place`."""
        return self.tries.get(operation_of(self.writes[place].op), [place])

    def finish(self, event: OperationReturned) -> Operation | None:
        """The operation, now returned; None when its invocation is not in the trace."""
        operation = self.open_reads.pop(event.op, None)
        if operation is None:
            place = self.index.get(event.op)
            if place is None:
                return None
            operation = self.writes[place]
        records = [self.writes[place] for place in self.tries.get(event.op, ())]
        for record in records or [operation]:
            record.returned_at = event.at
            record.returned_seq = event.seq
            record.outcome = event.outcome
            record.values = event.values
        return operation

    def apply(self, event: OperationApplied) -> int | None:
        """The place of the write whose value and past are now known; None if it is unknown."""
        place = self.index.get(event.value.id)
        if place is None:
            return None
        write = self.writes[place]
        write.value, write.replaced, write.applied_seq = event.value, event.replaced, event.seq
        return place

    def write(self, op: str) -> Operation:
        return self.writes[self.index[op]]


class Lineage:
    """Who had read what, transitively: for each write a mask of itself and all its ancestors.

    Bit i stands for write i of the history. Derived from the contexts alone, never from what the
    protocol says about versions, and rebuilt from the history after a restore.

    `counted`: of a counter, the writes that are in its number. They are fewer than its ancestors
    where a client saw several versions and went on from one of them.
    """

    def __init__(self, history: History, kind: str) -> None:
        self._history = history
        self._index = history.index
        self._counts = kind == "counter"
        self._ops: list[str] = []
        self.masks: list[int] = []
        self.counted: list[int] = []
        # In the order of the trace, as when they were first taken in.
        steps = [(write.invoked_seq, 0, place) for place, write in enumerate(history.writes)]
        steps += [
            (write.applied_seq, 1, place)
            for place, write in enumerate(history.writes)
            if write.applied_seq >= 0
        ]
        for _, applied, place in sorted(steps):
            if applied:
                self.extend(place, history.writes[place].replaced)
            else:
                self.add(history.writes[place])

    def add(self, write: Operation) -> None:
        """The next write of the history."""
        mask = 1 << len(self.masks) | self.covered(write.context)
        counted = 1 << len(self.masks) | self._counted(self._built_on(write))
        self._ops.append(write.op)
        self.masks.append(mask)
        self.counted.append(counted)

    def extend(self, place: int, replaced: Iterable[str]) -> None:
        """The write at `place` was applied on top of these."""
        ids = tuple(replaced)
        self.masks[place] |= self.covered(ids)
        self.counted[place] |= self._counted(ids)

    def _built_on(self, write: Operation) -> tuple[str, ...]:
        """Of what the writer of a counter's whole value had read: what it added up."""
        if not self._counts:
            return ()
        writes = (self._history.write(op) for op in write.context if op in self._index)
        known = tuple([each.value for each in writes if each.value is not None])
        return tuple([value.id for value in base(known, write.item)])

    def _counted(self, ids: Iterable[str]) -> int:
        mask = 0
        for value_id in ids:
            place = self._index.get(value_id)
            if place is not None and place < len(self.counted):
                mask |= self.counted[place]
        return mask

    def covered(self, ids: Iterable[str]) -> int:
        """The mask of these values and of all that their writers had read."""
        mask = 0
        for value_id in ids:
            place = self._index.get(value_id)
            if place is not None and place < len(self.masks):
                mask |= self.masks[place]
        return mask

    def cell_of(self, value: Value) -> str:
        """The item that a part changes; "" of a whole value."""
        place = self._index.get(value.id)
        return self._history.writes[place].item if value.part and place is not None else ""

    def maximal(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Those of these values that no other of them descends from, in order of invocation."""
        index = self._index
        places = sorted({index[value_id]: True for value_id in ids if value_id in index})
        replaced = 0
        for place in places:
            replaced |= self.masks[place] ^ (1 << place)
        return tuple(self._ops[place] for place in places if not replaced >> place & 1)
