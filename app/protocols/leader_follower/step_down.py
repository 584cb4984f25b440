"""Step-down, or check quorum (Raft dissertation §6.2): a leader that a majority has not answered
for the shortest election time-out gives up its role, for its clients had better ask elsewhere.

Counted from the sending of what was acknowledged, as fencing is. It keeps no second leader from
office by itself; it makes the first one notice.
"""

from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out
from app.trace.events import LeaderGaveUp

QUORUM = "quorum"


def begin(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """The node has taken office, or the setting was changed under it."""
    out.cancel_timer(QUORUM)
    if settings.step_down == "on" and settings.failover == "election" and place.majority > 1:
        left = _ends_at(place, state, settings.election_low_us) - out.now
        out.set_timer(QUORUM, max(left, 1))


def must_go(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> bool:
    """The timer has run out: is a majority silent, or was it heard since the timer was set?"""
    window = settings.election_low_us
    if out.now < _ends_at(place, state, window):
        begin(place, state, out, settings)
        return False
    heard = state.memory.heard_at.values()
    have = 1 + sum(1 for sent_at in heard if out.now < sent_at + window)
    out.emit(LeaderGaveUp, place.node, state.disk.term, have, place.majority)
    return True


def _ends_at(place: Place, state: ReplicaState, window: int) -> int:
    newest = sorted(state.memory.heard_at.values(), reverse=True)
    needed = place.majority - 1
    last = newest[needed - 1] if len(newest) >= needed else 0
    return max(last, state.memory.office_at) + window
