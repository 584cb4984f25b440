"""A counter that goes up and down: two that only grow, one for increments, one for decrements.

PN-counter of Shapiro et al. 2011, specification 7. State: (increments, decrements), each a
G-counter. Merging merges both, with the same laws. No replica knows the others' decrements, so a
test before a decrement ("there is one left") holds at one replica and not of the sum: two replicas
that show 1 may both take it, and together show −1. `bounded_counter` is a way out.
"""

from app.versions import g_counter
from app.versions.g_counter import Counts

State = tuple[Counts, Counts]

EMPTY: State = (g_counter.EMPTY, g_counter.EMPTY)


def change(state: State, replica: str, by: int) -> State:
    """`by` more at this replica, or less where it is below zero."""
    up, down = state
    if by >= 0:
        return g_counter.increment(up, replica, by), down
    return up, g_counter.increment(down, replica, -by)


def value(state: State) -> int:
    up, down = state
    return g_counter.value(up) - g_counter.value(down)


def merge(one: State, other: State) -> State:
    return g_counter.merge(one[0], other[0]), g_counter.merge(one[1], other[1])
