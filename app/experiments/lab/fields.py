"""What a person may set on an experiment, read from texts, refused in sentences."""

from collections.abc import Mapping

from msgspec import Struct

from app.errors import CommandRejected

Values = dict[str, int | str]


class Number(Struct, frozen=True):
    """A whole number from `low` to `high`, a slider on the page."""

    name: str
    title: str
    low: int
    high: int
    usual: int
    step: int = 1
    unit: str = ""

    def read(self, text: str, asked: str) -> int:
        plain = text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= 9
        if not plain or not self.low <= int(text) <= self.high:
            raise CommandRejected(
                asked,
                f"{self.title}: {text[:20]!a} is not a whole number from {self.low} to "
                f"{self.high}.",
                "Give one that is.",
            )
        return int(text)

    def told(self, value: int | str) -> str:
        return f"{value} {self.unit}".rstrip()


class Choice(Struct, frozen=True):
    """One of `options`, each with the words for it."""

    name: str
    title: str
    options: tuple[tuple[str, str], ...]
    usual: str

    def read(self, text: str, asked: str) -> str:
        known = [value for value, _ in self.options]
        if text not in known:
            raise CommandRejected(
                asked,
                f"{self.title}: there is no choice {text[:20]!a}.",
                f"Choose one of: {', '.join(known)}.",
            )
        return text

    def told(self, value: int | str) -> str:
        return dict(self.options)[str(value)]


Field = Number | Choice


def usual(fields: tuple[Field, ...]) -> Values:
    return {field.name: field.usual for field in fields}


def read_fields(fields: tuple[Field, ...], given: Mapping[str, str], asked: str) -> Values:
    """The value of each field, the usual one where none is given; raises CommandRejected. What is
    no field is passed over: a form has more than fields."""
    values = usual(fields)
    for field in fields:
        if field.name in given:
            values[field.name] = field.read(given[field.name].strip(), asked)
    return values


def number(values: Values, name: str) -> int:
    """The value of a Number."""
    value = values[name]
    assert isinstance(value, int)
    return value
