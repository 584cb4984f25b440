"""How a phase of a round begins and an answer counts; how a try is lost, or a request given up."""

from app.protocols.client_messages import ClientReply
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.round_state import WAIT, Round
from app.protocols.leaderless.state import ReplicaState
from app.sim.process import Out
from app.trace.events import BallotLost, QuorumMissed, ReplyCounted, RequestAccepted
from app.versions.version_vector import EMPTY

AGAIN = "/again"
"""Ends the name of the timer after which a coordinator opens a higher ballot."""
LONGEST_WAIT_US = 100_000
"""Cassandra waits for up to 100 ms, by chance."""


def enter(place: Place, out: Out, round: Round, phase: str) -> None:
    """The next phase, and no answer to it yet."""
    round.phase = phase
    round.step += 1
    round.promises, round.reads, round.accepts, round.commits = {}, {}, {}, {}
    op = round.request.op
    out.emit(RequestAccepted, place.node, op, round.kind, round.rule.answers, round.of)


def counted(place: Place, out: Out, round: Round, source: str) -> bool:
    """One answer more; is that a majority?"""
    have, need = round.have(), round.rule.answers
    out.emit(ReplyCounted, place.node, round.request.op, source, have, need, round.of)
    return have == need


def lose(place: Place, out: Out, round: Round, higher: int) -> None:
    """Wait, so that not everybody overtakes everybody again, and go above what was met."""
    round.phase, round.lost = WAIT, round.lost + 1
    round.floor = max(round.floor, higher)
    op, key = round.request.op, round.request.key
    wait_us = out.draw(f"{op}/wait/{round.lost}", 0, LONGEST_WAIT_US)
    out.emit(BallotLost, place.node, op, *round.ballot, wait_us, key)
    out.set_timer(op + AGAIN, wait_us)


def give_up(place: Place, state: ReplicaState, out: Out, round: Round, reason: str) -> None:
    """What is promised and accepted stays so; the next round will find it."""
    request, need = round.request, round.rule.answers
    del state.memory.rounds[request.op]
    out.cancel_timer(request.op)
    out.cancel_timer(request.op + AGAIN)
    have = 0 if round.phase == WAIT else round.have()
    out.emit(QuorumMissed, place.node, request.op, round.kind, have, need, round.of)
    reply = ClientReply(request.op, request.attempt, "unknown", reason, (), EMPTY)
    out.send(round.client, reply)
