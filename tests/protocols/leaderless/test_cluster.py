"""Whole clusters on the real kernel: what shoppers are told, and where the copies end up."""

from app.protocols.leaderless.messages import LeaderlessMessage
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.snapshot import restore, snapshot
from app.trace.codec import encode_lines
from app.trace.events import (
    MessageDropped,
    MessageSent,
    PeerSuspected,
    QuorumOutOfReach,
    ReplyCounted,
    SiblingsFormed,
)
from tests.protocols.leaderless.harness import MS, World

THREE = ("n1", "n2", "n3")
FIVE = ("n1", "n2", "n3", "n4", "n5")
SHOPPERS = {"phone": "n1", "laptop": "n3"}


def values(world: World, client: str) -> list[str]:
    return [value.id for value in world.done(client, "read").values]


# ---- the failure of a peer (peers.md 5.1) -------------------------------------------------------


def test_r_plus_w_above_n_across_three_coordinators() -> None:
    """Five nodes, N=3: v1 through n1, v2 through n5, a read through n4 must show v2."""
    world = World(7, FIVE, {"one": "n1", "five": "n5", "four": "n4"})
    assert world.done("one", "add", "milk").outcome == "ok"
    assert values(world, "five") == ["one-1"]
    assert world.done("five", "add", "bread").outcome == "ok"
    assert values(world, "four") == ["five-2"]
    world.run(1_000 * MS)
    assert [world.held(node) for node in FIVE] == [("five-2",)] * 3 + [()] * 2


def test_a_blind_write_through_another_coordinator_is_kept_beside() -> None:
    world = World(7, FIVE, {"one": "n1", "five": "n5", "four": "n4"})
    world.done("one", "add", "milk")
    world.done("five", "add", "bread")
    assert values(world, "four") == ["one-1", "five-1"]
    assert world.of(SiblingsFormed)


def test_concurrent_writes_stay_siblings_in_the_same_order_everywhere() -> None:
    for seed in range(30):
        world = World(seed, FIVE, {"one": "n1", "five": "n5", "four": "n4"})
        world.ask("one", "add", "milk")
        world.ask("five", "add", "bread")
        world.run(200 * MS)
        assert {world.held(node) for node in THREE} == {("one-1", "five-1")}, f"seed={seed}"


def test_answers_are_counted_only_when_they_are_delivered() -> None:
    world = World(3, FIVE, {"one": "n1", "five": "n5"})
    world.kernel.cut_link("n3", "n5")
    world.done("five", "add", "milk")
    world.run(1_000 * MS)
    arrivals = {(event.seq, event.source): event.arrives_at for event in world.of(MessageSent)}
    dropped = {event.cause for event in world.of(MessageDropped)}
    for event in world.of(ReplyCounted):
        if event.source != event.node:
            assert event.cause not in dropped
            assert arrivals[event.cause or 0, event.source] == event.at
    assert [event.source for event in world.of(ReplyCounted)] in (["n1", "n2"], ["n2", "n1"])


# ---- the home scene -----------------------------------------------------------------------------


def cut_and_shop(seed: int) -> World:
    world = World(seed, THREE, SHOPPERS)
    world.kernel.cut_link("n1", "n3")
    world.run(400 * MS)
    world.ask("phone", "add", "milk")
    world.ask("laptop", "add", "bread")
    world.run(400 * MS)
    return world


def test_one_cut_link_both_are_told_ok_and_n2_holds_two_versions() -> None:
    world = cut_and_shop(1)
    assert [world.held(node) for node in THREE] == [
        ("phone-1",),
        ("phone-1", "laptop-1"),
        ("laptop-1",),
    ]
    suspects = {(event.node, event.peer, event.reaches) for event in world.of(PeerSuspected)}
    assert suspects == {("n1", "n3", ("n2",)), ("n3", "n1", ("n2",))}
    assert world.of(QuorumOutOfReach) == []


def test_after_the_heal_a_read_shows_both_and_repairs_all() -> None:
    world = cut_and_shop(1)
    world.kernel.heal_link("n1", "n3")
    world.run(200 * MS)
    assert values(world, "laptop") == ["phone-1", "laptop-1"]
    world.run(100 * MS)
    assert {world.held(node) for node in THREE} == {("phone-1", "laptop-1")}
    resolved = world.done("laptop", "resolve", keep="both")
    assert resolved.values[0].items == ("milk", "bread")
    world.run(100 * MS)
    assert {world.held(node) for node in THREE} == {("laptop-3",)}


def test_a_node_cut_off_refuses_once_it_knows_and_answers_unknown_before() -> None:
    world = World(1, THREE, SHOPPERS)
    world.run(100 * MS)
    for other in ("n1", "n2"):
        world.kernel.cut_link("n3", other)
    early = world.done("laptop", "add", "bread")
    assert (early.outcome, early.reason) == ("unknown", "too_few_answers")
    late = world.done("laptop", "add", "eggs")
    assert (late.outcome, late.reason) == ("failed", "no_quorum")
    assert [(event.node, event.alive) for event in world.of(QuorumOutOfReach)] == [("n3", 1)]


def test_a_crashed_coordinator_leaves_the_client_without_an_answer() -> None:
    world = World(1, THREE, SHOPPERS)
    world.ask("phone", "add", "milk")
    world.run(15 * MS)
    world.kernel.crash("n1")
    world.run(1_000 * MS)
    world.kernel.restart("n1")
    world.run(100 * MS)
    assert world.held("n1") == ("phone-1",)
    assert values(world, "laptop") == ["phone-1"]


# ---- same coordinator, gaps, bytes --------------------------------------------------------------


def test_two_shoppers_at_one_coordinator_stay_siblings_until_one_has_read_both() -> None:
    for node in ("n1", "n4"):
        world = World(5, FIVE, {"phone": node, "laptop": node, "tablet": "n2"})
        world.done("phone", "add", "milk")
        world.done("laptop", "add", "bread")
        world.done("laptop", "add", "eggs")
        assert values(world, "tablet") == ["phone-1", "laptop-2"]
        world.done("tablet", "resolve", keep="both")
        assert values(world, "phone") == ["tablet-2"]


def test_no_message_has_the_name_of_another() -> None:
    world = cut_and_shop(2)
    world.kernel.crash("n2")
    world.run(300 * MS)
    world.kernel.restart("n2")
    world.kernel.heal_link("n1", "n3")
    world.run(300 * MS)
    values(world, "phone")
    values(world, "laptop")
    names = [(e.op, e.kind, e.source, e.target) for e in world.of(MessageSent)]
    assert len(names) == len(set(names))


def test_a_restored_cluster_goes_on_with_the_same_bytes() -> None:
    world, other = cut_and_shop(9), World(9, THREE, SHOPPERS)
    data, before = snapshot(world.kernel), len(world.kernel.trace)
    other.kernel.trace.clear()
    other.kernel.watchers.clear()
    restore(other.kernel, data, LeaderlessMessage)
    for each in (world, other):
        each.counts = {"phone": 1, "laptop": 1}
        each.kernel.heal_link("n1", "n3")
        each.run(100 * MS)
        each.done("phone", "read")
        each.run(500 * MS)
    assert encode_lines(world.kernel.trace[before:]) == encode_lines(other.kernel.trace)


def test_without_read_repair_nothing_converges_by_itself() -> None:
    settings = LeaderlessSettings(read_repair="off")
    world = World(1, THREE, SHOPPERS, settings)
    world.kernel.cut_link("n1", "n3")
    world.done("phone", "add", "milk")
    world.kernel.heal_link("n1", "n3")
    values(world, "laptop")
    world.run(300 * MS)
    assert [world.held(node) for node in THREE] == [("phone-1",), ("phone-1",), ()]
