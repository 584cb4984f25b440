"""Which messages are operations on the node's own copy: what a node of bounded capacity has to do.

A write at the leader, a read where it is answered, and on a follower every message that brings
something new for its log. To forward a request, to acknowledge, to vote and to answer is free. What
comes in one message is stored together and counts once.
"""

from app.protocols.client_messages import ClientRead, ClientWrite
from app.protocols.leader_follower.log import term_at
from app.protocols.leader_follower.messages import (
    AppendEntries,
    ForwardedRead,
    ForwardedWrite,
    ReplicaRead,
)
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import ReplicaState
from app.sim.process import Message


def is_work(state: ReplicaState, settings: LeaderFollowerSettings, message: Message) -> bool:
    """As things are now; who leads, or what the log holds, may be different a moment later."""
    leads = state.memory.role == "leader"
    match message:
        case ClientWrite() | ForwardedWrite():
            return leads
        case ReplicaRead():
            return True
        case ClientRead() if settings.reads in ("spread", "sticky"):
            return False  # It is sent on to the follower that answers.
        case ClientRead() | ForwardedRead():
            return leads or settings.reads in ("any", "wait_position")
        case AppendEntries():
            return message.term >= state.disk.term and brings_news(state, message)
    return False


def brings_news(state: ReplicaState, message: AppendEntries) -> bool:
    """Is there an entry in it that the log does not hold?"""
    length, end = len(state.disk.log), message.previous + len(message.entries)
    return bool(message.entries) and (
        end > length or term_at(state, end) != message.entries[-1].term
    )
