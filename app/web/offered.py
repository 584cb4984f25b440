"""What a link for a class offers: `?show=…` names the tools that are there, `lock=…` what is shut.

It hides and locks on the page alone; whoever leaves the words out of the address has everything.
"""

from collections.abc import Mapping

from msgspec import Struct

from app.errors import CommandRejected
from app.scenarios.shape import nearest

SHOW = {
    "ledger": "Told and true",
    "spacetime": "Space–time",
    "copies": "Copies",
    "log": "Log",
    "promises": "Promises",
    "branches": "Branches",
    "inspector": "Inspector",
    "settings": "Settings",
    "counters": "Counts of lost and stale",
    "guide": "Guide",
}
LOCK = {"faults": "Faults", "settings": "Settings", "clients": "Shoppers", "time": "Time"}
MOST = 200
ASKED = "Open this class link."


class Offered(Struct, frozen=True):
    """Names from SHOW that are hidden, names from LOCK that are locked."""

    hidden: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()


def offered(query: Mapping[str, str]) -> Offered:
    """What the address asks for; raises CommandRejected with the name that was meant."""
    shown = _names(query, "show", SHOW)
    locked = _names(query, "lock", LOCK)
    hidden = () if shown is None else tuple(name for name in SHOW if name not in shown)
    return Offered(hidden, tuple(name for name in LOCK if name in (locked or ())))


def _names(query: Mapping[str, str], field: str, known: Mapping[str, str]) -> list[str] | None:
    if field not in query:
        return None
    names = [name.strip() for name in query[field][:MOST].split(",")]
    for name in names:
        if name and name not in known:
            reason = f"“{name[:30]}” in {field}= is nothing that it could name."
            raise CommandRejected(ASKED, reason, nearest(name, known))
    return names
