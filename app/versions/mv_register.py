"""A register that keeps concurrent assignments side by side, until somebody who read them decides.

MV-register of Shapiro et al. 2011, specification 10, with a dot for each assignment: what the
leaderless side calls siblings. State: (seen, values). `seen`: a version vector of all assignments
known here; `values`: (replica, count, value), sorted: those that no known one has replaced. Merging
keeps a value that is in both, or that the other side has not seen; it commutes, is associative and
idempotent.
"""

from app.versions.version_vector import EMPTY as NOTHING
from app.versions.version_vector import VersionVector, add, covers, get
from app.versions.version_vector import merge as merge_vectors

Dotted = tuple[str, int, str]
State = tuple[VersionVector, tuple[Dotted, ...]]

EMPTY: State = (NOTHING, ())


def assign(state: State, replica: str, value: str) -> State:
    """One value instead of all that this replica shows."""
    seen, _ = state
    count = get(seen, replica) + 1
    return add(seen, replica, count), ((replica, count, value),)


def values(state: State) -> tuple[str, ...]:
    return tuple([value for _, _, value in state[1]])


def merge(one: State, other: State) -> State:
    kept = dict.fromkeys((*_kept(one, other), *_kept(other, one)))
    return merge_vectors(one[0], other[0]), tuple(sorted(kept))


def _kept(state: State, other: State) -> list[Dotted]:
    """Of this side's values those that the other holds too, or does not know of."""
    seen, values = other
    return [entry for entry in state[1] if entry in values or not covers(seen, *entry[:2])]
