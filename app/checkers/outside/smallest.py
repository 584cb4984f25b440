"""The smallest part of a history that shows by itself that a promise is broken."""

from collections.abc import Callable, Hashable, Sequence

from app.checkers.outside.operation import Operation


def shrunk(
    operations: Sequence[Operation],
    failed: Operation,
    fails: Callable[[Sequence[Operation]], bool],
) -> tuple[int, ...]:
    """Ids of a sub-history that still `fails` and from which nothing more can be left out.

    What was called after the failure mostly plays no part. Large pieces are tried first.
    """
    rest = [o for o in operations if o.invoked <= failed.returned]
    if not fails(rest):
        rest = list(operations)
    size = max(1, len(rest) // 2)
    while True:
        before, place = len(rest), 0
        while place < len(rest):
            fewer = rest[:place] + rest[place + size :]
            if may_leave_out(rest[place : place + size], fewer) and fails(fewer):
                rest = fewer
            else:
                place += size
        if size == 1 and len(rest) == before:
            return tuple(o.id for o in rest)
        size = max(1, size // 2)


def may_leave_out(gone: Sequence[Operation], rest: Sequence[Operation]) -> bool:
    """A read must keep what it was shown: without the write that it read it would prove nothing."""
    changes = {o.value for o in gone if o.action != "read"}
    if any(o.action == "increment" for o in gone):
        return False
    kept = {o.value for o in rest if o.action != "read"}
    pieces = [o.value for o in gone if o.action == "append" and isinstance(o.value, str)]
    for operation in rest:
        needs: set[Hashable] = set()
        if operation.action == "cas":
            needs = {operation.expected}
        elif operation.action == "read" and operation.certain:
            shown = operation.value
            if isinstance(shown, str) and any(p in shown for p in pieces):
                return False
            needs = set(shown) if isinstance(shown, tuple) else {shown}
        if needs & changes - kept:
            return False
    return True
