"""Handing leadership over (Raft dissertation §3.10): to a node of higher priority, or by hand.

The leader takes no new writes, waits until the other has its whole log and its own clients have
their answers, leaves office, and tells the other to stand at once. It leaves before it tells, so
no lease of its own outlives it; if the word is lost, time-outs go on as after any silence.
"""

from app.protocols.leader_follower import election, lease
from app.protocols.leader_follower.messages import HandOverRequest, TakeOverNow
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out
from app.trace.events import (
    LeaderHandedOver,
    PromotionGivenUp,
    TransferAborted,
    TransferStarted,
)

PROMOTION = "promotion"


def prefer(
    place: Place, state: ReplicaState, out: Out, source: str, settings: LeaderFollowerSettings
) -> None:
    """`source` has just answered: if it is of higher priority and has everything, it shall lead.

    Not within the longest election time-out after taking office, so that a node that is not heard
    well by the others does not take over again and again.
    """
    memory = state.memory
    if settings.failover != "election" or memory.transfer or memory.catching_up:
        return
    if source not in place.peers:
        return  # An arbiter never leads.
    mine, theirs = place.priority, settings.priority(place.nodes.index(source))
    settled = out.now - memory.office_at >= settings.election_high_us
    if theirs > mine and settled and _has_all(state, source):
        best = max(
            settings.priority(place.nodes.index(n)) for n in place.peers if _has_all(state, n)
        )
        if theirs == best:
            _begin(place, state, out, source, "priority", settings)


def _has_all(state: ReplicaState, node: str) -> bool:
    return state.memory.match.get(node, 0) == len(state.disk.log)


def _begin(
    place: Place,
    state: ReplicaState,
    out: Out,
    target: str,
    reason: str,
    settings: LeaderFollowerSettings,
) -> None:
    state.memory.transfer = target
    out.emit(TransferStarted, place.node, target, state.disk.term, reason)
    out.set_timer(election.TRANSFER, settings.election_high_us)
    go_on(place, state, out, settings)


def on_request(
    place: Place, state: ReplicaState, out: Out, source: str, settings: LeaderFollowerSettings
) -> None:
    """A person has asked `source` to lead, and it asks the leader to leave."""
    memory = state.memory
    if memory.role == "leader" and not memory.transfer and not memory.catching_up:
        _begin(place, state, out, source, "by_hand", settings)


def go_on(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """Hand over as soon as the other has everything and nobody waits here for an answer."""
    memory, target = state.memory, state.memory.transfer
    if not target or not _has_all(state, target):
        return
    if all(waiting.answered for waiting in memory.waiting.values()):
        term = state.disk.term
        out.emit(LeaderHandedOver, place.node, target, term)
        lease.release(place, state, out, settings)
        election.resign(place, state, out, settings)
        out.send(target, TakeOverNow(f"hand-over-{place.node}-{term}", 0, term))


def takes_no_writes(state: ReplicaState) -> str:
    """Why the leader takes no new write just now; "" if it does."""
    if state.memory.transfer:
        return "handing_over"
    return "catching_up" if state.memory.catching_up else ""


def on_bound(place: Place, state: ReplicaState, out: Out) -> None:
    """The other has not caught up in time: lead on."""
    target, state.memory.transfer = state.memory.transfer, ""
    if target:
        out.emit(TransferAborted, place.node, target, state.disk.term)


def take_over(
    place: Place,
    state: ReplicaState,
    out: Out,
    message: TakeOverNow,
    settings: LeaderFollowerSettings,
) -> None:
    """The leader of `message.term` has left office for this node."""
    election.meet_term(place, state, out, message.term, settings)
    if message.term == state.disk.term and state.memory.role != "leader":
        out.cancel_timer(PROMOTION)
        _lead(place, state, out, settings, handed=True)


def refusal(place: Place, state: ReplicaState) -> str:
    """Why a person cannot make this node the leader now; "" if they can."""
    if state.memory.role == "leader":
        return f"{place.node} leads already"
    if state.disk.rejoining:
        return f"{place.node} does not know yet what its lost disk had"
    if state.disk.diverged:
        return f"{place.node} keeps a log of its own and follows nobody"
    if place.is_arbiter:
        return f"{place.node} is an arbiter: it holds no copy and never leads"
    return "" if place.priority else f"{place.node} has priority 0 and never leads"


def promote(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """A person wants this node to lead: through the leader if it hears one, else by itself."""
    leader = state.memory.leader
    if leader is None:
        _lead(place, state, out, settings, handed=False)
        return
    out.send(leader, HandOverRequest(f"promotion-{place.node}-{out.now}", 0))
    out.set_timer(PROMOTION, settings.silence_us + settings.election_high_us)


def on_promotion_bound(
    place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings
) -> None:
    """The leader has not left: lead if it fell silent meanwhile, else leave it at that."""
    leader = state.memory.leader
    if leader is None:
        _lead(place, state, out, settings, handed=False)
    elif leader != place.node:
        out.emit(PromotionGivenUp, place.node, leader)


def _lead(
    place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings, handed: bool
) -> None:
    if settings.failover == "election":
        election.stand(place, state, out, settings, handed)
    elif settings.failover == "lease":
        state.memory.wanted = not handed
        lease.take(place, state, out, settings)
    else:
        election.take_over(place, state, out, settings)
