"""Who stands behind a write: which followers count, and for what they have acknowledged.

Acknowledgements say what they are: received (handed to the follower's operating system), flushed,
applied. Which of them an OK waits for is the level of the write (`settings.durability`).
"""

from app.protocols.leader_follower import disk, in_sync
from app.protocols.leader_follower.standbys import candidates
from app.protocols.leader_follower.state import Memory, Place, ReplicaState, Waiting


def positions(memory: Memory, level: str) -> dict[str, int]:
    """How far each follower is, in what this level waits for."""
    if level == "remote_write":
        return memory.match
    return memory.applied if level == "remote_apply" else memory.flushed


def hears(place: Place, state: ReplicaState, now: int) -> tuple[str, ...]:
    """The followers that have spoken within the time-out; at first, all get that time."""
    memory = state.memory
    since = now - place.rules.silence_us
    return tuple(
        other
        for other in place.peers
        if max(memory.seen_at.get(other, 0), memory.office_at) >= since
    )


def listed(place: Place) -> tuple[str, ...]:
    """The followers that may count."""
    return candidates(place.standbys, place.peers)


def foremost(place: Place, state: ReplicaState, now: int) -> tuple[str, ...]:
    """FIRST: of the list, the first that are heard and had caught up; ANY: all of the list."""
    if place.standbys.method == "any":
        return listed(place)
    heard, streaming = hears(place, state, now), state.memory.streaming
    ready = [name for name in listed(place) if name in heard and name in streaming]
    return tuple(ready[: place.standbys.count])


def counting(place: Place, state: ReplicaState) -> tuple[str, ...]:
    """The followers whose acknowledgements count now."""
    chosen = place.standbys.names or in_sync.is_on(place.rules)
    return state.memory.standbys if chosen else place.peers


def stands_behind(place: Place, state: ReplicaState, waiting: Waiting, source: str) -> bool:
    """Has this node the write as safe as its level asks?"""
    if source == place.node:
        return waiting.level == "off" or disk.flushed(state) >= waiting.position
    known = positions(state.memory, waiting.level).get(source, 0)
    return known >= waiting.position and source in counting(place, state)


def enough(place: Place, state: ReplicaState, waiting: Waiting) -> bool:
    """May the request be answered? A write always needs the leader's own copy."""
    if waiting.kind == "read":
        return len(waiting.sources) >= waiting.need
    if place.node not in waiting.sources:
        return False
    if in_sync.is_on(place.rules):
        return in_sync.enough(place, state, waiting.sources)
    if waiting.need > 1 and place.standbys.names and place.standbys.method == "first":
        standbys = state.memory.standbys
        return len(standbys) + 1 >= waiting.need and all(s in waiting.sources for s in standbys)
    return len(waiting.sources) >= waiting.need


def hidden_from(state: ReplicaState) -> int:
    """The position of the first write that still waits; past the log's end when there is none."""
    open_ends = (
        w.position for w in state.memory.waiting.values() if w.kind == "write" and not w.answered
    )
    return min(open_ends, default=len(state.disk.log) + 1)


def shown_upto(place: Place, state: ReplicaState) -> int:
    """Up to which position of its log this node shows the cart to a reader."""
    memory, rules = state.memory, place.rules
    concern = rules.read_concern
    # What a node has applied and not yet acknowledged to the leader may be read only where an OK
    # rests on less than a majority, or on its being applied.
    rests_on_majority = place.copies >= place.safe and rules.durability != "remote_apply"
    committed = concern == "majority" or (concern == "acknowledged" and rests_on_majority)
    upto = disk.applied(state)
    if committed:
        upto = min(upto, memory.commit)
    if memory.role != "leader":
        return upto
    if rules.wait_point == "before_commit" and rules.read_concern != "majority":
        upto = min(upto, hidden_from(state) - 1)
    return upto if concern == "majority" else max(upto, memory.acked)
