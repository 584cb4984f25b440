"""Chosen followers are waited for, and only they may take over (Patroni's synchronous mode).

The leader chooses `sync_count` of them (synchronous_node_count), fewer where fewer are fit, and
says so to the lock service with its renewals, every `lock_loop_us`. Until the service has confirmed
a change, both the old and the new ones are waited for, since any of them may be the one that takes
the lock. Who is chosen has everything that was acknowledged. Is nobody fit, the leader goes on
alone (on), and then nobody may take over from it; or it waits (strict).

Those who are chosen are written as one text, their names with a space between; it has no list that
people wrote.
"""

from app.protocols.leader_follower import acks
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out
from app.trace.events import StandbysChanged

NOBODY = ""


def is_on(settings: LeaderFollowerSettings) -> bool:
    return settings.sync_mode != "off"


def at_start(nodes: tuple[str, ...], settings: LeaderFollowerSettings) -> str:
    """Whom the first node has chosen when the run begins: the next that may ever lead."""
    fit = [node for place, node in enumerate(nodes) if place and settings.priority(place)]
    return " ".join(fit[: settings.sync_count]) if is_on(settings) else NOBODY


def take_office(place: Place, state: ReplicaState) -> None:
    """Only in the term that everybody began with is somebody chosen from the start."""
    first = at_start(place.nodes, place.rules) if state.disk.term == 1 else NOBODY
    state.memory.sync_told = state.memory.sync_known = first
    state.memory.standbys = tuple(first.split())


def need(place: Place, state: ReplicaState) -> int:
    """On how many nodes a write must be now."""
    alone = 2 if place.rules.sync_mode == "strict" else 1
    return max(alone, 1 + len(state.memory.standbys))


def review(place: Place, state: ReplicaState, out: Out) -> bool:
    """Keep to those chosen who are heard, and choose others for the rest; is there a change to
    tell?"""
    memory = state.memory
    if memory.sync_told != memory.sync_known:
        return False
    heard = acks.hears(place, state, out.now)
    kept = [name for name in memory.sync_told.split() if name in heard]
    more = [name for name in _fit(place, state, heard) if name not in kept]
    memory.sync_told = " ".join([*kept, *more][: place.rules.sync_count])
    return memory.sync_told != memory.sync_known


def _fit(place: Place, state: ReplicaState, heard: tuple[str, ...]) -> list[str]:
    """Those who are heard, may lead, and have all that was acknowledged in any term."""
    memory, fit = state.memory, []
    known = acks.positions(memory, place.rules.durability)
    wanted = max(memory.acked, memory.serves_from)
    for other in place.others:
        may = place.rules.priority(place.nodes.index(other))
        if may and other in heard and other in memory.seen_at and known.get(other, 0) >= wanted:
            fit.append(other)
    return fit


def confirmed(state: ReplicaState, chosen: str) -> bool:
    """The lock service has these now; was that the change that was told?"""
    memory = state.memory
    if chosen != memory.sync_told or chosen == memory.sync_known:
        return False
    memory.sync_known = chosen
    return True


def waited_for(place: Place, state: ReplicaState, out: Out) -> None:
    """Those who may take over are waited for from now on, by writes under way, too."""
    memory = state.memory
    both = (memory.sync_known, memory.sync_told)
    before = memory.standbys
    memory.standbys = tuple(dict.fromkeys(" ".join(both).split()))
    if memory.standbys == before:
        return
    out.emit(StandbysChanged, place.node, memory.standbys, need(place, state) - 1)
    for waiting in memory.waiting.values():
        if waiting.kind == "write" and not waiting.answered:
            waiting.need = need(place, state)


def enough(place: Place, state: ReplicaState, sources: list[str]) -> bool:
    """Have all of them the write? Where there is none the leader may go on alone, or not."""
    standbys = state.memory.standbys
    some = bool(standbys) or place.rules.sync_mode == "on"
    return some and all(standby in sources for standby in standbys)
