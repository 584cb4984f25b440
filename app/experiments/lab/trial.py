"""One run of a scenario by the engine, step by step, with every command written down.

What a trial did is (scenario, seed, commands): whoever has that sees the same run.
"""

from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from app.scenarios.scenario import Scenario
from app.scenarios.simulation import Simulation
from app.trace.commands import AnyCommand, PlacedCommand
from app.trace.events import OperationInvoked, OperationReturned, TraceEvent

Event = TypeVar("Event", bound=TraceEvent)


class Outcome(Struct, frozen=True):
    """`value`: microseconds, or 1 and 0 for yes and no; None: there was nothing to measure. `at`:
    the moment to look at."""

    value: int | None
    at: int


class Trial:
    """`side`: simulate this cluster alone, which changes nothing in it and takes half the time."""

    def __init__(self, scenario: Scenario, seed: int, side: str = "") -> None:
        self.scenario = scenario
        self.seed = seed
        self.commands: list[PlacedCommand] = []
        shown = tuple(spec for spec in scenario.clusters if side in ("", spec.name))
        self.simulation = Simulation(replace(scenario, clusters=shown), seed)
        self.simulation.start()

    @property
    def now(self) -> int:
        return self.simulation.now

    def do(self, at: int, *commands: AnyCommand) -> None:
        """Let the commands act at this moment, not before now."""
        self.simulation.do(at, list(commands))
        self.commands += [PlacedCommand(at, command) for command in commands]

    def run_until(self, until: int) -> None:
        self.simulation.run_until(until)

    def events(self, side: str) -> list[TraceEvent]:
        return self.simulation.clusters[side].kernel.trace

    def found(self, side: str, kind: type[Event]) -> list[Event]:
        return [event for event in self.events(side) if isinstance(event, kind)]

    def answer(self, side: str, op: str, limit: int) -> OperationReturned | None:
        """Run until this operation has its answer; None if it has none by `limit`."""
        trace, seen = self.events(side), 0
        while True:
            for event in trace[seen:]:
                if isinstance(event, OperationReturned) and event.op == op:
                    return event
            seen = len(trace)
            at = self.simulation.next_at()
            if at is None or at > limit:
                return None
            self.simulation.run_until(at)

    def asked(self, side: str, op: str) -> OperationInvoked | None:
        """When and what the client asked, if it has."""
        return next((one for one in self.found(side, OperationInvoked) if one.op == op), None)
