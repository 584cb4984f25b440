"""Linearizability of what only grows: sets that are added to, lists that are appended to.

Reads of such an object come in the order of what they show, each a part of the next, and so do the
changes that they show. That order is fixed, up to reads that show the same; placing each operation
as early as its call and its forerunner allow therefore finds an order if there is one (an argument
of exchange; held by tests to a search of all orders). Time: the length of all reads together.
"""

from collections.abc import Hashable, Iterable, Sequence
from itertools import groupby

from msgspec import Struct

from app.checkers.outside.operation import Operation, Verdict, told

PROMISE = "linearizable"


class Walk(Struct):
    """Where the order has come to: no later operation can take effect before `now`, the call of
    `by`, which `shows` shows."""

    now: int
    by: Operation | None
    shows: Operation | None
    order: list[int]


def applies(operations: Iterable[Operation]) -> bool:
    """Adds or appends, all of different elements, and reads of lists."""
    changes: set[str] = set()
    seen: set[Hashable] = set()
    for operation in operations:
        if operation.action == "read":
            if operation.certain and not isinstance(operation.value, tuple | None):
                return False
            continue
        if operation.action not in ("add", "append") or operation.value in seen:
            return False
        changes.add(operation.action)
        seen.add(operation.value)
    return len(changes) == 1


def linearizable(operations: Sequence[Operation]) -> Verdict:
    """The verdict on one key to which `applies` is true."""
    made = {o.value: o for o in operations if o.action != "read"}
    is_list = any(o.action == "append" for o in made.values())
    reads = sorted(
        (o for o in operations if o.action == "read" and o.certain),
        key=lambda read: (len(_shown(read)), read.invoked),
    )
    broken = _impossible(reads, made, is_list)
    if broken is not None:
        return broken
    walk = Walk(-1, None, None, [])
    seen: set[Hashable] = set()
    for _, group in groupby(reads, key=lambda read: len(set(_shown(read)))):
        alike = list(group)
        fresh = [made[value] for value in _shown(alike[0]) if value not in seen]
        seen.update(change.value for change in fresh)
        if not is_list:
            fresh.sort(key=lambda change: change.invoked)
        for operation in (*fresh, *alike):
            if not _placed(walk, operation, alike[0]):
                return _late(walk, operation, made)
    return _unseen(walk, made, seen)


def _shown(read: Operation) -> tuple[Hashable, ...]:
    return read.value if isinstance(read.value, tuple) else ()


def _impossible(
    reads: Sequence[Operation], made: dict[Hashable, Operation], is_list: bool
) -> Verdict | None:
    """What no order helps: an element from nowhere or twice, two reads neither of which continues
    the other."""
    before: Operation | None = None
    for read in reads:
        shown = _shown(read)
        strange = next((value for value in shown if value not in made), None)
        if strange is not None:
            because = f"{told(read)}: nobody {_done(is_list)} {strange}."
            return Verdict(PROMISE, False, because, (read.id,))
        if is_list and len(set(shown)) < len(shown):
            twice = next(value for place, value in enumerate(shown) if value in shown[:place])
            because = f"{told(read)}: {twice} stands there twice and was appended once."
            return Verdict(PROMISE, False, because, (made[twice].id, read.id))
        if before is not None and not _continues(_shown(before), shown, is_list):
            return _apart(before, read, made, is_list)
        before = read
    return None


def _continues(less: tuple[Hashable, ...], more: tuple[Hashable, ...], is_list: bool) -> bool:
    return more[: len(less)] == less if is_list else set(less) <= set(more)


def _apart(
    one: Operation, other: Operation, made: dict[Hashable, Operation], is_list: bool
) -> Verdict:
    if is_list:
        pairs = zip(_shown(one), _shown(other), strict=False)
        first, second = next((a, b) for a, b in pairs if a != b)
    else:
        first = next(value for value in _shown(one) if value not in _shown(other))
        second = next(value for value in _shown(other) if value not in _shown(one))
    because = (
        f"Operations {one.id} and {other.id} read {first} and {second} in orders that exclude each "
        "other: neither read continues the other."
    )
    evidence = (one.id, other.id, made[first].id, made[second].id)
    return Verdict(PROMISE, False, because, tuple(sorted(evidence)))


def _placed(walk: Walk, operation: Operation, shows: Operation | None) -> bool:
    """Put the next one into the order; False when it was over before its turn could come."""
    if operation.returned < walk.now:
        return False
    if operation.invoked > walk.now:
        walk.now, walk.by, walk.shows = operation.invoked, operation, shows
    walk.order.append(operation.id)
    return True


def _late(walk: Walk, operation: Operation, made: dict[Hashable, Operation]) -> Verdict:
    """Why the one cannot come after the other, with a read that says it must."""
    by = walk.by
    assert by is not None
    pieces = {operation.id, by.id}
    if operation.action == "read" and by.action == "read":
        more = next(value for value in _shown(operation) if value not in _shown(by))
        pieces.add(made[more].id)
    elif operation.action != "read" and by.action != "read" and walk.shows is not None:
        pieces.add(walk.shows.id)
    because = (
        f"{told(operation)} was over before {told(by)} began, but what was read puts it after."
    )
    return Verdict(PROMISE, False, because, tuple(sorted(pieces)))


def _unseen(walk: Walk, made: dict[Hashable, Operation], seen: set[Hashable]) -> Verdict:
    """What no read shows came after all of them, or, of unknown outcome, never."""
    changes = [o for value, o in made.items() if value not in seen and o.certain]
    for change in sorted(changes, key=lambda each: each.invoked):
        if not _placed(walk, change, walk.shows):
            return _late(walk, change, made)
    because = "Every operation has a place in one order."
    return Verdict(PROMISE, True, because, (), tuple(walk.order))


def _done(is_list: bool) -> str:
    return "appended" if is_list else "added"
