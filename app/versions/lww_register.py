"""A register in which the last write wins: the assignment with the newest time stamp stays.

LWW-register of Shapiro et al. 2011, specification 8. State: (stamp in µs, who wrote, value).
Merging takes the greatest, stamp first; the rest only decides between equal stamps, the same way at
every replica. It commutes, is associative and idempotent, and of two concurrent assignments it
drops one in silence.
"""

State = tuple[int, str, str]

EMPTY: State = (-1, "", "")


def assign(state: State, stamp: int, who: str, value: str) -> State:
    """The register after this assignment: what it was, where its stamp is newer."""
    return merge(state, (stamp, who, value))


def value(state: State) -> str:
    return state[2]


def merge(one: State, other: State) -> State:
    return max(one, other)
