"""Who holds copies. There is one key, so its preference list is the head of the cluster's list."""

from app.protocols.leaderless.settings import LeaderlessSettings


def replicas(nodes: tuple[str, ...], n: int) -> tuple[str, ...]:
    """The nodes that hold a copy; whichever node coordinates, they are the same."""
    return nodes[:n]


class Place:
    """How the cluster looks from one node. Never changes during a run, so it is no state."""

    __slots__ = ("holds_copy", "node", "others", "peers", "replicas", "settings")

    def __init__(self, node: str, nodes: tuple[str, ...], settings: LeaderlessSettings) -> None:
        self.node = node
        self.settings = settings
        self.peers = tuple(other for other in nodes if other != node)
        self.replicas = replicas(nodes, settings.n)
        self.holds_copy = node in self.replicas
        self.others = tuple(other for other in self.replicas if other != node)
