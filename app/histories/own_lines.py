"""The export of our own runs (`simulate --format history`), read back into operations."""

from typing import Any

import msgspec

from app.checkers.own import Asked, operations
from app.errors import HistoryError
from app.histories.events import Recorded, in_order
from app.histories.json_lines import Numbered, outcome, text, time
from app.trace.values import Value

OUTCOMES = {"ok": "ok", "fail": "failed", "unknown": "unknown"}


class _Stored(msgspec.Struct):
    """A value as the export has it."""

    id: str
    label: str
    items: tuple[str, ...]
    part: bool = False
    tally: tuple[tuple[str, int, int], ...] = ()

    def value(self) -> Value:
        return Value(self.id, self.label, self.items, self.part, self.tally)


def recorded(found: Numbered) -> Recorded:
    """One key for each key of each cluster."""
    read = [_asked(one, line) for line, one in found]
    try:
        made = operations(read)
    except (AssertionError, ValueError, IndexError):
        raise HistoryError(
            "Some line is none of an export: a write without a value, or an increment by no "
            "number. Make one with simulate --format history."
        ) from None
    lines = {one.id: (found[one.id][0], found[one.id][0]) for one in made}
    return in_order(made, lines, len(read) - len(made))


def _asked(one: dict[str, Any], line: int) -> Asked:
    said = OUTCOMES[outcome(one, line)]
    try:
        value = msgspec.convert(one.get("value"), _Stored | None)
        versions = msgspec.convert(one.get("read") or [], list[list[_Stored]])
        return Asked(
            text(one, "op", line),
            # The same shopper is another client of each cluster.
            f"{one.get('cluster')}/{text(one, 'client', line)}",
            text(one, "action", line),
            msgspec.convert(one.get("write") or "", str),
            f"{one.get('cluster')}: {one.get('key')}",
            msgspec.convert(one.get("item") or "", str),
            value.value() if value is not None else None,
            msgspec.convert(one.get("context") or [], list[str]),
            time(one, "invoked_us", line),
            time(one, "returned_us", line) if said == "ok" else -1,
            said,
            [[each.value() for each in version] for version in versions],
        )
    except msgspec.ValidationError:
        raise HistoryError(
            f"Line {line} is none of an export. Make one with simulate --format history."
        ) from None
