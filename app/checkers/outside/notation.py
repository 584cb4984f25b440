"""Small histories as people write them: the examples beside the checks, and those of the tests."""

from collections.abc import Hashable

from app.checkers.outside.operation import NEVER, Operation

SHORT = {"w": "write", "r": "read", "c": "cas", "a": "add", "p": "append", "i": "increment"}


def history(text: str) -> list[Operation]:
    """`A.w1@x[0,5] r1[2,7] c1>2[3,8] r:1+2[4,9] w3[4,?]`: client (each its own where none is
    named), action, value or list, key (k where none is named), [call, answer], ? for unknown.

    Without moments it is about sessions alone: `wx1 ry0 | rx1` are two of them, and `wx1` writes 1
    to x.
    """
    if "[" not in text:
        return sessions(text)
    found: list[Operation] = []
    for place, word in enumerate(text.split()):
        head, times = word[:-1].split("[")
        call, answer = times.split(",")
        process, dot, rest = head.rpartition(".")
        said, _, key = rest.partition("@")
        expected: Hashable = None
        value: Hashable = _value(said[1:])
        if said[0] == "c":
            old, new = said[1:].split(">")
            expected, value = _value(old), _value(new)
        if ":" in said:
            value = tuple(_value(v) for v in said[2:].split("+") if v)
        returned = None if answer == "?" else int(answer)
        name = process if dot else f"p{place}"
        action = SHORT[said[0]]
        found.append(one(place, action, value, int(call), returned, expected, name, key or "k"))
    return found


def sessions(text: str) -> list[Operation]:
    """Sessions side by side, one operation at a moment."""
    found: list[Operation] = []
    for session, line in enumerate(text.split("|")):
        for word in line.split():
            at = len(found)
            action, key, value = SHORT[word[0]], word[1], _value(word[2:])
            found.append(one(at, action, value, at, at, process=f"p{session}", key=key))
    return found


def one(
    place: int,
    action: str,
    value: Hashable,
    call: int,
    answer: int | None,
    expected: Hashable = None,
    process: str = "",
    key: Hashable = "k",
) -> Operation:
    """An operation, of its own process unless one is named; `answer` None: of unknown outcome."""
    return Operation(
        place,
        process or f"p{place}",
        action,  # type: ignore[arg-type]
        key,
        value,
        call,
        NEVER if answer is None else answer,
        "unknown" if answer is None else "ok",
        expected,
    )


def _value(text: str) -> Hashable:
    return int(text) if text.lstrip("-").isdigit() else text
