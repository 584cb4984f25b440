"""A client's entry node asks all N replicas and answers after W acknowledgements or R replies.

Any node coordinates, whether it holds a copy or not. An operation ends in one of three ways:
refused before anything was sent (failed: surely no effect), answered by enough (ok), or given up
after the time-out (unknown: a minority may keep the write).
"""

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite, Context
from app.protocols.leaderless import hints, new_versions
from app.protocols.leaderless.hints import stand_ins
from app.protocols.leaderless.messages import HintedWrite, ReplicaRead, ReplicaWrite
from app.protocols.leaderless.operations import has_right
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.read_repair import mend_first, repair_responders, winners
from app.protocols.leaderless.retries import known
from app.protocols.leaderless.state import Pending, ReplicaState
from app.protocols.leaderless.storage import store
from app.sim.process import Out
from app.trace.events import (
    QuorumMissed,
    QuorumReached,
    ReplyCounted,
    RequestAccepted,
    RequestRecognised,
    RequestRefused,
)
from app.versions.dotted import Siblings, context_of
from app.versions.pruning import with_times
from app.versions.rules import newest_alone
from app.versions.version_vector import EMPTY


def write(place: Place, state: ReplicaState, out: Out, client: str, request: ClientWrite) -> None:
    """Give the value a dot, keep it here if this node is a replica, send it to all the others.

    What another try of the same operation made, and this node still holds, is sent again.
    """
    if request.change.write == "compare":
        # Each replica would compare with what it happens to hold; agreement takes Paxos rounds.
        _say_no(place, out, client, request, "no_compare")
        return
    need = place.settings.w + len(place.writes_to(request.key)) - place.settings.n
    if _refuse(place, state, out, client, request, need):
        return
    disk, key = state.disk, request.key
    version = known(state, request) if request.change.once else None
    pending = Pending("write", client, request.attempt, need, EMPTY)
    if version is None:
        if _is_take(place, request) and not has_right(state, request):
            _say_no(place, out, client, request, "no_share")
            return
        pending.written = new_versions.make(place, state, out, client, request)
        if new_versions.too_many(place, state, request, pending.written):
            _say_no(place, out, client, request, "too_many_siblings")
            return
    else:
        pending.written = (version, *new_versions.beside(place, state, key, version))
        pending.values = (version.stored.value,)
        out.emit(RequestRecognised, place.node, request.op, version.stored.value, key)
    pending.key, pending.context = key, _read_by_writer(pending.written)
    pending.asked = stand_ins(place, state.memory, key, place.writes_to(key))
    _accept(place, state, out, request.op, pending)
    if place.node in pending.asked:
        store(place, state, out, request.op, "write", pending.written, key)
    if request.change.write == "operation" or len(pending.written) > 1:
        now_held = place.join(disk.versions.get(key, ()), pending.written)
        pending.values = tuple([held.stored.value for held in now_held])
        # Of what is told alone: the next whole list would replace unseen what only this covers.
        pending.context = _read_by_writer(now_held)
    _send_writes(place, state, out, request, pending)
    if place.node in pending.asked.values():
        _count(place, state, out, request.op, pending, place.node, ())


def _is_take(place: Place, request: ClientWrite) -> bool:
    """Is it a change of a counter under escrow?"""
    change = request.change
    escrow = place.settings.counter == "escrow"
    return escrow and change.write == "operation" and change.action == "increment"


def _read_by_writer(versions: Siblings) -> Context:
    """What somebody who is told these has read, with the times of its pairs where they are kept."""
    context = context_of(versions)
    for version in versions:
        context = with_times(context, version.times)
    return context


def _send_writes(
    place: Place, state: ReplicaState, out: Out, request: ClientWrite, pending: Pending
) -> None:
    """To every replica, the suspected ones too, for suspicion is an opinion; or to its stand-in."""
    version, *more = pending.written
    beside = tuple(more)
    for home, asked in pending.asked.items():
        if asked == place.node and asked != home:
            hints.keep(place, state, out, request.op, home, pending.written, True, request.key)
        elif asked != home:
            out.send(
                asked, HintedWrite(request.op, request.attempt, version, home, request.key, beside)
            )
        elif asked != place.node:
            out.send(home, ReplicaWrite(request.op, request.attempt, version, request.key, beside))
        missed = asked == home and home in state.memory.suspected
        if missed and place.settings.hints == "on":
            hints.keep(place, state, out, request.op, home, pending.written, False, request.key)


def read(place: Place, state: ReplicaState, out: Out, client: str, request: ClientRead) -> None:
    """Ask all replicas, or their stand-ins; this node's own copy is the first answer."""
    if _refuse(place, state, out, client, request, place.settings.r):
        return
    key = request.key
    pending = Pending("read", client, request.attempt, place.settings.r, EMPTY)
    pending.key, pending.repair = key, place.settings.read_repair
    pending.asked = stand_ins(place, state.memory, key, place.replicas_of(key))
    _accept(place, state, out, request.op, pending)
    own: Siblings | None = None
    for home, asked in pending.asked.items():
        if asked == place.node:
            own = hints.kept(place, state, key)
            if asked == home:
                own = state.disk.versions.get(key, ())
        else:
            out.send(asked, ReplicaRead(request.op, request.attempt, asked != home, key))
    if own is not None:
        _count(place, state, out, request.op, pending, place.node, own)


def on_answer(
    place: Place, state: ReplicaState, out: Out, source: str, op: str, versions: Siblings
) -> None:
    """An acknowledgement or a read reply; one that comes after the time-out counts no more."""
    pending = state.memory.pending.get(op)
    if pending is None:
        return
    if source in pending.answers:
        return
    _count(place, state, out, op, pending, source, versions)


def on_mended(place: Place, state: ReplicaState, out: Out, source: str, op: str) -> None:
    """A repair before the reply is done; the last one lets the answer go."""
    pending = state.memory.pending.get(op)
    if pending is None or source not in pending.mending:
        return
    pending.mending.remove(source)
    if not pending.mending:
        out.send(pending.client, _answer(place, op, pending))
        _end(place, state, out, op, pending)


def on_time_out(place: Place, state: ReplicaState, out: Out, op: str) -> None:
    """Stop waiting. With too few answers nobody can say whether the operation had its effect."""
    pending = state.memory.pending.pop(op)
    have, of = len(pending.answers), len(pending.asked)
    if pending.kind == "write" and place.settings.hints == "on":
        for home, asked in pending.asked.items():
            if asked == home and home not in pending.answers:
                hints.keep(place, state, out, op, home, pending.written, False, pending.key)
    if have >= pending.need and not pending.mending:
        _after_all(place, state, out, op, pending)
        return
    reason = "repair_unfinished"
    if have < pending.need:
        reason = "too_few_answers"
        out.emit(QuorumMissed, place.node, op, pending.kind, have, pending.need, of)
    reply = ClientReply(op, pending.attempt, "unknown", reason, (), EMPTY)
    out.send(pending.client, reply)


def _refuse(
    place: Place,
    state: ReplicaState,
    out: Out,
    client: str,
    request: ClientWrite | ClientRead,
    need: int,
) -> bool:
    """The up-front check: with too few replicas alive, in this node's opinion, do not begin."""
    homes = place.replicas_of(request.key)
    if isinstance(request, ClientWrite):
        homes = place.writes_to(request.key)
    asked = stand_ins(place, state.memory, request.key, homes).values()
    if sum(1 for node in asked if node not in state.memory.suspected) >= need:
        return False
    _say_no(place, out, client, request, "no_quorum")
    return True


def _say_no(
    place: Place, out: Out, client: str, request: ClientWrite | ClientRead, reason: str
) -> None:
    out.emit(RequestRefused, place.node, request.op, reason, request.key)
    reply = ClientReply(request.op, request.attempt, "failed", reason, (), EMPTY)
    out.send(client, reply)


def _accept(place: Place, state: ReplicaState, out: Out, op: str, pending: Pending) -> None:
    state.memory.pending[op] = pending
    pending.step = place.ring.step
    out.emit(RequestAccepted, place.node, op, pending.kind, pending.need, len(pending.asked))
    out.set_timer(op, place.settings.request_timeout_us)


def _count(
    place: Place,
    state: ReplicaState,
    out: Out,
    op: str,
    pending: Pending,
    source: str,
    versions: Siblings,
) -> None:
    """One more node has answered, this one included."""
    pending.answers[source] = versions
    have, of = len(pending.answers), len(pending.asked)
    out.emit(ReplyCounted, place.node, op, source, have, pending.need, of)
    if have == pending.need:
        out.emit(QuorumReached, place.node, op, pending.kind, have, pending.need, of)
        if pending.kind == "read" and pending.repair == "before_reply":
            mend_first(place, state, out, op, pending)
        if not pending.mending:
            out.send(pending.client, _answer(place, op, pending))
    _end(place, state, out, op, pending)


def _end(place: Place, state: ReplicaState, out: Out, op: str, pending: Pending) -> None:
    """When all have answered and nothing is being mended, nothing is waited for any more."""
    if len(pending.answers) == len(pending.asked) and not pending.mending:
        del state.memory.pending[op]
        out.cancel_timer(op)
        _after_all(place, state, out, op, pending)


def _answer(place: Place, op: str, pending: Pending) -> ClientReply:
    if pending.kind == "write":
        return ClientReply(op, pending.attempt, "ok", "", pending.values, pending.context)
    found = pending.found or winners(place, pending)
    told = found
    if place.settings.shown == "newest":
        told = newest_alone(found, place.settings.tie)
    values = tuple([version.stored.value for version in told])
    return ClientReply(op, pending.attempt, "ok", "", values, _read_by_writer(found))


def _after_all(place: Place, state: ReplicaState, out: Out, op: str, pending: Pending) -> None:
    """The client has its answer and no further one is waited for."""
    if pending.kind == "read" and pending.repair != "off":
        repair_responders(place, state, out, op, pending)
