"""Scenarios of systems without a leader that need no bench of their own: table rows over presets.

Others stand in tests/protocols/leaderless (test_systems, test_deletes, test_rounds, test_routes)
and tests/scenarios (test_conflicts_of_systems).
"""

import pytest
from msgspec.structs import replace

from app.scenarios.scenario import Scenario
from app.sim.latency import Constant
from app.sim.network import NetworkSpec
from app.trace.commands import AnyCommand, Crash, Delete, Increment, Put, Read, Restart, RunRepair
from app.trace.events import AntiEntropyEnded, BallotOpened
from app.trace.levels import AskedLevel, ReadLevel
from tests.scenarios.conflicts import SECOND, SIDE, Story, world
from tests.scenarios.of_presets import preset
from tests.scenarios.test_set_of_adds import missing

MS = 1_000
SLOW = NetworkSpec(nodes=Constant(MS), clients=Constant(MS), links={"n1>n3": Constant(200 * MS)})
"""What n1 sends to n3 takes 200 ms."""


def bench(name: str, **changes: str | int) -> Scenario:
    return replace(world(**preset(name, **changes)), network=SLOW)


def write(level: AskedLevel | None = None, value: str = "new", **more: str) -> Put:
    return Put(client="phone", key="price", value=value, level=level, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wanted", "asked", "seen"),
    [
        ("one", "one", {"old"}),
        ("quorum", "quorum", {"new"}),
        ("all", "one", {"new"}),
    ],
)
def test_t26_cassandra_shows_an_old_value_unless_the_levels_meet(
    wanted: AskedLevel, asked: ReadLevel, seen: set[str]
) -> None:
    story = Story(bench("cassandra")).then(write("all", "old"))
    at = story.at + SECOND
    story.simulation.do(at, [write(wanted)])
    wait = 250 * MS if wanted == "all" else 50 * MS
    story.simulation.do(at + wait, [Read("laptop", "price", level=asked)])
    story.at = at + SECOND
    story.rest()
    assert story.read("laptop-1") == [seen]


@pytest.mark.parametrize("seed", range(2))
def test_t27_lightweight_transactions_miss_nothing(seed: int) -> None:
    """Compare-and-set refuses instead, as beside a leader."""
    for cut in (False, True):
        lost = missing(seed, SIDE, cut, "compare", **preset("cassandra", read_level="serial"))
        assert lost == 0


def sell(client: str, write: str) -> Increment:
    return Increment(client=client, key="stock", by=-1, write=write)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "changes", "outcomes"),
    [
        # Each reads "one seat" from a quorum and writes "none" to a quorum: both are told OK.
        ("whole", {"write_level": "quorum", "read_level": "quorum"}, ["ok", "ok"]),
        ("compare", {"read_level": "serial"}, ["failed", "ok"]),
        ("operation", {"counter": "agreed"}, ["failed", "ok"]),
    ],
)
def test_a_quorum_is_no_consensus_and_a_round_is(
    kind: str, changes: dict[str, str], outcomes: list[str]
) -> None:
    stock = Increment(client="tablet", key="stock", by=1)
    if kind == "operation":
        stock = replace(stock, write="operation")
    story = Story(bench("cassandra", **changes)).then(stock)
    story.then(Read("phone", "stock"), Read("laptop", "stock"))
    both: list[AnyCommand] = [sell("phone", kind), sell("laptop", kind)]
    story.then(*both).rest()
    told = sorted(story.told(op).outcome for op in ("phone-2", "laptop-2"))
    assert told == outcomes
    assert bool([e for e in story.trace(SIDE) if isinstance(e, BallotOpened)]) == (kind != "whole")


def test_t14_cassandra_repaired_within_the_grace_nothing_comes_back() -> None:
    """n3 misses the delete and every hint; a repair brings it the tombstone in time."""
    story = Story(bench("cassandra", hints="off", write_level="quorum", read_level="all"))
    story.then(write("all", "old")).then(Crash("n3"))
    story.then(Delete("phone", "price")).then(Restart("n3")).rest()
    assert story.shown("n3") == [("old",)]
    story.then(RunRepair("n1")).rest(6)
    assert [e for e in story.trace(SIDE) if isinstance(e, AntiEntropyEnded)]
    assert story.shown("n3") == story.shown("n1") == [()]
    story.then(Read("laptop", "price")).rest()
    assert story.read("laptop-1") in ([], [set()])
    assert story.findings("resurrected_items") == []
