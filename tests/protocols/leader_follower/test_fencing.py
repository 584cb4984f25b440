"""The lease: counted from the sending of what a majority has acknowledged."""

import pytest

from app.scenarios.simulation import Simulation
from app.trace.commands import Configure, CutOff, SlowLink
from app.trace.events import LeaderFenced, LeaderUnfenced, MessageSent
from tests.home import home

START = (Configure("leader", "failover", "timeout"), Configure("leader", "fencing", "on"))
LEASE_US = 150_000


@pytest.mark.parametrize("seed", range(20))
def test_the_lease_ends_after_the_sending_of_the_last_acknowledged_heartbeat(seed: int) -> None:
    """Slow answers do not lengthen it: n2 and n3 heard nothing newer than what was sent."""
    simulation = Simulation(home(), seed, START)
    simulation.start()
    simulation.do(100_000, [SlowLink("n1", "n2", 4), SlowLink("n1", "n3", 4)])
    simulation.do(400_000, [CutOff("n1")])
    simulation.run_until(900_000)
    trace = simulation.traces()["leader"]
    fenced = next(e for e in trace if isinstance(e, LeaderFenced))
    heartbeats = [
        e for e in trace
        if isinstance(e, MessageSent) and e.source == "n1" and e.arrives_at <= 400_000
    ]  # fmt: skip
    heard = {e.op for e in trace if isinstance(e, MessageSent) and e.target == "n1"}
    last = max(e.at for e in heartbeats if e.op in heard and e.kind == "heartbeat")
    assert fenced.at <= last + LEASE_US, f"seed={seed}"


def test_a_majority_that_speaks_again_ends_it() -> None:
    simulation = Simulation(home(), 1, (Configure("leader", "fencing", "on"),))
    simulation.start()
    simulation.do(100_000, [SlowLink("n1", "n2", 12), SlowLink("n1", "n3", 12)])
    simulation.run_until(1_500_000)
    trace = simulation.traces()["leader"]
    assert any(isinstance(e, LeaderFenced) for e in trace)
    assert any(isinstance(e, LeaderUnfenced) for e in trace)
