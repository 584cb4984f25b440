"""A replica in a round: it promises, accepts and commits, and forgets none of that in a crash.

After Lamport's single-decree Paxos as Cassandra runs it for each partition (`PaxosState`): the same
memory serves one decision after the other, and a commit ends one.
"""

from app.protocols.leaderless.ballots import Acceptor
from app.protocols.leaderless.placement import Place
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
from app.protocols.leaderless.state import ReplicaState
from app.protocols.leaderless.storage import store
from app.sim.process import Out
from app.trace.events import (
    BallotPromised,
    BallotRefused,
    ProposalAccepted,
    ProposalRefused,
)


def memory_of(state: ReplicaState, key: str) -> Acceptor:
    """What this node remembers of the key's rounds."""
    return state.disk.rounds.setdefault(key, Acceptor())


def on_asked(
    place: Place,
    state: ReplicaState,
    out: Out,
    source: str,
    asked: Prepare | Look | Propose | Commit,
) -> None:
    """A coordinator asks something of this replica."""
    match asked:
        case Prepare():
            out.send(source, promise(place, state, out, asked))
        case Look():
            out.send(source, look(state, asked))
        case Propose():
            out.send(source, accept(place, state, out, asked))
        case Commit():
            commit(place, state, out, asked)
            if asked.answer:
                out.send(source, Committed(asked.op, asked.attempt))


def look(state: ReplicaState, asked: Look) -> Looked:
    """What it holds of the key."""
    return Looked(asked.op, asked.attempt, state.disk.versions.get(asked.key, ()))


def promise(place: Place, state: ReplicaState, out: Out, asked: Prepare) -> Promise:
    """From now on nothing below this ballot; not, if a higher one has been promised."""
    mine, (moment, by) = memory_of(state, asked.key), asked.ballot
    given = asked.ballot > mine.promised
    if given:
        mine.promised = asked.ballot
        out.emit(BallotPromised, place.node, asked.op, moment, by, asked.key)
    else:
        out.emit(BallotRefused, place.node, asked.op, moment, by, *mine.promised, asked.key)
    rest = mine.accepted, mine.proposal, mine.committed, mine.decided
    return Promise(asked.op, asked.attempt, asked.ballot, given, mine.promised, *rest)


def accept(place: Place, state: ReplicaState, out: Out, asked: Propose) -> Accepted:
    """Take the proposal, if nothing higher was promised meanwhile."""
    mine, (moment, by) = memory_of(state, asked.key), asked.ballot
    taken = asked.ballot >= mine.promised
    if taken:
        mine.promised = mine.accepted = asked.ballot
        mine.proposal = asked.proposal
        value = asked.proposal[0].stored.value if asked.proposal else None
        out.emit(ProposalAccepted, place.node, asked.op, moment, by, value, asked.key)
    else:
        out.emit(ProposalRefused, place.node, asked.op, moment, by, *mine.promised, asked.key)
    return Accepted(asked.op, asked.attempt, asked.ballot, taken, mine.promised)


def commit(place: Place, state: ReplicaState, out: Out, told: Commit) -> None:
    """It is decided: what was accepted up to this ballot needs no finishing any more."""
    mine = memory_of(state, told.key)
    if told.ballot > mine.committed:
        mine.committed, mine.decided = told.ballot, told.decided
        mine.promised = max(mine.promised, told.ballot)
    if told.ballot >= mine.accepted:
        mine.proposal = ()
    store(place, state, out, told.op, "commit", told.decided, told.key)
