"""What comes from the observer and the lock service, and what it leads to."""

from typing import assert_never

from app.protocols.leader_follower import election, lease, polled
from app.protocols.leader_follower.outside_messages import (
    FailsafeReply,
    FailsafeRequest,
    LeaderNamed,
    LockReply,
    LockRequest,
    OutsideMessage,
    Poll,
    PollReply,
    PromoteOrder,
    PromoteReply,
)
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out


def on_message(
    place: Place,
    state: ReplicaState,
    out: Out,
    source: str,
    message: OutsideMessage,
    settings: LeaderFollowerSettings,
) -> None:
    match message:
        case Poll():
            out.send(source, polled.answer(place, state, message))
        case PromoteOrder():
            polled.on_order(place, state, out, source, message, settings)
        case LeaderNamed():
            polled.on_named(place, state, out, message, settings)
        case LockReply():
            lease.on_reply(place, state, out, message, settings)
        case FailsafeRequest():
            election.meet_term(place, state, out, message.term, settings)
            lease.on_failsafe(state, out, source, message)
        case FailsafeReply():
            lease.on_failsafe_reply(place, state, out, source, message, settings)
        case PollReply() | PromoteReply() | LockRequest():
            pass  # for those beside the nodes
        case _:
            assert_never(message)


def on_timer(
    place: Place, state: ReplicaState, out: Out, name: str, settings: LeaderFollowerSettings
) -> None:
    """A timer of the lock."""
    if name == lease.LOOP:
        lease.on_loop(place, state, out, settings)
    else:
        lease.on_bound(place, state, out, settings)
