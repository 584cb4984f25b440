"""A new leader first looks for newer entries among the others (as MongoDB's does), for a bound.

A majority's vote brings every committed entry, so this is about what was acknowledged with fewer
copies: a node that did not vote may have more. Only entries that continue the leader's own log are
taken, so that logs stay prefixes of one another up to where they part, and all are from earlier
terms, for the leader has not opened its own yet. It takes no writes until then.
"""

from app.protocols.leader_follower import disk as storage
from app.protocols.leader_follower.log import term_at
from app.protocols.leader_follower.messages import TailReply, TailRequest
from app.protocols.leader_follower.state import LogEntry, Place, ReplicaState
from app.sim.process import Out
from app.trace.events import CatchUpEnded, CatchUpStarted, LogAppended

CATCH_UP = "catch_up"
NOT_YET = 1 << 62
"""No read is served before the term is open."""


def begin(place: Place, state: ReplicaState, out: Out, bound_us: int) -> None:
    """Ask all others for what follows the end of one's own log."""
    disk, memory = state.disk, state.memory
    memory.catching_up, memory.tails = True, {}
    memory.serves_from = NOT_YET
    length = len(disk.log)
    out.emit(CatchUpStarted, place.node, disk.term, length)
    request = TailRequest(f"catch-up-{disk.term}", 0, disk.term, length, term_at(state, length))
    for other in place.peers:
        out.send(other, request)
    out.set_timer(CATCH_UP, bound_us)


def answer(state: ReplicaState, request: TailRequest) -> TailReply:
    """What follows the asker's log here; nothing if the logs parted before its end."""
    log, previous = state.disk.log, request.previous
    parted = previous > len(log) or term_at(state, previous) != request.previous_term
    tail = () if parted or request.term != state.disk.term else tuple(log[previous:])
    return TailReply(request.op, request.attempt, state.disk.term, tail)


def is_over(place: Place, state: ReplicaState, source: str, reply: TailReply) -> bool:
    """Keep one answer; True when all have answered."""
    memory = state.memory
    if not memory.catching_up or reply.term != state.disk.term:
        return False
    memory.tails[source] = reply.tail
    return len(memory.tails) == len(place.peers)


def end(place: Place, state: ReplicaState, out: Out) -> None:
    """Take the newest of the tails; the caller opens the term."""
    disk, memory = state.disk, state.memory
    out.cancel_timer(CATCH_UP)
    best, tail = "", ()  # type: tuple[str, tuple[LogEntry, ...]]
    for node in place.peers:
        if _newness(memory.tails.get(node, ())) > _newness(tail):
            best, tail = node, memory.tails[node]
    for entry in tail:
        disk.log.append(entry)
        out.emit(
            LogAppended, place.node, len(disk.log), entry.term, entry.op, entry.value, entry.key
        )
    if tail:
        storage.took(place, state, out, len(tail))
    memory.catching_up, memory.tails = False, {}
    memory.beat_length = len(disk.log)
    out.emit(CatchUpEnded, place.node, disk.term, best, len(tail))


def _newness(tail: tuple[LogEntry, ...]) -> tuple[int, int]:
    return (tail[-1].term if tail else 0, len(tail))
