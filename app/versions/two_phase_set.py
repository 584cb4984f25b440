"""A set out of which an element goes once and for all.

2P-set of Shapiro et al. 2011, specification 12. State: (added, removed), each a sorted tuple of
elements. Merging is union of both; it commutes, is associative and idempotent. Removing wins over
adding, whenever it was: an element that was removed once can never come back.
"""

State = tuple[tuple[str, ...], tuple[str, ...]]

EMPTY: State = ((), ())


def add(state: State, element: str) -> State:
    return _with(state[0], (element,)), state[1]


def remove(state: State, element: str) -> State:
    """Only what is there can be removed."""
    if element not in elements(state):
        return state
    return state[0], _with(state[1], (element,))


def elements(state: State) -> tuple[str, ...]:
    added, removed = state
    return tuple([element for element in added if element not in removed])


def merge(one: State, other: State) -> State:
    return _with(one[0], other[0]), _with(one[1], other[1])


def _with(held: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(dict.fromkeys((*held, *more))))
