"""Random small histories for the checks, and an exhaustive judge of them."""

import random
from collections.abc import Hashable, Sequence
from itertools import combinations, permutations

from app.checkers.outside.notation import one
from app.checkers.outside.operation import NEVER, Operation

STEPS = ("add", "add", "remove", "write")


def possible(operations: Sequence[Operation], initial: Hashable = 0) -> bool:
    """Is there any order? All of them are tried, with every choice of unknown operations."""
    certain = [o for o in operations if o.certain]
    unknown = [o for o in operations if not o.certain and o.action != "read"]
    for count in range(len(unknown) + 1):
        for chosen in combinations(unknown, count):
            if any(_fits(order, initial) for order in permutations([*certain, *chosen])):
                return True
    return False


def _fits(order: Sequence[Operation], initial: Hashable) -> bool:
    latest = -NEVER
    for operation in order:
        # Nothing placed later may have returned before something placed earlier was called.
        if operation.returned < latest:
            return False
        latest = max(latest, operation.invoked)
    return _legal(order, initial)


def _legal(order: Sequence[Operation], state: Hashable) -> bool:
    actions = {operation.action for operation in order}
    words = any(isinstance(operation.value, str) for operation in order)
    if words and actions <= {"read", "write", "append"}:
        return _legal_text(order)
    whole = any(o.action == "write" and isinstance(o.value, tuple) for o in order)
    if words or whole or "remove" in actions:
        return _legal_items(order)
    items: list[Hashable] = []
    listed = bool(actions & {"add", "append"}) or any(isinstance(o.value, tuple) for o in order)
    for operation in order:
        match operation.action:
            case "read" if listed:
                shown = operation.value
                assert isinstance(shown, tuple)
                same = sorted(shown) == sorted(items) if "add" in actions else shown == tuple(items)
                if not same:
                    return False
            case "read":
                if operation.value != state:
                    return False
            case "write":
                state = operation.value
            case "cas":
                if state != operation.expected:
                    return False
                state = operation.value
            case "increment":
                assert isinstance(state, int)
                assert isinstance(operation.value, int)
                state += operation.value
            case "add" | "append":
                if operation.action == "append" or operation.value not in items:
                    items.append(operation.value)
    return True


def _legal_text(order: Sequence[Operation]) -> bool:
    text = ""
    for operation in order:
        if operation.action == "read" and operation.value != text:
            return False
        if operation.action != "read":
            kept = text if operation.action == "append" else ""
            text = f"{kept}{operation.value}"
    return True


def _legal_items(order: Sequence[Operation]) -> bool:
    there: set[Hashable] = set()
    for operation in order:
        match operation.action:
            case "read" if set(operation.value) != there:  # type: ignore[call-overload]
                return False
            case "add":
                there.add(operation.value)
            case "remove":
                there.discard(operation.value)
            case "write":
                there = set(operation.value)  # type: ignore[call-overload]
    return True


def random_steps(luck: random.Random, kind: str, size: int) -> list[Operation]:
    """A history of texts, or of items that also go: mostly near the truth."""
    found = []
    text, there = "", set[str]()
    for place in range(size):
        call = luck.randrange(12)
        answer = call + luck.randrange(8)
        item = luck.choice("abc")
        action, value = "read", text if kind == "text" else tuple(sorted(there))
        if luck.random() < 0.5 or place == 0:
            action = luck.choice(["append", "append", "write"] if kind == "text" else STEPS)
            value = item if kind == "text" or action != "write" else (item,)
            text = text + item if action == "append" else item if kind == "text" else text
            there = {item} if action == "write" else there
            there = there | {item} if action == "add" else there
            there = there - {item} if action == "remove" else there
        known = action == "read" or luck.random() > 0.2
        found.append(one(place, action, value, call, answer if known else None))
    return found


def random_history(luck: random.Random, kind: str, size: int) -> list[Operation]:
    """A history of `kind` (unique, register, cas, set, append, counter): mostly near the truth."""
    found = []
    written: list[int] = []
    items: list[int] = []
    for place in range(size):
        call = luck.randrange(12)
        answer = call + luck.randrange(8)
        known = luck.random() > 0.2
        value: Hashable
        expected: Hashable = None
        action = "read" if luck.random() < 0.5 else kind
        if kind in ("unique", "register", "cas"):
            seen = [0, *written]
            if action == "read":
                value = luck.choice(seen if luck.random() < 0.95 else [99])
            else:
                value = len(written) + 1 if kind == "unique" else luck.randrange(3)
                written.append(value)
                action = "write"
                if kind == "cas" and luck.random() < 0.6:
                    action, expected = "cas", luck.choice(seen)
        elif kind == "counter":
            value = luck.randrange(-1, 3) if action != "read" else luck.randrange(-1, 4)
            action = "increment" if action != "read" else "read"
            known = known or action == "read"
        else:
            value = place
            if action == "read":
                chosen = [e for e in items if luck.random() < 0.8]
                if kind == "append" and luck.random() < 0.3:
                    luck.shuffle(chosen)
                value = tuple(chosen)
            else:
                action = {"set": "add", "append": "append"}[kind]
                items.append(place)
        found.append(one(place, action, value, call, answer if known else None, expected))
    return found
