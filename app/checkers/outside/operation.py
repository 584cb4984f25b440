"""One operation as its client saw it, and what a check says of a history of them.

Times are whole numbers on one clock. Intervals are closed: an operation that returned at the very
moment at which another was invoked is concurrent with it (as in Porcupine).
"""

import re
from collections.abc import Hashable, Iterable
from typing import Literal

from msgspec import Struct

Action = Literal["read", "write", "cas", "add", "remove", "append", "increment"]
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


LONGEST = 40
NUMBER = re.compile(r"(?<![-\w])\d+: ")


def told(operation: Operation) -> str:
    """An operation in words: `3: p1 writes 5`."""
    value = short(operation.value)
    does = {
        "read": f"reads {value}",
        "write": f"writes {value}",
        "cas": f"sets {short(operation.expected)} to {value}",
        "add": f"adds {value}",
        "remove": f"removes {value}",
        "append": f"appends {value}",
        "increment": f"adds {value}",
    }[operation.action]
    return f"{operation.id}: {operation.process} {does}"


def short(value: Hashable) -> str:
    """A value in a sentence: of a long one the beginning and the end."""
    if value is None or value == "":
        return "nothing" if value is None else "an empty text"
    text = f"[{' '.join(short(one) for one in value)}]" if isinstance(value, tuple) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:20]} … {text[-18:]}"


def unnumbered(text: str) -> str:
    """A sentence with operations in words, without their numbers: for a screen on which they are
    seen."""
    plain = NUMBER.sub("", text)
    return plain[:1].upper() + plain[1:]
