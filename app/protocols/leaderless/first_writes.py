"""A write that the first replica gets alone (Voldemort's serial put, `PerformSerialPutRequests`).

It raises the version under its own name, and refuses one that is not newer than what it holds
(`ObsoleteVersionException`): whoever wrote on the same version before has overtaken this write, and
nothing is written anywhere. Only then the others are sent the version.
"""

from app.protocols.client_messages import ClientReply, ClientWrite
from app.protocols.leaderless import new_versions
from app.protocols.leaderless.answers import accept, count, read_by_writer
from app.protocols.leaderless.messages import FirstWrite, FirstWritten
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import Pending, ReplicaState
from app.protocols.leaderless.storage import store
from app.protocols.leaderless.writing import send_writes
from app.sim.process import Out
from app.trace.events import RequestRefused
from app.versions.version_vector import EMPTY, descends


def first_of(place: Place, state: ReplicaState, request: ClientWrite, pending: Pending) -> str:
    """Who gets it before the others; nobody: all get it at once."""
    if place.settings.first_write != "alone" or request.change.write != "whole":
        return ""
    up = [node for node in pending.asked.values() if node not in state.memory.suspected]
    first = next(iter(up), "")
    return "" if first == place.node or first not in place.replicas_of(request.key) else first


def begin(
    place: Place, state: ReplicaState, out: Out, request: ClientWrite, pending: Pending, first: str
) -> None:
    """To this one alone."""
    pending.first = first
    accept(place, state, out, request.op, pending)
    out.send(first, FirstWrite(request.op, request.attempt, pending.client, request))


def on_first(place: Place, state: ReplicaState, out: Out, source: str, told: FirstWrite) -> None:
    """At the first replica."""
    request = told.request
    made = new_versions.make(place, state, out, told.client, request)
    held = state.disk.versions.get(request.key, ())
    vector = made[0].stored.vector
    reason = ""
    if place.settings.conflict.endswith("vectors"):
        wholes = [one for one in held if not one.stored.value.part]
        if any(descends(one.stored.vector, vector) for one in wholes):
            reason = "obsolete"
    if not reason and new_versions.too_many(place, state, request, made):
        reason = "too_many_siblings"
    if not reason:
        store(place, state, out, request.op, "write", made, request.key)
    versions = () if reason else made
    out.send(source, FirstWritten(request.op, request.attempt, versions, reason))


def on_written(
    place: Place, state: ReplicaState, out: Out, source: str, told: FirstWritten
) -> None:
    """Now the others, unless the first has refused."""
    pending = state.memory.pending.get(told.op)
    if pending is None or pending.first != source:
        return
    pending.first = ""
    if told.reason:
        del state.memory.pending[told.op]
        out.cancel_timer(told.op)
        out.emit(RequestRefused, place.node, told.op, told.reason, pending.key)
        reply = ClientReply(told.op, pending.attempt, "failed", told.reason, (), EMPTY)
        out.send(pending.client, reply)
        return
    pending.written, pending.context = told.versions, read_by_writer(told.versions)
    send_writes(place, state, out, told.op, pending, source)
    count(place, state, out, told.op, pending, source, ())
