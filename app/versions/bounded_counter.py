"""A counter that never goes below zero: a replica takes only what it holds the right to take.

Escrow (O'Neil 1986) as a merging type: the bounded counter of Balegas, Serra, Duarte, Ferreira,
Shapiro, Rodrigues, Preguiça 2015. What comes in at a replica is its right to take as much; rights
can be handed to another replica. State: (moved, taken). `moved`: pairs ("from>to", amount), where
"a>a" is what came in at a; `taken`: a G-counter. Both only grow and merge by maximum, so merging
commutes, is associative and idempotent. The price: a replica without rights refuses although the
others have some left.
"""

from app.versions import g_counter
from app.versions.g_counter import Counts

State = tuple[Counts, Counts]

EMPTY: State = (g_counter.EMPTY, g_counter.EMPTY)


def value(state: State) -> int:
    moved, taken = state
    came = sum(amount for way, amount in moved if len(set(way.split(">"))) == 1)
    return came - g_counter.value(taken)


def rights(state: State, replica: str) -> int:
    """How much this replica may take without asking anybody."""
    moved, taken = state
    found = -dict(taken).get(replica, 0)
    for way, amount in moved:
        source, target = way.split(">")
        if target == replica:
            found += amount
        elif source == replica:
            found -= amount
    return found


def bring(state: State, replica: str, amount: int) -> State:
    """What comes in at this replica."""
    moved, taken = state
    return g_counter.increment(moved, f"{replica}>{replica}", amount), taken


def take(state: State, replica: str, amount: int) -> State | None:
    """What this replica takes; None: it has no right to so much."""
    moved, taken = state
    if amount > rights(state, replica):
        return None
    return moved, g_counter.increment(taken, replica, amount)


def hand(state: State, source: str, target: str, amount: int) -> State | None:
    """Rights from one replica to another; None: the first has not so many."""
    moved, taken = state
    if amount > rights(state, source):
        return None
    return g_counter.increment(moved, f"{source}>{target}", amount), taken


def merge(one: State, other: State) -> State:
    return g_counter.merge(one[0], other[0]), g_counter.merge(one[1], other[1])
