"""What the stores hold: a key's value as one shopper once wrote it, or one change to it."""

from collections.abc import Iterable

from msgspec import Struct

CART = "cart"
"""The key where a scenario names none, and its type."""
Tally = tuple[tuple[str, int, int], ...]
"""(node, so many increments, their sum): of a counter's part its own, of a whole what it counted
in already."""


class Value(Struct, frozen=True, array_like=True, gc=False):
    """One written value. Unique: the id is the operation that wrote it, the same in every cluster.

    `label` is the letter drawn for it (a, b, c …, by order of the write commands in the run).
    `items`: what is in the cart; of a register its one value, of a counter one whole number.

    `part`: not a value of its own but what operations left there; a node that holds parts shows
    them as one thing, their sum (`types/` says how each type is read).
    """

    id: str
    label: str
    items: tuple[str, ...]
    part: bool = False
    tally: Tally = ()


class StoredVersion(Struct, frozen=True, array_like=True, gc=False):
    """A value as a node holds it, with the version vector that dates it (empty beside a leader).

    `stamp`: where the last write wins, the coordinator's clock at the write, in microseconds.
    """

    value: Value
    vector: tuple[tuple[str, int], ...]
    stamp: int = -1


def carts(values: Iterable[Value]) -> tuple[tuple[Value, ...], ...]:
    """The versions of one key that these values stand for: every whole one with all the parts.

    More than one entry is a conflict; parts alone never are.
    """
    held = tuple(values)
    parts = tuple(value for value in held if value.part)
    wholes = [value for value in held if not value.part]
    if not wholes:
        return (parts,) if parts else ()
    return tuple((whole, *parts) for whole in wholes)


def items_of(cart: Iterable[Value]) -> tuple[str, ...]:
    """Everything in one cart, each item once, in order of appearance."""
    return tuple(dict.fromkeys(item for value in cart for item in value.items))
