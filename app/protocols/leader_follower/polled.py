"""What the observer asks of a node: how it is, to lead, and whom to follow."""

from app.protocols.leader_follower import election
from app.protocols.leader_follower.log import term_at
from app.protocols.leader_follower.outside_messages import (
    LeaderNamed,
    Poll,
    PollReply,
    PromoteOrder,
    PromoteReply,
)
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out


def answer(place: Place, state: ReplicaState, poll: Poll) -> PollReply:
    disk, memory = state.disk, state.memory
    length = len(disk.log)
    fit = bool(place.priority) and not disk.diverged
    return PollReply(
        poll.op, poll.attempt, memory.role, disk.term, memory.leader or "",
        term_at(state, length), length, fit,
    )  # fmt: skip


def on_order(
    place: Place,
    state: ReplicaState,
    out: Out,
    source: str,
    order: PromoteOrder,
    settings: LeaderFollowerSettings,
) -> None:
    """Lead, whether this node thinks that somebody else does or not."""
    disk, memory = state.disk, state.memory
    if memory.role != "leader" and not disk.diverged:
        disk.term = max(disk.term, order.term)
        election.take_over(place, state, out, settings)
    ok = memory.role == "leader"
    out.send(source, PromoteReply(order.op, order.attempt, disk.term, ok))


def on_named(
    place: Place,
    state: ReplicaState,
    out: Out,
    word: LeaderNamed,
    settings: LeaderFollowerSettings,
) -> None:
    """Somebody leads a term: turn to it, unless a later one is known here."""
    if word.leader == place.node or word.term < state.disk.term:
        return
    election.meet_term(place, state, out, word.term, settings)
    if state.memory.leader != word.leader and not state.disk.rejoining:
        election.hear(place, state, out, word.leader, settings)
