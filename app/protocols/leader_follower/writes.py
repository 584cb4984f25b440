"""Kinds of write at the leader, which has one newest value to compare with and to build on.

The end of its log counts, committed or not: what is built on an entry is thrown away with it.
"""

from app.protocols.client_messages import ClientWrite
from app.protocols.leader_follower import waits
from app.protocols.leader_follower.log import last_value, position_of
from app.protocols.leader_follower.messages import ForwardedWrite
from app.protocols.leader_follower.requests import settle
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out
from app.trace.events import OperationApplied, RequestRecognised
from app.trace.ids import operation_of
from app.trace.types import TYPE_OF
from app.trace.values import Value


def may(state: ReplicaState, request: ClientWrite | ForwardedWrite) -> bool:
    """Compare-and-set: does the key still hold what the writer had read?"""
    if request.change.write != "compare":
        return True
    newest = last_value(state, len(state.disk.log), request.key)
    return request.change.expected == (() if newest is None else (newest.id,))


def work_in(
    place: Place, state: ReplicaState, out: Out, op: str, request: ClientWrite | ForwardedWrite
) -> tuple[Value, tuple[Value, ...]]:
    """The value for the log, and what to tell the client with the OK: an operation's whole."""
    value, change = request.value, request.change
    if change.write != "operation":
        return value, ()
    newest = last_value(state, len(state.disk.log), request.key)
    known = () if newest is None else (newest,)
    items, _ = TYPE_OF[change.action].work_in(known, change.action, change.item)
    made = Value(value.id, value.label, items)
    replaced = tuple([each.id for each in known])
    out.emit(OperationApplied, place.node, op, made, replaced, request.key)
    return made, (made,)


def is_second_copy(state: ReplicaState, request: ClientWrite | ForwardedWrite) -> bool:
    """Has this very message been worked in before? The network may deliver it twice."""
    if isinstance(request, ClientWrite) or request.change.once:
        return False
    position = known_as(state, request.op)
    is_there = bool(position) and state.disk.log[position - 1].op == request.op
    return is_there or request.op in state.memory.waiting


def known_as(state: ReplicaState, op: str) -> int:
    """The log position, from 1, of what another try of the same operation became; 0: of none.

    The ids lie in the log itself, so that who leads next knows them too.
    """
    return position_of(state, operation_of(op))


def answer_again(place: Place, state: ReplicaState, out: Out, asker: str, op: str) -> None:
    """Wait for the entry that there is, and answer as for the try that it came of."""
    position = known_as(state, op)
    value, key = state.disk.log[position - 1].value, state.disk.log[position - 1].key
    assert value is not None
    out.emit(RequestRecognised, place.node, op, value, key)
    waits.begin_write(place, state, out, op, asker, position, (value,))
    for follower in place.others:
        waits.weigh(place, state, out, follower)
    settle(place, state, out)
