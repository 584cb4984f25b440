"""Reading the replication log. Positions count from 1; 0 stands before the first entry."""

from app.protocols.leader_follower.state import ReplicaState
from app.trace.values import Value


def term_at(state: ReplicaState, position: int) -> int:
    """The term of the entry at a position; 0 before the first."""
    return state.disk.log[position - 1].term if position else 0


def as_new_as(state: ReplicaState, last_term: int, last_position: int) -> bool:
    """Is a log that ends so at least as new as this node's? (Raft §5.4.1)"""
    length = len(state.disk.log)
    return (last_term, last_position) >= (term_at(state, length), length)


def last_value(state: ReplicaState, upto: int) -> Value | None:
    """The cart as of a log position: the last entry with a value."""
    for entry in reversed(state.disk.log[:upto]):
        if entry.value is not None:
            return entry.value
    return None
