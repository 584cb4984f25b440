"""Digest reads: one replica sends what it holds, the others only what it comes to in short.

Where these agree, so do the copies. Where they do not, all that were asked are asked again for
everything (Cassandra's `DigestMismatch`), and the read is answered when they have told it.
"""

from app.protocols.leaderless.messages import ReplicaRead
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import Pending
from app.sim.luck import name_hash
from app.sim.process import Out
from app.trace.events import DigestsDiffered
from app.versions.dotted import Siblings

NOTHING_HELD = "0"


def digest_of(versions: Siblings) -> str:
    """64 bits in hexadecimal that stand for what is held; equal for equal versions."""
    if not versions:
        return NOTHING_HELD
    names = [
        f"{held.node}:{held.counter}:{held.stored.value.id}:{held.stored.stamp}"
        for held in versions
    ]
    return f"{name_hash(' '.join(names)):x}"


def agree(place: Place, out: Out, op: str, pending: Pending) -> bool:
    """Are the answers so far alike? Without one that tells everything it waits for that."""
    if pending.again or not pending.digests:
        return not pending.again
    told = [node for node in pending.answers if node not in pending.digests]
    if not told:
        return False
    whole = pending.answers[told[0]]
    same = digest_of(whole)
    if all(digest == same for digest in pending.digests.values()):
        for node in pending.digests:
            pending.answers[node] = whole
        pending.digests.clear()
        return True
    out.emit(DigestsDiffered, place.node, op, pending.key)
    pending.digests.clear()
    pending.again = [node for node in pending.answers if node != place.node]
    for node in pending.again:
        out.send(node, ReplicaRead(op, pending.attempt + 1, False, pending.key))
    return False


def on_full_answer(pending: Pending, source: str, versions: Siblings) -> None:
    """The second answer of a replica, with all that it holds."""
    pending.answers[source] = versions
    pending.again.remove(source)
