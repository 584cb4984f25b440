"""Where a request goes before anybody asks replicas: on from the node where it landed to one that
holds a copy.

A write wants a coordinator that is a replica, because that one raises the version and keeps the
first copy (Dynamo's load-balanced requests, DeCandia et al. 2007, §4.5; Riak's `riak_kv_put_fsm`).
A read any node can coordinate. Who hands a write on waits for word that it was taken, and turns to
the next replica without it; the answer goes from the coordinator straight to the client.
"""

from app.protocols.client_messages import ClientWrite
from app.protocols.leaderless import coordinator, first_writes
from app.protocols.leaderless.messages import FirstWrite, FirstWritten, Forward, ForwardTaken
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import Handed, ReplicaState
from app.sim.process import Out
from app.trace.events import WriteHandedOn

TAKEN = "/taken"
"""Ends the name of the timer after which the next replica is tried."""


def write(place: Place, state: ReplicaState, out: Out, client: str, request: ClientWrite) -> None:
    """Here, or at a replica of the key."""
    homes = place.replicas_of(request.key)
    up = [home for home in homes if home not in state.memory.suspected]
    if place.settings.coordinator != "home" or place.node in homes or not up:
        # With no replica up any node coordinates: there may be stand-ins.
        coordinator.write(place, state, out, client, request)
        return
    state.memory.handed[request.op] = Handed(client, request)
    _hand_on(place, state, out, request.op, up[0])


def _hand_on(place: Place, state: ReplicaState, out: Out, op: str, home: str) -> None:
    handed = state.memory.handed[op]
    handed.tried = (*handed.tried, home)
    request = handed.request
    out.emit(WriteHandedOn, place.node, op, home, request.key)
    out.send(home, Forward(op, request.attempt, handed.client, request))
    out.set_timer(op + TAKEN, place.settings.forward_us)


def on_way(
    place: Place,
    state: ReplicaState,
    out: Out,
    source: str,
    told: Forward | ForwardTaken | FirstWrite | FirstWritten,
) -> None:
    """A write that is handed on, or goes to its first replica."""
    match told:
        case Forward():
            on_forward(place, state, out, source, told)
        case ForwardTaken():
            on_taken(state, out, told)
        case FirstWrite():
            first_writes.on_first(place, state, out, source, told)
        case FirstWritten():
            first_writes.on_written(place, state, out, source, told)


def on_forward(place: Place, state: ReplicaState, out: Out, source: str, told: Forward) -> None:
    """At the replica: it takes the write on, for good or ill."""
    out.send(source, ForwardTaken(told.op, told.attempt))
    coordinator.write(place, state, out, told.client, told.request)


def on_taken(state: ReplicaState, out: Out, told: ForwardTaken) -> None:
    """It is the other's now."""
    if state.memory.handed.pop(told.op, None) is not None:
        out.cancel_timer(told.op + TAKEN)


def on_silence(place: Place, state: ReplicaState, out: Out, op: str) -> None:
    """No word from the replica: the next one; after the last nobody answers the client."""
    handed = state.memory.handed[op]
    homes = place.replicas_of(handed.request.key)
    rest = [home for home in homes if home not in (*handed.tried, *state.memory.suspected)]
    if rest:
        _hand_on(place, state, out, op, rest[0])
    else:
        del state.memory.handed[op]
