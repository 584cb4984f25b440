"""Who leads: silence, candidates, votes, terms (Raft §5.2 and §5.4.1).

There is no pre-vote: a node that only one link is cut off from its leader can win a term with
the votes of nodes that hear the old leader well, and leadership may wander. A leader that no
longer hears a majority keeps its role until it meets a higher term; its clients get no answer.
"""

from app.protocols.leader_follower import fencing, waits
from app.protocols.leader_follower.log import term_at
from app.protocols.leader_follower.messages import VoteReply, VoteRequest
from app.protocols.leader_follower.replication import HEARTBEAT, append, beat
from app.protocols.leader_follower.requests import give_up
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out
from app.trace.events import (
    ElectionStarted,
    LeaderElected,
    LeaderHeard,
    LeaderPromoted,
    LeaderSteppedDown,
    LeaderSuspected,
    VoteCounted,
    VoteGranted,
)

SILENCE = "silence"


def watch(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """(Re)start to listen for the leader; the time-out is random where elections are on, and
    longer for nodes further down the list where they take over without asking."""
    delay = settings.silence_us
    if settings.failover == "timeout":
        delay += place.nodes.index(place.node) * settings.takeover_step_us
    if settings.failover == "election":
        low, high = settings.election_low_us, settings.election_high_us
        delay = out.draw(f"election time-out in term {state.disk.term}", low, high)
    out.set_timer(SILENCE, delay)


def on_silence(
    place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings
) -> None:
    """Nothing heard for the whole time-out: the leader is suspected; with elections, stand."""
    memory = state.memory
    if memory.leader is not None:
        out.emit(LeaderSuspected, place.node, memory.leader, state.disk.term)
        memory.leader = None
    if settings.failover == "election":
        _stand(place, state, out, settings)
    elif settings.failover == "timeout":
        _take_over(place, state, out, settings)


def _take_over(
    place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings
) -> None:
    """Silence is taken for death, and nobody is asked: the other may lead on, behind a cut.

    Each node has terms of its own, so that two who take over are told apart.
    """
    count, mine = len(place.nodes), place.nodes.index(place.node)
    state.disk.term += 1 + (mine - state.disk.term) % count
    out.emit(LeaderPromoted, place.node, state.disk.term)
    _take_office(place, state, out, settings)


def lead_on(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """The leader that people named comes back with a new disk: in a term of its own, for what the
    lost disk had sent in the old one may still arrive."""
    state.disk.term += 1
    out.emit(LeaderElected, place.node, state.disk.term, 0)
    _take_office(place, state, out, settings)


def _stand(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    disk, memory = state.disk, state.memory
    disk.term += 1
    disk.voted_for = place.node
    memory.role = "candidate"
    memory.votes = [place.node]
    out.emit(ElectionStarted, place.node, disk.term, 1, place.majority)
    length = len(disk.log)
    request = VoteRequest(
        f"election-{place.node}-{disk.term}", 0, disk.term, length, term_at(state, length)
    )
    for other in place.others:
        out.send(other, request)
    watch(place, state, out, settings)
    if place.majority == 1:
        lead(place, state, out, settings)


def hear(
    place: Place, state: ReplicaState, out: Out, leader: str, settings: LeaderFollowerSettings
) -> None:
    """The leader of the current term has spoken: follow it."""
    memory = state.memory
    memory.role = "follower"
    if memory.leader != leader:
        memory.leader = leader
        out.emit(LeaderHeard, place.node, leader, state.disk.term)
    watch(place, state, out, settings)


def meet_term(
    place: Place, state: ReplicaState, out: Out, term: int, settings: LeaderFollowerSettings
) -> None:
    """A higher term ends whatever this node was in the one before (§5.1)."""
    disk, memory = state.disk, state.memory
    if term <= disk.term:
        return
    before, led = disk.term, memory.role == "leader"
    disk.term = term
    disk.voted_for = None
    memory.role = "follower"
    memory.leader = None
    if led:
        out.cancel_timer(HEARTBEAT)
        out.cancel_timer(fencing.LEASE)
        out.emit(LeaderSteppedDown, place.node, before, term)
        give_up(place, state, out)
        watch(place, state, out, settings)


def vote(
    place: Place,
    state: ReplicaState,
    out: Out,
    candidate: str,
    request: VoteRequest,
    settings: LeaderFollowerSettings,
) -> VoteReply:
    """One vote a term, and only for a log that is at least as new as one's own (§5.4.1)."""
    disk = state.disk
    length = len(disk.log)
    up_to_date = (request.last_term, request.last_position) >= (term_at(state, length), length)
    free = disk.voted_for in (None, candidate)
    granted = request.term == disk.term and free and up_to_date
    if granted:
        disk.voted_for = candidate
        out.emit(VoteGranted, place.node, candidate, disk.term)
        watch(place, state, out, settings)
    return VoteReply(request.op, request.attempt, disk.term, granted)


def on_vote(
    place: Place,
    state: ReplicaState,
    out: Out,
    source: str,
    reply: VoteReply,
    settings: LeaderFollowerSettings,
) -> None:
    """The candidate counts each voter once; a majority makes it leader."""
    memory, term = state.memory, state.disk.term
    if memory.role != "candidate" or reply.term != term or not reply.granted:
        return
    if source in memory.votes:
        return
    memory.votes.append(source)
    out.emit(VoteCounted, place.node, source, term, len(memory.votes), place.majority)
    if len(memory.votes) >= place.majority:
        lead(place, state, out, settings)


def lead(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """A majority has voted for this node."""
    out.emit(LeaderElected, place.node, state.disk.term, len(state.memory.votes))
    _take_office(place, state, out, settings)


def _take_office(
    place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings
) -> None:
    """Lead, and open the term with an entry, so that earlier ones can be committed."""
    disk, memory = state.disk, state.memory
    out.cancel_timer(SILENCE)
    memory.role = "leader"
    memory.leader = place.node
    memory.match = {}
    memory.beat_length = len(disk.log)
    fencing.begin(place, state, out, trusted=False)
    waits.take_office(place, state, out)
    memory.serves_from = append(place, state, out, f"term-{disk.term}", None)
    beat(place, state, out, settings.heartbeat_us)
