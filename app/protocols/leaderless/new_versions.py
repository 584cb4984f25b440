"""What a write becomes: a version under a dot of its own, with the vector of the rule."""

from msgspec.structs import replace

from app.protocols.client_messages import ClientWrite
from app.protocols.leaderless.operations import take_in, without_sums, work_in
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import ReplicaState
from app.sim.process import Out
from app.trace.events import WriteIgnored
from app.trace.ties import DATED
from app.trace.values import StoredVersion
from app.versions import object_vectors
from app.versions.dotted import DottedVersion, Siblings, new_version, with_vector
from app.versions.object_vectors import clock_of
from app.versions.pruning import MARK, apart, prune
from app.versions.version_vector import VersionVector, get, increment, merge

VECTORS = ("server_vectors", "client_vectors", "object_vectors", "newest_sibling")


def make(
    place: Place, state: ReplicaState, out: Out, client: str, request: ClientWrite
) -> Siblings:
    """The new version, and behind it what must be stored with it (an object is sent whole)."""
    change, disk, settings = request.change, state.disk, place.settings
    actor = disk.actor or place.node
    context, times = apart(request.context)
    if _is_sum(place, request):
        return (take_in(place, state, out, actor, request),)
    counted = max(disk.counters.get(request.key, 0), get(context, actor)) + 1
    disk.counters[request.key] = counted
    value, read, cell = request.value, without_sums(context), ""
    if change.write == "operation":
        value, read = work_in(place, state, out, request)
        cell = change.item if settings.cart in ("two_phase", "cells") and value.part else ""
    dated = settings.conflict in DATED or settings.shown == "newest" or cell
    stamp = _stamp(place, out, request) if dated else -1
    if value.part or settings.conflict not in VECTORS:
        return (replace(new_version(value, actor, counted, read, stamp), cell=cell),)
    version = DottedVersion(actor, counted, StoredVersion(value, read, stamp))
    return _with_vector(place, state, out, client, request, version, times)


def _is_sum(place: Place, request: ClientWrite) -> bool:
    """Does the increment go into a node's sum? Else it is made to a copy, and the whole written."""
    if request.change.write != "operation" or request.change.action != "increment":
        return False
    return place.settings.conflict == "siblings" or place.settings.counter == "escrow"


def _stamp(place: Place, out: Out, request: ClientWrite) -> int:
    """Of what a round has decided its ballot's moment."""
    given = place.settings.stamps == "client" or request.change.write == "compare"
    return request.stamp if given else out.clock


def _with_vector(
    place: Place,
    state: ReplicaState,
    out: Out,
    client: str,
    request: ClientWrite,
    version: DottedVersion,
    times: VersionVector,
) -> Siblings:
    """`version` bears what its writer had read; the rule raises that by one pair."""
    settings, read = place.settings, version.stored.vector
    held = _wholes(state, request.key)
    raised = client if settings.conflict == "client_vectors" else version.node
    if settings.conflict in ("object_vectors", "newest_sibling"):
        made = object_vectors.put(held, read, version, raised)
        made = (*[one for one in made if _same(one, version)], *_others(made, version))
        if settings.conflict == "newest_sibling":
            made = _newest(place, out, request, version, made)
    else:
        made = (_under(version, increment(read, raised), ()),)
    if not settings.vector_limit:
        return made
    for one in held:
        times = merge(times, one.times)
    times = merge(times, ((MARK + raised, out.clock),))
    vector, times = prune(clock_of(made), times, settings.vector_limit)
    return tuple([_under(one, vector, times) for one in made])


def _newest(
    place: Place, out: Out, request: ClientWrite, version: DottedVersion, made: Siblings
) -> Siblings:
    """The one sibling that stays, be it the old one."""
    (stays,) = object_vectors.newest(made, place.settings.tie)
    if not _same(stays, version):
        lost, kept = version.stored, stays.stored
        older_us = kept.stamp - lost.stamp
        values = lost.value, kept.value
        out.emit(WriteIgnored, place.node, request.op, *values, older_us, request.key)
    return (stays,)


def beside(place: Place, state: ReplicaState, key: str, version: DottedVersion) -> Siblings:
    """What must go along when a version is sent again."""
    held = _wholes(state, key)
    whole = place.settings.conflict == "object_vectors" and not version.stored.value.part
    return _others(held, version) if whole and any(_same(one, version) for one in held) else ()


def too_many(place: Place, state: ReplicaState, request: ClientWrite, made: Siblings) -> bool:
    """Would the node hold more siblings than are allowed? (Riak refuses such a write.) Then its dot
    is free again."""
    limit = place.settings.sibling_limit
    if not limit or request.change.write == "operation":
        return False
    held = _wholes(state, request.key)
    if len(place.join(held, made)) <= max(limit, len(held)):
        return False
    state.disk.counters[request.key] -= 1
    return True


def _wholes(state: ReplicaState, key: str) -> Siblings:
    held = state.disk.versions.get(key, ())
    return tuple([version for version in held if not version.stored.value.part])


def _under(version: DottedVersion, vector: VersionVector, times: VersionVector) -> DottedVersion:
    return replace(with_vector(version, vector), times=times)


def _same(one: DottedVersion, other: DottedVersion) -> bool:
    return one.stored.value.id == other.stored.value.id


def _others(versions: Siblings, than: DottedVersion) -> Siblings:
    return tuple([version for version in versions if not _same(version, than)])
