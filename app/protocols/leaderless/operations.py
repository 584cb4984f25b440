"""Add and remove operations without a leader: the cart is the sum of its parts.

An observed-remove set (Shapiro, Preguiça, Baquero, Zawirski 2011) on dotted versions: an add is a
version of its own that replaces nothing; a remove replaces what its shopper had read of the item,
and nothing else. So two adds never conflict, and an add that the remover had not read stays.
"""

from app.protocols.client_messages import ClientWrite
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import ReplicaState
from app.sim.process import Out
from app.trace.events import OperationApplied
from app.trace.values import Value, items_of
from app.versions.version_vector import EMPTY, VersionVector, covers, merge


def work_in(
    place: Place, state: ReplicaState, out: Out, request: ClientWrite
) -> tuple[Value, VersionVector]:
    """The part to store, and the context that says what it replaces."""
    change, value = request.change, request.value
    if place.settings.conflict == "last_write":
        return _on_newest(place, state, out, request)
    if change.action == "add":
        out.emit(OperationApplied, place.node, request.op, value, ())
        return value, EMPTY
    context = EMPTY
    replaced = []
    for version in state.disk.versions:
        read = covers(request.context, version.node, version.counter)
        if read and change.item in version.stored.value.items:
            replaced.append(version.stored.value)
            context = merge(context, version.stored.vector)
    rest = tuple(item for item in items_of(replaced) if item != change.item)
    made = Value(value.id, value.label, rest, part=True)
    out.emit(OperationApplied, place.node, request.op, made, tuple(v.id for v in replaced))
    return made, context


def _on_newest(
    place: Place, state: ReplicaState, out: Out, request: ClientWrite
) -> tuple[Value, VersionVector]:
    """Where one version wins there are no parts: the change is made to this node's own copy, and
    the whole cart is written, which may lose against another made elsewhere at the same time."""
    change, value, held = request.change, request.value, state.disk.versions
    items = [item for version in held for item in version.stored.value.items]
    items = [item for item in items if item != change.item]
    if change.action == "add":
        items.append(change.item)
    made = Value(value.id, value.label, tuple(items))
    out.emit(
        OperationApplied,
        place.node,
        request.op,
        made,
        tuple(version.stored.value.id for version in held),
    )
    context = EMPTY
    for version in held:
        context = merge(context, version.stored.vector)
    return made, context
