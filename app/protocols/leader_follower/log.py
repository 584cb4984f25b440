"""The replication log, read and changed. Positions count from 1; 0 is before the first entry."""

from bisect import bisect_right

from app.protocols.leader_follower.state import LogEntry, Place, ReplicaState
from app.sim.process import Out
from app.trace.events import LogAppended
from app.trace.ids import operation_of
from app.trace.values import Value


def term_at(state: ReplicaState, position: int) -> int:
    """The term of the entry at a position; 0 before the first."""
    return state.disk.log[position - 1].term if position else 0


def as_new_as(state: ReplicaState, last_term: int, last_position: int) -> bool:
    """Is a log that ends so at least as new as this node's? (Raft §5.4.1)"""
    length = len(state.disk.log)
    return (last_term, last_position) >= (term_at(state, length), length)


def last_value(state: ReplicaState, upto: int, key: str) -> Value | None:
    """The key as of a log position: its last entry. Each entry is looked at once, not each time."""
    log, memory = state.disk.log, state.memory
    while memory.indexed < len(log):
        entry = log[memory.indexed]
        memory.indexed += 1
        if entry.value is not None:
            memory.index.setdefault(entry.key, []).append(memory.indexed)
    positions = memory.index.get(key, [])
    place = bisect_right(positions, upto)
    return log[positions[place - 1] - 1].value if place else None


def position_of(state: ReplicaState, operation: str) -> int:
    """The first log position, from 1, with a value that this operation wrote; 0: none. Each entry
    is looked at once."""
    log, memory = state.disk.log, state.memory
    while memory.searched < len(log):
        entry = log[memory.searched]
        memory.searched += 1
        if entry.value is not None:
            memory.made_of.setdefault(operation_of(entry.op), memory.searched)
    return memory.made_of.get(operation, 0)


def ends(
    state: ReplicaState, gone: list[LogEntry]
) -> tuple[tuple[Value, ...], tuple[tuple[str, Value | None], ...]]:
    """Of entries that were taken away: their values, and what the log now ends in for each key."""
    dropped = tuple([entry.value for entry in gone if entry.value is not None])
    keys = dict.fromkeys([entry.key for entry in gone if entry.value is not None])
    length = len(state.disk.log)
    return dropped, tuple([(key, last_value(state, length, key)) for key in keys])


def add_entry(place: Place, state: ReplicaState, out: Out, entry: LogEntry) -> int:
    """An entry at the end of this node's log; returns its position."""
    log = state.disk.log
    log.append(entry)
    told = (len(log), entry.term, entry.op, entry.value, entry.key)
    out.emit(LogAppended, place.node, *told)
    return len(log)


def cut(state: ReplicaState, position: int) -> list[LogEntry]:
    """Take away the log from a position on; returns what stood there."""
    log, memory = state.disk.log, state.memory
    gone = log[position - 1 :]
    del log[position - 1 :]
    memory.indexed = min(memory.indexed, position - 1)
    memory.searched = min(memory.searched, position - 1)
    for entry in gone:
        if memory.made_of.get(operation_of(entry.op), 0) >= position:
            del memory.made_of[operation_of(entry.op)]
    for positions in memory.index.values():
        del positions[bisect_right(positions, position - 1) :]
    return gone
