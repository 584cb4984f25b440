"""Read repair: bring those who answered a read what they lacked.

After the reply the client does not wait for it. Before the reply it does, until every node whose
answer was counted holds what the client is told; so a later read cannot be told less (Cassandra's
"blocking" repair).
"""

from app.protocols.leaderless.messages import ReplicaRead, ReplicaRepair
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import Pending, ReplicaState
from app.protocols.leaderless.storage import store
from app.protocols.leaderless.tombstones import live
from app.sim.process import Out
from app.trace.events import RepairApplied
from app.versions.dotted import Siblings


def winners(place: Place, out: Out, read: Pending) -> Siblings:
    """What the answers so far come to: all that none of them supersedes."""
    found: Siblings = ()
    for answer in read.answers.values():
        versions = live(place, out, answer)
        found = place.join(found, versions) if found else versions
    return found


def repair_responders(place: Place, state: ReplicaState, out: Out, op: str, read: Pending) -> None:
    """Called once, when all have answered or the time is over; the client has its reply by then."""
    found = winners(place, out, read)
    for replica in read.asked:
        if read.answers.get(read.asked.get(replica, replica), found) == found:
            continue
        if replica == place.node:
            apply_repair(place, state, out, place.node, op, found, read.key)
        else:
            out.send(replica, ReplicaRepair(op, read.attempt, found, key=read.key))


def mend_first(place: Place, state: ReplicaState, out: Out, op: str, read: Pending) -> None:
    """Repair those among the counted answers that lack something, and note who must acknowledge."""
    read.found = winners(place, out, read)
    for replica in read.asked:
        if read.answers.get(replica, read.found) == read.found:
            continue
        if replica == place.node:
            apply_repair(place, state, out, place.node, op, read.found, read.key)
        else:
            read.mending.append(replica)
            out.send(replica, ReplicaRepair(op, read.attempt, read.found, True, read.key))


def ask_the_rest(place: Place, out: Out, op: str, read: Pending) -> None:
    """Where a read mends all replicas and not only those it needed, the others are asked now that
    the client has its answer."""
    if read.repair == "off" or place.settings.repair_scope == "asked":
        return
    for home, asked in read.rest.items():
        read.asked[home] = asked
        if asked != place.node:
            out.send(asked, ReplicaRead(op, read.attempt, asked != home, read.key))
    read.rest = {}


def apply_repair(
    place: Place,
    state: ReplicaState,
    out: Out,
    source: str,
    op: str,
    versions: Siblings,
    key: str,
) -> None:
    """At the replica: keep what is new, and say so only if anything was."""
    if store(place, state, out, op, "repair", versions, key):
        out.emit(RepairApplied, place.node, op, source, key)
