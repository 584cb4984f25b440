"""The lock, as a node sees it: who leads must renew it, and leaves office before it runs out.

After Patroni: a key with a time to live in an outside lock service, which knows of no logs. The
leader renews it every `lock_loop_us`; without an answer for `lock_retry_us` more it demotes itself,
and by then the lock has not run out yet, for its time is counted from the *sending* of the renewal
that was granted. A follower that finds the lock free takes it, unless its own log is too short.
With failsafe on, a leader that cannot renew asks all others instead; each that says yes promises
not to take the lock for as long, so that nobody can.

Only spans are measured, so a wrong clock does no harm; one that runs at a wrong speed would, and is
not modelled. A leader that stood still finds the time over and serves nobody: in Patroni that is
the work of a watchdog.
"""

from app.protocols.leader_follower import election, in_sync, waits
from app.protocols.leader_follower.log import term_at
from app.protocols.leader_follower.outside_messages import (
    FailsafeReply,
    FailsafeRequest,
    LockReply,
    LockRequest,
)
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out
from app.trace.events import FailsafeUsed, LeaderDemoted, PromotionGivenUp

LOCK = "lock"
LOOP, DEMOTE = "lock_loop", election.LOCK_BOUND
TRIES = 4
"""So many times a leader asks within `lock_retry_us`."""


def begin(state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """The node starts, or starts again. Who leads from the start has the lock from the start."""
    if settings.failover != "lease":
        return
    out.set_timer(LOOP, settings.lock_loop_us)
    if state.memory.role == "leader":
        _extend(state, out, out.now, settings.lock_ttl_us, settings)


def on_loop(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """The leader renews; a follower looks whether the lock is free."""
    leads = state.memory.role == "leader"
    if leads and in_sync.is_on(settings) and in_sync.review(place, state, out):
        waits.choose_in_sync(place, state, out)
    _ask(place, state, out, "renew" if leads else "look", settings)
    wait = settings.lock_retry_us // TRIES if leads else settings.lock_loop_us
    out.set_timer(LOOP, max(wait, 1))


def _ask(
    place: Place, state: ReplicaState, out: Out, verb: str, settings: LeaderFollowerSettings
) -> str:
    """Returns the name of the request."""
    disk = state.disk
    disk.beats += 1
    length = len(disk.log)
    name = f"lock-{place.node}-{disk.beats}"
    last = term_at(state, length)
    request = LockRequest(
        name, 0, verb, disk.term, last, length, settings.lock_ttl_us, out.now,
        state.memory.sync_told if verb == "renew" else "",
    )  # fmt: skip
    out.send(LOCK, request)
    return name


def take(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """Ask for the lock; whether the node leads then is the lock service's word. The word is void
    after a while, so that what the node promises afterwards holds."""
    memory = state.memory
    if memory.role == "leader" or out.now < memory.taking_until:
        return
    memory.taking = _ask(place, state, out, "take", settings)
    memory.taking_until = out.now + settings.lock_loop_us + settings.lock_retry_us


def release(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """The leader leaves of its own accord, and lets others take the lock at once."""
    if settings.failover == "lease":
        state.memory.lease_until = 0
        _ask(place, state, out, "release", settings)


def on_reply(
    place: Place, state: ReplicaState, out: Out, reply: LockReply, settings: LeaderFollowerSettings
) -> None:
    memory = state.memory
    if reply.verb == "take":
        _on_taken(place, state, out, reply, settings)
    elif memory.role == "leader":
        if reply.verb != "renew" or reply.term < state.disk.term:
            return  # word from an earlier office
        if reply.granted:
            memory.failsafe = False
            if in_sync.is_on(settings) and in_sync.confirmed(state, reply.sync):
                waits.choose_in_sync(place, state, out)
            _extend(state, out, reply.sent_at, reply.ttl_us, settings)
            out.set_timer(LOOP, settings.lock_loop_us)
        else:
            demote(place, state, out, "lock_lost", settings)
    elif reply.holder in ("", place.node) and may_take(place, state, out, reply):
        take(place, state, out, settings)


def may_take(place: Place, state: ReplicaState, out: Out, reply: LockReply) -> bool:
    """Is the node fit to lead, and its log long enough, as far as the lock service knows?"""
    disk = state.disk
    if not place.priority or disk.rejoining or disk.diverged or out.now < disk.promised_until:
        return False
    if in_sync.is_on(place.rules):
        return place.node in (reply.last, *reply.sync.split())
    return not reply.ahead and reply.length - len(disk.log) <= place.rules.max_lag


def _on_taken(
    place: Place, state: ReplicaState, out: Out, reply: LockReply, settings: LeaderFollowerSettings
) -> None:
    """The lock is this node's, if the word is not too old; its term is the lock service's."""
    memory = state.memory
    if reply.op != memory.taking:
        return
    late = out.now >= memory.taking_until
    wanted, memory.wanted = memory.wanted, False
    memory.taking, memory.taking_until = "", 0
    if wanted and not reply.granted:
        out.emit(PromotionGivenUp, place.node, reply.holder)
    if not reply.granted or late or reply.term <= state.disk.term:
        return
    if state.disk.rejoining or state.disk.diverged:
        return
    election.lead_with_lock(place, state, out, settings, reply.term)
    _extend(state, out, reply.sent_at, reply.ttl_us, settings)
    out.set_timer(LOOP, settings.lock_loop_us)


def _extend(
    state: ReplicaState, out: Out, sent_at: int, ttl_us: int, settings: LeaderFollowerSettings
) -> None:
    memory = state.memory
    memory.lease_until = max(memory.lease_until, sent_at + ttl_us)
    left = sent_at + settings.lock_loop_us + settings.lock_retry_us - out.now
    out.set_timer(DEMOTE, max(left, 1))


def on_bound(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """The lock was not renewed in time."""
    memory = state.memory
    if memory.role != "leader":
        return
    if settings.failsafe == "on" and place.others and not memory.failsafe_asked:
        memory.failsafe_asked, memory.failsafe_ok = True, []
        state.disk.beats += 1
        name = f"failsafe-{place.node}-{state.disk.beats}"
        request = FailsafeRequest(name, 0, state.disk.term, settings.lock_ttl_us, out.now)
        for other in place.others:
            out.send(other, request)
        out.set_timer(DEMOTE, settings.lock_retry_us)
        return
    demote(place, state, out, "lock_unreachable", settings)


def demote(
    place: Place, state: ReplicaState, out: Out, reason: str, settings: LeaderFollowerSettings
) -> None:
    """Leave office while the lock is still this node's, or hear that it is not."""
    out.emit(LeaderDemoted, place.node, state.disk.term, reason)
    election.resign(place, state, out, settings)
    out.set_timer(LOOP, settings.lock_loop_us)


def on_failsafe(state: ReplicaState, out: Out, source: str, request: FailsafeRequest) -> None:
    """Yes to the leader that this node follows, and a promise not to take the lock meanwhile."""
    disk, memory = state.disk, state.memory
    ok = request.term == disk.term and memory.role != "leader" and out.now >= memory.taking_until
    if ok:
        disk.promised_until = max(disk.promised_until, out.now + request.ttl_us)
    reply = FailsafeReply(
        request.op, request.attempt, disk.term, ok, request.ttl_us, request.sent_at
    )
    out.send(source, reply)


def on_failsafe_reply(
    place: Place,
    state: ReplicaState,
    out: Out,
    source: str,
    reply: FailsafeReply,
    settings: LeaderFollowerSettings,
) -> None:
    """All others must have said yes: one that is not heard may be about to take the lock."""
    memory = state.memory
    if memory.role != "leader" or not memory.failsafe_asked or reply.term != state.disk.term:
        return
    if not reply.ok or source in memory.failsafe_ok:
        return
    memory.failsafe_ok.append(source)
    if len(memory.failsafe_ok) < len(place.others):
        return
    memory.failsafe_asked = False
    if not memory.failsafe:
        memory.failsafe = True
        out.emit(FailsafeUsed, place.node, state.disk.term, len(place.others))
    _extend(state, out, reply.sent_at, reply.ttl_us, settings)
