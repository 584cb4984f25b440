"""Who holds copies of a key. The preference list of every key is the head of the cluster's list."""

from collections.abc import Callable, Iterable

from app.protocols.leaderless.settings import LeaderlessSettings
from app.versions.dotted import DottedVersion, Siblings, join
from app.versions.last_write import newest


def replicas(nodes: tuple[str, ...], n: int) -> tuple[str, ...]:
    """The nodes that hold a copy; whichever node coordinates, they are the same."""
    return nodes[:n]


class Place:
    """How the cluster looks from one node under its settings, which are no state of the node.

    Where the copies of a key lie, ask `replicas_of`; `replicas` are those whose silence the
    failure detector tells of. `join`: what stays of versions that meet.
    """

    __slots__ = (
        "join",
        "node",
        "nodes",
        "peers",
        "replicas",
        "settings",
    )

    def __init__(self, node: str, nodes: tuple[str, ...], settings: LeaderlessSettings) -> None:
        self.node = node
        self.nodes = nodes
        self.settings = settings
        self.peers = tuple(other for other in nodes if other != node)
        self.replicas = replicas(nodes, settings.n)
        rule: Callable[[Siblings, Iterable[DottedVersion]], Siblings] = join
        if settings.conflict == "last_write":
            rule = newest
        self.join = rule

    def replicas_of(self, key: str) -> tuple[str, ...]:
        """Where the copies of this key lie; all keys lie on the same nodes so far."""
        return self.replicas

    def stand_ins_of(self, key: str) -> tuple[str, ...]:
        """The nodes after the key's replicas in the list."""
        held = self.replicas_of(key)
        return tuple(other for other in self.nodes if other not in held)
