"""Scenarios that tell leaderless systems apart: the settings of each, and what must come of it.

The bench: five nodes, a key whose homes are n1, n2, n3, one millisecond a message, a client beside
n4, which holds no copy.
"""

from msgspec.structs import replace

from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.latency import Constant
from app.sim.network import NetworkSpec
from app.trace.events import (
    DigestsDiffered,
    HintStored,
    MessageSent,
    OperationReturned,
    RepairApplied,
    ReplicaAdded,
    VersionsStored,
)
from app.trace.values import Value
from app.versions.dotted import new_version
from app.versions.version_vector import EMPTY
from tests.protocols.leaderless.harness import MS, World

NODES = ("n1", "n2", "n3", "n4", "n5")
HOMES = NODES[:3]
WIRES = NetworkSpec(nodes=Constant(MS), clients=Constant(MS))
V1 = new_version(Value("v1", "a", ("old",)), "n1", 1, EMPTY)
V2 = new_version(Value("v2", "b", ("new",)), "n1", 2, V1.stored.vector)

DYNAMO = LeaderlessSettings(quorum="sloppy", hints="on")
RIAK = DYNAMO
CASSANDRA = LeaderlessSettings(
    hints="on", write_level="quorum", read_level="quorum", read_fanout="needed", digests="on",
    read_repair="before_reply", conflict="siblings",
)  # fmt: skip
VOLDEMORT = LeaderlessSettings(hints="on", read_fanout="needed", read_repair="after_reply")


def bench(settings: LeaderlessSettings, entry: str = "n4") -> World:
    return World(1, NODES, {"phone": entry}, settings, WIRES)


def known_down(world: World, *nodes: str) -> None:
    """Down, and everybody knows."""
    world.kernel.cause = None
    for node in nodes:
        world.kernel.crash(node)
    world.run(400 * MS)


def copies(world: World) -> dict[str, tuple[str, ...]]:
    return {node: world.held(node) for node in NODES if world.held(node)}


def asked(world: World) -> list[tuple[str, str]]:
    kinds = ("read_request", "digest_request")
    return [
        (event.target, event.kind)
        for event in world.of(MessageSent)
        if event.kind in kinds and event.source in NODES
    ]


def prepared(settings: LeaderlessSettings, entry: str = "n4") -> World:
    """v2 on n1 and n2, v1 on n3."""
    world = bench(settings, entry)
    for node, version in zip(HOMES, (V2, V2, V1), strict=True):
        world.replicas[node].state.disk.versions["cart"] = (version,)
    return world


# ---- who takes a write ---------------------------------------------------------------------------


def test_t1_every_node_accepts_a_write() -> None:
    for settings in (DYNAMO, CASSANDRA):
        for entry in NODES:
            world = bench(settings, entry)
            assert world.done("phone", "add", "milk").outcome == "ok"
            world.run(100 * MS)
            assert set(copies(world)) == set(HOMES)


# ---- one of three is down, and all three are asked for -------------------------------------------


def test_t2_dynamo_takes_a_stand_in() -> None:
    world = bench(replace(DYNAMO, w=3))
    known_down(world, "n3")
    assert world.done("phone", "add", "milk").outcome == "ok"
    assert set(copies(world)) == {"n1", "n2"}
    (hint,) = world.of(HintStored)
    assert (hint.node, hint.home, hint.counts) == ("n4", "n3", True)


def test_t2_riak_with_pw_3_refuses_before_it_writes() -> None:
    world = bench(replace(RIAK, w=3, pw=3))
    known_down(world, "n3")
    told = world.done("phone", "add", "milk")
    assert (told.outcome, told.reason) == ("failed", "no_primaries")
    assert not copies(world)
    assert not world.of(HintStored)


def test_t2_cassandra_all_is_unavailable_and_leaves_nothing() -> None:
    world = bench(CASSANDRA)
    known_down(world, "n3")
    before = world.kernel.now
    told = world.done("phone", "add", "milk", level="all")
    assert (told.outcome, told.reason) == ("failed", "no_quorum")
    assert told.at - before <= 2 * MS
    world.run(500 * MS)
    assert not copies(world)
    assert not world.of(HintStored)


def test_a_write_that_times_out_is_applied_later() -> None:
    """Silent, but not known to be: it is begun; who had it keeps it, who had not gets a hint."""
    world = bench(CASSANDRA)
    world.kernel.cause = None
    for node in ("n2", "n3"):
        world.kernel.crash(node)
    told = world.done("phone", "add", "milk")
    assert (told.outcome, told.reason) == ("unknown", "too_few_answers")
    assert set(copies(world)) == {"n1"}
    world.kernel.cause = None
    for node in ("n2", "n3"):
        world.kernel.restart(node)
    world.run(500 * MS)
    assert set(copies(world)) == set(HOMES)


# ---- all replicas are gone -----------------------------------------------------------------------


def test_t4_cassandra_any_keeps_a_hint_that_nobody_can_read() -> None:
    world = bench(CASSANDRA)
    known_down(world, *HOMES)
    assert world.done("phone", "add", "milk", level="any").outcome == "ok"
    assert world.done("phone", "read", level="one").outcome == "failed"
    world.kernel.cause = None
    world.kernel.restart("n1")
    world.run(500 * MS)
    told = world.done("phone", "read", level="one")
    assert [value.items for value in told.values] == [("milk",)]


def test_t4_cassandra_one_stores_nothing() -> None:
    world = bench(CASSANDRA)
    known_down(world, *HOMES)
    assert world.done("phone", "add", "milk", level="one").outcome == "failed"
    world.kernel.cause = None
    world.kernel.restart("n1")
    world.run(500 * MS)
    assert not copies(world)
    assert world.done("phone", "read", level="one").values == ()


def test_t4_in_dynamo_stand_ins_serve_reads_and_hand_over() -> None:
    world = bench(replace(DYNAMO, w=1, r=1))
    known_down(world, *HOMES)
    assert world.done("phone", "add", "milk").outcome == "ok"
    assert [value.items for value in world.done("phone", "read").values] == [("milk",)]
    world.kernel.cause = None
    world.kernel.restart("n1")
    world.run(500 * MS)
    assert set(copies(world)) == {"n1"}


def test_t4_voldemort_has_an_error() -> None:
    world = bench(VOLDEMORT)
    known_down(world, *HOMES)
    assert world.done("phone", "add", "milk").outcome == "failed"


# ---- who is asked by a read, and who is repaired -------------------------------------------------


def test_t11_dynamo_and_riak_ask_all_and_repair_all() -> None:
    world = prepared(DYNAMO)
    assert world.done("phone", "read").values == (V2.stored.value,)
    world.run(100 * MS)
    assert asked(world) == [(node, "read_request") for node in HOMES]
    assert set(copies(world).values()) == {("v2",)}


def test_t11_cassandra_asks_two_one_of_them_in_short_and_repairs_nobody() -> None:
    world = prepared(CASSANDRA)
    assert world.done("phone", "read").values == (V2.stored.value,)
    world.run(100 * MS)
    assert asked(world) == [("n1", "read_request"), ("n2", "digest_request")]
    assert not world.of(DigestsDiffered)
    assert world.held("n3") == ("v1",)


def test_t11_voldemort_asks_two_and_repairs_nobody_else() -> None:
    world = prepared(VOLDEMORT)
    assert world.done("phone", "read").values == (V2.stored.value,)
    world.run(100 * MS)
    assert asked(world) == [("n1", "read_request"), ("n2", "read_request")]
    assert world.held("n3") == ("v1",)


def test_t11_where_digests_differ_both_are_asked_again_and_repaired_before_the_reply() -> None:
    world = prepared(CASSANDRA)
    world.replicas["n1"].state.disk.versions["cart"] = (V1,)
    world.replicas["n3"].state.disk.versions["cart"] = (V1,)
    world.kernel.cause = None
    told = world.done("phone", "read")
    assert told.values == (V2.stored.value,)
    assert [kind for _, kind in asked(world)] == [
        "read_request", "digest_request", "read_request", "read_request",
    ]  # fmt: skip
    assert [target for target, _ in asked(world)] == ["n1", "n2", "n1", "n2"]
    (differed,) = world.of(DigestsDiffered)
    (repaired,) = world.of(RepairApplied)
    (answer,) = world.of(OperationReturned)
    assert differed.at < repaired.at < answer.at
    assert repaired.node == "n1"
    world.run(100 * MS)
    assert world.held("n3") == ("v1",)


def test_at_one_nothing_is_compared_so_nothing_is_repaired() -> None:
    world = prepared(CASSANDRA)
    assert world.done("phone", "read", level="one").values == (V2.stored.value,)
    world.run(100 * MS)
    assert asked(world) == [("n1", "read_request")]
    assert not world.of(RepairApplied)


def test_the_rest_are_asked_and_repaired_after_the_reply_if_so_set() -> None:
    world = prepared(replace(VOLDEMORT, repair_scope="all"))
    told = world.done("phone", "read")
    world.run(100 * MS)
    assert [target for target, _ in asked(world)] == list(HOMES)
    (repaired,) = world.of(RepairApplied)
    assert repaired.node == "n3"
    assert repaired.at > told.at


# ---- one replica more ----------------------------------------------------------------------------


def test_a_read_that_takes_long_asks_one_replica_more() -> None:
    world = prepared(replace(CASSANDRA, speculative_us=20 * MS))
    world.kernel.cause = None
    world.kernel.crash("n2")
    before = world.kernel.now
    told = world.done("phone", "read")
    assert told.values == (V2.stored.value,)
    (added,) = world.of(ReplicaAdded)
    assert added.replica == "n3"
    assert 20 * MS < told.at - before < 40 * MS


def test_without_it_a_silent_replica_costs_the_read() -> None:
    world = prepared(CASSANDRA)
    world.kernel.cause = None
    world.kernel.crash("n2")
    assert world.done("phone", "read").outcome == "unknown"


# ---- what the two kinds of repair before the reply are for ---------------------------------------


def test_a_failed_write_then_read_is_monotonic_with_repair_before_the_reply() -> None:
    """A write reached n1 alone. Who has been shown it is shown it again, from whichever two."""
    for repair, second in (("before_reply", ("new",)), ("off", ("old",))):
        settings = replace(CASSANDRA, read_repair=repair)
        world = prepared(settings)
        world.replicas["n2"].state.disk.versions["cart"] = (V1,)
        assert world.done("phone", "read").values[0].items == ("new",)
        world.kernel.cause = None
        world.kernel.crash("n1")
        world.run(400 * MS)
        assert world.done("phone", "read").values[0].items == second


def test_any_is_the_only_level_at_which_a_hint_counts() -> None:
    world = bench(CASSANDRA)
    known_down(world, "n2", "n3")
    assert world.done("phone", "add", "milk", level="two").outcome == "failed"
    assert world.done("phone", "add", "milk", level="one").outcome == "ok"
    assert not any(hint.counts for hint in world.of(HintStored))
    assert {event.node for event in world.of(VersionsStored)} == {"n1"}
