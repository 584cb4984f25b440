"""A small world for conflict rules: three keys, three shoppers, one at each of the first nodes."""

from app.protocols.leaderless.replica import Replica
from app.scenarios.scenario import ClientSpec, ClusterSpec, KeySpec, Scenario
from app.scenarios.simulation import Simulation
from app.sim.latency import Uniform
from app.sim.network import NetworkSpec
from app.trace.commands import AnyCommand
from app.trace.events import OperationReturned, TraceEvent
from app.trace.values import StoredVersion, carts, items_of
from app.trace.verdicts import FindingChanged, StatusChanged
from tests.checkers.traces import judged

SECOND = 1_000_000
SIDE = "leaderless"


def world(nodes: int = 3, **values: str | int) -> Scenario:
    names = tuple(f"n{number}" for number in range(1, nodes + 1))
    near = Uniform(8_000, 12_000)
    return Scenario(
        name="conflicts",
        title="Conflicts",
        summary="For tests.",
        seed=7,
        nodes=names,
        clients=(
            ClientSpec("phone", "n1", "milk"),
            ClientSpec("tablet", "n2", "eggs"),
            ClientSpec("laptop", "n3", "bread"),
        ),
        clusters=(
            ClusterSpec("leader", "leader_follower", "With a leader", {"failover": "none"}),
            ClusterSpec(SIDE, SIDE, "Without a leader", {"n": 3, "r": 2, "w": 2, **values}),
        ),
        keys=(
            KeySpec("cart", "cart"),
            KeySpec("price", "register"),
            KeySpec("stock", "counter"),
        ),
        network=NetworkSpec(nodes=near, clients=near),
    )


class Story:
    """Steps half a second apart, each of commands at one moment."""

    def __init__(self, scenario: Scenario, seed: int = 7) -> None:
        self.simulation = Simulation(scenario, seed)
        self.simulation.start()
        self.at = 0

    def then(self, *commands: AnyCommand) -> "Story":
        self.at += SECOND // 2
        self.simulation.do(self.at, list(commands))
        return self

    def rest(self, seconds: int = 1) -> "Story":
        """Everything comes to rest."""
        self.at += seconds * SECOND
        self.simulation.run_until(self.at)
        return self

    def trace(self, side: str = SIDE) -> list[TraceEvent]:
        return self.simulation.traces()[side]

    def held(self, node: str, key: str = "price") -> list[StoredVersion]:
        replica = self.simulation.clusters[SIDE].kernel.processes[node]
        assert isinstance(replica, Replica)
        return [version.stored for version in replica.state.disk.versions.get(key, ())]

    def shown(self, node: str, key: str = "price") -> list[tuple[str, ...]]:
        """The items of what the node holds, version by version."""
        return [version.value.items for version in self.held(node, key)]

    def told(self, op: str, side: str = SIDE) -> OperationReturned:
        found = [e for e in self.trace(side) if isinstance(e, OperationReturned) and e.op == op]
        return found[0]

    def read(self, op: str, side: str = SIDE) -> list[set[str]]:
        """The versions of a cart, or of a register, that this read was shown, in order."""
        versions = carts(self.told(op, side).values)
        return sorted((set(items_of(one)) for one in versions), key=sorted)

    def findings(self, check: str, side: str = SIDE) -> list[FindingChanged]:
        design = "leaderless" if side == SIDE else "leader_follower"
        rows = judged(design, self.trace(side))
        return [row for row in rows if isinstance(row, FindingChanged) and row.check == check]

    def statuses(self, side: str = SIDE) -> dict[str, str]:
        design = "leaderless" if side == SIDE else "leader_follower"
        rows = judged(design, self.trace(side))
        return {row.op: row.status for row in rows if isinstance(row, StatusChanged)}
