"""Trees that are compared from the root down, what that costs, and what it mends."""

from random import Random

import pytest
from msgspec.structs import replace

from app.protocols.leaderless.merkle import (
    children,
    differing,
    is_leaf,
    leaf_of,
    of_nodes,
    tree_of,
)
from app.protocols.leaderless.settings import LeaderlessSettings
from app.trace.events import AntiEntropyEnded, MessageSent, TreesCompared
from app.trace.values import Value
from app.versions.dotted import DottedVersion, new_version
from app.versions.version_vector import EMPTY
from tests.protocols.leaderless import test_deletes as days
from tests.protocols.leaderless.harness import MS
from tests.protocols.leaderless.test_systems import HOMES, NODES, V1, V2, World, bench

OFF = LeaderlessSettings(read_repair="off", placement="head")


def repair(world: World, node: str) -> None:
    world.kernel.cause = None
    world.replicas[node].on_upkeep(world.kernel.outs[node], "repair")
    world.run(200 * MS)


def compare(mine: dict[str, str], theirs: dict[str, str], depth: int) -> tuple[int, set[int]]:
    """So many hashes compared, and the leaves in which something differs."""
    one, other = tree_of(mine, depth), tree_of(theirs, depth)
    nodes: tuple[int, ...] = (1,)
    compared = 0
    while nodes:
        compared += len(nodes)
        nodes = differing(other, of_nodes(one, nodes))
        if nodes and is_leaf(nodes[0], depth):
            return compared, set(nodes)
        nodes = children(nodes)
    return compared, set()


@pytest.mark.parametrize("depth", [1, 3, 8, 15])
def test_the_leaves_that_differ_are_those_of_the_keys_that_differ(depth: int) -> None:
    luck = Random(depth)
    keys = [f"k{number}" for number in range(60)]
    for changed in range(5):
        mine = dict.fromkeys(keys, "1")
        theirs = dict(mine)
        for key in luck.sample(keys, changed):
            if luck.random() < 0.5:
                del theirs[key]
            else:
                theirs[key] = "2"
        wrong = {key for key in keys if theirs.get(key) != "1"}
        assert compare(mine, theirs, depth)[1] == {leaf_of(key, depth) for key in wrong}


def test_equal_trees_cost_one_hash_and_one_key_two_a_level() -> None:
    """1 + 2 x the inner nodes that differ: 31 hashes at depth 15."""
    mine = {f"k{number}": "1" for number in range(500)}
    assert compare(mine, mine, 15) == (1, set())
    assert compare(mine, {**mine, "k7": "2"}, 15)[0] == 31


def test_the_cost_of_ten_keys_is_that_of_the_formula() -> None:
    """236 hashes in the mean at depth 15, and 10 leaves: each of 40 draws is near it."""
    luck = Random(1)
    base = {f"k{number}": "1" for number in range(2_000)}
    costs = []
    for _ in range(40):
        changed = dict.fromkeys(luck.sample(sorted(base), 10), "2")
        costs.append(compare(changed, dict.fromkeys(changed, "1"), 15)[0])
    assert 225 <= sum(costs) / len(costs) <= 247


def parted(depth: int) -> World:
    """Sixteen keys everywhere, of which n3 has an old version of one."""
    world = bench(replace(OFF, tree_depth=depth))
    for number in range(16):
        for node in HOMES:
            version = V1 if (number, node) == (5, "n3") else V2
            world.replicas[node].state.disk.versions[f"k{number}"] = (named(version, number),)
    return world


def named(version: DottedVersion, number: int) -> DottedVersion:
    value = version.stored.value
    stored = replace(version.stored, value=replace(value, id=f"{value.id}-{number}"))
    return replace(version, stored=stored)


@pytest.mark.parametrize("depth", [1, 3, 8])
def test_few_keys_move_and_the_copies_are_equal_afterwards(depth: int) -> None:
    world = parted(depth)
    repair(world, "n1")
    ended = {event.peer: event for event in world.of(AntiEntropyEnded)}
    assert (ended["n2"].compared, ended["n2"].keys) == (1, 0)
    assert ended["n3"].compared == 1 + 2 * depth
    beside = [n for n in range(16) if leaf_of(f"k{n}", depth) == leaf_of("k5", depth)]
    assert ended["n3"].keys == len(beside)
    assert [event.differing for event in world.of(TreesCompared) if event.peer == "n3"] == [1] * (
        depth + 1
    )
    held = [world.replicas[node].state.disk.versions for node in HOMES]
    assert held[0] == held[1] == held[2]


def test_what_only_the_other_has_comes_back() -> None:
    world = parted(3)
    repair(world, "n3")
    held = [world.replicas[node].state.disk.versions for node in HOMES]
    assert held[0] == held[1] == held[2]


def test_a_wiped_node_is_rebuilt_and_nobody_else_is_asked() -> None:
    world = parted(3)
    world.kernel.cause = None
    world.kernel.wipe("n3")
    repair(world, "n3")
    assert world.replicas["n3"].state.disk.versions == world.replicas["n1"].state.disk.versions
    sent = [event for event in world.of(MessageSent) if event.kind == "tree_keys"]
    assert {node for event in sent for node in (event.source, event.target)} == set(HOMES)


def test_by_itself_every_so_often() -> None:
    world = bench(replace(OFF, anti_entropy_us=100 * MS))
    for node in ("n1", "n2"):
        world.replicas[node].state.disk.versions["cart"] = (V2,)
    world.run(2_000 * MS)
    assert world.held("n3") == ("v2",)
    assert {event.node for event in world.of(AntiEntropyEnded)} <= set(HOMES)
    quiet = bench(OFF)
    quiet.run(2_000 * MS)
    assert not quiet.of(AntiEntropyEnded)


def test_t14_a_repair_within_the_time_of_grace_keeps_it_deleted() -> None:
    made = days.away(days.CASSANDRA, 4 * days.HOUR, 200 * days.HOUR, compacted=False)
    days.until(made, 201 * days.HOUR)
    repair(made, "n1")
    days.until(made, 4 * days.HOUR + days.TEN_DAYS)
    days.compact(made, *days.HOMES)
    assert days.shown(made) == days.shown(made, "all") == ()


def test_siblings_travel_too() -> None:
    beside = new_version(Value("x", "c", ("tea",)), "n2", 1, EMPTY)
    world = bench(OFF)
    world.replicas["n1"].state.disk.versions["cart"] = (V2,)
    world.replicas["n2"].state.disk.versions["cart"] = (beside,)
    for node in (*HOMES, *HOMES):
        repair(world, node)
    assert {world.held(node) for node in HOMES} == {("v2", "x")}
    assert not any(world.held(node) for node in NODES[3:])
