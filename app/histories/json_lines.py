"""Histories as a line of JSON each: events as Jepsen has them, or whole operations.

An operation has `process`, `f`, `value`, `invoked` and `returned` (whole numbers on one clock;
`returned` null: never), `outcome` (ok, fail or unknown), and where needed `key` and, of a
compare-and-set, `expected`. `own_lines.py` reads the export of our own runs.
"""

from typing import Any

import msgspec

from app.checkers.outside.operation import NEVER, Operation
from app.errors import HistoryError
from app.histories.events import Recorded, action_of, in_order, plain

OUTCOMES = {"ok": "ok", "fail": "fail", "failed": "fail", "unknown": "unknown", "info": "unknown"}
decode = msgspec.json.Decoder().decode
Numbered = list[tuple[int, dict[Any, Any]]]
"""(line from 1, its object)"""


def maps(text: str) -> Numbered:
    """The object of each line that is not empty; raises HistoryError."""
    found: Numbered = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.isspace():
            continue
        try:
            value = decode(line)
        except (msgspec.DecodeError, RecursionError):
            raise HistoryError(
                f"Line {number} is no whole line of JSON. Give one object a line, every line whole."
            ) from None
        if not isinstance(value, dict):
            raise HistoryError(f"Line {number} is no object of JSON. Give one object a line.")
        found.append((number, value))
    return found


def recorded(found: Numbered) -> Recorded:
    """The operations of lines that hold one each."""
    operations: list[Operation] = []
    lines = {}
    for line, one in found:
        if outcome(one, line) != "fail":
            lines[len(operations)] = line, line
            operations.append(_operation(len(operations), one, line))
    return in_order(operations, lines, len(found) - len(operations))


def _operation(number: int, one: dict[str, Any], line: int) -> Operation:
    f = text(one, "f", line)
    value, expected = one.get("value"), one.get("expected")
    if f in ("cas", "compare-and-set") and isinstance(value, list) and len(value) == 2:
        expected, value = value
    certain = outcome(one, line) == "ok"
    return Operation(
        number,
        str(one.get("process", "")),
        action_of(f, f, line),
        plain(one.get("key")),
        plain(value),
        time(one, "invoked", line),
        time(one, "returned", line) if certain else NEVER,
        "ok" if certain else "unknown",
        plain(expected),
    )


def outcome(one: dict[str, Any], line: int) -> str:
    """ok, fail or unknown"""
    said = one.get("outcome")
    if not isinstance(said, str) or said not in OUTCOMES:
        raise HistoryError(
            f"Line {line} has the outcome {said!a}. Choose one of: ok, fail, unknown."
        )
    return OUTCOMES[said]


def text(one: dict[str, Any], field: str, line: int) -> str:
    """A field that must be text."""
    found = one.get(field)
    if not isinstance(found, str):
        raise HistoryError(f"Line {line} needs {field} as a text; it has {found!a}.")
    return found


def time(one: dict[str, Any], field: str, line: int) -> int:
    """A field that must be a moment."""
    found = one.get(field)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < NEVER:
        raise HistoryError(
            f"Line {line} needs {field} as a whole number of 0 or more; it has {found!a}."
        )
    return found
