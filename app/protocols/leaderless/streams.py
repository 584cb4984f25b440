"""Ranges move: who gains one asks who loses it, a few keys at a time, until it has all.

A lost message is asked for again with the next heartbeat; what came before a crash is asked for
again from the start. Meanwhile new writes reach the gaining node by themselves.
"""

from app.protocols.leaderless.membership import STREAM
from app.protocols.leaderless.messages import StreamBatch, StreamRequest
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.ring import position
from app.protocols.leaderless.state import ReplicaState
from app.protocols.leaderless.storage import store
from app.sim.process import Out
from app.trace.events import RangesStreamed

BATCH = 4
"""Keys a message."""


def begin(place: Place, state: ReplicaState, out: Out) -> None:
    """At the step, and after a restart in the midst of it."""
    state.memory.streams = {}
    if place.ring.phase != STREAM or state.disk.streamed == place.ring.step:
        return
    state.memory.streams = dict.fromkeys(place.sources(), ())
    if not state.memory.streams:
        state.disk.streamed = place.ring.step
    ask(place, state, out)


def ask(place: Place, state: ReplicaState, out: Out) -> None:
    """For what follows the keys that have come."""
    for source, had in state.memory.streams.items():
        _ask(place, state, out, source, had)


def _ask(place: Place, state: ReplicaState, out: Out, source: str, had: tuple[str, ...]) -> None:
    state.disk.asked += 1
    op = f"stream-{place.node}-{source}-{state.disk.asked}"
    out.send(source, StreamRequest(op, 0, place.ring.step, had[-1] if had else ""))


def on_request(
    place: Place, state: ReplicaState, out: Out, source: str, message: StreamRequest
) -> None:
    """At the node that loses the range. Both know the step before, which says what moves."""
    if place.ring.step < message.step - 1:
        return
    held = sorted(state.disk.versions.items())
    pair = (source, place.node)
    due = [one for one in held if one[0] > message.after and pair in place.moves(position(one[0]))]
    kept = tuple(due[:BATCH])
    last = len(due) <= BATCH
    out.send(source, StreamBatch(message.op, 0, message.step, message.after, kept, last))


def on_batch(
    place: Place, state: ReplicaState, out: Out, source: str, message: StreamBatch
) -> None:
    """At the node that gains it; what was asked for twice comes twice, and counts once."""
    streams = state.memory.streams
    had = streams.get(source)
    if message.step != place.ring.step or had is None:
        return
    if message.after != (had[-1] if had else ""):
        return
    for key, versions in message.kept:
        store(place, state, out, message.op, "stream", versions, key)
    had = (*had, *[key for key, _ in message.kept])
    streams[source] = had
    if not message.last:
        _ask(place, state, out, source, had)
        return
    del streams[source]
    if had:
        out.emit(RangesStreamed, place.node, source, len(had), had)
    if not streams:
        state.disk.streamed = place.ring.step
