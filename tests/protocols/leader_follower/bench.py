"""The bench for acknowledgements: one leader-follower cluster, 1 ms from anywhere to anywhere."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from app.scenarios.scenario import ClientSpec
from app.scenarios.simulation import Simulation
from app.sim.latency import Constant, Latency
from app.sim.network import NetworkSpec
from app.trace.commands import AnyCommand, Configure
from app.trace.events import (
    LogAppended,
    LogTailLost,
    LogTruncated,
    NodeWiped,
    OperationReturned,
    TraceEvent,
)
from app.trace.values import items_of
from app.trace.verdicts import FindingChanged, StatusChanged
from tests.checkers.traces import judged
from tests.home import home

MS, SECOND = 1_000, 1_000_000
Step = tuple[int, Sequence[AnyCommand]]


def bench(
    *steps: Step,
    until: int,
    seed: int = 1,
    nodes: Sequence[str] = ("n1", "n2", "n3"),
    entries: Sequence[str] = ("n1", "n1"),
    links: dict[str, int] | None = None,
    patience: int = 60 * SECOND,
    **settings: Any,
) -> list[TraceEvent]:
    """Run (µs, commands) and return the trace. `entries`: where phone and laptop enter; `links`:
    one-way delays in µs; `patience`: the clients'."""
    scene = home()
    spec = next(one for one in scene.clusters if one.design == "leader_follower")
    slow: dict[str, Latency] = {way: Constant(us) for way, us in (links or {}).items()}
    scene = replace(
        scene,
        nodes=tuple(nodes),
        clients=tuple(
            ClientSpec(name, entry, "milk")
            for name, entry in zip(("phone", "laptop"), entries, strict=True)
        ),
        clusters=(spec,),
        client_timeout_us=patience,
        network=NetworkSpec(nodes=Constant(MS), clients=Constant(MS), links=slow),
    )
    start = tuple(Configure("leader", name, str(value)) for name, value in settings.items())
    simulation = Simulation(scene, seed, start)
    simulation.start()
    for at, commands in steps:
        simulation.do(at, list(commands))
    simulation.run_until(until)
    return simulation.traces()["leader"]


def of(kind: type, trace: list[TraceEvent]) -> list[Any]:
    return [event for event in trace if isinstance(event, kind)]


def told(trace: list[TraceEvent], op: str) -> tuple[str, str, int]:
    """(outcome, reason, moment in µs) of an operation."""
    found = next(e for e in of(OperationReturned, trace) if e.op == op)
    return found.outcome, found.reason, found.at


def shown(trace: list[TraceEvent], op: str) -> tuple[str, ...]:
    """The items that a read was shown."""
    return items_of(next(e for e in of(OperationReturned, trace) if e.op == op).values)


def logs(trace: list[TraceEvent]) -> dict[str, list[str]]:
    """What is in each node's log at the end, by op."""
    found: dict[str, list[str]] = {}
    for event in trace:
        if isinstance(event, LogAppended):
            found.setdefault(event.node, []).append(event.op)
        elif isinstance(event, LogTruncated | LogTailLost):
            del found[event.node][event.position - 1 :]
        elif isinstance(event, NodeWiped):
            found[event.node] = []
    return found


def status(trace: list[TraceEvent], op: str) -> str:
    """What the judge says of a write at the end."""
    rows = judged("leader_follower", trace)
    return [r.status for r in rows if isinstance(r, StatusChanged) and r.op == op][-1]


def broken(trace: list[TraceEvent]) -> set[str]:
    rows = judged("leader_follower", trace)
    return {
        row.check for row in rows if isinstance(row, FindingChanged) and row.verdict == "broken"
    }
