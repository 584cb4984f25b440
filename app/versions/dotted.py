"""Dotted versions: each version has a name of its own, apart from what its writer had read.

After dotted version vectors (Preguiça, Baquero, Almeida, Fonte, Gonçalves 2010 and 2012). The
*dot* (node, counter) names one write at one coordinator. A version replaces exactly those whose
dots its writer had read; two writes through one coordinator by shoppers who have not read each
other stay siblings, where one vector a coordinator would let the second overwrite the first.
"""

from collections.abc import Iterable

from msgspec import Struct

from app.trace.values import StoredVersion, Value
from app.versions.version_vector import EMPTY, VersionVector, add, covers, merge


class DottedVersion(Struct, frozen=True, array_like=True, gc=False):
    """The value, its dot (node, counter), and a vector: the dot and all that its writer had read.

    The vector is kept as the trace shows it, so that no row has to build it again. The writer's
    context is the vector without the dot: nobody has read a version before it is written.

    Under another rule the dot still names the version, and the vector is that rule's; `cell`: the
    item of a cart that it changes (`cells.py`); `times`: when its pairs were raised (`pruning.py`).
    """

    node: str
    counter: int
    stored: StoredVersion
    cell: str = ""
    times: VersionVector = EMPTY


Siblings = tuple[DottedVersion, ...]
"""Versions none of which supersedes another, sorted by dot."""


def new_version(
    value: Value, node: str, counter: int, context: VersionVector, stamp: int = -1
) -> DottedVersion:
    """A version written at `node` as its write number `counter` by someone who had read `context`.

    The dot must be unused: the counter is above every count of the node in the context.
    """
    return DottedVersion(node, counter, StoredVersion(value, add(context, node, counter), stamp))


def supersedes(a: DottedVersion, b: DottedVersion) -> bool:
    """Whether the writer of `a` had read `b`."""
    return a is not b and has_seen(a, b) and (a.node, a.counter) != (b.node, b.counter)


def has_seen(a: DottedVersion, b: DottedVersion) -> bool:
    """Whether `a` supersedes `b` or is `b`."""
    return covers(a.stored.vector, b.node, b.counter)


def insert(held: Siblings, new: DottedVersion) -> Siblings:
    """The siblings with one version more; `held` itself if it brings nothing."""
    for version in held:
        if has_seen(version, new):
            return held
    kept = [version for version in held if not has_seen(new, version)]
    kept.append(new)
    kept.sort(key=_dot)
    return tuple(kept)


def join(held: Siblings, versions: Iterable[DottedVersion]) -> Siblings:
    """The siblings with several versions more; `held` itself if they bring nothing."""
    if held == versions:
        return held
    for version in versions:
        held = insert(held, version)
    return held


def reduce(versions: Iterable[DottedVersion]) -> Siblings:
    """The versions that no other one supersedes, sorted by dot: the order of arrival is no rule."""
    return join((), versions)


def context_of(siblings: Siblings) -> VersionVector:
    """What a reader of these has read: every dot in them."""
    context = EMPTY
    for version in siblings:
        context = merge(context, version.stored.vector)
    return context


def _dot(version: DottedVersion) -> tuple[str, int]:
    return version.node, version.counter
