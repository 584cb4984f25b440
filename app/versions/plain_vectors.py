"""A version vector for each version, raised by the coordinator or by the client.

DeCandia et al. 2007, §4.4: what a writer had read, with one more at the node that coordinates
(`by` server) or at the client that writes (`by` client). A version replaces those whose vectors its
own descends from. Both fall short of dots:

- server: two writes through one node by clients that had read the same share one vector. They are
  kept apart, until a third that had read one of them replaces both: an update is lost.
- client: exact while a client reads its own writes, at the price of a pair for every client ever.
  One that writes twice with the same context gives two values one name, and one is dropped.

State: versions, sorted by dot. Merging keeps what no other one descends from; it commutes, is
associative and idempotent.
"""

from collections.abc import Iterable
from typing import Literal

from app.versions.dotted import DottedVersion, Siblings
from app.versions.version_vector import VersionVector, descends, increment

By = Literal["server", "client"]


def vector_of(context: VersionVector, who: str) -> VersionVector:
    """The vector of a write by someone who had read `context`, at the node or client `who`."""
    return increment(context, who)


def join(held: Siblings, versions: Iterable[DottedVersion], by: By) -> Siblings:
    """The siblings with several versions more; `held` itself if they bring nothing."""
    for new in versions:
        held = _insert(held, new, by)
    return held


def _insert(held: Siblings, new: DottedVersion, by: By) -> Siblings:
    if any(_gives_way(new, version, by) for version in held):
        return held
    kept = [version for version in held if not _gives_way(version, new, by)]
    return tuple(sorted((*kept, new), key=lambda version: (version.node, version.counter)))


def _gives_way(old: DottedVersion, new: DottedVersion, by: By) -> bool:
    """May `new` stand where `old` does? Of one vector: the same write; clients give it one name."""
    if old.stored.vector == new.stored.vector:
        mine, other = old.stored.value.id, new.stored.value.id
        return mine == other or (by == "client" and mine < other)
    return descends(new.stored.vector, old.stored.vector)
