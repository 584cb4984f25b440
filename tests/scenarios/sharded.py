"""Scenes with bounded capacity, several leaders and keys in turn, made for tests."""

from msgspec.structs import replace

from app.main import read_scenarios
from app.scenarios.scenario import ClusterSpec, KeySpec, Scenario, Workload
from app.scenarios.simulation import Simulation
from app.trace.events import OperationReturned

LAB = read_scenarios()["lab"]
SECOND = 1_000_000
KEYS = (
    KeySpec("cart", "cart"),
    KeySpec("price", "register"),
    KeySpec("stock", "counter"),
    KeySpec("cost", "register"),
)
"""In turn, with two shards: cart and stock in the first, price and cost in the second."""


def sharded(
    nodes: int,
    leader: dict[str, str | int],
    leaderless: dict[str, str | int] | None = None,
) -> Scenario:
    """The lab with so many nodes and these settings; the shoppers enter at the first nodes."""
    names = tuple(f"n{number}" for number in range(1, nodes + 1))
    clusters: list[ClusterSpec] = []
    for spec in LAB.clusters:
        values = leader if spec.design == "leader_follower" else leaderless or {"n": min(3, nodes)}
        clusters.append(replace(spec, values=values, settings=()))
    clients = tuple(
        replace(client, entry=names[place % nodes]) for place, client in enumerate(LAB.clients)
    )
    return replace(
        LAB, nodes=names, clients=clients, clusters=tuple(clusters), keys=KEYS, workload=None
    )


def loaded(
    nodes: int,
    shards: int,
    replicas: int,
    placement: str,
    capacity: int = 10,
    timeout_us: int = 10 * SECOND,
    reads: int = 0,
) -> Scenario:
    """Twelve clients, each on a key of its own, ask for more than so many nodes can do."""
    leader: dict[str, str | int] = {"copies": 2, "shards": shards, "replicas": replicas}
    leaderless: dict[str, str | int] = {
        "n": 3,
        "placement": placement,
        "request_timeout_us": 9 * SECOND,
    }
    return replace(
        sharded(nodes, leader, leaderless),
        keys=(),
        capacity=capacity,
        client_timeout_us=timeout_us,
        workload=Workload(12, 60, reads, on=True, keys="own"),
    )


def a_second(scenario: Scenario, seed: int, seconds: int = 10) -> dict[str, float]:
    """By cluster: operations answered OK a second, once the queues are full."""
    simulation = Simulation(scenario, seed)
    simulation.start()
    simulation.run_until((4 + seconds) * SECOND)
    return {
        name: sum(
            isinstance(e, OperationReturned) and e.outcome == "ok" and e.at > 4 * SECOND
            for e in trace
        )
        / seconds
        for name, trace in simulation.traces().items()
    }
