"""Which answers a request waits for beyond R and W: Riak's and Voldemort's finer numbers."""

import pytest
from msgspec.structs import replace

from app.errors import CommandRejected
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.latency import Constant
from app.sim.network import NetworkSpec
from app.trace.events import NothingFound, RepairApplied, ReplyCounted
from app.trace.values import Value
from app.versions.dotted import new_version
from app.versions.version_vector import EMPTY
from tests.protocols.leaderless.harness import MS, World
from tests.scenarios.of_presets import settings

NODES = ("n1", "n2", "n3", "n4")
V = new_version(Value("v", "a", ("v",)), "n1", 1, EMPTY, 1)
RIAK = settings("riak", read_level="number", write_level="number")
STRICT = replace(RIAK, notfound="fails")
VOLDEMORT = settings("voldemort")
HEDGED = replace(VOLDEMORT, preferred_r=3, preferred_w=3)


def bench(rules: LeaderlessSettings, *holders: str) -> World:
    """n4 asks; n1 answers first, then n2, then n3."""
    links = {f"{node}>n4": Constant(at * MS) for node, at in (("n1", 1), ("n2", 2), ("n3", 3))}
    wires = NetworkSpec(nodes=Constant(MS), clients=Constant(MS), links=links)
    world = World(1, NODES, {"phone": "n4"}, rules, wires)
    for node in holders:
        world.replicas[node].state.disk.versions["cart"] = (V,)
    return world


def read(rules: LeaderlessSettings, *holders: str) -> tuple[list[str], int]:
    """(what is shown, after how many ms)."""
    world = bench(rules, *holders)
    told = world.done("phone", "read")
    assert told.outcome == "ok"
    return [item for value in told.values for item in value.items], told.at // MS


@pytest.mark.parametrize(
    ("rules", "holders", "shown", "answers"),
    [
        # Nothing counts: R answers, and of nothing and something the something is told.
        (replace(RIAK, r=1), ("n2", "n3"), [], 1),
        (replace(RIAK, r=2), ("n2", "n3"), ["v"], 2),
        # It does not: R who have it.
        (replace(STRICT, r=1), ("n2", "n3"), ["v"], 2),
        (replace(STRICT, r=2), ("n2", "n3"), ["v"], 3),
        (replace(STRICT, r=1), ("n3",), ["v"], 3),
        # Until R can never be met: N − R + 1 with nothing.
        (replace(STRICT, r=2), ("n3",), [], 2),
        (replace(STRICT, r=1), (), [], 3),
        # Or more than half, whatever R is.
        (replace(STRICT, r=1, basic_quorum="on"), ("n3",), [], 2),
        (replace(STRICT, r=3, basic_quorum="on"), ("n2", "n3"), [], 1),
        # So many nodes, whatever R is.
        (replace(RIAK, r=1, node_confirms=3), ("n3",), ["v"], 3),
    ],
)
def test_riak_what_a_node_counts_that_has_nothing(
    rules: LeaderlessSettings, holders: tuple[str, ...], shown: list[str], answers: int
) -> None:
    # Client and coordinator, coordinator and replica, and back: the nth answer takes n ms.
    assert read(rules, *holders) == (shown, 3 + answers)


def test_giving_up_is_told_from_enough_answers() -> None:
    world = bench(replace(STRICT, r=2), "n3")
    world.done("phone", "read")
    (nothing,) = world.of(NothingFound)
    assert (nothing.missing, nothing.of) == (2, 3)
    assert not [event for event in world.of(ReplyCounted) if event.source != "n3"]


def test_node_confirms_lets_stand_ins_count_and_pw_does_not() -> None:
    for rules, outcome in (({"node_confirms": 3}, "ok"), ({"pw": 3}, "failed")):
        world = bench(replace(RIAK, w=1, **rules))  # type: ignore[arg-type]
        world.kernel.cause = None
        world.kernel.crash("n3")
        world.run(500 * MS)
        assert world.done("phone", "add", "milk").outcome == outcome


def test_voldemort_waits_for_as_many_as_it_would_like_and_repairs_among_them() -> None:
    for rules, asked, repaired in ((VOLDEMORT, 2, []), (HEDGED, 3, ["n3"])):
        world = bench(rules, "n1", "n2")
        assert world.done("phone", "read").outcome == "ok"
        world.run(50 * MS)
        assert len({e.source for e in world.of(ReplyCounted)}) == asked
        assert [event.node for event in world.of(RepairApplied)] == repaired


def test_a_silent_node_is_waited_for_until_the_time_out_and_fewer_will_do() -> None:
    for action in ("read", "add"):
        world = bench(HEDGED, *(NODES[:3] if action == "read" else ()))
        world.kernel.cause = None
        world.kernel.crash("n3")
        before = world.kernel.now
        told = world.done("phone", action, "milk" if action == "add" else "")
        assert (told.outcome, told.at - before) == ("ok", HEDGED.request_timeout_us)
        # Its library knows by then, and waits for as many as are up.
        before = world.kernel.now
        assert world.done("phone", action, "tea" if action == "add" else "").at - before < 9 * MS


def test_with_fewer_than_required_it_is_unknown() -> None:
    world = bench(HEDGED, *NODES[:3])
    world.kernel.cause = None
    world.kernel.crash("n2")
    world.kernel.crash("n3")
    assert world.done("phone", "read").outcome == "unknown"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"node_confirms": 4}, "4 nodes that confirm, with N=3"),
        ({"preferred_r": 4}, "4 preferred answers to a read"),
        ({"notfound": "fails", "digests": "on", "read_fanout": "needed"}, "A digest does not tell"),
        ({"basic_quorum": "on"}, "Nothing found is an answer like any other"),
        ({"read_level": "serial"}, "It takes rounds"),
        ({"counter": "agreed"}, "It takes rounds"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, object], why: str) -> None:
    with pytest.raises(CommandRejected, match=why):
        replace(LeaderlessSettings(), **changes).validate(5)
