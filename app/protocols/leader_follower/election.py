"""Who leads: silence, candidates, votes, terms (Raft §5.2 and §5.4.1), taking and leaving office.

A vote refused does not restart the voter's time-out, and neither does a higher term: the time-out
that runs then runs on. Without pre-vote a node that only one link is cut off from its leader can
win a term with the votes of nodes that hear the old leader well, and leadership may wander. Without
step-down a leader that no longer hears a majority keeps its role until it meets a higher term; its
clients get no answer.
"""

from app.protocols.leader_follower import catch_up, fencing, pre_vote, step_down, waits
from app.protocols.leader_follower.log import as_new_as, term_at
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
OWN_VOTE = "own_vote"
TRANSFER = "transfer"
LOCK_BOUND = "lock_bound"
NEVER = -1


def watch(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """(Re)start to listen for the leader; the time-out is random where elections are on, and
    longer for nodes further down the list where they take over without asking."""
    delay = settings.silence_us
    if settings.failover == "timeout":
        delay += place.nodes.index(place.node) * settings.takeover_step_us
    if settings.failover == "election":
        low, high = settings.election_low_us, settings.election_high_us
        name = f"election time-out in term {state.disk.term}"
        if state.memory.tries:
            # Asking first leaves the term as it is; two who ask together must draw anew.
            name += f", try {state.memory.tries}"
        delay = out.draw(name, low, high)
    out.set_timer(SILENCE, delay)


def on_silence(
    place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings
) -> None:
    """Nothing heard for the whole time-out: the leader is suspected; with elections, stand."""
    memory = state.memory
    if memory.leader is not None:
        out.emit(LeaderSuspected, place.node, memory.leader, state.disk.term)
        memory.leader = None
    if not place.priority or state.disk.diverged:
        return  # It never stands; who does may still have its vote.
    if settings.failover == "timeout":
        take_over(place, state, out, settings)
    elif settings.failover == "election" and settings.pre_vote == "on":
        pre_vote.ask(place, state, out)
        watch(place, state, out, settings)
        if place.majority == 1:
            stand(place, state, out, settings)
    elif settings.failover == "election":
        stand(place, state, out, settings)


def take_over(
    place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings
) -> None:
    """Silence is taken for death, or a person says so, and no node is asked: the other may lead on,
    behind a cut."""
    _take_own_term(place, state)
    out.emit(LeaderPromoted, place.node, state.disk.term)
    _take_office(place, state, out, settings)


def lead_with_lock(
    place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings, term: int
) -> None:
    """The lock is this node's, in a term that the lock service gives only once."""
    state.disk.term, state.disk.voted_for = term, None
    out.emit(LeaderPromoted, place.node, term)
    _take_office(place, state, out, settings)


def lead_on(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """The leader that people named comes back with a new disk: in a term of its own, for what the
    lost disk had sent in the old one may still arrive."""
    _take_own_term(place, state)
    out.emit(LeaderElected, place.node, state.disk.term, 0)
    _take_office(place, state, out, settings)


def _take_own_term(place: Place, state: ReplicaState) -> None:
    """The next term that is this node's: where nobody votes each has terms of its own, so that two
    who take office are told apart."""
    count, mine = len(place.nodes), place.nodes.index(place.node)
    state.disk.term += 1 + (mine - state.disk.term) % count
    state.disk.named = state.disk.term


def stand(
    place: Place,
    state: ReplicaState,
    out: Out,
    settings: LeaderFollowerSettings,
    handed: bool = False,
) -> None:
    """Stand for election in a new term. `handed`: the leader itself has left for this node."""
    disk, memory = state.disk, state.memory
    disk.term += 1
    disk.voted_for = place.node
    memory.role = "candidate"
    memory.leader = None
    memory.pre_votes, memory.tries = [], 0
    memory.votes = [] if settings.vote_write_high_us else [place.node]
    out.emit(ElectionStarted, place.node, disk.term, len(memory.votes), place.majority)
    if settings.vote_write_high_us:
        low, high = settings.vote_write_low_us, settings.vote_write_high_us
        out.set_timer(OWN_VOTE, out.draw(f"vote on disk in term {disk.term}", low, high))
    length = len(disk.log)
    name = f"election-{place.node}-{disk.term}"
    request = VoteRequest(name, 0, disk.term, length, term_at(state, length), handed)
    for other in place.others:
        out.send(other, request)
    watch(place, state, out, settings)
    if len(memory.votes) >= place.majority:
        lead(place, state, out, settings)


def hear(
    place: Place, state: ReplicaState, out: Out, leader: str, settings: LeaderFollowerSettings
) -> None:
    """The leader of the current term has spoken: follow it."""
    memory = state.memory
    memory.role = "follower"
    memory.heard_leader_at = out.now
    memory.pre_votes = []
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
    memory.heard_leader_at = NEVER
    memory.pre_votes, memory.tries = [], 0
    if led:
        _clear_office(state, out)
        out.emit(LeaderSteppedDown, place.node, before, term)
        give_up(place, state, out)
        watch(place, state, out, settings)


def resign(place: Place, state: ReplicaState, out: Out, settings: LeaderFollowerSettings) -> None:
    """The leader leaves office in its own term; nobody else can lead that one."""
    memory = state.memory
    state.disk.named = 0
    memory.role = "follower"
    memory.leader = None
    memory.heard_leader_at = NEVER
    _clear_office(state, out)
    give_up(place, state, out)
    watch(place, state, out, settings)


def _clear_office(state: ReplicaState, out: Out) -> None:
    memory = state.memory
    memory.transfer = ""
    memory.catching_up, memory.tails = False, {}
    memory.lease_until = memory.waits_until = 0
    memory.failsafe, memory.failsafe_asked, memory.failsafe_ok = False, False, []
    for timer in (
        HEARTBEAT, fencing.LEASE, fencing.WAITED, step_down.QUORUM, catch_up.CATCH_UP, TRANSFER,
        LOCK_BOUND,
    ):  # fmt: skip
        out.cancel_timer(timer)


def is_loyal(
    state: ReplicaState, out: Out, request: VoteRequest, settings: LeaderFollowerSettings
) -> bool:
    """Must this node not even hear of the candidate? (Dissertation §4.2.3.)

    Under fencing a leader counts on it: who has acknowledged something helps nobody else to office
    before the lease that this gave is over. A leader that has left office itself holds none.
    """
    return (
        settings.fencing == "on"
        and not request.handed
        and state.memory.heard_leader_at != NEVER
        and out.now - state.memory.heard_leader_at < settings.election_low_us
    )


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
    up_to_date = as_new_as(state, request.last_term, request.last_position)
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
    """A vote has come, if it is one for this term."""
    if reply.term == state.disk.term and reply.granted:
        count_vote(place, state, out, source, settings)


def count_vote(
    place: Place, state: ReplicaState, out: Out, source: str, settings: LeaderFollowerSettings
) -> None:
    """The candidate counts each voter once; a majority makes it leader."""
    memory, term = state.memory, state.disk.term
    if memory.role != "candidate" or source in memory.votes:
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
    """Lead; first look for newer entries among the others, where that is on."""
    disk, memory = state.disk, state.memory
    out.cancel_timer(SILENCE)
    memory.role = "leader"
    memory.leader = place.node
    memory.match = {}
    memory.beat_length = len(disk.log)
    memory.heard_leader_at = NEVER
    memory.pre_votes, memory.tries = [], 0
    fencing.begin(place, state, out, trusted=False)
    waits.take_office(place, state, out)
    step_down.begin(place, state, out, settings)
    if settings.catch_up == "on" and place.peers:
        catch_up.begin(place, state, out, settings.catch_up_us)
    else:
        open_term(place, state, out)
    beat(place, state, out, settings.heartbeat_us)


def open_term(place: Place, state: ReplicaState, out: Out) -> None:
    """Open the term with an entry, so that earlier ones can be committed (§8)."""
    op = f"term-{state.disk.term}"
    state.memory.serves_from = append(place, state, out, op, None)
