"""Calls and answers, one event each as Jepsen records them, paired into operations.

`:invoke` asks; `:ok` answers; `:fail` did not take effect; `:info` may have, or still may. Real
time is the order of the events: of two at one clock reading the file says which came first.
"""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from msgspec import Struct, structs

from app.checkers.outside.operation import NEVER, Action, Operation
from app.errors import HistoryError
from app.histories.edn import Keyword

TYPES = ("invoke", "ok", "fail", "info")
NAMES: dict[str, str] = {
    "read": "read",
    "r": "read",
    "get": "read",
    "write": "write",
    "w": "write",
    "put": "write",
    "set": "write",
    "cas": "cas",
    "compare-and-set": "cas",
    "add": "add",
    "append": "append",
    "inc": "increment",
    "incr": "increment",
    "increment": "increment",
    "acquire": "cas",
    "release": "cas",
}
LOCK = {"acquire": (None, "held"), "release": ("held", None)}
"""A lock is compared and set: (held by nobody, held) and back."""
WANTED = frozenset({"process", "type", "f", "key", "value"})


class Event(Struct, frozen=True, gc=False):
    """One line of a history. `line` from 1. `key` None where the value may hold it."""

    process: Hashable
    type: str
    f: str
    value: Any
    key: Hashable
    line: int


class Recorded(Struct, frozen=True):
    """Operations as the judge takes them, with the lines of call and answer by id (answer 0: none).
    `failed`: how many are left out because they surely had no effect."""

    operations: list[Operation]
    lines: dict[int, tuple[int, int]]
    failed: int


def event(found: dict[Any, Any], line: int) -> Event | None:
    """The event that a map of the file is; None for what no client did (a fault, a remark)."""
    process, kind, f = found.get("process"), found.get("type"), found.get("f")
    if process is None or kind is None or f is None:
        raise HistoryError(
            f"Line {line} is no event of a history. Each needs a process, a type and an f."
        )
    if kind not in TYPES:
        raise HistoryError(f"Line {line} has the type {kind!a}. Choose one of: {', '.join(TYPES)}.")
    # Jepsen numbers its clients; whoever has a name instead is no client (:nemesis).
    if isinstance(process, Keyword) or process == "nemesis":
        return None
    return Event(process, str(kind), str(f), found.get("value"), found.get("key"), line)


def paired(events: Sequence[Event]) -> Recorded:
    """The operations; raises HistoryError where answers and calls do not belong together."""
    keyed = _keyed(events)
    operations: list[Operation] = []
    lines: dict[int, tuple[int, int]] = {}
    pending: dict[Hashable, tuple[int, Event]] = {}

    def close(place: int, asked: Event, returned: int, answer: Event | None) -> None:
        number = len(operations)
        operations.append(_operation(number, asked, answer, place, returned, keyed))
        lines[number] = asked.line, answer.line if answer else 0

    for place, now in enumerate(events):
        if now.type == "invoke":
            if now.process in pending:
                raise HistoryError(
                    f"Line {now.line}: process {now.process} asks again before its call in line "
                    f"{pending[now.process][1].line} was answered. Give each client its own number."
                )
            pending[now.process] = place, now
            continue
        asked = pending.pop(now.process, None)
        if asked is None:
            if now.type == "info":
                continue
            raise HistoryError(
                f"Line {now.line} answers process {now.process}, which asked nothing. "
                "Give the whole history, from its first call."
            )
        if asked[1].f != now.f:
            raise HistoryError(
                f"Line {now.line} answers {now.f}, but process {now.process} asked for "
                f"{asked[1].f} in line {asked[1].line}."
            )
        if now.type == "ok":
            close(*asked, place, now)
        elif now.type == "info":
            close(*asked, NEVER, None)
    for place, asked_last in pending.values():
        close(place, asked_last, NEVER, None)
    operations = _with_counters(operations)
    return in_order(operations, lines, sum(one.type == "fail" for one in events))


def in_order(
    operations: Iterable[Operation], lines: dict[int, tuple[int, int]], failed: int
) -> Recorded:
    """Numbered anew by the moment of the call."""
    ordered = sorted(operations, key=lambda operation: (operation.invoked, operation.id))
    moved = {operation.id: number for number, operation in enumerate(ordered)}
    return Recorded(
        [structs.replace(operation, id=number) for number, operation in enumerate(ordered)],
        {moved[number]: found for number, found in lines.items()},
        failed,
    )


def _with_counters(operations: list[Operation]) -> list[Operation]:
    """Where reads show numbers, an add is no element but so much more."""
    added = {o.key for o in operations if o.action == "add" and isinstance(o.value, int)}
    numbers = {o.key for o in operations if o.action == "read" and isinstance(o.value, int)}
    return (
        [
            structs.replace(o, action="increment") if o.action == "add" and o.key in numbers else o
            for o in operations
        ]
        if added & numbers
        else operations
    )


def _keyed(events: Iterable[Event]) -> bool:
    """Do all values hold their key, `[key value]`? A compare-and-set alone looks the same: a read
    that is asked for with a key tells."""
    told = False
    for one in events:
        if one.type != "invoke":
            continue
        if not isinstance(one.value, tuple) or len(one.value) != 2 or one.key is not None:
            return False
        name = NAMES.get(one.f)
        nested = name == "cas" and isinstance(one.value[1], tuple)
        told = told or nested or (name == "read" and one.value[1] is None)
    return told


def _operation(
    number: int, asked: Event, answer: Event | None, invoked: int, returned: int, keyed: bool
) -> Operation:
    if asked.f in LOCK:
        expected, value = LOCK[asked.f]
        key = asked.key
        action = "cas"
    else:
        name, key, value, expected = _said(asked, answer, keyed)
        action = name
    return Operation(
        number,
        f"p{asked.process}" if isinstance(asked.process, int) else str(asked.process),
        action_of(action, asked.f, asked.line),
        plain(key),
        plain(value),
        invoked,
        returned,
        "ok" if answer is not None else "unknown",
        plain(expected),
    )


def _said(asked: Event, answer: Event | None, keyed: bool) -> tuple[str, Any, Any, Any]:
    """(action, key, value, expected) of a call and its answer."""
    action, key, value = asked.f, asked.key, asked.value
    shown = answer.value if answer is not None else None
    if asked.f == "txn":
        action, key, value, shown = _single(asked, shown)
    elif keyed:
        key, value = value
        shown = shown[1] if isinstance(shown, tuple) and len(shown) == 2 else shown
    known = NAMES.get(action)
    if known == "read":
        value = shown
    if known != "cas":
        return action, key, value, None
    if not isinstance(value, tuple) or len(value) != 2:
        raise HistoryError(f"The compare-and-set in line {asked.line} needs [old new].")
    return action, key, value[1], value[0]


def _single(asked: Event, shown: Any) -> tuple[str, Any, Any, Any]:
    """The one step of a transaction that has no more."""
    steps = asked.value
    if not isinstance(steps, tuple) or len(steps) != 1 or len(steps[0]) != 3:
        raise HistoryError(
            f"Line {asked.line} is a transaction of several steps. Histories of single operations "
            "are judged: reads, writes, compare-and-sets, adds and appends of one key."
        )
    action, key, value = steps[0]
    answered = shown[0][2] if isinstance(shown, tuple) and shown else None
    return action, key, value, answered


def action_of(name: str, f: str, line: int) -> Action:
    """Our word for what a client did; raises HistoryError for what is not judged."""
    found = NAMES.get(name)
    if found is None:
        raise HistoryError(
            f"Line {line} has the operation {f[:40]!a}, which is not judged. "
            f"Choose from: {', '.join(sorted(NAMES))}."
        )
    return found  # type: ignore[return-value]


def plain(value: Any) -> Hashable:
    """A value that can be compared and hashed: sets as sorted tuples, keywords as they print."""
    if isinstance(value, frozenset):
        return tuple(sorted((plain(one) for one in value), key=lambda one: (str(type(one)), one)))
    if isinstance(value, tuple | list):
        return tuple(plain(one) for one in value)
    if isinstance(value, dict):
        return tuple((plain(key), plain(one)) for key, one in value.items())
    return value  # type: ignore[no-any-return]
