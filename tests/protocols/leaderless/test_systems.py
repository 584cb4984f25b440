"""Scenarios that tell leaderless systems apart: the preset of each, and what must come of it.

The bench: five nodes, a key whose homes are n1, n2, n3, one millisecond a message, a client beside
n4, which holds no copy.
"""

import pytest
from msgspec.structs import replace

from app.protocols.leaderless.library import RoutedClient
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
    WriteHandedOn,
)
from app.trace.values import Value
from app.versions.dotted import new_version
from app.versions.version_vector import EMPTY
from tests.protocols.leaderless.harness import MS, World
from tests.scenarios.of_presets import settings

NODES = ("n1", "n2", "n3", "n4", "n5")
HOMES = NODES[:3]
WIRES = NetworkSpec(nodes=Constant(MS), clients=Constant(MS))
V1 = new_version(Value("v1", "a", ("old",)), "n1", 1, EMPTY, 1)
V2 = new_version(Value("v2", "b", ("new",)), "n1", 2, V1.stored.vector, 2)

DYNAMO = settings("dynamo")
RIAK = settings("riak")
RIAK_NUMBERS = settings("riak", read_level="number", write_level="number")
CASSANDRA = settings("cassandra", write_level="quorum", read_level="quorum", speculative_us=0)
"""At the level of the stories, and without one replica more."""
VOLDEMORT = settings("voldemort")


def bench(rules: LeaderlessSettings, entry: str = "n4") -> World:
    return World(1, NODES, {"phone": entry}, rules, WIRES)


def known_down(world: World, *nodes: str) -> None:
    """Down, and everybody knows."""
    world.kernel.cause = None
    for node in nodes:
        world.kernel.crash(node)
    for client in world.clients.values():
        if isinstance(client, RoutedClient):
            # Its library has found out, as by an earlier request.
            client.state.library.memory.suspected = nodes
    world.run(400 * MS)


def copies(world: World) -> dict[str, tuple[str, ...]]:
    return {node: world.held(node) for node in NODES if world.held(node)}


def asked(world: World) -> list[tuple[str, str]]:
    kinds = ("read_request", "digest_request")
    return [
        (event.target, event.kind)
        for event in world.of(MessageSent)
        if event.kind in kinds and event.target in HOMES
    ]


def prepared(rules: LeaderlessSettings, entry: str = "n4") -> World:
    """v2 on n1 and n2, v1 on n3."""
    world = bench(rules, entry)
    for node, version in zip(HOMES, (V2, V2, V1), strict=True):
        world.replicas[node].state.disk.versions["cart"] = (version,)
    return world


# ---- who takes a write ---------------------------------------------------------------------------


def test_t1_every_node_accepts_a_write() -> None:
    for rules in (DYNAMO, RIAK, CASSANDRA, VOLDEMORT):
        for entry in NODES:
            world = bench(rules, entry)
            assert world.done("phone", "add", "milk").outcome == "ok"
            world.run(100 * MS)
            assert set(copies(world)) == set(HOMES)
            # Dynamo and Riak hand a write on that lands outside the key's list: one hop.
            hops = 1 if rules in (DYNAMO, RIAK) and entry not in HOMES else 0
            assert len(world.of(WriteHandedOn)) == hops
            if rules == VOLDEMORT:
                first = next(e for e in world.of(MessageSent) if e.op == "phone-1")
                assert (first.source, first.target) == ("phone", "n1")


# ---- one of three is down, and all three are asked for -------------------------------------------


@pytest.mark.parametrize("rules", [DYNAMO, RIAK_NUMBERS], ids=["dynamo", "riak"])
def test_t2_dynamo_and_riak_take_a_stand_in(rules: LeaderlessSettings) -> None:
    world = bench(replace(rules, w=3))
    known_down(world, "n3")
    assert world.done("phone", "add", "milk").outcome == "ok"
    assert set(copies(world)) == {"n1", "n2"}
    (hint,) = world.of(HintStored)
    assert (hint.node, hint.home, hint.counts) == ("n4", "n3", True)


def test_t2_riak_with_pw_3_refuses_before_it_writes() -> None:
    world = bench(replace(RIAK_NUMBERS, w=3, pw=3))
    known_down(world, "n3")
    told = world.done("phone", "add", "milk")
    assert (told.outcome, told.reason) == ("failed", "no_primaries")
    assert not copies(world)
    assert not world.of(HintStored)


def test_t2_voldemort_has_too_few_nodes_and_leaves_nothing() -> None:
    world = bench(replace(VOLDEMORT, w=3))
    known_down(world, "n3")
    assert world.done("phone", "add", "milk").outcome == "failed"
    world.run(500 * MS)
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


@pytest.mark.parametrize("rules", [DYNAMO, RIAK_NUMBERS], ids=["dynamo", "riak"])
def test_t4_stand_ins_serve_reads_and_hand_over(rules: LeaderlessSettings) -> None:
    world = bench(replace(rules, w=1, r=1))
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


@pytest.mark.parametrize("rules", [DYNAMO, RIAK], ids=["dynamo", "riak"])
def test_t11_dynamo_and_riak_ask_all_and_repair_all(rules: LeaderlessSettings) -> None:
    world = prepared(rules)
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
        world = prepared(replace(CASSANDRA, read_repair=repair))
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
