"""What a node does with versions that reach it, by a write or by a repair."""

from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import ReplicaState
from app.sim.process import Out
from app.trace.events import SiblingsFormed, VersionsStored
from app.trace.values import carts
from app.versions.dotted import Siblings, join


def store(
    place: Place, state: ReplicaState, out: Out, op: str, reason: str, versions: Siblings
) -> bool:
    """Keep what is new; whether anything was. A superseded version that comes late is not."""
    held = state.disk.versions
    now_held = join(held, versions)
    if now_held is held:
        return False
    state.disk.versions = now_held
    shown = tuple([version.stored for version in now_held])
    out.emit(VersionsStored, place.node, op, reason, shown)
    conflicting = len(carts(version.value for version in shown))
    if conflicting > max(1, len(carts(version.stored.value for version in held))):
        out.emit(SiblingsFormed, place.node, op, conflicting)
    return True
