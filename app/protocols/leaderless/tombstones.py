"""What is deleted leaves a tombstone: a version with nothing in it. When may it go, too?

Four rules (`tombstones`): kept, like any other version (Dynamo's paper knows no other); grace, by
a compaction after so long, whoever has missed it (Cassandra); agreed, some time after all replicas
themselves were seen to hold it and nothing else (Riak); none, at once (Voldemort). A node that
missed a tombstone which is gone brings back what was deleted.
"""

from app.protocols.leaderless.messages import Reap
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import Pending, ReplicaState
from app.sim.process import Out
from app.trace.events import TombstoneReaped
from app.versions.dotted import DottedVersion, Siblings

REAP = "/reap"
"""Ends the name of the timer after which an agreed tombstone goes."""


def is_tombstone(version: DottedVersion) -> bool:
    """A whole value with nothing in it: also a cart whose last item was removed."""
    return not version.stored.value.items and not version.stored.value.part


def is_expired(place: Place, out: Out, version: DottedVersion) -> bool:
    """Is its time of grace over? It began with its stamp."""
    settings = place.settings
    if settings.tombstones != "grace" or not is_tombstone(version):
        return False
    return version.stored.stamp + settings.grace_us <= out.clock


def live(place: Place, out: Out, versions: Siblings) -> Siblings:
    """Without those that count no more, compacted or not (Cassandra's reads and repairs)."""
    if place.settings.tombstones != "grace":
        return versions
    return tuple([version for version in versions if not is_expired(place, out, version)])


def compact(place: Place, state: ReplicaState, out: Out) -> None:
    """What is past its grace goes."""
    for key in list(state.disk.versions):
        gone = [held for held in state.disk.versions[key] if is_expired(place, out, held)]
        drop(place, state, out, key, [held.stored.value.id for held in gone], "grace")


def drop(
    place: Place, state: ReplicaState, out: Out, key: str, ids: list[str], reason: str
) -> None:
    """Of the key these tombstones go from here."""
    held = state.disk.versions.get(key, ())
    rest = tuple([one for one in held if one.stored.value.id not in ids or not is_tombstone(one)])
    if len(rest) == len(held):
        return
    state.disk.versions[key] = rest
    out.emit(TombstoneReaped, place.node, reason, tuple([one.stored for one in rest]), key)


def drop_at_once(place: Place, state: ReplicaState, out: Out, key: str) -> None:
    """A delete takes away what it replaces and leaves nothing."""
    if place.settings.tombstones == "none":
        ids = [held.stored.value.id for held in state.disk.versions.get(key, ())]
        drop(place, state, out, key, ids, "none")


def agree(place: Place, state: ReplicaState, out: Out, op: str, pending: Pending) -> None:
    """All have answered: do all replicas themselves hold the same tombstones, and nothing else?

    While a range moves nobody can say: reads ask only those that have it all."""
    if pending.ring_step != place.ring.step or place.is_moving(pending.key):
        return
    if place.settings.tombstones != "agreed" or len(pending.asked) < pending.of:
        return
    if any(asked != home or home not in pending.answers for home, asked in pending.asked.items()):
        return
    answers = list(pending.answers.values())
    held = pending.written if pending.kind == "write" else answers[0]
    if not held or not all(is_tombstone(version) for version in held):
        return
    if pending.kind == "read" and any(answer != held for answer in answers):
        return
    ids = tuple([version.stored.value.id for version in held])
    state.memory.reaping[op] = (pending.key, ids, pending.ring_step)
    out.set_timer(op + REAP, place.settings.reap_us)


def reap(place: Place, state: ReplicaState, out: Out, op: str) -> None:
    """It has rested for long enough: tell all replicas that it may go, if nothing has changed; the
    ring neither."""
    key, ids, step = state.memory.reaping.pop(op)
    if step != place.ring.step:
        return
    for home in place.replicas_of(key):
        if home == place.node:
            on_reap(place, state, out, Reap(op, 0, ids, key))
        else:
            out.send(home, Reap(op, 0, ids, key))


def on_reap(place: Place, state: ReplicaState, out: Out, message: Reap) -> None:
    """At a replica; whoever has something newer, or something beside it, keeps all."""
    held = state.disk.versions.get(message.key, ())
    if tuple([version.stored.value.id for version in held]) == message.ids:
        drop(place, state, out, message.key, list(message.ids), "agreed")
