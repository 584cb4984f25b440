"""What the stores hold: a shopping cart as one shopper once wrote it."""

from msgspec import Struct


class Value(Struct, frozen=True, array_like=True, gc=False):
    """One written cart. Unique: the id is the operation that wrote it, the same in every cluster.

    `label` is the letter drawn for it (a, b, c …, by order of the write commands in the run).
    """

    id: str
    label: str
    items: tuple[str, ...]


class StoredVersion(Struct, frozen=True, array_like=True, gc=False):
    """A value as a node holds it, with the version vector that dates it (empty beside a leader)."""

    value: Value
    vector: tuple[tuple[str, int], ...]
