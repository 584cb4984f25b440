"""The judge of histories: which check answers for which object, and all keys together."""

from collections.abc import Hashable, Sequence

from msgspec import Struct

from app.checkers.outside import growing, search, zones
from app.checkers.outside.operation import Operation, Verdict, by_key


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
        Judged(key, object_of(some), len(some), _verdict(some, initial, most))
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


def _verdict(some: list[Operation], initial: Hashable, most: int) -> Verdict:
    if growing.applies(some) and not initial:
        return growing.linearizable(some)
    if zones.unique_writes(some, initial):
        return zones.linearizable(some, initial)
    return search.linearizable(some, initial, most)


def object_of(some: Sequence[Operation]) -> str:
    """What the actions of one key say that it is."""
    actions = {operation.action for operation in some}
    if "append" in actions:
        listed = any(isinstance(o.value, tuple) for o in some if o.action == "read")
        text = any(isinstance(o.value, str) for o in some if o.action == "append")
        return "text appended to" if text and not listed else "list appended to"
    if "increment" in actions:
        return "counter"
    if actions & {"add", "remove"}:
        return "set"
    return "register with compare-and-set" if "cas" in actions else "register"
