"""Who answers a read, and from which state: the leader, confirmed or not, or a node's own copy."""

from app.protocols.client_messages import ClientRead
from app.protocols.leader_follower import acks, fencing
from app.protocols.leader_follower.messages import ForwardedRead, ReplicaRead
from app.protocols.leader_follower.requests import (
    answer,
    begin,
    confirm,
    forward,
    refuse,
    settle,
    visible,
)
from app.protocols.leader_follower.state import PendingRead, Place, ReplicaState, Waiting
from app.sim.process import Out

READ_WAIT = "read_wait"


def read(
    place: Place,
    state: ReplicaState,
    out: Out,
    asker: str,
    request: ClientRead | ForwardedRead | ReplicaRead,
) -> None:
    """A read has come, from a client or from the node where the client enters."""
    memory, policy = state.memory, place.rules.reads
    leads = memory.role == "leader"
    whole = not state.disk.rejoining and not place.is_arbiter
    if leads and not fencing.serves(place, state, out):
        refuse(place, out, asker, request.op, request.key, fencing.reason(place, state, out))
    elif isinstance(request, ReplicaRead) or (policy == "any" and whole):
        own_copy(place, state, out, asker, request.op, request.key)
    elif policy == "wait_position" and whole:
        _once_there(place, state, out, asker, request)
    elif policy in ("spread", "sticky") and whole and isinstance(request, ClientRead):
        _send_to_a_follower(place, state, out, asker, request)
    elif leads and policy == "leader":
        confirm(place, state, out, request.op)
        waiting = Waiting("read", asker, place.majority, 0, key=request.key)
        begin(place, state, out, request.op, waiting)
        settle(place, state, out)
    elif leads:
        own_copy(place, state, out, asker, request.op, request.key)
    elif isinstance(request, ClientRead):
        forward(place, state, out, asker, request)
    else:
        refuse(place, out, asker, request.op, request.key)


def own_copy(place: Place, state: ReplicaState, out: Out, asker: str, op: str, key: str) -> None:
    """At once and from this node's own copy, however old: nobody is asked."""
    upto = acks.shown_upto(place, state)
    answer(place, out, asker, op, "ok", "", visible(place, state, key), upto)


def _send_to_a_follower(
    place: Place, state: ReplicaState, out: Out, client: str, request: ClientRead
) -> None:
    """sticky: the same one for a client for as long as that does not lead; spread: drawn anew."""
    name = client if place.rules.reads == "sticky" else request.op
    drawn = out.draw(f"reads of {name}", 0, len(place.data) - 1)
    order = (*place.data[drawn:], *place.data[:drawn])
    chosen = next((node for node in order if node != state.memory.leader), place.node)
    if chosen == place.node:
        own_copy(place, state, out, client, request.op, request.key)
        return
    state.memory.forwarded[request.op] = client
    out.send(chosen, ReplicaRead(request.op, request.attempt, request.key))


def _once_there(
    place: Place, state: ReplicaState, out: Out, asker: str, request: ClientRead | ForwardedRead
) -> None:
    """Answer when this node shows what the client has seen or written; refuse when it is late."""
    wanted = request.position if isinstance(request, ClientRead) else 0
    if acks.shown_upto(place, state) >= wanted:
        own_copy(place, state, out, asker, request.op, request.key)
    elif place.rules.read_wait_us:
        deadline = out.now + place.rules.read_wait_us
        state.memory.reads[request.op] = PendingRead(asker, wanted, deadline, request.key)
        _set_timer(state, out)
    else:
        refuse(place, out, asker, request.op, request.key, "behind")


def serve(place: Place, state: ReplicaState, out: Out) -> None:
    """This node may show more than before: answer whom that is enough for."""
    reads = state.memory.reads
    if not reads:
        return
    upto = acks.shown_upto(place, state)
    for op, pending in list(reads.items()):
        if upto >= pending.position:
            del reads[op]
            own_copy(place, state, out, pending.asker, op, pending.key)


def on_late(place: Place, state: ReplicaState, out: Out) -> None:
    """Some read has waited for as long as it may."""
    reads = state.memory.reads
    for op, pending in list(reads.items()):
        if pending.deadline <= out.now:
            del reads[op]
            refuse(place, out, pending.asker, op, pending.key, "behind")
    _set_timer(state, out)


def _set_timer(state: ReplicaState, out: Out) -> None:
    if state.memory.reads:
        soonest = min(pending.deadline for pending in state.memory.reads.values())
        out.set_timer(READ_WAIT, soonest - out.now)
