"""Who holds copies of a key: the first N nodes of the key's preference list.

With `placement` head that is the cluster's list for every key, so that all of them lie on the same
nodes. With in_turn the keys take successive stretches of it, by their order in the scenario: the
same nodes for one key, others for the next.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from app.protocols.leaderless.levels import Need, need_of
from app.protocols.leaderless.settings import LeaderlessSettings
from app.trace.levels import SERIAL_LEVELS
from app.versions.rules import rule_of

NOWHERE: Mapping[str, str] = {}


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
        "regions",
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
        regions: Mapping[str, str] = NOWHERE,
    ) -> None:
        self.node = node
        self.nodes = nodes
        self.settings = settings
        self.regions = regions
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

    def need(self, kind: str, level: str, key: str) -> Need:
        """What a read or a write of the key waits for; `level` "": as the settings say.

        Of a write a serial level says who decides it, and nothing about this.
        """
        settings = self.settings
        if kind == "write" and level in SERIAL_LEVELS:
            level = ""
        usual: str = settings.write_level
        number, own = settings.w, settings.pw
        if kind == "read":
            usual, number, own = settings.read_level, settings.r, settings.pr
        homes = self.replicas_of(key)
        need = need_of(level or usual, number, homes, self.regions, self.node, own)
        if settings.node_confirms > need.answers:
            # A node holds one copy, so that many nodes are that many answers.
            return replace(need, answers=settings.node_confirms)
        return need
