"""Last write wins: of all versions the one with the newest time stamp stays, the others vanish.

What "last" means is decided by the clocks of the coordinators; a fast one wins for as long as it is
ahead. Equal stamps are decided by the value's id, so that every node decides alike (Cassandra
compares the values themselves).
"""

from collections.abc import Iterable

from app.trace.values import StoredVersion
from app.versions.dotted import DottedVersion, Siblings


def newest(held: Siblings, versions: Iterable[DottedVersion]) -> Siblings:
    """The winner alone; `held` itself if it stays."""
    best = max((*held, *versions), key=lambda version: order(version.stored), default=None)
    if best is None or (held and best == held[0]):
        return held
    return (best,)


def order(version: StoredVersion) -> tuple[int, str]:
    """What decides: the stamp, then the value's id."""
    return version.stamp, version.value.id
