"""Operations without a leader: what a key holds is the sum of its parts.

An observed-remove set (Shapiro, Preguiça, Baquero, Zawirski 2011) on dotted versions: an add is a
version of its own that replaces nothing; a remove replaces what its shopper had read of the item,
and nothing else. So two adds never conflict, and an add that the remover had not read stays.

An increment is worked into a part of a PN-counter (`trace/types/counter.py`): each node keeps one
sum of all that it took in, which replaces its own earlier one and nothing else. These sums have
dots of their own (`n1±`), so that a whole write replaces other whole ones and no sum: it says what
it counted in. With escrow a node lets go no more than came in through it, so that the number never
goes below zero.
"""

from app.protocols.client_messages import ClientWrite
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import ReplicaState, Taken
from app.sim.process import Out
from app.trace.events import OperationApplied
from app.trace.ids import operation_of
from app.trace.types import TYPE_OF
from app.trace.values import StoredVersion, Value, items_of
from app.versions.dotted import DottedVersion
from app.versions.version_vector import EMPTY, VersionVector, covers, merge

SUMS = "±"
REMEMBERED = 32
"""So many increments a sum knows by name, the newest; an older one asked for again counts again."""
NOTHING_TAKEN = Taken(0, 0, "")


def work_in(
    place: Place, state: ReplicaState, out: Out, request: ClientWrite
) -> tuple[Value, VersionVector]:
    """The part to store, and the context that says what it replaces."""
    change, value, settings = request.change, request.value, place.settings
    if settings.conflict != "siblings" and settings.cart == "as_written":
        return _on_newest(place, state, out, request)
    if change.action == "add":
        out.emit(OperationApplied, place.node, request.op, value, (), request.key)
        return value, EMPTY
    context = EMPTY
    replaced = []
    for version in state.disk.versions.get(request.key, ()):
        read = covers(request.context, version.node, version.counter)
        if read and change.item in version.stored.value.items:
            replaced.append(version.stored.value)
            context = merge(context, version.stored.vector)
    rest = tuple(item for item in items_of(replaced) if item != change.item)
    made = Value(value.id, value.label, rest, part=True)
    ids = tuple(v.id for v in replaced)
    out.emit(OperationApplied, place.node, request.op, made, ids, request.key)
    return made, context


def take_in(
    place: Place, state: ReplicaState, out: Out, actor: str, request: ClientWrite
) -> DottedVersion:
    """The node's sum with one increment more, whether or not it holds a copy of the key."""
    value, key, tallies = request.value, request.key, state.disk.tallies
    before = tallies.get(key, NOTHING_TAKEN)
    count, amount = before.count + 1, before.amount + int(request.change.item)
    made = Value(value.id, value.label, (str(amount),), True, ((actor, count, amount),))
    replaced = (before.op,) if before.count else ()
    out.emit(OperationApplied, place.node, request.op, made, replaced, key)
    dot = actor + SUMS
    version = DottedVersion(dot, count, StoredVersion(made, ((dot, count),)))
    recent = (*before.recent, operation_of(request.op))[-REMEMBERED:]
    tallies[key] = Taken(count, amount, value.id, recent, version)
    return version


def has_right(state: ReplicaState, request: ClientWrite) -> bool:
    """Escrow: does the node's own sum stay at zero or above? (`versions/bounded_counter.py`.)"""
    taken = state.disk.tallies.get(request.key, NOTHING_TAKEN)
    return taken.amount + int(request.change.item) >= 0


def without_sums(context: VersionVector) -> VersionVector:
    """What a whole write replaces of what its writer had read."""
    return tuple([pair for pair in context if not pair[0].endswith(SUMS)])


def _on_newest(
    place: Place, state: ReplicaState, out: Out, request: ClientWrite
) -> tuple[Value, VersionVector]:
    """Where one version wins, or vectors name no single write, there are no parts: the change is
    made to this node's own copy, and the whole is written, which may lose against another made
    elsewhere at the same time."""
    change, value, key = request.change, request.value, request.key
    held = state.disk.versions.get(key, ())
    known = tuple([version.stored.value for version in held])
    items, _ = TYPE_OF[change.action].work_in(known, change.action, change.item)
    made = Value(value.id, value.label, items)
    ids = tuple([each.id for each in known])
    out.emit(OperationApplied, place.node, request.op, made, ids, key)
    context = EMPTY
    for version in held:
        context = merge(context, version.stored.vector)
    return made, context
