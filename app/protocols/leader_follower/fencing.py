"""Fencing: a leader that may have been replaced answers nobody.

A lease without a lock service (after Gray and Cheriton 1989): the leader may answer for `lease_us`
after the *sending* of the newest message that a majority, itself included, has acknowledged. No
follower takes over before it has heard nothing for longer than that. Who took over without votes
waits one lease more, from when a majority first answered it: until then others may have
acknowledged something to the old leader. Only time spans are measured, so a wrong clock does no
harm; one that runs at a wrong speed would.
"""

from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out
from app.trace.events import LeaderFenced, LeaderUnfenced, LeaderWaits

LEASE, WAITED = "lease", "lease_waited"
FOR_EVER = 1 << 62


def begin(place: Place, state: ReplicaState, out: Out, trusted: bool) -> None:
    """The node takes office. `trusted`: all others were told just now who leads."""
    memory = state.memory
    memory.fenced = False
    memory.heard_at = dict.fromkeys(place.others, out.now) if trusted else {}
    sure = trusted or place.majority == 1 or place.rules.failover == "election"
    memory.waits_until = 0
    if place.lease_us and not sure:
        memory.waits_until = FOR_EVER
        memory.fenced = True
        out.emit(LeaderWaits, place.node, state.disk.term)
    _await_end(place, state, out)


def serves(place: Place, state: ReplicaState, out: Out) -> bool:
    """May the leader answer now?"""
    if place.rules.failover == "lease" and out.now >= state.memory.lease_until:
        return False
    if not place.lease_us:
        return True
    return state.memory.waits_until <= out.now < _ends_at(place, state)


def heard(place: Place, state: ReplicaState, out: Out, source: str, sent_at: int) -> None:
    """A follower has acknowledged what the leader sent at `sent_at`."""
    heard_at = state.memory.heard_at
    heard_at[source] = max(sent_at, heard_at.get(source, 0))
    if place.lease_us:
        if state.memory.waits_until == FOR_EVER and out.now < _ends_at(place, state):
            state.memory.waits_until = out.now + place.lease_us
            out.set_timer(WAITED, place.lease_us)
        _unfence(place, state, out)
        _await_end(place, state, out)


def reason(place: Place, state: ReplicaState, out: Out) -> str:
    """Why a leader does not serve."""
    if place.rules.failover == "lease" and out.now >= state.memory.lease_until:
        return "no_lock"
    return "old_lease" if state.memory.waits_until > out.now else "fenced"


def on_waited(place: Place, state: ReplicaState, out: Out) -> None:
    """No lease of an earlier leader can run any more."""
    if state.memory.role == "leader":
        _unfence(place, state, out)
        _await_end(place, state, out)


def _unfence(place: Place, state: ReplicaState, out: Out) -> None:
    if state.memory.fenced and serves(place, state, out):
        state.memory.fenced = False
        out.emit(LeaderUnfenced, place.node, state.disk.term)


def on_change(place: Place, state: ReplicaState, out: Out) -> None:
    """Fencing was turned on or off under a leader in office."""
    out.cancel_timer(LEASE)
    if not place.lease_us:
        state.memory.fenced = False
        state.memory.waits_until = 0
    elif serves(place, state, out):
        _await_end(place, state, out)
    elif not state.memory.fenced:
        on_end(place, state, out)


def on_end(place: Place, state: ReplicaState, out: Out) -> None:
    """The lease is over, if nothing was heard since the timer was set."""
    if state.memory.role == "leader" and not serves(place, state, out):
        state.memory.fenced = True
        out.emit(LeaderFenced, place.node, state.disk.term)


def _ends_at(place: Place, state: ReplicaState) -> int:
    """A majority has been heard of since the (majority − 1)th newest of the acknowledgements."""
    if place.majority == 1:
        return FOR_EVER
    newest = sorted(state.memory.heard_at.values(), reverse=True)
    needed = place.majority - 1
    return newest[needed - 1] + place.lease_us if len(newest) >= needed else 0


def _await_end(place: Place, state: ReplicaState, out: Out) -> None:
    if place.lease_us and serves(place, state, out) and place.majority > 1:
        out.set_timer(LEASE, _ends_at(place, state) - out.now)
