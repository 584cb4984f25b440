"""What a node does with versions that reach it, by a write or by a repair."""

from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import ReplicaState
from app.protocols.leaderless.tombstones import drop_at_once
from app.sim.process import Out
from app.trace.events import SiblingsFormed, VersionsStored, WriteIgnored
from app.trace.values import carts
from app.versions.dotted import Siblings
from app.versions.version_vector import descends


def store(
    place: Place,
    state: ReplicaState,
    out: Out,
    op: str,
    reason: str,
    versions: Siblings,
    key: str,
) -> bool:
    """Keep what is new; whether anything was. A superseded version that comes late is not."""
    held = state.disk.versions.get(key, ())
    now_held = place.join(held, versions)
    if now_held is held:
        _say_ignored(place, out, op, held, versions, key)
        return False
    state.disk.versions[key] = now_held
    shown = tuple([version.stored for version in now_held])
    out.emit(VersionsStored, place.node, op, reason, shown, key)
    conflicting = len(carts(version.value for version in shown))
    if conflicting > max(1, len(carts(version.stored.value for version in held))):
        out.emit(SiblingsFormed, place.node, op, conflicting, key)
    drop_at_once(place, state, out, key)
    return True


def _say_ignored(
    place: Place, out: Out, op: str, held: Siblings, versions: Siblings, key: str
) -> None:
    """Where the last write wins, a write may lose against what its writer never read."""
    if place.settings.conflict != "last_write" or not held:
        return
    winner = held[0].stored
    for version in versions:
        loser = version.stored
        if loser.value.id != winner.value.id and not descends(winner.vector, loser.vector):
            older_us = winner.stamp - loser.stamp
            out.emit(WriteIgnored, place.node, op, loser.value, winner.value, older_us, key)
