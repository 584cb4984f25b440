"""The search in pieces for processes beside the server: what travels there is data."""

from msgspec import Struct

from app.experiments.bad_runs.search import BadRun, Hunt, first_bad, shrunk


class Part(Struct, frozen=True):
    """Some of the tries of a search: those from `first` on."""

    hunt: Hunt
    first: int
    count: int


def look(part: Part) -> int | None:
    """The first of these that breaks the promise."""
    return first_bad(part.hunt, range(part.first, part.first + part.count))


def shrink(part: Part) -> BadRun:
    """The first of them, which breaks it, with no command to spare."""
    return shrunk(part.hunt, part.first)
