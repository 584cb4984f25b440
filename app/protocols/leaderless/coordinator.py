"""A client's entry node asks all N replicas and answers after W acknowledgements or R replies.

Any node coordinates, whether it holds a copy or not. An operation ends in one of three ways:
refused before anything was sent (failed: surely no effect), answered by enough (ok), or given up
after the time-out (unknown: a minority may keep the write).
"""

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite
from app.protocols.leaderless.failure_detector import alive_replicas
from app.protocols.leaderless.messages import ReplicaRead, ReplicaWrite
from app.protocols.leaderless.operations import work_in
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.read_repair import repair_responders, winners
from app.protocols.leaderless.state import Pending, ReplicaState
from app.protocols.leaderless.storage import store
from app.sim.process import Message, Out
from app.trace.events import (
    QuorumMissed,
    QuorumReached,
    ReplyCounted,
    RequestAccepted,
    RequestRefused,
)
from app.versions.dotted import Siblings, context_of, join, new_version
from app.versions.version_vector import EMPTY, get, merge


def write(place: Place, state: ReplicaState, out: Out, client: str, request: ClientWrite) -> None:
    """Give the value a dot, keep it here if this node is a replica, send it to all the others."""
    if request.change.write == "compare":
        # Each replica would compare with what it happens to hold; agreement takes Paxos rounds.
        _say_no(place, out, client, request, "no_compare")
        return
    if _refuse(place, state, out, client, request, place.settings.w):
        return
    disk = state.disk
    disk.counter = max(disk.counter, get(request.context, place.node)) + 1
    value, context = request.value, request.context
    if request.change.write == "operation":
        value, context = work_in(place, state, out, request)
    version = new_version(value, place.node, disk.counter, context)
    pending = Pending("write", client, request.attempt, place.settings.w, version.stored.vector)
    _accept(place, state, out, request.op, pending)
    if place.holds_copy:
        store(place, state, out, request.op, "write", (version,))
    if request.change.write == "operation":
        now_held = join(disk.versions, (version,))
        pending.values = tuple([held.stored.value for held in now_held])
        pending.context = merge(request.context, context_of(now_held))
    _ask_others(place, out, ReplicaWrite(request.op, request.attempt, version))
    if place.holds_copy:
        _count(place, state, out, request.op, pending, place.node, ())


def read(place: Place, state: ReplicaState, out: Out, client: str, request: ClientRead) -> None:
    """Ask all replicas; this node's own copy is the first answer."""
    if _refuse(place, state, out, client, request, place.settings.r):
        return
    pending = Pending("read", client, request.attempt, place.settings.r, EMPTY)
    _accept(place, state, out, request.op, pending)
    _ask_others(place, out, ReplicaRead(request.op, request.attempt))
    if place.holds_copy:
        _count(place, state, out, request.op, pending, place.node, state.disk.versions)


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


def on_time_out(place: Place, state: ReplicaState, out: Out, op: str) -> None:
    """Stop waiting. With too few answers nobody can say whether the operation had its effect."""
    pending = state.memory.pending.pop(op)
    have, of = len(pending.answers), len(place.replicas)
    if have >= pending.need:
        _after_all(place, state, out, op, pending)
        return
    out.emit(QuorumMissed, place.node, op, pending.kind, have, pending.need, of)
    reply = ClientReply(op, pending.attempt, "unknown", "too_few_answers", (), EMPTY)
    out.send(pending.client, reply)


def _refuse(
    place: Place, state: ReplicaState, out: Out, client: str, request: Message, need: int
) -> bool:
    """The up-front check: with too few replicas alive, in this node's opinion, do not begin."""
    if alive_replicas(place, state.memory) >= need:
        return False
    _say_no(place, out, client, request, "no_quorum")
    return True


def _say_no(place: Place, out: Out, client: str, request: Message, reason: str) -> None:
    out.emit(RequestRefused, place.node, request.op, reason)
    reply = ClientReply(request.op, request.attempt, "failed", reason, (), EMPTY)
    out.send(client, reply)


def _accept(place: Place, state: ReplicaState, out: Out, op: str, pending: Pending) -> None:
    state.memory.pending[op] = pending
    out.emit(RequestAccepted, place.node, op, pending.kind, pending.need, len(place.replicas))
    out.set_timer(op, place.settings.request_timeout_us)


def _ask_others(place: Place, out: Out, message: Message) -> None:
    """All of them, the suspected ones too: suspicion is an opinion and may be wrong."""
    for replica in place.others:
        out.send(replica, message)


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
    have, of = len(pending.answers), len(place.replicas)
    out.emit(ReplyCounted, place.node, op, source, have, pending.need, of)
    if have == pending.need:
        out.emit(QuorumReached, place.node, op, pending.kind, have, pending.need, of)
        out.send(pending.client, _answer(op, pending))
    if have == of:
        del state.memory.pending[op]
        out.cancel_timer(op)
        _after_all(place, state, out, op, pending)


def _answer(op: str, pending: Pending) -> ClientReply:
    if pending.kind == "write":
        return ClientReply(op, pending.attempt, "ok", "", pending.values, pending.context)
    found = winners(pending)
    values = tuple([version.stored.value for version in found])
    return ClientReply(op, pending.attempt, "ok", "", values, context_of(found))


def _after_all(place: Place, state: ReplicaState, out: Out, op: str, pending: Pending) -> None:
    """The client has its answer and no further one is waited for."""
    if pending.kind == "read" and place.settings.read_repair == "after_reply":
        repair_responders(place, state, out, op, pending)
