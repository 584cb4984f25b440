"""A cart: a set of items. Versions are merged by union; parts are adds and removes."""

from collections.abc import Iterable

from app.trace.types.data_type import Made
from app.trace.values import Value, items_of


class Cart:
    actions = ("add", "remove")
    empty = "an empty cart"

    def read(self, version: tuple[Value, ...]) -> tuple[str, ...]:
        return items_of(version)

    def work_in(self, known: Iterable[Value], action: str, item: str) -> Made:
        if action == "delete":
            return (), ()
        items = items_of(known)
        if action == "remove":
            return tuple([held for held in items if held != item]), ()
        return (items if item in items else (*items, item)), ()

    def settle(self, known: Iterable[Value], keep: str) -> Made:
        kept = (value for value in known if value.part or keep in ("both", value.id))
        return items_of(kept), ()

    def part(self, action: str, item: str) -> tuple[str, ...]:
        return (item,) if action == "add" else ()
