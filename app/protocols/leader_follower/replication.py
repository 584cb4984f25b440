"""The log: how the leader spreads it, how followers take it, when an entry is committed.

Raft §5.3: a follower takes entries only after a position on which both logs agree, and throws
away what contradicts the leader. §5.4.2: the leader commits by counting copies only entries of
its own term; the earlier ones are committed with them.
"""

from app.protocols.leader_follower import disk as storage
from app.protocols.leader_follower import fencing, tails, waits
from app.protocols.leader_follower.log import cut, ends, term_at
from app.protocols.leader_follower.messages import AppendEntries, AppendReply
from app.protocols.leader_follower.outside_messages import LeaderNamed
from app.protocols.leader_follower.requests import settle
from app.protocols.leader_follower.state import LogEntry, Place, ReplicaState
from app.sim.process import Out
from app.trace.events import CaughtUp, CommitAdvanced, LogAppended, LogTruncated
from app.trace.values import CART, Value

HEARTBEAT = "heartbeat"
FLUSHED, APPLIED = "flush_ack", "apply_ack"


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
    storage.took(place, state, out, 1, lazy=place.rules.durability == "off")
    for follower in place.peers:
        out.send(follower, _entries(state, out, op, 0, position - 1, position, fresh=True))
    if not place.peers:
        advance(place, state, out)
    return position


def beat(place: Place, state: ReplicaState, out: Out, heartbeat_us: int) -> None:
    """Tell the followers that the leader lives, and send again what they have not acknowledged."""
    disk, memory = state.disk, state.memory
    disk.beats += 1
    op = f"heartbeat-{place.node}-{disk.beats}"
    for arbiter in place.others:
        if arbiter not in place.data:
            out.send(arbiter, _entries(state, out, op, 0, 0, 0))
    for follower in place.peers:
        match = memory.match.get(follower, 0)
        out.send(follower, _entries(state, out, op, 0, match, max(match, memory.beat_length)))
        waits.tell_lag(place, state, out, follower)
    waits.refresh(place, state, out)
    if place.rules.routing == "proxy":
        out.send("proxy", LeaderNamed(op, 0, disk.term, place.node))
    if not place.peers:
        advance(place, state, out)
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
) -> AppendReply | None:
    """A follower takes entries of its leader; the answer says up to where the logs agree. None: it
    keeps its own, and follows no more."""
    log, previous = state.disk.log, message.previous
    if state.disk.diverged:
        return None
    if previous > len(log) or term_at(state, previous) != message.previous_term:
        hint = min(len(log), previous - 1)
        return AppendReply(
            message.op, message.attempt, state.disk.term, False, hint, False, message.sent_at
        )
    taken = 0
    for position, entry in enumerate(message.entries, previous + 1):
        if position <= len(log) and log[position - 1].term != entry.term:
            if tails.diverges(place, state, out, position):
                return None
            _truncate(place, state, out, position)
        if position > len(log):
            log.append(entry)
            taken += 1
            told = (position, entry.term, entry.op, entry.value, entry.key)
            out.emit(LogAppended, place.node, *told)
    if taken:
        storage.took(place, state, out, taken)
        if not message.fresh:
            out.emit(CaughtUp, place.node, source, len(log), taken)
    match = previous + len(message.entries)
    memory = state.memory
    if memory.agreed_term != message.term:
        memory.agreed, memory.agreed_term = 0, message.term
    memory.agreed = max(memory.agreed, match)
    _commit(place, state, out, min(message.commit, match))
    quiet = not message.entries
    return AppendReply(
        message.op, message.attempt, state.disk.term, True, match, quiet, message.sent_at,
        *_how_far(state, match),
    )  # fmt: skip


def _how_far(state: ReplicaState, match: int) -> tuple[int, int]:
    """Up to where this follower has flushed and applied what it shares with its leader; −1: all."""
    flushed, applied = storage.flushed(state), storage.applied(state)
    return flushed if flushed < match else -1, applied if applied < match else -1


def on_disk(place: Place, state: ReplicaState, out: Out, name: str) -> None:
    """The disk's timer: something was handed over, flushed or applied."""
    storage.TIMERS[name](place, state, out)
    if state.memory.role == "leader":
        waits.weigh(place, state, out, place.node)
        advance(place, state, out)
    elif name != storage.HAND:
        _tell_progress(state, out, FLUSHED if name == storage.FLUSH else APPLIED)


def _tell_progress(state: ReplicaState, out: Out, news: str) -> None:
    """A follower has flushed or applied something: let its leader know."""
    memory = state.memory
    if memory.role != "follower" or memory.leader is None or memory.agreed_term != state.disk.term:
        return
    reach = min(
        memory.agreed, storage.flushed(state) if news == FLUSHED else storage.applied(state)
    )
    if reach:
        reply = AppendReply(
            state.disk.log[reach - 1].op, 0, state.disk.term, True, memory.agreed, False, 0,
            *_how_far(state, memory.agreed), news,
        )  # fmt: skip
        out.send(memory.leader, reply)


def _truncate(place: Place, state: ReplicaState, out: Out, position: int) -> None:
    tails.put_away(place, state, out, state.disk.log[position - 1 :])
    gone = cut(state, position)
    storage.cut(state, len(gone))
    # Only where leaders take over without votes can what was committed go, too.
    state.memory.commit = min(state.memory.commit, position - 1)
    out.emit(LogTruncated, place.node, position, *ends(state, gone))


def _commit(place: Place, state: ReplicaState, out: Out, position: int) -> None:
    if position > state.memory.commit:
        state.memory.commit = position
        out.emit(CommitAdvanced, place.node, position, term_at(state, position))


def on_reply(place: Place, state: ReplicaState, out: Out, source: str, reply: AppendReply) -> None:
    """The leader counts a follower's copy, or goes back to where the logs agree."""
    memory = state.memory
    fencing.heard(place, state, out, source, reply.sent_at)
    if not reply.ok:
        waits.spoke(place, state, out, source, caught_up=False)
        length = len(state.disk.log)
        out.send(source, _entries(state, out, reply.op, reply.attempt + 1, reply.match, length))
        return
    flushed = reply.match if reply.flushed < 0 else reply.flushed
    applied = reply.match if reply.applied < 0 else reply.applied
    further = False
    for known, position in (
        (memory.match, reply.match), (memory.flushed, flushed), (memory.applied, applied),
    ):  # fmt: skip
        if position > known.get(source, 0):
            known[source] = position
            further = True
    caught_up = memory.match.get(source, 0) >= memory.beat_length
    waits.spoke(place, state, out, source, caught_up)
    if not further:
        settle(place, state, out)
        return
    waits.weigh(place, state, out, source)
    advance(place, state, out)


def advance(place: Place, state: ReplicaState, out: Out) -> None:
    """Commit what a majority has flushed, or all that hold a copy where those are fewer, if its
    newest entry is of the leader's own term (§5.4.2)."""
    flushed = state.memory.flushed
    copies = sorted([storage.flushed(state), *(flushed.get(n, 0) for n in place.peers)])
    position = copies[len(place.data) - place.safe]
    if position and term_at(state, position) == state.disk.term:
        _commit(place, state, out, position)
    settle(place, state, out)
