"""Rounds: a compare-and-set, or a serial read, that a majority of the replicas decides together.

Lamport's Paxos as Cassandra runs it for a lightweight transaction (`StorageProxy`, Paxos v1), in
four phases, each to all replicas of the key and on with the first majority:

1. prepare: each promises to take nothing below this ballot, and says what it took and what was
   decided last. A proposal that may have been decided is finished first, under the new ballot; then
   the request begins again.
2. read: is the condition met by what is stored?
3. propose: the new version; or nothing, if the request only looked or the condition is not met, so
   that no older proposal can be decided after the answer.
4. commit: an ordinary write of what was decided, with an ordinary write's level.

One refusal of a promise ends the try; it is made again, after a chance wait, above the ballot that
was met. A proposal of its own that some have taken and a majority cannot is not made again: others
may finish it, so the client hears *unknown*. So does it after the time-out.
"""

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite
from app.protocols.leaderless import acceptor
from app.protocols.leaderless.answers import on_answer as on_write_answer
from app.protocols.leaderless.answers import read_by_writer, say_no
from app.protocols.leaderless.ballots import NO_BALLOT
from app.protocols.leaderless.levels import need_of
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.proposals import decide, hand_over
from app.protocols.leaderless.round_ends import counted, enter, give_up, lose
from app.protocols.leaderless.round_messages import (
    Accepted,
    Commit,
    Committed,
    Look,
    Looked,
    Prepare,
    Promise,
    Propose,
)
from app.protocols.leaderless.round_state import COMMIT, PREPARE, PROPOSE, READ, Round
from app.protocols.leaderless.state import ReplicaState
from app.protocols.leaderless.tombstones import live
from app.sim.process import Out
from app.trace.events import (
    BallotOpened,
    ProposalDecided,
    ProposalFound,
    QuorumReached,
)
from app.trace.levels import SERIAL_LEVELS
from app.versions.dotted import Siblings


def takes(place: Place, request: ClientWrite | ClientRead) -> bool:
    """Is this request one that rounds decide?"""
    settings = place.settings
    if isinstance(request, ClientRead):
        return (request.level or settings.read_level) in SERIAL_LEVELS
    change = request.change
    if change.write == "operation" and change.action == "increment":
        return settings.counter == "agreed"
    return change.write == "compare"


def begin(
    place: Place, state: ReplicaState, out: Out, client: str, request: ClientWrite | ClientRead
) -> None:
    """Refused at once where rounds are not held, or no majority seems to be alive."""
    settings, key = place.settings, request.key
    if settings.compare == "refused":
        say_no(place, out, client, request, "no_compare")
        return
    homes, level = place.replicas_of(key), request.level
    if isinstance(request, ClientRead):
        level = level or settings.read_level
    level = level if level in SERIAL_LEVELS else "serial"
    rule = need_of(level, 0, homes, place.regions, place.node)
    up = [home for home in rule.voters if home not in state.memory.suspected]
    if len(up) < rule.answers:
        say_no(place, out, client, request, "no_quorum")
        return
    round = state.memory.rounds[request.op] = Round(request, client, rule, len(homes))
    out.set_timer(request.op, settings.request_timeout_us)
    _prepare(place, state, out, round)


def on_answer(
    place: Place,
    state: ReplicaState,
    out: Out,
    source: str,
    told: Promise | Looked | Accepted | Committed,
) -> None:
    """A replica's answer; of an earlier phase, or of a round that is over, it says nothing more."""
    match told:
        case Promise():
            _on_promise(place, state, out, source, told)
        case Looked():
            _on_looked(place, state, out, source, told)
        case Accepted():
            _on_accepted(place, state, out, source, told)
        case Committed():
            _on_committed(place, state, out, source, told)


# ---- 1. prepare ---------------------------------------------------------------------------------


def _prepare(place: Place, state: ReplicaState, out: Out, round: Round) -> None:
    """A ballot above all that this node has heard of, its own ones too."""
    disk, request = state.disk, round.request
    mine = acceptor.memory_of(state, request.key).promised if round.votes(place.node) else NO_BALLOT
    moment = max(out.clock, disk.ballot + 1, round.floor + 1, mine[0] + 1)
    disk.ballot = moment
    round.ballot = moment, disk.actor or place.node
    round.own, round.proposal, round.decided, round.verdict = False, (), (), ""
    enter(place, out, round, PREPARE)
    out.emit(BallotOpened, place.node, request.op, *round.ballot, round.rule.voters, request.key)
    asked = Prepare(request.op, round.attempt, round.ballot, request.key)
    for voter in round.others(place.node):
        out.send(voter, asked)
    if round.votes(place.node):
        _on_promise(place, state, out, place.node, acceptor.promise(place, state, out, asked))


def _on_promise(place: Place, state: ReplicaState, out: Out, source: str, told: Promise) -> None:
    """One refusal, and a higher ballot has to be found."""
    round = state.memory.rounds.get(told.op)
    if round is None or round.phase != PREPARE or told.ballot != round.ballot:
        return
    if not told.given:
        lose(place, out, round, told.promised[0])
        return
    round.promises[source] = told
    if counted(place, out, round, source):
        _promised(place, state, out, round)


def _promised(place: Place, state: ReplicaState, out: Out, round: Round) -> None:
    """What others left behind comes first."""
    request, promises = round.request, list(round.promises.values())
    newest = max(promises, key=lambda told: told.committed)
    last = max(promises, key=lambda told: told.accepted)
    if last.proposal and last.accepted > newest.committed:
        value = last.proposal[0].stored.value
        out.emit(ProposalFound, place.node, request.op, value, request.key)
        _propose(place, state, out, round, last.proposal)
        return
    round.decided = newest.decided
    commit = Commit(request.op, round.attempt, newest.committed, newest.decided, False, request.key)
    for source, told in round.promises.items():
        if told.committed == newest.committed:
            continue
        if source == place.node:
            acceptor.commit(place, state, out, commit)
        else:
            out.send(source, commit)
    _read(place, state, out, round)


# ---- 2. read ------------------------------------------------------------------------------------


def _read(place: Place, state: ReplicaState, out: Out, round: Round) -> None:
    enter(place, out, round, READ)
    request = round.request
    asked = Look(request.op, round.attempt, request.key)
    for voter in round.others(place.node):
        out.send(voter, asked)
    if round.votes(place.node):
        _on_looked(place, state, out, place.node, acceptor.look(state, asked))


def _on_looked(place: Place, state: ReplicaState, out: Out, source: str, told: Looked) -> None:
    """Enough copies, and what was decided last: the condition can be looked at."""
    round = state.memory.rounds.get(told.op)
    if round is None or round.phase != READ or told.attempt != round.attempt:
        return
    round.reads[source] = told.versions
    if not counted(place, out, round, source):
        return
    found: Siblings = ()
    for versions in (*round.reads.values(), round.decided):
        shown = live(place, out, versions)
        found = place.join(found, shown) if found else shown
    round.found, round.own = found, True
    _propose(place, state, out, round, decide(place, state, out, round))


# ---- 3. propose ---------------------------------------------------------------------------------


def _propose(place: Place, state: ReplicaState, out: Out, round: Round, proposal: Siblings) -> None:
    round.proposal = proposal
    enter(place, out, round, PROPOSE)
    request = round.request
    asked = Propose(request.op, round.attempt, round.ballot, proposal, request.key)
    for voter in round.others(place.node):
        out.send(voter, asked)
    if round.votes(place.node):
        _on_accepted(place, state, out, place.node, acceptor.accept(place, state, out, asked))


def _on_accepted(place: Place, state: ReplicaState, out: Out, source: str, told: Accepted) -> None:
    """Taken by a majority it is decided."""
    round = state.memory.rounds.get(told.op)
    if round is None or round.phase != PROPOSE or told.ballot != round.ballot:
        return
    round.accepts[source] = told
    if told.taken:
        if counted(place, out, round, source):
            _decided(place, state, out, round)
        return
    refusals = [answer for answer in round.accepts.values() if not answer.taken]
    if len(round.rule.voters) - len(refusals) >= round.rule.answers:
        return
    higher = max(answer.promised[0] for answer in refusals)
    if not (round.own and round.proposal):
        lose(place, out, round, higher)
    elif round.have():
        # Some have taken it, and whoever comes next may finish it.
        give_up(place, state, out, round, "overtaken")
    elif len(round.accepts) == len(round.rule.voters):
        lose(place, out, round, higher)


def _decided(place: Place, state: ReplicaState, out: Out, round: Round) -> None:
    request = round.request
    if round.proposal:
        value = round.proposal[0].stored.value
        out.emit(ProposalDecided, place.node, request.op, *round.ballot, value, request.key)
    if not round.own:
        _commit_for_others(place, state, out, round)
        return
    del state.memory.rounds[request.op]
    if round.proposal:
        hand_over(place, state, out, round, round.attempt + 1)
        return
    out.cancel_timer(request.op)
    have, need = round.have(), round.rule.answers
    out.emit(QuorumReached, place.node, request.op, round.kind, have, need, round.of)
    if round.verdict:
        say_no(place, out, round.client, request, round.verdict)
        return
    values = tuple([version.stored.value for version in round.found])
    context = read_by_writer(round.found)
    if round.known is not None:
        values = (round.known,)
    reply = ClientReply(request.op, request.attempt, "ok", "", values, context)
    out.send(round.client, reply)


# ---- 4. commit ----------------------------------------------------------------------------------


def _commit_for_others(place: Place, state: ReplicaState, out: Out, round: Round) -> None:
    """What was left unfinished is stored by a majority before the request begins again."""
    enter(place, out, round, COMMIT)
    request = round.request
    told = Commit(request.op, round.attempt, round.ballot, round.proposal, True, request.key)
    for home in place.replicas_of(request.key):
        if home != place.node:
            out.send(home, told)
    if place.node in place.replicas_of(request.key):
        acceptor.commit(place, state, out, told)
        _on_committed(place, state, out, place.node, Committed(told.op, told.attempt))


def _on_committed(
    place: Place, state: ReplicaState, out: Out, source: str, told: Committed
) -> None:
    """Of what this node finishes for others, or of its own request."""
    round, pending = state.memory.rounds.get(told.op), state.memory.pending.get(told.op)
    if pending is not None and told.attempt == pending.step:
        on_write_answer(place, state, out, source, told.op, ())
    if round is None or round.phase != COMMIT or told.attempt != round.attempt:
        return
    round.commits[source] = True
    if source in round.rule.voters and counted(place, out, round, source):
        _prepare(place, state, out, round)


# ---- ends ---------------------------------------------------------------------------------------


def on_again(place: Place, state: ReplicaState, out: Out, op: str) -> None:
    round = state.memory.rounds.get(op)
    if round is not None:
        _prepare(place, state, out, round)


def on_time_out(place: Place, state: ReplicaState, out: Out, op: str) -> bool:
    """Was it a round? Nobody can say what becomes of it."""
    round = state.memory.rounds.get(op)
    if round is None:
        return False
    reason = "contention" if round.lost else "too_few_answers"
    give_up(place, state, out, round, reason)
    return True
