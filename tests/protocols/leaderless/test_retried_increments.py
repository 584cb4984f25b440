"""Increments asked for again, without a leader: a sum knows the newest requests that it counted."""

import pytest
from msgspec.structs import replace

from app.protocols.leaderless.operations import REMEMBERED
from app.scenarios.scenario import KeySpec
from app.scenarios.simulation import Simulation
from app.trace.commands import AnyCommand, ConfigureClient, Increment, PauseNode, Read, ResumeNode
from app.trace.events import OperationApplied, OperationReturned, RequestRecognised
from app.trace.types.counter import total
from tests.home import home

MS = 1_000
SCENE = replace(home(), keys=(KeySpec("cart", "cart"), KeySpec("stock", "counter")))


def take(client: str) -> Increment:
    return Increment(client=client, key="stock", by=-1, write="operation")


def run(seed: int, way: str, others: int) -> Simulation:
    """n3 takes in an increment of the laptop, then `others` of the phone, and stands still; when it
    goes on, the laptop has asked again."""
    steps: list[tuple[int, AnyCommand]] = [
        (1, ConfigureClient("phone", "entry", "n3")),
        (1, ConfigureClient("laptop", "retries", way)),
        (10, take("laptop")),
        *((11, take("phone")) for _ in range(others)),
        (26, PauseNode("n3")),
        (1_600, ResumeNode("n3")),
        (4_000, Read("phone", "stock")),
    ]
    simulation = Simulation(SCENE, seed, ())
    simulation.start()
    for at, command in steps:
        simulation.do(at * MS, [command])
    simulation.run_until(5_000 * MS)
    return simulation


def applied(simulation: Simulation, operation: str) -> int:
    trace = simulation.traces()["leaderless"]
    return sum(
        isinstance(event, OperationApplied) and event.op.partition("~")[0] == operation
        for event in trace
    )


def shown(simulation: Simulation) -> int:
    answers = [e for e in simulation.traces()["leaderless"] if isinstance(e, OperationReturned)]
    return total(answers[-1].values)


@pytest.mark.parametrize("seed", range(4))
def test_an_increment_whose_sum_was_replaced_meanwhile_counts_once_by_id(seed: int) -> None:
    simulation = run(seed, "with_id", 1)
    trace = simulation.traces()["leaderless"]
    assert any(isinstance(event, RequestRecognised) for event in trace)
    assert applied(simulation, "laptop-1") == 1
    assert shown(simulation) == -2


@pytest.mark.parametrize("seed", range(4))
def test_asked_blindly_it_counts_twice(seed: int) -> None:
    simulation = run(seed, "blind", 1)
    assert applied(simulation, "laptop-1") >= 2
    assert shown(simulation) <= -3


def test_a_sum_knows_only_the_newest_by_name() -> None:
    simulation = Simulation(SCENE, 1, ())
    simulation.start()
    for place in range(REMEMBERED + 3):
        simulation.do((place + 1) * 100 * MS, [take("phone")])
    simulation.run_until((REMEMBERED + 10) * 100 * MS)
    replica = simulation.clusters["leaderless"].kernel.processes["n1"]
    taken = replica.state.disk.tallies["stock"]  # type: ignore[attr-defined]
    assert taken.count == REMEMBERED + 3
    assert taken.recent[0] == "phone-4"
    assert len(taken.recent) == REMEMBERED
