"""A node whose disk was lost comes back; it must not count before it knows what it may have said.

Its old disk held a vote and acknowledged entries. Answering as if it had none would let a term have
two leaders, or a committed entry be forgotten. So it first asks *all* others (a majority would not
do: the one candidate it voted for may be among the rest), takes the newest term and the most
up-to-date log, and never votes in that term or an earlier one. Two such nodes wait for each other:
then too much was lost for anybody to decide, and people have to.
"""

from app.protocols.leader_follower.messages import RejoinReply, RejoinRequest
from app.protocols.leader_follower.state import Disk, LogEntry, Memory, Place, ReplicaState
from app.sim.process import Out
from app.trace.events import LogAppended, NodeRejoined, RejoinStarted

REJOIN = "rejoin"
NOBODY = ""
"""Voted for nobody, and for nobody else in this term."""


def begin(place: Place, state: ReplicaState, out: Out, retry_us: int) -> None:
    """After the loss of the disk, and after a crash before all had answered."""
    state.memory = Memory()
    if not state.disk.rejoining:
        before = state.disk
        state.disk = Disk(
            0, None, beats=before.beats, wipes=before.wipes + 1, rejoining=True, named=before.named,
            # It may have promised something just before.
            promised_until=out.now + place.rules.lock_ttl_us,
        )  # fmt: skip
    out.emit(RejoinStarted, place.node)
    ask(place, state, out, retry_us)


def ask(place: Place, state: ReplicaState, out: Out, retry_us: int) -> None:
    """Everybody who has not answered yet, again and again."""
    memory = state.memory
    request = RejoinRequest(f"rejoin-{place.node}-{state.disk.wipes}", memory.asked)
    memory.asked += 1
    for other in place.others:
        if other not in memory.logs:
            out.send(other, request)
    out.set_timer(REJOIN, retry_us)


def answer(state: ReplicaState, request: RejoinRequest) -> RejoinReply | None:
    """What this node has; nothing from one that does not know that itself."""
    if state.disk.rejoining:
        return None
    disk = state.disk
    return RejoinReply(request.op, request.attempt, disk.term, tuple(disk.log))


def on_answer(place: Place, state: ReplicaState, out: Out, source: str, reply: RejoinReply) -> bool:
    """Take in one answer; True when it was the last and the node takes part again."""
    memory, disk = state.memory, state.disk
    if not disk.rejoining:
        return False
    memory.logs[source] = (reply.term, reply.log)
    if len(memory.logs) < len(place.others):
        return False
    best = max(place.others, key=lambda other: _up_to_date(memory.logs[other][1]))
    disk.term = max(term for term, _ in memory.logs.values())
    disk.voted_for = NOBODY
    disk.rejoining = False
    log = () if place.is_arbiter else memory.logs[best][1]
    for position, entry in enumerate(log, 1):
        disk.log.append(entry)
        out.emit(LogAppended, place.node, position, entry.term, entry.op, entry.value, entry.key)
    memory.logs = {}
    out.cancel_timer(REJOIN)
    out.emit(NodeRejoined, place.node, best, len(disk.log), disk.term)
    return True


def _up_to_date(log: tuple[LogEntry, ...]) -> tuple[int, int]:
    newest = log[-1].term if log else 0
    return newest, len(log)
