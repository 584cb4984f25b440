"""Who holds copies of a key: the first N nodes of the key's preference list.

With `placement` head that is the cluster's list for every key, so that all of them lie on the same
nodes. With in_turn the keys take successive stretches of it, by their order in the scenario: the
same nodes for one key, others for the next.
"""

from app.protocols.leaderless.settings import LeaderlessSettings
from app.versions.rules import rule_of


def replicas(nodes: tuple[str, ...], n: int) -> tuple[str, ...]:
    """The nodes that hold a copy; whichever node coordinates, they are the same."""
    return nodes[:n]


def preference_list(nodes: tuple[str, ...], n: int, place: int) -> tuple[str, ...]:
    """All nodes in the order in which they are asked for the key at `place` among all keys."""
    start = place * n % len(nodes)
    return nodes[start:] + nodes[:start]


class Place:
    """How the cluster looks from one node under its settings, which are no state of the node.

    Where the copies of a key lie, ask `replicas_of`; `sets` are all the answers there are, and
    `replicas` that of a cluster where there is one. `join`: what stays of versions that meet.
    """

    __slots__ = (
        "join",
        "lists",
        "node",
        "nodes",
        "peers",
        "replicas",
        "sets",
        "settings",
    )

    def __init__(
        self,
        node: str,
        nodes: tuple[str, ...],
        settings: LeaderlessSettings,
        keys: tuple[str, ...] = (),
    ) -> None:
        self.node = node
        self.nodes = nodes
        self.settings = settings
        self.peers = tuple(other for other in nodes if other != node)
        self.replicas = replicas(nodes, settings.n)
        self.lists: dict[str, tuple[str, ...]] = {}
        if settings.placement == "in_turn":
            places = enumerate(keys)
            self.lists = {key: preference_list(nodes, settings.n, at) for at, key in places}
        held = [replicas(each, settings.n) for each in self.lists.values()]
        self.sets = tuple(dict.fromkeys(held)) or (self.replicas,)
        parted = settings.cart != "as_written" or settings.counter != "as_written"
        self.join = rule_of(settings.conflict, settings.cart, settings.tie, parted)

    def replicas_of(self, key: str) -> tuple[str, ...]:
        """Where the copies of this key lie."""
        return self.lists.get(key, self.nodes)[: self.settings.n]

    def stand_ins_of(self, key: str) -> tuple[str, ...]:
        """The nodes after the key's replicas in the list."""
        return self.lists.get(key, self.nodes)[self.settings.n :]
