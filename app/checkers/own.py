"""Operations of our own runs, as clients saw them: read off a trace, or off the export of one.

A whole value is known by the operation that wrote it, so that no two writes are alike: a key that
is only written whole, or compared and set, is a register. What changes a cart or a counter by
single steps is taken step by step: a set of items, or a number.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Literal

from msgspec import Struct

from app.checkers.outside.operation import NEVER, Action, Operation
from app.trace.events import (
    OperationApplied,
    OperationInvoked,
    OperationReturned,
    TraceEvent,
)
from app.trace.ids import operation_of
from app.trace.types import counter
from app.trace.values import Value, carts

Told = tuple[Action, Hashable, Hashable]
"""(action, value, expected)"""


class Asked(Struct):
    """One operation of a run. `write`: whole, compare or operation; of a read empty. `read`: the
    versions that it was shown. `outcome`: ok, failed or unknown; `returned` −1 while there is no
    answer. `seqs`: of the call and the answer in the trace, −1 where there is none."""

    op: str
    client: str
    action: str
    write: str
    key: str
    item: str
    value: Value | None
    context: Sequence[str]
    invoked: int
    returned: int = -1
    outcome: str = "unknown"
    read: Sequence[Sequence[Value]] = ()
    seqs: tuple[int, int] = (-1, -1)


def asked(events: Iterable[TraceEvent]) -> list[Asked]:
    """What the clients of one cluster asked and were told, in the order of their calls."""
    found: dict[str, Asked] = {}
    for event in events:
        if isinstance(event, OperationInvoked):
            found[event.op] = Asked(
                event.op,
                event.client,
                event.action,
                event.write,
                event.key,
                event.item,
                event.value,
                event.context,
                event.at,
                seqs=(event.seq, -1),
            )
        elif isinstance(event, OperationApplied):
            one = found.get(operation_of(event.op))
            if one is not None:
                one.value = event.value
        elif isinstance(event, OperationReturned) and event.op in found:
            one = found[event.op]
            one.returned, one.outcome, one.seqs = event.at, event.outcome, (one.seqs[0], event.seq)
            if event.kind == "read" and event.outcome == "ok":
                one.read = carts(event.values)
    return list(found.values())


def operations(found: Sequence[Asked]) -> list[Operation]:
    """As the checks take them, with their place in `found` as id; without what surely had no
    effect."""
    # What failed is left out below, and says nothing about what a key is taken for.
    stepwise = {one.key for one in found if one.write == "operation" and one.outcome != "failed"}
    numbers = {one.key for one in found if one.action == "increment"} & stepwise
    made = []
    for place, one in enumerate(found):
        if one.outcome == "failed":
            continue
        action, value, expected = _told(one, one.key in stepwise, one.key in numbers)
        certain = one.outcome == "ok"
        outcome: Literal["ok", "unknown"] = "ok" if certain else "unknown"
        returned = one.returned if certain else NEVER
        made.append(
            Operation(
                place, one.client, action, one.key, value, one.invoked, returned, outcome, expected
            )
        )
    return made


def _told(one: Asked, stepwise: bool, number: bool) -> Told:
    if one.action == "read":
        return "read", _shown(one.read, stepwise, number), None
    if one.write == "operation":
        if number:
            return "increment", int(one.item), None
        return ("remove" if one.action == "remove" else "add"), one.item, None
    assert one.value is not None, "who writes a whole value writes one"
    if stepwise:
        return "write", tuple(one.value.items), None
    if one.write == "compare":
        replaced = one.context
        return "cas", one.op, operation_of(replaced[0]) if replaced else None
    return "write", one.op, None


def _shown(versions: Sequence[Sequence[Value]], stepwise: bool, number: bool) -> Hashable:
    """What a read shows: of several versions at once, all of them."""
    if number:
        totals = [counter.total(tuple(version)) for version in versions]
        return totals[0] if len(totals) == 1 else tuple(totals) or 0
    if stepwise:
        return tuple(dict.fromkeys(i for one in versions for value in one for i in value.items))
    ids = tuple(operation_of(version[0].id) for version in versions)
    return ids[0] if len(ids) == 1 else ids or None
