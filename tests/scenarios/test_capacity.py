"""How many writes a cluster can do, read off the run: copies cost, sharing the keys out helps.

Nowhere in the code does a number of writes stand: a node needs a tenth of a second for each
operation on its own copy, and the rest comes of the protocols.
"""

import os

import pytest
from msgspec.structs import replace

from app.main import read_scenarios
from app.scenarios.scenario import Scenario
from app.scenarios.simulation import Simulation
from app.trace.commands import Add, SetWorkload
from app.trace.events import LeaderSuspected, OperationReturned, QueueChanged
from tests.scenarios.sharded import SECOND, a_second, loaded

SEEDS = range(min(20, int(os.environ.get("SEEDS", 1))))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("nodes", "shards", "replicas", "placement", "leader", "leaderless"),
    [
        (3, 1, 0, "head", 10, 10),
        (6, 1, 0, "head", 10, 10),  # Followers add copies, not room.
        (6, 1, 3, "head", 10, 10),
        (6, 2, 3, "in_turn", 20, 20),
        (6, 2, 0, "in_turn", 10, 20),  # Each of two logs on all six nodes: twice the copies.
        (3, 2, 0, "in_turn", 10, 10),
    ],
)
def test_writes_a_second(
    nodes: int,
    shards: int,
    replicas: int,
    placement: str,
    leader: int,
    leaderless: int,
    seed: int,
) -> None:
    found = a_second(loaded(nodes, shards, replicas, placement), seed)
    assert found["leader"] == pytest.approx(leader, rel=0.03)
    assert found["leaderless"] == pytest.approx(leaderless, rel=0.03)


def test_twice_the_capacity_is_twice_the_writes() -> None:
    found = a_second(loaded(3, 1, 0, "head", capacity=20), 7)
    assert found["leader"] == pytest.approx(20, rel=0.03)
    assert found["leaderless"] == pytest.approx(20, rel=0.03)


def test_without_a_bound_every_request_is_served() -> None:
    found = a_second(loaded(3, 1, 0, "head", capacity=0), 7)
    assert min(found.values()) > 50


def test_followers_do_add_room_for_reads() -> None:
    """Each node reads its own copy: three of them do three times as much as one leader."""
    alone = loaded(3, 1, 0, "head", reads=100)
    assert a_second(alone, 7)["leader"] == pytest.approx(10, rel=0.03)
    spec = alone.clusters[0]
    values = {**spec.values, "reads": "any"}
    every = _with(alone, values)
    assert a_second(every, 7)["leader"] == pytest.approx(30, rel=0.05)


def _with(scenario: Scenario, values: dict[str, str | int]) -> Scenario:
    clusters = (replace(scenario.clusters[0], values=values), *scenario.clusters[1:])
    return replace(scenario, clusters=clusters)


def test_too_much_work_is_seen_in_the_queue_in_the_waiting_and_in_answers_that_never_come() -> None:
    simulation = Simulation(loaded(3, 1, 0, "head", timeout_us=SECOND), 7)
    simulation.start()
    simulation.run_until(10 * SECOND)
    for trace in simulation.traces().values():
        longest = max(e.waiting for e in trace if isinstance(e, QueueChanged))
        assert longest >= 8
        told = [e for e in trace if isinstance(e, OperationReturned)]
        silent = [e for e in told if e.reason == "no_answer"]
        assert len(silent) > len(told) / 4
    suspected = [e for e in simulation.traces()["leader"] if isinstance(e, LeaderSuspected)]
    assert not suspected, "a leader with much to do still says that it lives"


def test_the_scene_goes_from_ten_to_twenty_by_sharing_the_keys_out() -> None:
    scene = read_scenarios()["write-capacity"]
    workload = scene.workload
    assert workload is not None
    for shards, placement, expected in ((1, "head", 10), (2, "in_turn", 20)):
        clusters = _with(scene, {**scene.clusters[0].values, "shards": shards}).clusters
        values = {**scene.clusters[1].values, "placement": placement}
        settled = replace(
            scene,
            clusters=(clusters[0], replace(clusters[1], values=values)),
            workload=replace(workload, on=True),
        )
        for found in a_second(settled, scene.seed).values():
            assert found == pytest.approx(expected, rel=0.03)


def test_in_the_scene_a_shopper_waits_for_all_who_came_before() -> None:
    simulation = Simulation(read_scenarios()["write-capacity"], 7)
    simulation.start()
    simulation.do(1, [Add("phone", "milk", "operation")])
    simulation.do(SECOND, [SetWorkload(True)])
    simulation.do(4 * SECOND, [Add("phone", "eggs", "operation")])
    simulation.run_until(7 * SECOND)
    for trace in simulation.traces().values():
        told = {e.op: e.at for e in trace if isinstance(e, OperationReturned)}
        assert told["phone-1"] < 300_000
        assert told["phone-2"] - 4 * SECOND > SECOND
