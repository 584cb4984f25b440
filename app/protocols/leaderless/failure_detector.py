"""One node's opinion of who is alive; no two nodes need agree.

Everybody gossips to everybody each heartbeat. A peer of whom nothing at all came for `silence_us`
is suspected until something comes again. At the start and after a restart all are taken for alive.
"""

from app.protocols.leaderless.messages import Gossip
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import Memory, ReplicaState
from app.sim.process import Out
from app.trace.events import PeerHeard, PeerSuspected, QuorumOutOfReach

GOSSIP_TIMER = "gossip"
SILENCE_TIMER = "silence"


def begin(place: Place, state: ReplicaState, out: Out) -> None:
    """At the start and after a restart."""
    now = out.now
    state.memory.last_heard = dict.fromkeys(place.peers, now)
    gossip(place, state, out)
    _await_silence(place, state.memory, out)


def gossip(place: Place, state: ReplicaState, out: Out) -> None:
    """Tell every peer, suspected or not, that this node is alive."""
    state.disk.gossip_count += 1
    message = Gossip(f"gossip-{place.node}-{state.disk.gossip_count}", 0)
    for peer in place.peers:
        out.send(peer, message)
    out.set_timer(GOSSIP_TIMER, place.settings.heartbeat_us)


def heard(place: Place, memory: Memory, out: Out, source: str) -> None:
    """Any message of a peer is a sign of life."""
    memory.last_heard[source] = out.now
    if source in memory.suspected:
        memory.suspected = tuple(peer for peer in memory.suspected if peer != source)
        out.emit(PeerHeard, place.node, source, _reaches(place, memory))
        _await_silence(place, memory, out)


def on_silence(place: Place, memory: Memory, out: Out) -> None:
    """The earliest moment at which a peer may have been silent for too long."""
    long_ago = out.now - place.settings.silence_us
    for peer in place.peers:
        if peer not in memory.suspected and memory.last_heard[peer] <= long_ago:
            _suspect(place, memory, out, peer)
    _await_silence(place, memory, out)


def alive_replicas(place: Place, memory: Memory) -> int:
    """How many copies this node believes it could collect, its own included: of the key of which
    there are fewest."""
    if place.settings.quorum == "sloppy":
        return min(place.settings.n, 1 + len(place.peers) - len(memory.suspected))
    return min(
        sum(1 for replica in replicas if replica not in memory.suspected) for replicas in place.sets
    )


def _suspect(place: Place, memory: Memory, out: Out, peer: str) -> None:
    before = alive_replicas(place, memory)
    memory.suspected = (*memory.suspected, peer)
    out.emit(PeerSuspected, place.node, peer, _reaches(place, memory))
    alive = alive_replicas(place, memory)
    rules = [place.need(kind, "", "") for kind in ("read", "write")]
    need = max(rule.answers for rule in rules)
    if alive < need <= before:
        out.emit(QuorumOutOfReach, place.node, alive, need, len(place.replicas))


def _await_silence(place: Place, memory: Memory, out: Out) -> None:
    """One timer for all peers: when it fires too early for all of them, it is set again."""
    heard_at = [memory.last_heard[peer] for peer in _reaches(place, memory)]
    if heard_at:
        out.set_timer(SILENCE_TIMER, min(heard_at) + place.settings.silence_us - out.now)


def _reaches(place: Place, memory: Memory) -> tuple[str, ...]:
    return tuple(peer for peer in place.peers if peer not in memory.suspected)
