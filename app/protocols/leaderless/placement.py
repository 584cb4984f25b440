"""Who holds copies of a key: the first N nodes of the key's preference list.

With `placement` head that is the cluster's list for every key, so that all of them lie on the same
nodes. With in_turn the keys take successive stretches of it, by their order in the scenario: the
same nodes for one key, others for the next. With partitions or tokens they lie on a ring, and while
a node joins or leaves a key has two lists (`membership.py`).
"""

from collections.abc import Mapping

from msgspec.structs import replace

from app.protocols.leaderless.levels import Need, need_of
from app.protocols.leaderless.membership import NO_RING, Ring
from app.protocols.leaderless.ring import Layout, met, position, spread
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
    `lists`, `writes`: by key, whom reads ask and whom writes go to, where that differs. `apart`:
    the regions over which copies are to be spread.
    """

    __slots__ = (
        "apart",
        "join",
        "keys",
        "lists",
        "node",
        "nodes",
        "peers",
        "regions",
        "replicas",
        "ring",
        "sets",
        "settings",
        "writes",
    )

    def __init__(
        self,
        node: str,
        nodes: tuple[str, ...],
        settings: LeaderlessSettings,
        keys: tuple[str, ...] = (),
        ring: Ring = NO_RING,
        regions: Mapping[str, str] = NOWHERE,
    ) -> None:
        self.node = node
        self.nodes = nodes
        self.settings = settings
        self.keys = keys
        self.ring = ring
        self.regions = regions
        self.apart = regions if settings.spread == "regions" else NOWHERE
        self.peers = tuple(other for other in nodes if other != node)
        self.replicas = replicas(nodes, settings.n)
        self.lists: dict[str, tuple[str, ...]] = {}
        self.writes: dict[str, tuple[str, ...]] = {}
        if settings.placement == "in_turn":
            places = enumerate(keys)
            self.lists = {key: preference_list(nodes, settings.n, at) for at, key in places}
        elif ring.to:
            for key in keys:
                self._lay(key)
        held = [replicas(each, settings.n) for each in self.lists.values()]
        self.sets = tuple(dict.fromkeys(held)) or (self.replicas,)
        parted = settings.cart != "as_written" or settings.counter != "as_written"
        self.join = rule_of(settings.conflict, settings.cart, settings.tie, parted)

    def replicas_of(self, key: str) -> tuple[str, ...]:
        """Where the copies of this key lie: who is asked by reads."""
        return self._list(key)[: self.settings.n]

    def writes_to(self, key: str) -> tuple[str, ...]:
        """The replicas, and while the key moves those that gain or lose it as well."""
        self._list(key)
        return self.writes.get(key) or self.replicas_of(key)

    def is_moving(self, key: str) -> bool:
        """Are there homes that gain or lose the key?"""
        self._list(key)
        return key in self.writes

    def stand_ins_of(self, key: str) -> tuple[str, ...]:
        """The nodes after the key's replicas in the list."""
        rest, busy = self._list(key)[self.settings.n :], self.writes.get(key, ())
        return tuple([node for node in rest if node not in busy]) if busy else rest

    def need(self, kind: str, level: str, key: str) -> Need:
        """What a read or a write of the key waits for; `level` "": as the settings say. A write of
        a key that moves waits for so many more as there are homes more than copies.

        Of a write a serial level says who decides it, and nothing about this.
        """
        settings, homes = self.settings, self.replicas_of(key)
        if kind == "write" and level in SERIAL_LEVELS:
            level = ""
        usual: str = settings.write_level
        number, own = settings.w, settings.pw
        more: tuple[str, ...] = ()
        if kind == "read":
            usual, number, own = settings.read_level, settings.r, settings.pr
        elif key and self.is_moving(key):
            more = tuple([home for home in self.writes[key] if home not in homes])
        need = need_of(level or usual, number, homes, self.regions, self.node, own, more)
        if settings.node_confirms + len(more) > need.answers:
            # A node holds one copy, so that many nodes are that many answers.
            return replace(need, answers=settings.node_confirms + len(more))
        return need

    def moves(self, at: int) -> tuple[tuple[str, str], ...]:
        """(gains, loses) of a position, while a node joins or leaves: each new replica takes the
        place of one old one, and has its copies from it alone, so that every quorum of the old ones
        has its image among the new."""
        before, after = self._nodes(self.ring.layout, at), self._nodes(self.ring.to, at)
        lose = [node for node in before if node not in after]
        return tuple(zip([node for node in after if node not in before], lose, strict=True))

    def sources(self) -> tuple[str, ...]:
        """From whom this node gets ranges in the change under way."""
        ends = dict.fromkeys([end for end, _ in (*self.ring.layout, *self.ring.to)])
        pairs = [pair for end in ends for pair in self.moves(end)]
        return tuple(dict.fromkeys([loses for gains, loses in pairs if gains == self.node]))

    def _list(self, key: str) -> tuple[str, ...]:
        found = self.lists.get(key)
        if found is None:
            if not self.ring.to:
                return self.nodes
            found = self._lay(key)
        return found

    def _lay(self, key: str) -> tuple[str, ...]:
        """The key's lists on the ring: reads follow one layout, writes may have to follow both."""
        at, n = position(key), self.settings.n
        order = spread(met(self.ring.reads, at), n, self.apart)
        self.lists[key] = order
        if self.ring.doubled:
            both = (*self._nodes(self.ring.layout, at), *self._nodes(self.ring.to, at))
            writes = tuple(dict.fromkeys((*order[:n], *both)))
            if len(writes) > n:
                self.writes[key] = writes
        return order

    def _nodes(self, layout: Layout, at: int) -> tuple[str, ...]:
        """The N nodes of a position."""
        n = self.settings.n
        if not self.apart:
            return met(layout, at, n)
        return spread(met(layout, at), n, self.apart)[:n]
