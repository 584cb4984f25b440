"""A flag that is on or off: of a switching on and off that did not know each other, on stays.

Enable-wins flag (Riak's flags). State and laws are those of an OR-set of one element; that is also
why enabling wins: switching off takes only the enablings that its replica had seen.
"""

from app.versions import or_set

State = or_set.State

EMPTY: State = or_set.EMPTY
ON = "on"


def enable(state: State, replica: str) -> State:
    return or_set.add(state, replica, ON)


def disable(state: State) -> State:
    return or_set.remove(state, ON)


def is_on(state: State) -> bool:
    return bool(state[1])


def merge(one: State, other: State) -> State:
    return or_set.merge(one, other)
