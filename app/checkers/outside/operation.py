"""One operation as its client saw it, and what a check says of a history of them.

Times are whole numbers on one clock. Intervals are closed: an operation that returned at the very
moment at which another was invoked is concurrent with it (as in Porcupine).
"""

from collections.abc import Hashable, Iterable
from typing import Literal

from msgspec import Struct

Action = Literal["read", "write", "cas", "add", "append", "increment"]
NEVER = 1 << 62
"""Later than any moment: when an operation of unknown outcome may still take effect."""


class Operation(Struct, frozen=True, gc=False):
    """`value`: what was written, added, appended, or what a read returned. `expected`: of a cas.

    `returned` is NEVER where the outcome is unknown, for it may take effect at any later time, or
    not at all. `id` is its place in the history.
    """

    id: int
    process: str
    action: Action
    key: Hashable
    value: Hashable
    invoked: int
    returned: int
    outcome: Literal["ok", "unknown"]
    expected: Hashable = None

    @property
    def certain(self) -> bool:
        return self.outcome == "ok"


class Verdict(Struct, frozen=True):
    """`holds` None: cannot tell within the bound. `evidence`: ids, the smallest sub-history known
    that breaks the promise. `order`: ids in an order that keeps it, where one was found."""

    promise: str
    holds: bool | None
    because: str
    evidence: tuple[int, ...] = ()
    order: tuple[int, ...] = ()


def by_key(operations: Iterable[Operation]) -> dict[Hashable, list[Operation]]:
    """Linearizability is local (Herlihy and Wing 1990): keys can be judged apart."""
    found: dict[Hashable, list[Operation]] = {}
    for operation in operations:
        found.setdefault(operation.key, []).append(operation)
    return found


def told(operation: Operation) -> str:
    """An operation in words: `3: p1 writes 5`."""
    does = {
        "read": f"reads {operation.value}",
        "write": f"writes {operation.value}",
        "cas": f"sets {operation.expected} to {operation.value}",
        "add": f"adds {operation.value}",
        "append": f"appends {operation.value}",
        "increment": f"adds {operation.value}",
    }[operation.action]
    return f"{operation.id}: {operation.process} {does}"
