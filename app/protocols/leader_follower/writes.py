"""Kinds of write at the leader, which has one newest value to compare with and to build on.

The end of its log counts, committed or not: what is built on an entry is thrown away with it.
"""

from app.protocols.client_messages import Change, ClientWrite
from app.protocols.leader_follower.log import last_value
from app.protocols.leader_follower.messages import ForwardedWrite
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out
from app.trace.events import OperationApplied
from app.trace.values import Value


def may(state: ReplicaState, change: Change) -> bool:
    """Compare-and-set: is the cart still the one that the writer had read?"""
    if change.write != "compare":
        return True
    newest = last_value(state, len(state.disk.log))
    return change.expected == (() if newest is None else (newest.id,))


def work_in(
    place: Place, state: ReplicaState, out: Out, op: str, request: ClientWrite | ForwardedWrite
) -> tuple[Value, tuple[Value, ...]]:
    """The value for the log, and what to tell the client with the OK: an operation's whole cart."""
    value, change = request.value, request.change
    if change.write != "operation":
        return value, ()
    newest = last_value(state, len(state.disk.log))
    items = [] if newest is None else [item for item in newest.items if item != change.item]
    if change.action == "add":
        items.append(change.item)
    made = Value(value.id, value.label, tuple(items))
    replaced = () if newest is None else (newest.id,)
    out.emit(OperationApplied, place.node, op, made, replaced)
    return made, (made,)
