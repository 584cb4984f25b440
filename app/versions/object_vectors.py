"""One version vector for all siblings of a key: whoever has not seen all of them adds one more.

Riak before dotted versions, as its documents and those of dotted version vector sets describe it. A
write replaces the siblings only if its writer had seen the whole object; else its value joins them,
those that it had read included, and the vector is raised. So writers that take turns pile up
siblings that were replaced long ago ("sibling explosion"); a read and a write with all of it ends
that.

With `newest` the object holds one value: of siblings the newest stamp stays, under the vector of
all of them (Riak's buckets without siblings). A write that had seen the object replaces it whatever
the clocks say; one that had not may lose against an older one whose clock was ahead.

State: versions that all bear the object's vector, sorted by dot. Merging takes the object that
descends from the other, else all values under the merged vector. It commutes and is idempotent, and
is *not* associative: it depends on the order of meeting whether a replaced value stays.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from app.trace.ties import order
from app.trace.values import StoredVersion
from app.versions.dotted import DottedVersion, Siblings
from app.versions.version_vector import EMPTY, VersionVector, descends, increment, merge


def clock_of(held: Siblings) -> VersionVector:
    """The object's vector."""
    return held[0].stored.vector if held else EMPTY


def put(held: Siblings, context: VersionVector, new: DottedVersion, node: str) -> Siblings:
    """The object after a write at `node` by someone who had read `context`."""
    clock = clock_of(held)
    beside = () if descends(context, clock) else held
    return under((*beside, new), increment(merge(context, clock), node))


def join(held: Siblings, versions: Iterable[DottedVersion]) -> Siblings:
    """Two objects as one; `held` itself if the other brings nothing."""
    other = tuple(versions)
    mine, its = clock_of(held), clock_of(other)
    if not other or (mine != its and descends(mine, its)):
        return held
    if mine != its and descends(its, mine):
        return other
    ids = [version.stored.value.id for version in held]
    more = [version for version in other if version.stored.value.id not in ids]
    if not more and mine == its:
        return held
    return under((*held, *more), merge(mine, its))


def join_newest(held: Siblings, versions: Iterable[DottedVersion], tie: str = "id") -> Siblings:
    """Two objects of one value each as one; `held` itself if the other brings nothing."""
    found = newest(join(held, versions), tie)
    return held if found == held else found


def newest(siblings: Siblings, tie: str = "id") -> Siblings:
    """The one with the newest stamp, alone."""
    if len(siblings) < 2:
        return siblings
    return (max(siblings, key=lambda version: order(version.stored, tie)),)


def under(versions: Iterable[DottedVersion], clock: VersionVector) -> Siblings:
    """These versions, each under this vector."""
    found = [
        replace(version, stored=StoredVersion(version.stored.value, clock, version.stored.stamp))
        for version in versions
    ]
    return tuple(sorted(found, key=lambda version: (version.node, version.counter)))
