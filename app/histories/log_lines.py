"""The lines that Jepsen writes into its log: `INFO  jepsen.util - 4  :invoke  :cas  [1 4]`."""

import re
from typing import Any

from app.errors import HistoryError
from app.histories import edn

LINE = re.compile(r"(?:^|\s)(-?\d+|:\w+)\s+:(invoke|ok|fail|info)\s+:(\S+)(?:\s+(.*?))?\s*$")


def maps(text: str) -> list[tuple[int, dict[Any, Any]]]:
    """(line, event as a map) of every line that is one; other lines of the log are passed over."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = LINE.search(line)
        if match is None:
            continue
        process, kind, f, said = match.groups()
        try:
            values = edn.values(said or "nil", ())
        except HistoryError:
            raise HistoryError(f"Line {number} has no value that can be read: {said!a}.") from None
        found.append(
            (
                number,
                {
                    "process": edn.atom(process),
                    "type": kind,
                    "f": f,
                    "value": values[0] if values else None,
                },
            )
        )
    return found
