"""The rules of one replication group hold in each of several, whatever the others do."""

from msgspec import Struct, field

from app.protocols.leader_follower.invariants import Invariants, InvariantState
from app.trace.events import ShardEvent, TraceEvent


class ShardInvariantState(Struct):
    """By number; 0: what is told apart by operation alone."""

    groups: dict[int, InvariantState] = field(default_factory=dict)


class ShardInvariants:
    """Watches one cluster; `members`: the nodes of each group, in order."""

    def __init__(
        self, cluster: str, nodes: tuple[str, ...], members: list[tuple[str, ...]]
    ) -> None:
        self.members = {0: nodes, **dict(enumerate(members, 1))}
        self.groups = {n: Invariants(cluster, each) for n, each in self.members.items()}

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
        node = getattr(event, "node", None)
        for number, one in self.groups.items():
            if node is None or node in self.members[number]:
                one.observe(event)
