"""Hints: what a replica missed is kept for it by another node, and handed over when it is heard.

Kept by a node that stands in for the replica and counts towards W (sloppy quorum: DeCandia et al.
2007, §4.6), or by the coordinator itself, uncounted (Cassandra). A hint is on disk.
"""

from app.protocols.leaderless.messages import HandOff, HandOffAck, HintAck, HintedWrite
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import Memory, Pending, ReplicaState
from app.protocols.leaderless.storage import store
from app.sim.process import Out
from app.trace.events import HintDeclined, HintDelivered, HintStored
from app.trace.values import StoredVersion
from app.versions.dotted import Siblings


def stand_ins(place: Place, memory: Memory, key: str) -> dict[str, str]:
    """Replica → who is asked in its place: itself, or for a suspected one the next free node."""
    replicas = place.replicas_of(key)
    asked = {replica: replica for replica in replicas}
    if place.settings.quorum == "strict":
        return asked
    free = [node for node in place.stand_ins_of(key) if node not in memory.suspected]
    for replica in replicas:
        if replica in memory.suspected and free:
            asked[replica] = free.pop(0)
    return asked


def keep(
    place: Place,
    state: ReplicaState,
    out: Out,
    op: str,
    home: str,
    versions: Siblings,
    counts: bool,
    key: str,
) -> None:
    """Put something aside for `home`."""
    hints = state.disk.hints.setdefault(home, {})
    before = hints.get(key, ())
    now = place.join(before, versions)
    if now is not before:
        hints[key] = now
        out.emit(HintStored, place.node, home, op, counts, _stored(now), key)


def set_aside(
    place: Place,
    state: ReplicaState,
    out: Out,
    op: str,
    home: str,
    pending: Pending,
    counts: bool = False,
) -> bool:
    """The replica itself missed a write that goes on without it. Is a hint of it an answer here?

    One that has been silent for longer than the window gets no more (Cassandra: until it was seen
    up again). `hint_keeper` next_node: the first free node after the replicas keeps it (Voldemort).
    """
    pending.noted.append(home)
    settings, memory, key = place.settings, state.memory, pending.key
    silent_us = out.now - memory.last_heard.get(home, out.now)
    if settings.hint_window_us and silent_us > settings.hint_window_us:
        out.emit(HintDeclined, place.node, home, op, key)
        return False
    is_node = place.node in place.nodes
    if (settings.hint_keeper == "next_node" and not counts) or not is_node:
        free = [node for node in place.stand_ins_of(key) if node not in memory.suspected]
        keeper = next((node for node in free if node not in pending.asked.values()), "")
        if not keeper:
            # A client keeps nothing for others: where no node is free a replica does.
            up = [node for node in pending.answers if node != home]
            keeper = place.node if is_node else next(iter(up), "")
        if keeper != place.node:
            if not keeper:
                return False
            out.send(keeper, HintedWrite(op, pending.attempt, pending.written, home, key, False))
            return False
    keep(place, state, out, op, home, pending.written, counts, key)
    return counts


def kept(place: Place, state: ReplicaState, key: str) -> Siblings:
    """All of the key that is kept here for others: who stands in for one replica may have it for
    another."""
    found: Siblings = ()
    for hints in state.disk.hints.values():
        found = place.join(found, hints.get(key, ()))
    return found


def on_hinted(
    place: Place, state: ReplicaState, out: Out, source: str, message: HintedWrite
) -> None:
    """At the stand-in."""
    versions, counts = message.versions, message.counts
    keep(place, state, out, message.op, message.home, versions, counts, message.key)
    out.send(source, HintAck(message.op, message.attempt))


def hand_over(place: Place, state: ReplicaState, out: Out) -> None:
    """With each sign of life, or each `hint_replay_us`: what is kept goes home, again until it is
    acknowledged."""
    if out.now - state.memory.pushed_at < place.settings.hint_replay_us:
        return
    state.memory.pushed_at = out.now
    for home, hints in state.disk.hints.items():
        if home not in state.memory.suspected:
            op = f"handoff-{place.node}-{home}-{state.disk.gossip_count}"
            out.send(home, HandOff(op, 0, tuple(hints.items())))


def on_hand_off(place: Place, state: ReplicaState, out: Out, source: str, message: HandOff) -> None:
    """At home."""
    for key, versions in message.kept:
        store(place, state, out, message.op, "hint", versions, key)
    out.send(source, HandOffAck(message.op, message.attempt, message.carries()))


def on_hand_off_ack(
    place: Place, state: ReplicaState, out: Out, source: str, message: HandOffAck
) -> None:
    """What home has is kept no longer; what was put aside meanwhile is."""
    hints = state.disk.hints.get(source, {})
    for key, before in list(hints.items()):
        rest = tuple([held for held in before if held.stored.value.id not in message.ids])
        if len(rest) == len(before):
            continue
        if rest:
            hints[key] = rest
        else:
            del hints[key]
        out.emit(HintDelivered, place.node, source, _stored(rest), key)
    if not hints:
        state.disk.hints.pop(source, None)


def _stored(versions: Siblings) -> tuple[StoredVersion, ...]:
    return tuple([version.stored for version in versions])
