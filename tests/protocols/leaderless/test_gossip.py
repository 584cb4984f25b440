"""Word that goes round one by one, suspicion by φ, and nodes that do not agree."""

from fractions import Fraction

from app.protocols.leaderless.failure_detector import phi_milli
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.latency import Uniform
from app.sim.network import NetworkSpec
from app.trace.events import MessageSent, PeerHeard, PeerSuspected, PhiReached
from tests.protocols.leaderless.harness import MS, World

NODES = ("n1", "n2", "n3", "n4", "n5")
SECOND = 1_000 * MS


def world(seed: int, **values: object) -> World:
    given: dict[str, object] = {"gossip": "push_pull", "suspicion": "phi", "heartbeat_us": SECOND}
    given.update({"silence_us": 5 * SECOND}, **values)
    network = NetworkSpec(nodes=Uniform(1 * MS, 3 * MS))
    return World(seed, NODES, {"phone": "n1"}, LeaderlessSettings(**given), network)  # type: ignore[arg-type]


def suspected_by(it: World, node: str) -> list[str]:
    return list(it.replicas[node].state.memory.suspected)


def test_each_round_one_message_goes_out_and_one_comes_back() -> None:
    it = world(1)
    it.run(10 * SECOND)
    sent = [(e.source, e.target) for e in it.of(MessageSent)]
    assert len(sent) == 2 * 10 * len(NODES) + len(NODES), "the last answers are still to come"
    assert {target for _, target in sent} == set(NODES)
    push = world(1, gossip="push")
    push.run(10 * SECOND)
    assert len(push.of(MessageSent)) == 11 * len(NODES)


def test_phi_is_the_silence_in_mean_gaps_by_the_logarithm_of_e() -> None:
    """φ = t / mean · log10 e (Cassandra's FailureDetector); 8 at 18.42 mean gaps."""
    assert phi_milli([SECOND], 18_420_681) == 7_999
    assert phi_milli([SECOND], 18_420_800) == 8_000
    assert phi_milli([SECOND, 3 * SECOND], 2 * SECOND) == 434
    assert Fraction(434_294, 1_000_000) < Fraction(43_429_448_190_325, 10**14)


def test_a_dead_node_is_suspected_at_phi_and_not_before() -> None:
    it = world(2)
    it.run(30 * SECOND)
    assert not it.of(PeerSuspected), "nobody is suspected while all are well"
    it.kernel.crash("n5")
    it.run(60 * SECOND)
    reached = it.of(PhiReached)
    assert {(e.node, e.peer) for e in reached} == {(node, "n5") for node in NODES[:4]}
    for event in reached:
        assert 8_000 <= event.phi_milli <= 8_001
        wanted = Fraction(8 * 1_000_000, 434_294) * event.mean_us
        assert abs(event.silent_us - wanted) < 20, "the rounding of the mean gap"
    low = world(2, phi=1)
    low.run(90 * SECOND)
    assert low.of(PeerSuspected), "at φ 1 a silence of 2.3 mean gaps is taken for a death"
    assert low.of(PeerHeard), "and heard again"


def test_nodes_disagree_about_who_is_up() -> None:
    """n1 hears n5 no more, the others do: with word of mouth n1 hears of it all the same."""
    direct = world(3, gossip="all", heartbeat_us=50 * MS, suspicion="silence", silence_us=200 * MS)
    direct.run(SECOND)
    direct.kernel.cut_link("n1", "n5")
    direct.run(SECOND)
    assert suspected_by(direct, "n1") == ["n5"]
    assert suspected_by(direct, "n5") == ["n1"]
    assert suspected_by(direct, "n2") == []
    round_about = world(3)
    round_about.run(20 * SECOND)
    round_about.kernel.cut_link("n1", "n5")
    round_about.run(60 * SECOND)
    assert not round_about.of(PeerSuspected)
