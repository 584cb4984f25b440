"""Runs with somebody outside the cluster, and what their trace says of the side with a leader."""

from collections.abc import Mapping

from app.scenarios.simulation import Simulation
from app.trace.commands import AnyCommand, Configure
from app.trace.events import OperationReturned, TraceEvent
from app.trace.verdicts import FindingChanged
from tests.checkers.traces import judged
from tests.home import home

MILLISECOND = 1_000
Step = tuple[int, list[AnyCommand]]


def started(seed: int, settings: Mapping[str, str]) -> Simulation:
    """A run of the home scene that has just begun."""
    start = tuple(Configure("leader", name, value) for name, value in settings.items())
    simulation = Simulation(home(), seed, start)
    simulation.start()
    return simulation


def run(
    seed: int, settings: Mapping[str, str], *steps: Step, until: int = 3_000
) -> list[TraceEvent]:
    """Steps of (milliseconds, commands)."""
    simulation = started(seed, settings)
    for at, commands in steps:
        simulation.do(at * MILLISECOND, commands)
    simulation.run_until(until * MILLISECOND)
    return simulation.traces()["leader"]


def of(kind: type, trace: list[TraceEvent]) -> list:  # type: ignore[type-arg]
    return [event for event in trace if isinstance(event, kind)]


def told(trace: list[TraceEvent], op: str) -> tuple[str, str]:
    found = next(e for e in of(OperationReturned, trace) if e.op == op)
    return found.outcome, found.reason


def broken(trace: list[TraceEvent]) -> set[str]:
    """The promises that the judge found broken."""
    rows = judged("leader_follower", trace)
    return {
        row.check for row in rows if isinstance(row, FindingChanged) and row.verdict == "broken"
    }
