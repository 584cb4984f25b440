"""Three regions: how long each shopper waits, to the millisecond, read off the run of the scene."""

from app.main import read_scenarios
from app.scenarios.simulation import Simulation
from app.trace.commands import Add, AnyCommand, Configure
from app.trace.events import OperationInvoked, OperationReturned, TraceEvent

SHOPPERS = ("phone", "laptop", "till")
"""In us, eu and ap."""


def waits(trace: list[TraceEvent], count: int) -> list[int]:
    """From request to answer in whole milliseconds, of the newest `count` operations."""
    begun = {e.op: e.at for e in trace if isinstance(e, OperationInvoked)}
    told = [e for e in trace if isinstance(e, OperationReturned)][-count:]
    assert all(e.outcome == "ok" for e in told)
    by_client = {e.client: (e.at - begun[e.op] + 500) // 1_000 for e in told}
    return [by_client[client] for client in SHOPPERS]


def test_each_shopper_waits_for_the_copies_that_its_answer_needs() -> None:
    simulation = Simulation(read_scenarios()["three-regions"], 7)
    simulation.start()
    at = 1

    def all_write(*before: AnyCommand) -> dict[str, list[int]]:
        nonlocal at
        for command in before:
            simulation.do(at, [command])
        for client in SHOPPERS:
            at += 1_000_000
            simulation.do(at, [Add(client, "milk", "operation")])
        at += 1_000_000
        simulation.run_until(at)
        return {name: waits(trace, 3) for name, trace in simulation.traces().items()}

    assert all_write() == {"leader": [80, 160, 240], "leaderless": [80, 80, 160]}
    asynchronous = all_write(Configure("leader", "copies", "1"))
    assert asynchronous == {"leader": [0, 80, 160], "leaderless": [80, 80, 160]}
    one = all_write(Configure("leaderless", "w", "1"))
    assert one == {"leader": [0, 80, 160], "leaderless": [0, 0, 0]}
    every = all_write(Configure("leader", "copies", "3"), Configure("leaderless", "w", "3"))
    assert every == {"leader": [160, 240, 320], "leaderless": [160, 220, 220]}
