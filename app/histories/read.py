"""Which format a file has, and its operations.

Three formats are read, told apart by how the file begins: Jepsen's EDN, the lines of Jepsen's log,
and lines of JSON (Jepsen's events, whole operations, or the export of our own runs).
"""

from typing import Any

from msgspec import Struct

from app.errors import HistoryError
from app.histories import edn, json_lines, log_lines, own_lines
from app.histories.events import WANTED, Event, Recorded, event, paired
from app.histories.json_lines import Numbered

MOST_BYTES = 64 * 1024 * 1024
FORMATS = "Jepsen's EDN, the lines of Jepsen's log, or a line of JSON an operation or event"


class History(Struct, frozen=True):
    """`format` in words."""

    format: str
    recorded: Recorded


def history(data: bytes) -> History:
    """The history in a file; raises HistoryError, which says what is wrong and where."""
    if len(data) > MOST_BYTES:
        raise HistoryError(
            f"The file has {len(data) // (1024 * 1024)} MB; at most {MOST_BYTES // (1024 * 1024)} "
            "are read. Judge it in pieces, key by key."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HistoryError(
            f"The file is no text: byte {error.start} is not UTF-8. Give {FORMATS}."
        ) from None
    found = _told_apart(text)
    if not found.recorded.operations and not found.recorded.failed:
        raise HistoryError(f"The file has no operation of any client. Give {FORMATS}.")
    return found


def _told_apart(text: str) -> History:
    first = text.lstrip()[:1_000]
    if not first:
        raise HistoryError(f"The file is empty. Give {FORMATS}.")
    if first.startswith("{") and first[1:].lstrip()[:1] in ('"', "}"):
        return _json(text)
    if first[:1] in ("[", "(", "{", "#", ";"):
        maps = _maps(edn.values(text, WANTED))
        return History("Jepsen's EDN", _events(_numbered(text, maps)))
    found = log_lines.maps(text)
    if not found:
        raise HistoryError(f"The file is no history. Give {FORMATS}.")
    return History("the lines of Jepsen's log", _events(found))


def _json(text: str) -> History:
    found = json_lines.maps(text)
    if found and "type" in found[0][1]:
        return History("events as lines of JSON", _events(found))
    if found and "cluster" in found[0][1]:
        return History("the export of a run of ours", own_lines.recorded(found))
    return History("operations as lines of JSON", json_lines.recorded(found))


def _events(found: Numbered) -> Recorded:
    events: list[Event] = []
    for line, one in found:
        now = event(one, line)
        if now is not None:
            events.append(now)
    return paired(events)


def _maps(values: list[Any]) -> list[edn.Map]:
    """The events, whether they stand alone or in one list."""
    if len(values) == 1 and isinstance(values[0], tuple):
        values = list(values[0])
    for value in values:
        if not isinstance(value, edn.Map):
            raise HistoryError(
                f"A history holds maps alone; this one holds {str(value)[:40]!a}. Give {FORMATS}."
            )
    return values


def _numbered(text: str, maps: list[edn.Map]) -> Numbered:
    """Each with the line in which it begins; they stand in order."""
    found: Numbered = []
    line, place = 1, 0
    for one in maps:
        line += text.count("\n", place, one.at)
        place = one.at
        found.append((line, one))
    return found
