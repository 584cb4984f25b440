"""What every type of key answers."""

from typing import Protocol

from app.trace.values import Tally, Value

Made = tuple[tuple[str, ...], Tally]
"""Items and tally of a value to be written."""


class DataType(Protocol):
    """`version` is one of `values.carts`: a whole value with all parts, or parts alone."""

    @property
    def actions(self) -> tuple[str, ...]:
        """What a client can ask of such a key, besides read and resolve."""
        ...

    @property
    def empty(self) -> str:
        """In words, what is read where nothing was written."""
        ...

    def read(self, version: tuple[Value, ...]) -> tuple[str, ...]:
        """What one version shows, as words."""
        ...

    def work_in(self, known: tuple[Value, ...], action: str, item: str) -> Made:
        """The whole value that takes the place of all that is `known`, with the change in it."""
        ...

    def settle(self, known: tuple[Value, ...], keep: str) -> Made:
        """The whole value that keeps one of the known versions (a value id), or "both"."""
        ...

    def part(self, action: str, item: str) -> tuple[str, ...]:
        """The items of an operation: the change alone."""
        ...
