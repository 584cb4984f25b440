"""A set in which a remove takes the adds that its replica had seen, and no others: add wins.

OR-set of Shapiro et al. 2011, specification 15, without tombstones (Bieniusa et al. 2012; Riak's
sets). State: (seen, entries). `seen`: a version vector of all adds known here; `entries`: (element,
replica, count), sorted: the adds that stand. Merging keeps an add that both hold, or that the other
side has not seen; what it has seen and does not hold was removed there. A plain union of adds would
bring removed elements back. It commutes, is associative and idempotent.
"""

from app.versions.version_vector import EMPTY as NOTHING
from app.versions.version_vector import VersionVector, covers, get
from app.versions.version_vector import add as see
from app.versions.version_vector import merge as merge_vectors

Entry = tuple[str, str, int]
State = tuple[VersionVector, tuple[Entry, ...]]

EMPTY: State = (NOTHING, ())


def add(state: State, replica: str, element: str) -> State:
    """A new add in place of those of this element that the replica holds."""
    seen, entries = state
    count = get(seen, replica) + 1
    rest = [entry for entry in entries if entry[0] != element]
    return see(seen, replica, count), tuple(sorted((*rest, (element, replica, count))))


def remove(state: State, element: str) -> State:
    """Every add of this element that the replica holds goes."""
    return state[0], tuple([entry for entry in state[1] if entry[0] != element])


def elements(state: State) -> tuple[str, ...]:
    return tuple(dict.fromkeys(element for element, _, _ in state[1]))


def merge(one: State, other: State) -> State:
    kept = dict.fromkeys((*_kept(one, other), *_kept(other, one)))
    return merge_vectors(one[0], other[0]), tuple(sorted(kept))


def _kept(state: State, other: State) -> list[Entry]:
    """Of this side's adds those that the other holds too, or does not know of."""
    seen, entries = other
    return [entry for entry in state[1] if entry in entries or not covers(seen, *entry[1:])]
