"""Standby lists: whose acknowledgements an OK waits for (PostgreSQL, `synchronous_standby_names`).

`FIRST 2 (n2, n3, n4)`: the two foremost of the list that are connected and up to date, and the next
one steps in when one of them goes. `ANY 2 (n2, n3, n4)`: whichever two. `2 (n2, n3)` and a plain
`n2, n3` mean FIRST 2 and FIRST 1; `*` means every node. "none", or nothing: no list.
"""

import re
from functools import lru_cache

from msgspec import Struct

from app.errors import CommandRejected

_LIST = re.compile(
    r"^\s*(?:(?:(first|any)\s+)?(\d{1,2})\s*\(([^()]*)\)|([^()]*))\s*$", re.IGNORECASE
)


class Standbys(Struct, frozen=True):
    """`method`: first or any; `names` in the order of the list, ("*",) for every node."""

    method: str = "any"
    count: int = 0
    names: tuple[str, ...] = ()


NO_LIST = Standbys()


@lru_cache(maxsize=256)
def parse(text: str) -> Standbys:
    """Read a list; raises CommandRejected with what could have been written."""
    if text.strip() in ("", "none"):
        return NO_LIST
    found = _LIST.match(text)
    names = tuple(name.strip() for name in (found[3] or found[4] or "").split(",")) if found else ()
    if found is None or not all(re.fullmatch(r"\*|[a-z][a-z0-9_-]*", name) for name in names):
        raise _refused(
            text, "It is not a list of nodes.", "Write FIRST 1 (n2, n3) or ANY 1 (n2, n3)."
        )
    count = int(found[2] or 1)
    if len(dict.fromkeys(names)) < len(names):
        raise _refused(text, "It names a node twice.", "Name each node once.")
    if "*" in names and len(names) > 1:
        raise _refused(text, "* is every node already.", "Write * alone, or names.")
    if count < 1 or (count > len(names) and "*" not in names):
        raise _refused(
            text, f"It has {len(names)} names, and {count} of them.", f"Ask for 1 to {len(names)}."
        )
    return Standbys((found[1] or "first").lower(), count, names)


def check_names(text: str, nodes: tuple[str, ...]) -> None:
    """Raise CommandRejected if the list names a node that is not there, or too few to wait for."""
    standbys = parse(text)
    for name in standbys.names:
        if name != "*" and name not in nodes:
            raise _refused(text, f"There is no node {name}.", f"Choose from {', '.join(nodes)}.")
    if standbys.count > len(nodes) - 1 and standbys.names:
        most = len(nodes) - 1
        raise _refused(
            text,
            f"Beside the leader there are {most} nodes.",
            f"Ask for at most {most}." if most else "Say none.",
        )


def candidates(standbys: Standbys, others: tuple[str, ...]) -> tuple[str, ...]:
    """Of the leader's followers, those that may count, foremost first."""
    if not standbys.names or standbys.names == ("*",):
        return others
    return tuple(name for name in standbys.names if name in others)


def _refused(text: str, why: str, remedy: str) -> CommandRejected:
    return CommandRejected(f"The standby list {text!r} was asked for.", why, remedy)
