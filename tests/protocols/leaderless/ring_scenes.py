"""Scenes on a ring, made for tests, and what can be asked of them."""

from collections.abc import Iterable

from msgspec.structs import replace

from app.protocols.leaderless.replica import Replica
from app.scenarios.scenario import KeySpec, Scenario
from app.scenarios.simulation import Simulation
from app.trace.commands import AnyCommand, Put
from app.trace.events import RingChanged, TraceEvent
from app.trace.values import StoredVersion
from app.versions.version_vector import descends
from tests.scenarios.sharded import sharded

NAMES = tuple(f"k{number}" for number in range(1, 10))
KEYS = tuple(KeySpec(name, "register") for name in NAMES)
RING: dict[str, str | int] = {"placement": "partitions", "virtual_nodes": 4, "spares": 1}


def scene(nodes: int = 6, **values: str | int) -> Scenario:
    settings: dict[str, str | int] = {"n": 3, "r": 2, "w": 2, **RING, **values}
    return replace(sharded(nodes, {"copies": 2}, settings), keys=KEYS)


def run(
    scenario: Scenario, seed: int, script: Iterable[tuple[int, list[AnyCommand]]], until: int
) -> Simulation:
    """`script`: (moment in ms, commands)."""
    simulation = Simulation(scenario, seed)
    simulation.start()
    for at, commands in script:
        simulation.do(at * 1_000, commands)
    simulation.run_until(until * 1_000)
    return simulation


def puts(moments: Iterable[int]) -> list[tuple[int, list[AnyCommand]]]:
    return [
        (at, [Put(client="phone", key=NAMES[place % len(NAMES)], value=f"v{place}")])
        for place, at in enumerate(moments)
    ]


def of(simulation: Simulation, kind: type[TraceEvent]) -> list[TraceEvent]:
    return [event for event in simulation.traces()["leaderless"] if isinstance(event, kind)]


def replica(simulation: Simulation, node: str) -> Replica:
    found = simulation.clusters["leaderless"].kernel.processes[node]
    assert isinstance(found, Replica)
    return found


def phases(simulation: Simulation) -> list[tuple[str, str]]:
    rows = of(simulation, RingChanged)
    return [(row.action, row.phase) for row in rows if isinstance(row, RingChanged)]


def covered(held: tuple[StoredVersion, ...], version: StoredVersion) -> bool:
    """Is the version, or one that replaced it, among these?"""
    return any(descends(one.vector, version.vector) for one in held)


def homes_have_everything(simulation: Simulation) -> None:
    """Each replica of each key holds, or has replaced, all that anybody holds of it."""
    held = {
        node: {
            key: tuple([version.stored for version in versions])
            for key, versions in replica(simulation, node).state.disk.versions.items()
        }
        for node in simulation.scenario.nodes
    }
    for key in NAMES:
        for home in replica(simulation, "n1").place.replicas_of(key):
            for node, kept in held.items():
                for version in kept.get(key, ()):
                    assert covered(held[home].get(key, ()), version), (key, home, node)
