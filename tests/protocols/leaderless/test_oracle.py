"""Random scripts against an oracle that knows histories only: no vectors, no replicas.

`SEEDS=5000` runs more scripts, `SEED=17` one of them.
"""

from random import Random

import pytest

from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.latency import Exponential
from app.sim.network import NetworkSpec
from app.trace.events import OperationInvoked, OperationReturned, TraceEvent
from app.versions.rules import Conflict
from tests.protocols.leaderless.harness import MS, World, for_each_seed, replaced_by

NODES = ("n1", "n2", "n3", "n4", "n5")
UNEVEN = NetworkSpec(nodes=Exponential(10_000), clients=Exponential(2_000))


def oracle(trace: list[TraceEvent]) -> str:
    """R + W > N: a read shows every write acknowledged before it, or one that had read it."""
    known = replaced_by(trace)
    acknowledged: list[str] = []
    owed: dict[str, list[str]] = {}
    for event in trace:
        if isinstance(event, OperationInvoked):
            owed[event.op] = list(acknowledged)
        elif isinstance(event, OperationReturned) and event.outcome == "ok":
            if event.kind == "write":
                acknowledged.append(event.op)
            else:
                shown = set().union(*(known[value.id] for value in event.values))
                missing = [write for write in owed[event.op] if write not in shown]
                if missing:
                    return f"{event.op} does not show {missing}"
    return ""


def script(world: World, luck: Random, steps: int) -> None:
    for _ in range(steps):
        client = luck.choice(sorted(world.clients))
        if luck.random() < 0.5:
            world.ask(client, "read")
        else:
            world.ask(client, "add", luck.choice(("milk", "bread", "eggs")))
        world.run(luck.randrange(60) * MS)
    world.run(4_000 * MS)


def run_without_faults(seed: int, overlap: bool) -> World:
    luck = Random(seed)
    nodes = NODES[: luck.randint(2, 5)]
    n = luck.randint(2, len(nodes))
    w = luck.randint(1, n)
    r = luck.randint(n - w + 1, n) if overlap else 1
    settings = LeaderlessSettings(n, r, w if overlap else 1, silence_us=2_000 * MS)
    clients = {name: luck.choice(nodes) for name in ("laptop", "phone", "tablet")}
    world = World(seed, nodes, clients, settings, UNEVEN)
    script(world, luck, 12)
    return world


def test_overlapping_quorums_show_every_acknowledged_write() -> None:
    def check(seed: int) -> None:
        world = run_without_faults(seed, overlap=True)
        returned = [e.outcome for e in world.of(OperationReturned)]
        assert returned.count("ok") == len(returned)
        assert oracle(world.kernel.trace) == ""

    for_each_seed(
        "test_oracle.py::test_overlapping_quorums_show_every_acknowledged_write", 150, check
    )


def test_the_oracle_notices_quorums_that_do_not_overlap() -> None:
    found = [oracle(run_without_faults(seed, overlap=False).kernel.trace) for seed in range(20)]
    assert any(found)


def break_something(world: World, luck: Random) -> None:
    """One fault, or the end of all of them."""
    kernel = world.kernel
    kernel.cause = None
    a, b = luck.sample(kernel.nodes, 2)
    match luck.randrange(4):
        case 0:
            kernel.cut_link(a, b)
        case 1:
            kernel.crash(a)
        case 2:
            kernel.restart(a)
        case _:
            mend(world)


def mend(world: World) -> None:
    world.kernel.cause = None
    nodes = world.kernel.nodes
    for index, a in enumerate(nodes):
        for b in nodes[index + 1 :]:
            world.kernel.heal_link(a, b)
    for node in list(world.kernel.down):
        world.kernel.restart(node)


def test_after_faults_one_read_of_all_copies_converges_and_nothing_acknowledged_is_lost() -> None:
    """Whatever R and W: disks stay, so an acknowledged write is there or was knowingly replaced."""

    def check(seed: int) -> None:
        luck = Random(seed)
        n = luck.randint(2, 4)
        settings = LeaderlessSettings(n, luck.randint(1, n), luck.randint(1, n))
        clients = {name: luck.choice(NODES) for name in ("laptop", "phone", "tablet")}
        world = World(seed, NODES, clients, settings, UNEVEN)
        for _ in range(6):
            break_something(world, luck)
            script(world, luck, 3)
        mend(world)
        world.run(1_000 * MS)
        world.done("phone", "read")
        world.run(1_000 * MS)
        copies = {world.held(node) for node in NODES[:n]}
        assert len(copies) == 1, copies
        known = replaced_by(world.kernel.trace)
        kept = set().union(*(known[value] for value in copies.pop()))
        for event in world.of(OperationReturned):
            if event.kind == "write" and event.outcome == "ok":
                assert event.op in kept, f"{event.op} is lost"
            if event.kind == "write" and event.outcome == "failed":
                assert event.op not in kept, f"{event.op} failed and is there"

    test = "test_after_faults_one_read_of_all_copies_converges_and_nothing_acknowledged_is_lost"
    for_each_seed(f"test_oracle.py::{test}", 60, check)


def beside_and_gone(seed: int, conflict: Conflict) -> tuple[int, int]:
    """After faults, and after all copies met: pairs held side by side of which one writer had read
    the other, and acknowledged writes that nobody who is shown had read."""
    luck = Random(seed)
    clients = {name: luck.choice(NODES[:2]) for name in ("laptop", "phone", "tablet")}
    settings = LeaderlessSettings(3, 2, luck.randint(1, 2), conflict=conflict)
    world = World(seed, NODES, clients, settings, UNEVEN)
    for _ in range(3):
        break_something(world, luck)
        script(world, luck, 4)
    mend(world)
    world.run(1_000 * MS)
    world.done("phone", "read")
    world.run(1_000 * MS)
    held = [one for one in world.held("n1") if one in world.held("n2")]
    known = replaced_by(world.kernel.trace)
    false = sum(1 for a in held for b in held if a != b and a in known[b])
    shown = set().union(*(known[one] for one in held))
    acknowledged = [
        event.op
        for event in world.of(OperationReturned)
        if (event.kind, event.outcome) == ("write", "ok")
    ]
    return false, sum(1 for op in acknowledged if op not in shown)


def test_dots_lose_no_update_and_keep_no_version_that_was_replaced() -> None:
    def check(seed: int) -> None:
        assert beside_and_gone(seed, "siblings") == (0, 0)

    test = "test_dots_lose_no_update_and_keep_no_version_that_was_replaced"
    for_each_seed(f"test_oracle.py::{test}", 20, check)


def test_the_oracle_notices_what_plain_vectors_do() -> None:
    """By coordinator they lose updates; one for all of a key keeps what was replaced."""
    by_node = [beside_and_gone(seed, "server_vectors") for seed in range(20)]
    by_key = [beside_and_gone(seed, "object_vectors") for seed in range(20)]
    assert any(gone for _, gone in by_node)
    assert not any(false for false, _ in by_node)
    assert any(false for false, _ in by_key)
    assert not any(gone for _, gone in by_key)


@pytest.mark.parametrize("seed", [0, 1])
def test_a_failing_script_names_its_seed_and_how_to_replay_it(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(seed: int) -> None:
        raise ValueError("broken")

    monkeypatch.setenv("SEED", str(seed))
    with pytest.raises(AssertionError, match=f"seed={seed} .*broken.* replay: SEED={seed} python"):
        for_each_seed("test_oracle.py::any", 5, check)
