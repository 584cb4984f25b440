"""One node's opinion of who is alive; no two nodes need agree.

Where all gossip to all, any message is a sign of life; else a heartbeat that one hears of is. A
peer of whom there was none for `silence_us` is suspected until there is one again; or from φ on
(accrual: Hayashibara et al. 2004, with Cassandra's exponential gaps: φ = log10(e) · silence / mean
gap, which is rational arithmetic). At the start and after a restart all are taken for alive.
"""

from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import Memory, ReplicaState
from app.sim.process import Out
from app.trace.events import PeerHeard, PeerSuspected, PhiReached, QuorumOutOfReach

WINDOW = 1_000
"""Gaps remembered of each peer."""
LOG10_E_PPM = 434_294
LONGEST_GAP = 10
"""In heartbeats: a longer gap is an absence, and teaches nothing of the usual ones."""
SILENCE_TIMER = "silence"


def begin(place: Place, state: ReplicaState, out: Out) -> None:
    """At the start and after a restart."""
    now = out.now
    state.memory.last_heard = dict.fromkeys(place.peers, now)
    _await_silence(place, state.memory, out)


def heard(place: Place, memory: Memory, out: Out, source: str) -> None:
    """There was a sign of life of the peer."""
    if place.settings.suspicion == "phi":
        _measure(place, memory, source, out.now - memory.last_heard[source])
    memory.last_heard[source] = out.now
    if source in memory.suspected:
        memory.suspected = tuple(peer for peer in memory.suspected if peer != source)
        out.emit(PeerHeard, place.node, source, _reaches(place, memory))
        _await_silence(place, memory, out)


def on_silence(place: Place, memory: Memory, out: Out) -> None:
    """The earliest moment at which a peer may have been silent for too long."""
    for peer in place.peers:
        if peer not in memory.suspected and _deadline(place, memory, peer) <= out.now:
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


def phi_milli(gaps: list[int], silent_us: int) -> int:
    """φ in thousandths, rounded down, after so long without a sign of life."""
    return silent_us * LOG10_E_PPM * len(gaps) // (sum(gaps) * 1_000)


def _gaps(place: Place, memory: Memory, peer: str) -> list[int]:
    """Before the first gap two heartbeats are taken for usual, as in Cassandra."""
    return memory.gaps.get(peer) or [2 * place.settings.heartbeat_us]


def _measure(place: Place, memory: Memory, peer: str, gap: int) -> None:
    if 0 < gap <= LONGEST_GAP * place.settings.heartbeat_us:
        memory.gaps[peer] = [*_gaps(place, memory, peer), gap][-WINDOW:]


def _deadline(place: Place, memory: Memory, peer: str) -> int:
    """The moment at which the peer has been silent for too long."""
    since, settings = memory.last_heard[peer], place.settings
    if settings.suspicion == "silence":
        return since + settings.silence_us
    gaps = _gaps(place, memory, peer)
    return since - (-settings.phi * 1_000_000 * sum(gaps) // (LOG10_E_PPM * len(gaps)))


def _suspect(place: Place, memory: Memory, out: Out, peer: str) -> None:
    if place.settings.suspicion == "phi":
        gaps, silent = _gaps(place, memory, peer), out.now - memory.last_heard[peer]
        mean = sum(gaps) // len(gaps)
        out.emit(PhiReached, place.node, peer, phi_milli(gaps, silent), silent, mean)
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
    moments = [_deadline(place, memory, peer) for peer in _reaches(place, memory)]
    if moments:
        out.set_timer(SILENCE_TIMER, max(1, min(moments) - out.now))


def _reaches(place: Place, memory: Memory) -> tuple[str, ...]:
    return tuple(peer for peer in place.peers if peer not in memory.suspected)
