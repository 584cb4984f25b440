"""Deletes, what they leave behind, and who brings back what was deleted.

Times are those of the products: ten days of grace, three hours of hints; so signs of life are ten
minutes apart.
"""

import pytest
from msgspec.structs import replace

from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.latency import Constant
from app.sim.network import NetworkSpec
from app.trace.events import (
    HintDeclined,
    HintDelivered,
    HintStored,
    TombstoneReaped,
)
from tests.protocols.leaderless.harness import MS, World
from tests.scenarios.of_presets import settings

HOMES = ("n1", "n2", "n3")
NODES = (*HOMES, "n4")
WIRES = NetworkSpec(nodes=Constant(MS), clients=Constant(MS))
SECOND = 1_000 * MS
HOUR = 3_600 * SECOND
SLOW = {"heartbeat_us": 600 * SECOND, "silence_us": 1_500 * SECOND}
CASSANDRA = settings("cassandra", write_level="quorum", read_level="quorum", **SLOW)
"""At the level of the stories."""
RIAK = settings("riak", **SLOW)
RIAK_TYPE = settings("riak-type", **SLOW)
VOLDEMORT = settings("voldemort", coordinator="entry", first_write="with_all", **SLOW)
"""Its servers; a node coordinates in the client's stead, for it knows at once who is down."""


def world(rules: LeaderlessSettings, entry: str = "n2") -> World:
    made = World(1, NODES, {"phone": entry}, rules, WIRES)
    assert made.done("phone", "add", "milk", level="all").outcome == "ok"
    made.run(SECOND)
    return made


def until(made: World, us: int) -> None:
    made.kernel.run_until(us)
    made.kernel.cause = None


def compact(made: World, *nodes: str) -> None:
    made.kernel.cause = None
    for node in nodes:
        made.replicas[node].on_upkeep(made.kernel.outs[node], "compact")


def shown(made: World, level: str = "quorum") -> tuple[str, ...]:
    told = made.done("phone", "read", level=level)
    assert told.outcome == "ok"
    made.run(SECOND)
    return tuple(item for value in told.values for item in value.items)


def away(rules: LeaderlessSettings, deleted_at: int, back_at: int, compacted: bool) -> World:
    """n1 is down from the start; the cart is deleted; n1 comes back. A read at n2 asks n1 next."""
    made = world(rules)
    made.kernel.cause = None
    made.kernel.crash("n1")
    until(made, deleted_at)
    assert made.done("phone", "delete").outcome == "ok"
    until(made, back_at)
    if compacted:
        compact(made, "n2", "n3")
    made.kernel.cause = None
    made.kernel.restart("n1")
    return made


TEN_DAYS = 864_001 * SECOND


def test_t14_a_delete_past_the_hint_window_and_past_its_grace_comes_back() -> None:
    made = away(CASSANDRA, 4 * HOUR, 4 * HOUR + TEN_DAYS, compacted=True)
    assert [(event.node, event.home) for event in made.of(HintDeclined)] == [("n2", "n1")]
    assert [event.node for event in made.of(TombstoneReaped)] == ["n2", "n3"]
    assert shown(made) == ("milk",)
    assert shown(made, "all") == ("milk",)
    assert {made.held(node) for node in HOMES} == {("phone-1",)}


def test_t14_with_a_hint_it_stays_deleted() -> None:
    made = away(CASSANDRA, HOUR, 2 * HOUR, compacted=False)
    until(made, 3 * HOUR)
    assert len(made.of(HintDelivered)) == 1
    until(made, HOUR + TEN_DAYS)
    compact(made, *HOMES)
    assert shown(made) == shown(made, "all") == ()


def test_t14_an_expired_tombstone_counts_no_more_also_where_it_still_lies() -> None:
    made = away(CASSANDRA, 4 * HOUR, 4 * HOUR + TEN_DAYS, compacted=False)
    assert not made.of(TombstoneReaped)
    assert shown(made) == ("milk",)


def test_within_its_grace_a_read_repairs_the_node_that_missed_the_delete() -> None:
    made = away(CASSANDRA, 4 * HOUR, 240 * HOUR, compacted=True)
    assert not made.of(TombstoneReaped)
    assert shown(made) == ()
    assert made.held("n1") == ("phone-2",)


@pytest.mark.parametrize("rules", [RIAK, RIAK_TYPE], ids=["riak", "riak-type"])
def test_t14_in_riak_no_tombstone_goes_before_all_replicas_themselves_hold_it(
    rules: LeaderlessSettings,
) -> None:
    made = away(rules, 4 * HOUR, 5 * HOUR, compacted=False)
    assert not made.of(TombstoneReaped)
    assert [event.node for event in made.of(HintStored)] == ["n4"]
    until(made, 6 * HOUR)
    assert made.held("n1") == ("phone-2",)
    assert shown(made, "number") == ()
    made.run(5 * SECOND)
    assert {event.node for event in made.of(TombstoneReaped)} == set(HOMES)
    assert {made.held(node) for node in HOMES} == {()}
    read = made.of(TombstoneReaped)[0]
    assert read.reason == "agreed"


def test_t14_in_voldemort_a_missed_delete_comes_back_without_any_waiting() -> None:
    made = away(replace(VOLDEMORT, hints="off"), 4 * HOUR, 4 * HOUR + SECOND, compacted=False)
    assert {made.held(node) for node in ("n2", "n3")} == {()}
    until(made, 5 * HOUR)
    assert shown(made, "all") == ("milk",)
    assert {made.held(node) for node in HOMES} == {("phone-1",)}


def test_t14_in_voldemort_a_slop_delivered_in_time_keeps_it_deleted() -> None:
    made = away(VOLDEMORT, 4 * HOUR, 4 * HOUR + SECOND, compacted=False)
    (hint,) = made.of(HintStored)
    assert (hint.node, hint.home, hint.counts) == ("n4", "n1", False)
    until(made, 5 * HOUR)
    assert shown(made, "all") == ()


@pytest.mark.parametrize(("replay", "late"), [(0, False), (2 * HOUR, True)])
def test_hints_are_handed_over_when_their_keeper_looks(replay: int, late: bool) -> None:
    made = away(replace(CASSANDRA, hint_replay_us=replay), HOUR, 2 * HOUR + SECOND, False)
    until(made, 3 * HOUR)
    assert bool(made.of(HintDelivered)) != late
    until(made, 5 * HOUR)
    assert made.of(HintDelivered)


def test_ten_quiet_days_are_quickly_over() -> None:
    """Few rows, so that a scene may speak of days."""
    made = world(CASSANDRA)
    until(made, TEN_DAYS)
    assert len(made.kernel.trace) < 20_000
