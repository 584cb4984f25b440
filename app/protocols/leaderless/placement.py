"""Who holds copies. There is one key, so its preference list is the head of the cluster's list."""

from collections.abc import Callable, Iterable

from app.protocols.leaderless.settings import LeaderlessSettings
from app.versions.dotted import DottedVersion, Siblings, join
from app.versions.last_write import newest


def replicas(nodes: tuple[str, ...], n: int) -> tuple[str, ...]:
    """The nodes that hold a copy; whichever node coordinates, they are the same."""
    return nodes[:n]


class Place:
    """How the cluster looks from one node under its settings, which are no state of the node.

    `stand_ins`: the nodes after the replicas in the list. `join`: what stays of versions that meet.
    """

    __slots__ = (
        "holds_copy",
        "join",
        "node",
        "others",
        "peers",
        "replicas",
        "settings",
        "stand_ins",
    )

    def __init__(self, node: str, nodes: tuple[str, ...], settings: LeaderlessSettings) -> None:
        self.node = node
        self.settings = settings
        self.peers = tuple(other for other in nodes if other != node)
        self.replicas = replicas(nodes, settings.n)
        self.holds_copy = node in self.replicas
        self.stand_ins = tuple(other for other in nodes if other not in self.replicas)
        rule: Callable[[Siblings, Iterable[DottedVersion]], Siblings] = join
        if settings.conflict == "last_write":
            rule = newest
        self.join = rule
        self.others = tuple(other for other in self.replicas if other != node)
