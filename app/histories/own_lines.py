"""The export of our own runs (`simulate --format history`), read back into operations.

A whole value is known by the operation that wrote it, so that no two writes are alike: a key that
is only written whole, or compared and set, is a register. What changes a cart or a counter by
single steps is taken step by step: a set of items, or a number.
"""

from collections.abc import Hashable, Iterable
from typing import Any

import msgspec

from app.checkers.outside.operation import NEVER, Action, Operation
from app.errors import HistoryError
from app.histories.events import Recorded, in_order
from app.histories.json_lines import Numbered, outcome, text, time
from app.trace.ids import operation_of
from app.trace.types import counter
from app.trace.values import Value

Told = tuple[Action, Hashable, Hashable]
"""(action, value, expected)"""


class _Stored(msgspec.Struct):
    """A value as the export has it."""

    id: str
    label: str
    items: tuple[str, ...]
    part: bool = False
    tally: tuple[tuple[str, int, int], ...] = ()


def recorded(found: Numbered) -> Recorded:
    """One key for each key of each cluster."""
    stepwise = {_key(one) for _, one in found if one.get("write") == "operation"}
    numbers = {_key(one) for _, one in found if one.get("action") == "increment"} & stepwise
    operations: list[Operation] = []
    lines = {}
    for line, one in found:
        said, key = outcome(one, line), _key(one)
        if said == "fail":
            continue
        try:
            action, value, expected = _told(one, key in stepwise, key in numbers)
        except (msgspec.ValidationError, ValueError, IndexError):
            raise HistoryError(
                f"Line {line} is none of an export. Make one with simulate --format history."
            ) from None
        certain = said == "ok"
        lines[len(operations)] = line, line
        operations.append(
            Operation(
                len(operations),
                text(one, "client", line),
                action,
                key,
                value,
                time(one, "invoked_us", line),
                time(one, "returned_us", line) if certain else NEVER,
                "ok" if certain else "unknown",
                expected,
            )
        )
    return in_order(operations, lines, len(found) - len(operations))


def _key(one: dict[str, Any]) -> str:
    return f"{one.get('cluster')}: {one.get('key')}"


def _told(one: dict[str, Any], stepwise: bool, number: bool) -> Told:
    if one.get("action") == "read":
        versions = msgspec.convert(one.get("read") or [], list[list[_Stored]])
        return "read", _shown(versions, stepwise, number), None
    if one.get("write") == "operation":
        item = msgspec.convert(one.get("item"), str)
        if number:
            return "increment", int(item), None
        return ("remove" if one.get("action") == "remove" else "add"), item, None
    value = msgspec.convert(one.get("value"), _Stored)
    if stepwise:
        return "write", tuple(value.items), None
    replaced = msgspec.convert(one.get("context"), list[str])
    if one.get("write") == "compare":
        return "cas", value.id, operation_of(replaced[0]) if replaced else None
    return "write", value.id, None


def _shown(versions: list[list[_Stored]], stepwise: bool, number: bool) -> Hashable:
    """What a read shows: of several versions at once, all of them."""
    if number:
        totals = [counter.total(_values(version)) for version in versions]
        return totals[0] if len(totals) == 1 else tuple(totals) or 0
    if stepwise:
        return tuple(dict.fromkeys(i for one in versions for value in one for i in value.items))
    ids = tuple(operation_of(version[0].id) for version in versions)
    return ids[0] if len(ids) == 1 else ids or None


def _values(version: Iterable[_Stored]) -> tuple[Value, ...]:
    return tuple(Value(v.id, v.label, v.items, v.part, v.tally) for v in version)
