"""Every message and timer that is about who leads, and what each leads to."""

from typing import assert_never

from app.protocols.leader_follower import catch_up, election, pre_vote, step_down, transfer
from app.protocols.leader_follower.messages import (
    HandOverRequest,
    PreVoteReply,
    PreVoteRequest,
    TailReply,
    TailRequest,
    TakeOverNow,
    VoteReply,
    VoteRequest,
)
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out

LeadershipMessage = (
    VoteRequest
    | VoteReply
    | PreVoteRequest
    | PreVoteReply
    | TailRequest
    | TailReply
    | HandOverRequest
    | TakeOverNow
)


def on_message(
    place: Place,
    state: ReplicaState,
    out: Out,
    source: str,
    message: LeadershipMessage,
    settings: LeaderFollowerSettings,
) -> None:
    """Terms are met first, but not where a node is asked what it would do, or must not hear."""
    match message:
        case VoteRequest() if election.is_loyal(state, out, message, settings):
            out.send(source, VoteReply(message.op, message.attempt, state.disk.term, False))
        case VoteRequest():
            election.meet_term(place, state, out, message.term, settings)
            out.send(source, election.vote(place, state, out, source, message, settings))
        case VoteReply():
            election.meet_term(place, state, out, message.term, settings)
            election.on_vote(place, state, out, source, message, settings)
        case PreVoteRequest():
            out.send(source, pre_vote.answer(place, state, out, source, message, settings))
        case PreVoteReply():
            election.meet_term(place, state, out, message.term, settings)
            if pre_vote.is_won(place, state, out, source, message):
                election.stand(place, state, out, settings)
        case TailRequest():
            election.meet_term(place, state, out, message.term, settings)
            out.send(source, catch_up.answer(state, message))
        case TailReply():
            election.meet_term(place, state, out, message.term, settings)
            if catch_up.is_over(place, state, source, message):
                _end_catch_up(place, state, out)
        case HandOverRequest():
            transfer.on_request(place, state, out, source, settings)
        case TakeOverNow():
            transfer.take_over(place, state, out, message, settings)
        case _:
            assert_never(message)


def on_timer(
    place: Place, state: ReplicaState, out: Out, name: str, settings: LeaderFollowerSettings
) -> None:
    match name:
        case step_down.QUORUM:
            if step_down.must_go(place, state, out, settings):
                election.resign(place, state, out, settings)
        case election.OWN_VOTE:
            election.count_vote(place, state, out, place.node, settings)
        case catch_up.CATCH_UP:
            _end_catch_up(place, state, out)
        case election.TRANSFER:
            transfer.on_bound(place, state, out)
        case transfer.PROMOTION:
            transfer.on_promotion_bound(place, state, out, settings)
        case _:
            election.on_silence(place, state, out, settings)


def _end_catch_up(place: Place, state: ReplicaState, out: Out) -> None:
    catch_up.end(place, state, out)
    election.open_term(place, state, out)
