"""What nodes tell each other at each heartbeat: that they live, and how the ring is laid.

To all others, each for itself; or to one other, drawn by the seed, what one has heard of everybody.
Then word goes round in a number of rounds that grows with the logarithm of the nodes (Demers et al.
1987): by telling (push), by asking (pull), or both in one exchange (push-pull; Cassandra does it in
three messages, with digests first; here whole tables go both ways).
"""

from app.protocols.leaderless import failure_detector, membership
from app.protocols.leaderless.messages import Gossip
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import ReplicaState
from app.sim.process import Out

GOSSIP_TIMER = "gossip"


def round_of(place: Place, state: ReplicaState, out: Out) -> None:
    """One heartbeat. A suspected peer is told as well, for it may be well."""
    state.disk.gossip_count += 1
    op = f"gossip-{place.node}-{state.disk.gossip_count}"
    way = place.settings.gossip
    if way == "all":
        done = membership.settled(state) if place.settings.on_ring else 0
        message = Gossip(op, 0, done, state.disk.ring)
        for peer in place.peers:
            out.send(peer, message)
    elif place.peers:
        peer = place.peers[out.draw(op, 0, len(place.peers) - 1)]
        asks = way != "push"
        out.send(
            peer,
            Gossip(op, 0, answer=True) if way == "pull" else _table(state, place.node, op, asks),
        )
    out.set_timer(GOSSIP_TIMER, place.settings.heartbeat_us)


def take_in(place: Place, state: ReplicaState, out: Out, source: str, message: Gossip) -> None:
    """What a peer told; of whoever has beaten since, that is a sign of life."""
    if message.answer:
        out.send(source, _table(state, place.node, message.op, False))
    if place.settings.gossip == "all":
        state.memory.settled[source] = message.settled
    for node, beat, done in message.beats:
        if node != place.node and beat > state.memory.beats.get(node, -1):
            state.memory.beats[node] = beat
            failure_detector.heard(place, state.memory, out, node)
        if node != place.node and done > state.memory.settled.get(node, -1):
            state.memory.settled[node] = done
    if message.ring.step > state.disk.ring.step:
        membership.learn(state, message.ring)


def _table(state: ReplicaState, node: str, op: str, answer: bool) -> Gossip:
    """All that this node has heard of, itself first."""
    memory = state.memory
    done = membership.settled(state)
    own = (node, state.disk.gossip_count, done)
    others = [(peer, beat, memory.settled.get(peer, -1)) for peer, beat in memory.beats.items()]
    return Gossip(op, 0, done, state.disk.ring, (own, *others), answer)
