"""The rules of one replication group hold in each of several, whatever the others do."""

from msgspec import Struct, field

from app.protocols.leader_follower.invariants import Invariants, InvariantState
from app.trace.events import ShardEvent, TraceEvent


class ShardInvariantState(Struct):
    """By number; 0: what is told apart by operation alone."""

    groups: dict[int, InvariantState] = field(default_factory=dict)


class ShardInvariants:
    """Watches one cluster of `shards` groups."""

    def __init__(self, cluster: str, nodes: tuple[str, ...], shards: int) -> None:
        self.groups = {number: Invariants(cluster, nodes) for number in range(shards + 1)}

    @property
    def state(self) -> ShardInvariantState:
        return ShardInvariantState({number: one.state for number, one in self.groups.items()})

    @state.setter
    def state(self, state: ShardInvariantState) -> None:
        for number, one in self.groups.items():
            one.state = state.groups[number]

    def observe(self, event: TraceEvent) -> None:
        """Raise InvariantViolation if the event breaks a rule of its group; what happens to a node
        happens to its part in each."""
        if isinstance(event, ShardEvent):
            self.groups[event.shard].observe(event)
            return
        for one in self.groups.values():
            one.observe(event)
