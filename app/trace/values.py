"""What the stores hold: a shopping cart as one shopper once wrote it, or one change to a cart."""

from collections.abc import Iterable

from msgspec import Struct


class Value(Struct, frozen=True, array_like=True, gc=False):
    """One written cart. Unique: the id is the operation that wrote it, the same in every cluster.

    `label` is the letter drawn for it (a, b, c …, by order of the write commands in the run).

    `part`: not a cart of its own but what one add or remove operation left there; a node that holds
    parts shows them as one cart, their sum.
    """

    id: str
    label: str
    items: tuple[str, ...]
    part: bool = False


class StoredVersion(Struct, frozen=True, array_like=True, gc=False):
    """A value as a node holds it, with the version vector that dates it (empty beside a leader).

    `stamp`: where the last write wins, the coordinator's clock at the write, in microseconds.
    """

    value: Value
    vector: tuple[tuple[str, int], ...]
    stamp: int = -1


def carts(values: Iterable[Value]) -> tuple[tuple[Value, ...], ...]:
    """The versions of the cart that these values stand for: every whole one with all the parts.

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
