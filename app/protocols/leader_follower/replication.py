"""The log: how the leader spreads it, how followers take it, when an entry is committed.

Raft §5.3: a follower takes entries only after a position on which both logs agree, and throws
away what contradicts the leader. §5.4.2: the leader commits by counting copies only entries of
its own term; the earlier ones are committed with them.
"""

from app.protocols.leader_follower import fencing
from app.protocols.leader_follower.log import cut, last_value, term_at
from app.protocols.leader_follower.messages import AppendEntries, AppendReply
from app.protocols.leader_follower.requests import count, settle
from app.protocols.leader_follower.state import LogEntry, Place, ReplicaState
from app.sim.process import Out
from app.trace.events import CaughtUp, CommitAdvanced, LogAppended, LogTruncated
from app.trace.values import CART, Value

HEARTBEAT = "heartbeat"


def append(
    place: Place,
    state: ReplicaState,
    out: Out,
    op: str,
    value: Value | None,
    key: str = CART,
) -> int:
    """The leader takes a new entry and sends it to every follower; returns its position."""
    disk = state.disk
    disk.log.append(LogEntry(disk.term, op, value, key))
    position = len(disk.log)
    out.emit(LogAppended, place.node, position, disk.term, op, value, key)
    for follower in place.others:
        out.send(follower, _entries(state, out, op, 0, position - 1, position, fresh=True))
    return position


def beat(place: Place, state: ReplicaState, out: Out, heartbeat_us: int) -> None:
    """Tell the followers that the leader lives, and send again what they have not acknowledged."""
    disk, memory = state.disk, state.memory
    disk.beats += 1
    op = f"heartbeat-{place.node}-{disk.beats}"
    for follower in place.others:
        match = memory.match.get(follower, 0)
        out.send(follower, _entries(state, out, op, 0, match, max(match, memory.beat_length)))
    memory.beat_length = len(disk.log)
    out.set_timer(HEARTBEAT, heartbeat_us)


def _entries(
    state: ReplicaState,
    out: Out,
    op: str,
    attempt: int,
    previous: int,
    upto: int,
    fresh: bool = False,
) -> AppendEntries:
    return AppendEntries(
        op,
        attempt,
        state.disk.term,
        previous,
        term_at(state, previous),
        tuple(state.disk.log[previous:upto]),
        state.memory.commit,
        fresh,
        out.now,
    )


def take(
    place: Place, state: ReplicaState, out: Out, source: str, message: AppendEntries
) -> AppendReply:
    """A follower takes entries of its leader; the answer says up to where the logs agree."""
    log, previous = state.disk.log, message.previous
    if previous > len(log) or term_at(state, previous) != message.previous_term:
        hint = min(len(log), previous - 1)
        return AppendReply(
            message.op, message.attempt, state.disk.term, False, hint, False, message.sent_at
        )
    taken = 0
    for position, entry in enumerate(message.entries, previous + 1):
        if position <= len(log) and log[position - 1].term != entry.term:
            _truncate(place, state, out, position)
        if position > len(log):
            log.append(entry)
            taken += 1
            told = (position, entry.term, entry.op, entry.value, entry.key)
            out.emit(LogAppended, place.node, *told)
    if taken and not message.fresh:
        out.emit(CaughtUp, place.node, source, len(log), taken)
    match = previous + len(message.entries)
    _commit(place, state, out, min(message.commit, match))
    quiet = not message.entries
    return AppendReply(
        message.op, message.attempt, state.disk.term, True, match, quiet, message.sent_at
    )


def _truncate(place: Place, state: ReplicaState, out: Out, position: int) -> None:
    gone = [entry for entry in cut(state, position) if entry.value is not None]
    # Only where leaders take over without votes can what was committed go, too.
    state.memory.commit = min(state.memory.commit, position - 1)
    dropped = tuple([entry.value for entry in gone])
    keys = dict.fromkeys([entry.key for entry in gone])
    ends = tuple([(key, last_value(state, position - 1, key)) for key in keys])
    out.emit(LogTruncated, place.node, position, dropped, ends)


def _commit(place: Place, state: ReplicaState, out: Out, position: int) -> None:
    if position > state.memory.commit:
        state.memory.commit = position
        out.emit(CommitAdvanced, place.node, position, term_at(state, position))


def on_reply(place: Place, state: ReplicaState, out: Out, source: str, reply: AppendReply) -> None:
    """The leader counts a follower's copy, or goes back to where the logs agree."""
    memory = state.memory
    fencing.heard(place, state, out, source, reply.sent_at)
    if not reply.ok:
        length = len(state.disk.log)
        out.send(source, _entries(state, out, reply.op, reply.attempt + 1, reply.match, length))
        return
    if reply.match <= memory.match.get(source, 0):
        settle(place, state, out)
        return
    memory.match[source] = reply.match
    for op, waiting in list(memory.waiting.items()):
        if waiting.kind == "write" and waiting.position <= reply.match:
            count(place, state, out, op, source)
    advance(place, state, out)


def advance(place: Place, state: ReplicaState, out: Out) -> None:
    """Commit what a majority has, if its newest entry is of the leader's own term (§5.4.2)."""
    copies = sorted([len(state.disk.log), *(state.memory.match.get(n, 0) for n in place.others)])
    position = copies[len(place.nodes) - place.majority]
    if position and term_at(state, position) == state.disk.term:
        _commit(place, state, out, position)
    settle(place, state, out)
