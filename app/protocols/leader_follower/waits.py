"""How long the leader waits for acknowledgements, and what it does when they do not come.

Semi-synchronous replication after MySQL: a write that waited for `ack_timeout_us` makes the leader
fall back to asynchronous for everybody, and it waits again as soon as enough followers have all
that it has. FIRST and ANY lists after PostgreSQL: whoever is missing is waited for, for ever.
"""

from app.protocols.leader_follower import acks, disk, in_sync
from app.protocols.leader_follower.requests import answer, begin, count, settle
from app.protocols.leader_follower.state import Place, ReplicaState, Waiting
from app.sim.process import Out
from app.trace.events import (
    FollowerLagged,
    QuorumMissed,
    ReplicationModeChanged,
    StandbysChanged,
)
from app.trace.values import Value

TIMEOUT = "ack_timeout"


def take_office(place: Place, state: ReplicaState, out: Out) -> None:
    """A new leader knows nothing of its followers, but that all have caught up with no log."""
    memory = state.memory
    memory.office_at = out.now
    memory.flushed, memory.applied, memory.seen_at, memory.lag = {}, {}, {}, {}
    memory.fallback = False
    memory.acked = 0
    memory.standbys = ()
    in_sync.take_office(place, state)
    memory.streaming = [] if state.disk.log else list(place.peers)
    disk.lead(place, state, out)
    refresh(place, state, out)


def begin_write(
    place: Place,
    state: ReplicaState,
    out: Out,
    op: str,
    asker: str,
    position: int,
    values: tuple[Value, ...],
) -> None:
    """The leader has taken a write on: wait for what the settings of this moment ask for."""
    rules = place.rules
    refresh(place, state, out)
    need = 1 if state.memory.fallback else place.copies
    if in_sync.is_on(rules):
        need = in_sync.need(place, state)
    deadline = out.now + rules.ack_timeout_us if rules.ack_timeout_us and need > 1 else 0
    waiting = Waiting(
        "write", asker, need, position,
        values=values, level=rules.durability, deadline=deadline, on_timeout=rules.on_timeout,
    )  # fmt: skip
    begin(place, state, out, op, waiting)
    if deadline:
        _set_timer(state, out)
    settle(place, state, out)


def weigh(place: Place, state: ReplicaState, out: Out, source: str) -> None:
    """A node is further than it was: does it stand behind more writes?"""
    for op, waiting in list(state.memory.waiting.items()):
        if waiting.kind == "write" and acks.stands_behind(place, state, waiting, source):
            count(place, state, out, op, source)


def spoke(place: Place, state: ReplicaState, out: Out, source: str, caught_up: bool) -> None:
    """A follower was heard."""
    memory = state.memory
    memory.seen_at[source] = out.now
    if caught_up and source not in memory.streaming:
        memory.streaming.append(source)
    if place.standbys.names or memory.fallback:
        refresh(place, state, out)


def refresh(place: Place, state: ReplicaState, out: Out) -> None:
    """Who is heard may have changed: who counts now, and is there reason to fall back or return?"""
    memory = state.memory
    if place.standbys.names:
        heard = acks.hears(place, state, out.now)
        memory.streaming = [other for other in memory.streaming if other in heard]
        _choose(place, state, out)
    if memory.fallback:
        if place.copies > 1:
            _return(place, state, out)
    elif place.rules.wait_no_replica == "off" and place.copies > 1:
        heard = acks.hears(place, state, out.now)
        if sum(other in heard for other in acks.listed(place)) < place.copies - 1:
            fall_back(place, state, out, "no_replica")


def _choose(place: Place, state: ReplicaState, out: Out) -> None:
    chosen = acks.foremost(place, state, out.now)
    if chosen == state.memory.standbys:
        return
    state.memory.standbys = chosen
    out.emit(StandbysChanged, place.node, chosen, place.standbys.count)
    for standby in chosen:
        weigh(place, state, out, standby)
    settle(place, state, out)


def fall_back(place: Place, state: ReplicaState, out: Out, reason: str) -> None:
    """Asynchronous from now on, for those who wait already, too."""
    state.memory.fallback = True
    hears = acks.hears(place, state, out.now)
    out.emit(ReplicationModeChanged, place.node, "async", reason, 1, hears)
    for waiting in state.memory.waiting.values():
        if waiting.kind == "write" and waiting.need > 1 and not waiting.answered:
            waiting.released = waiting.released or "async"
    settle(place, state, out)


def _return(place: Place, state: ReplicaState, out: Out) -> None:
    """Semi-synchronous again, once enough followers that are heard have all there is."""
    memory, length = state.memory, len(state.disk.log)
    known = acks.positions(memory, place.rules.durability)
    hears = acks.hears(place, state, out.now)
    ready = [
        other
        for other in acks.listed(place)
        if other in hears and other in memory.seen_at and known.get(other, 0) >= length
    ]
    if len(ready) >= place.copies - 1:
        memory.fallback = False
        need = place.copies
        out.emit(ReplicationModeChanged, place.node, "semi_sync", "caught_up", need, hears)


def on_timeout(place: Place, state: ReplicaState, out: Out) -> None:
    """Some write has waited for as long as it may."""
    if state.memory.role != "leader":
        return
    for op, waiting in list(state.memory.waiting.items()):
        if waiting.answered or waiting.released or not 0 < waiting.deadline <= out.now:
            continue
        match waiting.on_timeout:
            case "async":
                fall_back(place, state, out, "timeout")
            case "cancel":
                waiting.released = "cancel"
                settle(place, state, out)
            case "unknown":
                have, of = len(waiting.sources), place.of("write")
                out.emit(QuorumMissed, place.node, op, "write", have, waiting.need, of)
                waiting.answered = True
                answer(place, out, waiting.asker, op, "unknown", "too_few_copies", ())
    _set_timer(state, out)


def _set_timer(state: ReplicaState, out: Out) -> None:
    ends = [
        waiting.deadline
        for waiting in state.memory.waiting.values()
        if waiting.deadline > out.now and not waiting.answered
    ]
    if ends:
        out.set_timer(TIMEOUT, min(ends) - out.now)


def choose_in_sync(place: Place, state: ReplicaState, out: Out) -> None:
    """Of the one follower that may take over: whom the leader waits for has changed."""
    in_sync.waited_for(place, state, out)
    for node in place.nodes:
        weigh(place, state, out, node)
    settle(place, state, out)


def on_change(place: Place, state: ReplicaState, out: Out, before: Place) -> None:
    """The settings changed under a leader: a new list holds for those who wait already, too."""
    if place.standbys == before.standbys and not place.standbys.names:
        return
    if place.standbys != before.standbys:
        for waiting in state.memory.waiting.values():
            if waiting.kind == "write" and not waiting.answered:
                waiting.need = place.copies
        state.memory.standbys = ()
    refresh(place, state, out)
    for node in place.nodes:
        weigh(place, state, out, node)
    settle(place, state, out)


def tell_lag(place: Place, state: ReplicaState, out: Out, follower: str) -> None:
    """Write down how far behind a follower is, when that has changed since the last time."""
    memory = state.memory
    received, length = memory.match.get(follower, 0), len(state.disk.log)
    flushed, applied = memory.flushed.get(follower, 0), memory.applied.get(follower, 0)
    furthest_back = min(received, flushed, applied)
    behind = length - furthest_back if furthest_back < memory.beat_length else 0
    before = memory.lag.get(follower)
    if not behind and (before is None or not before[3]):
        return
    now = (received, flushed, applied, behind)
    if now != before:
        memory.lag[follower] = now
        out.emit(FollowerLagged, place.node, follower, *now)
