"""Pre-vote (Raft dissertation §9.6): ask whether one could win before raising any term.

Nobody's state changes by asking or by answering, so a node that cannot win disturbs nobody. Yes is
said to a log at least as new as one's own, and never by a node that leads or has heard a leader
within the shortest election time-out.
"""

from app.protocols.leader_follower.log import as_new_as, term_at
from app.protocols.leader_follower.messages import PreVoteReply, PreVoteRequest
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out
from app.trace.events import PreVoteCounted, PreVoteRefused, PreVoteStarted


def ask(place: Place, state: ReplicaState, out: Out) -> None:
    """Ask all others; one's own yes is the first."""
    disk, memory = state.disk, state.memory
    memory.role = "follower"
    memory.tries += 1
    memory.pre_votes = [place.node]
    length = len(disk.log)
    out.emit(PreVoteStarted, place.node, disk.term + 1, 1, place.majority)
    request = PreVoteRequest(
        _name(place, state), memory.tries, disk.term + 1, length, term_at(state, length)
    )
    for other in place.others:
        out.send(other, request)


def _name(place: Place, state: ReplicaState) -> str:
    return f"pre-vote-{place.node}-{state.disk.term + 1}"


def answer(
    place: Place,
    state: ReplicaState,
    out: Out,
    candidate: str,
    request: PreVoteRequest,
    settings: LeaderFollowerSettings,
) -> PreVoteReply:
    """Yes or no, and the term that this node is in."""
    disk, reason = state.disk, ""
    if request.term <= disk.term:
        reason = "old_term"
    elif hears_leader(state, out, settings):
        reason = "hears_leader"
    elif not as_new_as(state, request.last_term, request.last_position):
        reason = "older_log"
    if reason:
        out.emit(PreVoteRefused, place.node, candidate, request.term, reason)
    return PreVoteReply(request.op, request.attempt, disk.term, not reason)


def hears_leader(state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> bool:
    """Does this node lead, or has it heard who does within the shortest election time-out?"""
    memory = state.memory
    if memory.role == "leader":
        return True
    heard_at = memory.heard_leader_at
    return heard_at >= 0 and out.now - heard_at < settings.election_low_us


def is_won(place: Place, state: ReplicaState, out: Out, source: str, reply: PreVoteReply) -> bool:
    """Count one yes to the question being asked; True with the one that makes a majority."""
    memory = state.memory
    if not reply.granted or not memory.pre_votes or source in memory.pre_votes:
        return False
    if (reply.op, reply.attempt) != (_name(place, state), memory.tries):
        return False  # an answer to an earlier question
    memory.pre_votes.append(source)
    have = len(memory.pre_votes)
    out.emit(PreVoteCounted, place.node, source, state.disk.term + 1, have, place.majority)
    return have >= place.majority
