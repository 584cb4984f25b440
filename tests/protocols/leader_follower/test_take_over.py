"""Failover by time-out: nobody is asked, and yet no two take the same term."""

import pytest

from app.scenarios.simulation import Simulation
from app.trace.commands import Configure, CutOff
from app.trace.events import LeaderPromoted
from tests.home import home


@pytest.mark.parametrize("seed", range(10))
def test_all_who_are_alone_lead_and_each_in_a_term_of_its_own(seed: int) -> None:
    simulation = Simulation(home(), seed, (Configure("leader", "failover", "timeout"),))
    simulation.start()
    simulation.do(100_000, [CutOff("n1"), CutOff("n2"), CutOff("n3")])
    simulation.run_until(1_000_000)
    promoted = [e for e in simulation.traces()["leader"] if isinstance(e, LeaderPromoted)]
    assert [e.node for e in promoted] == ["n2", "n3"], "in the order of the list"
    assert len({1, *(e.term for e in promoted)}) == 3
