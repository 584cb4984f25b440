"""Last write wins: of all versions the one with the newest time stamp stays, the others vanish.

What "last" means is decided by clocks; a fast one wins for as long as it is ahead. Equal stamps are
decided by one of the rules in `trace/ties.py`.

State: one version. Merging takes the greatest by a total order, so it commutes, is associative and
idempotent; of two concurrent writes it drops one in silence.
"""

from collections.abc import Iterable

from app.trace.ties import order
from app.versions.dotted import DottedVersion, Siblings


def newest(held: Siblings, versions: Iterable[DottedVersion], tie: str = "id") -> Siblings:
    """The winner alone; `held` itself if it stays."""
    best = max((*held, *versions), key=lambda version: order(version.stored, tie), default=None)
    if best is None or (held and best == held[0]):
        return held
    return (best,)
