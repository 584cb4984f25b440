"""What becomes of the log that only an old leader, or its followers, had: the tail.

Rolled back: thrown away, and listed. Saved aside: thrown away, and kept in a list that nobody reads
(MongoDB's rollback files). Kept: the node keeps its log and follows nobody any more, until it gets
a new disk (a MySQL source with errant transactions). Re-sent: thrown away, and asked for again at
the new leader, write by write as it stood in the log, over whatever was written there meanwhile.
"""

from app.protocols.client_messages import Change
from app.protocols.leader_follower.messages import ForwardedWrite, ForwardReply
from app.protocols.leader_follower.state import LogEntry, Place, ReplicaState
from app.sim.process import Out
from app.trace.events import LogDiverged, TailKept, TailResent

RESEND = "resend"
AGAIN = Change(once=True)


def diverges(place: Place, state: ReplicaState, out: Out, position: int) -> bool:
    """The log parts from the leader's at `position`: does this node follow no more?"""
    disk = state.disk
    gone = [entry for entry in disk.log[position - 1 :] if entry.value is not None]
    if place.rules.tail != "keep" or not gone:
        return False
    disk.diverged = position
    out.emit(LogDiverged, place.node, position, _values(gone))
    return True


def put_away(place: Place, state: ReplicaState, out: Out, gone: list[LogEntry]) -> None:
    """The log is about to be cut; what is to happen with the values that stand there?"""
    values = [entry for entry in gone if entry.value is not None]
    if not values:
        return
    if place.rules.tail == "save_aside":
        state.disk.saved += values
        out.emit(TailKept, place.node, "aside", _values(values))
    elif place.rules.tail == "resend":
        state.disk.errant += values
        out.emit(TailKept, place.node, "to_resend", _values(values))
        out.set_timer(RESEND, 0)


def _values(entries: list[LogEntry]) -> tuple[object, ...]:
    return tuple([entry.value for entry in entries])


def resend(place: Place, state: ReplicaState, out: Out) -> None:
    """Ask the leader for each of them, and again until it has answered OK."""
    disk, leader = state.disk, state.memory.leader
    if not disk.errant or disk.rejoining:
        return
    out.set_timer(RESEND, place.rules.silence_us)
    if leader is None or leader == place.node:
        return
    disk.resent += 1
    if state.memory.errant_told != len(disk.errant):
        state.memory.errant_told = len(disk.errant)
        out.emit(TailResent, place.node, leader, _values(disk.errant))
    for entry in disk.errant:
        assert entry.value is not None
        out.send(leader, ForwardedWrite(entry.op, disk.resent, entry.value, AGAIN, entry.key))


def on_answer(state: ReplicaState, reply: ForwardReply) -> None:
    """One that the leader has acknowledged, or that it knows already, is done."""
    if reply.outcome == "ok":
        state.disk.errant = [entry for entry in state.disk.errant if entry.op != reply.op]
