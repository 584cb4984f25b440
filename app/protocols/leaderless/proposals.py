"""What a round proposes once it has read, and how it is written once it is decided."""

from msgspec.structs import replace

from app.protocols.client_messages import Change, ClientRead, ClientWrite
from app.protocols.leaderless import acceptor, hints, new_versions
from app.protocols.leaderless.answers import count, read_by_writer
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.round_messages import Commit
from app.protocols.leaderless.round_state import Round
from app.protocols.leaderless.state import Pending, ReplicaState
from app.sim.process import Out
from app.trace.events import OperationApplied, RequestAccepted, RequestRecognised
from app.trace.ids import operation_of
from app.trace.types import TYPE_OF
from app.trace.values import Value
from app.versions.dotted import Siblings

COMPARED = Change("compare")


def decide(place: Place, state: ReplicaState, out: Out, round: Round) -> Siblings:
    """The new version, if the condition is met; nothing, if the request only looks."""
    request = round.request
    if isinstance(request, ClientRead):
        return ()
    known = tuple([version.stored.value for version in round.found])
    if request.change.once and (done := _done(request, known)) is not None:
        round.known = done
        out.emit(RequestRecognised, place.node, request.op, done, request.key)
        return ()
    value = request.value
    if request.change.write == "compare":
        if {value.id for value in known} != set(request.change.expected):
            round.verdict = "changed"
            return ()
    else:
        value = _worked_in(request, known)
        if int(value.items[0]) < 0:
            round.verdict = "none_left"
            return ()
        ids = tuple([one.id for one in known])
        out.emit(OperationApplied, place.node, request.op, value, ids, request.key)
    # Dated by the ballot, so that what is decided later is also the last write.
    context = read_by_writer(round.found)
    asked = replace(request, value=value, context=context, change=COMPARED, stamp=round.ballot[0])
    return new_versions.make(place, state, out, round.client, asked)


def _done(request: ClientWrite, known: tuple[Value, ...]) -> Value | None:
    """What another try of the same operation has written."""
    mine = operation_of(request.op)
    return next((value for value in known if operation_of(value.id) == mine), None)


def _worked_in(request: ClientWrite, known: tuple[Value, ...]) -> Value:
    change, value = request.change, request.value
    items, tally = TYPE_OF[change.action].work_in(known, change.action, change.item)
    return Value(value.id, value.label, items, tally=tally)


def hand_over(place: Place, state: ReplicaState, out: Out, round: Round, attempt: int) -> None:
    """From here on it is a write like any other: answers are counted until its level is met, and
    who is silent may get a hint. The time that it has goes on."""
    request = round.request
    assert isinstance(request, ClientWrite)
    op, key, versions = request.op, request.key, round.proposal
    need = place.need("write", request.level, key)
    homes = place.replicas_of(key)
    pending = Pending("write", round.client, request.attempt, need.answers, (), rule=need)
    pending.values = (versions[0].stored.value,)
    pending.written, pending.key, pending.of = versions, key, len(homes)
    pending.step = attempt
    pending.context = read_by_writer(versions)
    pending.asked = {home: home for home in homes}
    state.memory.pending[op] = pending
    out.emit(RequestAccepted, place.node, op, "write", need.answers, len(homes))
    told = Commit(op, attempt, round.ballot, versions, True, key)
    for home in homes:
        if home != place.node:
            out.send(home, told)
        if home in state.memory.suspected and place.settings.hints == "on":
            pending.hinted |= hints.set_aside(place, state, out, op, home, pending, need.hint)
    if place.node in homes:
        acceptor.commit(place, state, out, told)
    if place.node in homes or pending.hinted:
        count(place, state, out, op, pending, place.node, ())
