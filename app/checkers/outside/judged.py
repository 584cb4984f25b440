"""The judge of histories: which check answers for which object, and all keys together."""

from collections.abc import Hashable, Sequence

from msgspec import Struct

from app.checkers.outside import growing, search, zones
from app.checkers.outside.models import Kind, kind_of
from app.checkers.outside.operation import Operation, Verdict, by_key

NAMES: dict[Kind, str] = {
    "register": "register",
    "counter": "counter",
    "set": "set",
    "items": "set",
    "list": "list appended to",
    "text": "text appended to",
}


class Judged(Struct, frozen=True):
    """The verdict on one key, and the object that it was taken for."""

    key: Hashable
    object: str
    operations: int
    verdict: Verdict


def judged(
    operations: Sequence[Operation], initial: Hashable = None, most: int = search.MOST_STATES
) -> list[Judged]:
    """One verdict a key, in order of first use; raises ValueError when a key mixes objects."""
    return [
        Judged(key, object_of(some), len(some), verdict_of(some, initial, most))
        for key, some in by_key(operations).items()
    ]


def start(operations: Sequence[Operation]) -> Hashable:
    """What objects held at the start, where nobody says: nothing (None), unless no read shows
    nothing, and 0 or an empty text is read that nobody wrote."""
    shown = {o.value for o in operations if o.certain and o.action == "read"}
    written = {o.value for o in operations if o.action in ("write", "cas")}
    registers = any(o.action in ("write", "cas") for o in operations)
    if registers and None not in shown:
        for common in (0, ""):
            if common in shown and common not in written:
                return common
    return None


def verdict_of(some: Sequence[Operation], initial: Hashable, most: int) -> Verdict:
    """Of one key."""
    if growing.applies(some) and not initial:
        return growing.linearizable(some)
    if zones.unique_writes(some, initial):
        return zones.linearizable(some, initial)
    return search.linearizable(some, initial, most)


def object_of(some: Sequence[Operation]) -> str:
    """What the actions of one key say that it is, in words."""
    if any(operation.action == "cas" for operation in some):
        return "register with compare-and-set"
    return NAMES[kind_of(some)]
