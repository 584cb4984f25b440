"""What is asked about a moment of a run: the promises that are not followed while it goes on, an
order that keeps those that hold, and what can be measured. Worked out by a process beside.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from app.checkers.because import name
from app.checkers.measures import Measure, measures
from app.checkers.outside.pasts import SESSION_PROMISES
from app.checkers.outside.promises import PROMISES, distance
from app.checkers.own import Asked, asked, operations
from app.checkers.run import Found, in_words, promise_in
from app.trace.codec import decode_events

WORDS = {"holds": "holds", "broken": "broken", "cannot_tell": "cannot tell"}
MOST_OPERATIONS = 400
"""More would take the square of it."""
MOST_IN_ORDER = 40


class Moment(Struct, frozen=True):
    """The rows of one cluster up to the moment, as one JSON array."""

    rows: bytes


class Line(Struct, frozen=True):
    """One answer: `word` is a verdict in words, or empty for what is only measured."""

    title: str
    word: str
    says: str


def answer(about: Moment) -> list[Line]:
    """Everything that the judge does not follow by itself."""
    events = list(decode_events(about.rows))
    found = asked(events)
    lines: list[Line] = []
    if len(found) <= MOST_OPERATIONS:
        for promise in PROMISES:
            if promise.name not in SESSION_PROMISES:
                told = promise_in(events, promise.name)
                lines.append(Line(promise.title, WORDS[told.verdict], _says(told, found)))
        lines += _distance(found)
    return [*lines, *(_measured(one) for one in measures(events))]


def _says(told: Found, found: Sequence[Asked]) -> str:
    """Why; of a promise that is kept, in which order."""
    if not told.order:
        return told.because
    by_place = {found[one.id].op: one for one in operations(found)}
    chosen = [by_place[op] for op in told.order[:MOST_IN_ORDER]]
    steps = [in_words(found, replace(one, process=name(one.process))) for one in chosen]
    more = len(told.order) - len(steps)
    return f"In this order: {', '.join(steps)}{f', and {more} more' if more else ''}."


def _distance(found: Sequence[Asked]) -> list[Line]:
    """How old reads were: by how much too late, and how many writes behind."""
    off = distance(operations(found), None, MOST_OPERATIONS * 50)
    lines = []
    if off.delta is not None:
        says = f"It would be linearizable if every read had begun {off.delta / 1000:g} ms earlier."
        lines.append(Line("Least Δ", "", says if off.delta else "0: it is linearizable."))
    if off.k is not None:
        says = f"Every read shows one of the last {off.k} values written to its key."
        lines.append(Line("Least k", "", says if off.k > 1 else "1: it is linearizable."))
    return lines


def _measured(one: Measure) -> Line:
    return Line(one.title, WORDS.get(one.verdict, ""), one.says)
