"""A register: one value. There are no parts, and versions have no merge: one of them is kept."""

from app.trace.types.data_type import Made
from app.trace.values import Value


class Register:
    actions = ("put",)
    empty = "nothing"

    def read(self, version: tuple[Value, ...]) -> tuple[str, ...]:
        return version[0].items

    def work_in(self, known: tuple[Value, ...], action: str, item: str) -> Made:
        return () if action == "delete" else (item,), ()

    def settle(self, known: tuple[Value, ...], keep: str) -> Made:
        return next(value.items for value in known if value.id == keep), ()

    def part(self, action: str, item: str) -> tuple[str, ...]:
        raise AssertionError("to put a value is no change of another one")
