"""Clients' requests: at the entry node, on the way to the leader, at the leader and back.

A node that hears no leader refuses at once: nothing was sent on, so the operation surely had no
effect. A leader that has to step down answers what it was working on with "unknown": the entry
is in its log and may yet be committed, or rolled back.
"""

from app.protocols.client_messages import (
    ClientRead,
    ClientReply,
    ClientWrite,
    FindLeader,
    LeaderIs,
)
from app.protocols.leader_follower import acks
from app.protocols.leader_follower.fencing import serves
from app.protocols.leader_follower.log import last_value
from app.protocols.leader_follower.messages import (
    ConfirmLeader,
    ForwardedRead,
    ForwardedWrite,
    ForwardReply,
)
from app.protocols.leader_follower.state import Place, ReplicaState, Waiting
from app.sim.process import Out
from app.trace.events import (
    QuorumReached,
    ReplyCounted,
    RequestAccepted,
    RequestRefused,
    WriteReleased,
)
from app.trace.values import Value


def forward(
    place: Place, state: ReplicaState, out: Out, client: str, request: ClientWrite | ClientRead
) -> None:
    """An entry node that does not lead hands the request to the leader it hears, or refuses."""
    leader = state.memory.leader
    if place.rules.routing != "forward" and leader is not None:
        refuse(place, out, client, request.op, request.key, "not_leader", leader)
        return
    if leader is None:
        refuse(place, out, client, request.op, request.key)
        return
    state.memory.forwarded[request.op] = client
    if isinstance(request, ClientWrite):
        write = ForwardedWrite(
            request.op, request.attempt, request.value, request.change, request.key
        )
        out.send(leader, write)
    else:
        out.send(leader, ForwardedRead(request.op, request.attempt, request.key))


def refuse(
    place: Place,
    out: Out,
    asker: str,
    op: str,
    key: str,
    reason: str = "no_leader",
    leader: str = "",
) -> None:
    """Say no before anything was sent on: a definite no. `leader`: whom to ask instead."""
    out.emit(RequestRefused, place.node, op, reason, key)
    if leader and asker not in place.nodes:
        out.send(asker, ClientReply(op, 0, "failed", reason, (), (), 0, leader))
    else:
        answer(place, out, asker, op, "failed", reason, ())


def tell_who_leads(
    place: Place, state: ReplicaState, out: Out, source: str, question: FindLeader
) -> None:
    """Only who leads and takes writes answers, for what others believe may be old. A client's
    entry node asks them all."""
    memory, client = state.memory, question.client or source
    if memory.role == "leader" and not memory.transfer and not memory.catching_up:
        out.send(client, LeaderIs(question.op, question.attempt))
    elif not question.client:
        for other in place.others:
            out.send(other, FindLeader(question.op, question.attempt, question.key, client))


def hand_back(state: ReplicaState, out: Out, reply: ForwardReply) -> None:
    """The entry node hands the leader's answer on to its client."""
    client = state.memory.forwarded.pop(reply.op, None)
    if client is not None:
        out.send(
            client,
            ClientReply(
                reply.op,
                reply.attempt,
                reply.outcome,
                reply.reason,
                reply.values,
                (),
                reply.position,
            ),
        )


def answer(
    place: Place,
    out: Out,
    asker: str,
    op: str,
    outcome: str,
    reason: str,
    values: tuple[Value, ...],
    position: int = 0,
) -> None:
    """To the client itself, or to the node that forwarded the request."""
    if asker in place.nodes:
        out.send(asker, ForwardReply(op, 0, outcome, reason, values, position))
    else:
        out.send(asker, ClientReply(op, 0, outcome, reason, values, (), position))


def begin(place: Place, state: ReplicaState, out: Out, op: str, waiting: Waiting) -> None:
    """The leader starts to wait for `waiting.need` nodes and is the first of them itself."""
    state.memory.waiting[op] = waiting
    out.emit(RequestAccepted, place.node, op, waiting.kind, waiting.need, place.of(waiting.kind))
    if waiting.kind == "read" or acks.stands_behind(place, state, waiting, place.node):
        count(place, state, out, op, place.node)


def confirm(place: Place, state: ReplicaState, out: Out, op: str) -> None:
    """Ask the followers whether they still follow (Raft dissertation §6.4, ReadIndex)."""
    for follower in place.others:
        out.send(follower, ConfirmLeader(op, 0, state.disk.term))


def count(place: Place, state: ReplicaState, out: Out, op: str, source: str) -> None:
    """One more node stands behind the request; each counts once."""
    waiting = state.memory.waiting.get(op)
    if waiting is None:
        return
    if source in waiting.sources:
        return
    waiting.sources.append(source)
    have, of = len(waiting.sources), place.of(waiting.kind)
    out.emit(ReplyCounted, place.node, op, source, have, waiting.need, of)
    if not waiting.reached and not waiting.released and acks.enough(place, state, waiting):
        waiting.reached = True
        out.emit(QuorumReached, place.node, op, waiting.kind, have, waiting.need, of)


def settle(place: Place, state: ReplicaState, out: Out) -> None:
    """Answer what has enough nodes behind it; forget what all nodes have answered."""
    memory = state.memory
    if not memory.waiting or not serves(place, state, out):
        return
    for op, waiting in list(memory.waiting.items()):
        if not waiting.answered and _ready(place, state, waiting):
            if waiting.kind == "read" and memory.commit < memory.serves_from:
                continue  # a new leader first commits an entry of its own term
            waiting.answered = True
            if waiting.kind == "read":
                upto = acks.shown_upto(place, state)
                values = visible(place, state, waiting.key)
                answer(place, out, waiting.asker, op, "ok", "", values, upto)
            else:
                _acknowledge(place, state, out, op, waiting)
        everybody = acks.are_chosen(place) or len(waiting.sources) == place.of(waiting.kind)
        if waiting.answered and everybody:
            del memory.waiting[op]


def _ready(place: Place, state: ReplicaState, waiting: Waiting) -> bool:
    """Enough nodes stand behind it, or the leader waits for no other any more."""
    if waiting.released and place.node in waiting.sources:
        return True
    return acks.enough(place, state, waiting)


def _acknowledge(place: Place, state: ReplicaState, out: Out, op: str, waiting: Waiting) -> None:
    state.memory.acked = max(state.memory.acked, waiting.position)
    reason = ""
    if waiting.released and not waiting.reached:
        have, of = len(waiting.sources), place.of("write")
        out.emit(WriteReleased, place.node, op, waiting.released, have, waiting.need, of)
        reason = "not_replicated" if waiting.released == "cancel" else ""
    answer(place, out, waiting.asker, op, "ok", reason, waiting.values, waiting.position)


def visible(place: Place, state: ReplicaState, key: str) -> tuple[Value, ...]:
    """What a reader of the key is shown here."""
    value = last_value(state, acks.shown_upto(place, state), key)
    return () if value is None else (value,)


def give_up(place: Place, state: ReplicaState, out: Out) -> None:
    """A leader steps down: what it was working on is of unknown outcome."""
    for op, waiting in list(state.memory.waiting.items()):
        if not waiting.answered:
            answer(place, out, waiting.asker, op, "unknown", "leader_changed", ())
    state.memory.waiting.clear()
