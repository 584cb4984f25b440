"""One leader per key range: several replication groups over the nodes of one cluster.

Every group has a leader, a log, terms and elections of its own and is the same as a cluster that
has only one; it knows nothing of the others. A node runs a part in each group that has a copy on
it. For keys that have none there it is a router: it hands the request to a node of their group,
to another one of them after silence, and the answer back.

What a group says to another node travels in an InShard; its timers and the luck it draws are told
apart by the group's number, and its trace events carry it.
"""

from typing import Any

from msgspec import Struct, field

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite, FindLeader
from app.protocols.leader_follower import routing
from app.protocols.leader_follower.lease import LOCK
from app.protocols.leader_follower.messages import InShard
from app.protocols.leader_follower.observer import PROXY, WATCHER
from app.protocols.leader_follower.replica import Replica
from app.protocols.leader_follower.routing import Routes
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.shard_out import ShardOut, envelope
from app.protocols.leader_follower.state import ReplicaState
from app.sim.process import Message, Out
from app.trace.events import RequestRefused


def members(
    nodes: tuple[str, ...], settings: LeaderFollowerSettings, number: int
) -> tuple[str, ...]:
    """The nodes of group `number`, from 1; the first of them leads at the start.

    The groups start at even distances along the cluster's list, so that their leaders are on
    different nodes as long as there are enough, and two small groups share as few as can be.
    """
    start = (number - 1) * len(nodes) // settings.shards
    turned = nodes[start:] + nodes[:start]
    return turned[: settings.replicas or len(nodes)]


def shard_of(keys: tuple[str, ...], shards: int) -> dict[str, int]:
    """Key → the number of its group, from 1: in turn, by the order of the scenario."""
    return {key: place % shards + 1 for place, key in enumerate(keys)}


def layout(
    nodes: tuple[str, ...], settings: LeaderFollowerSettings, keys: tuple[str, ...]
) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """(nodes, keys) of each group; nothing where one group has a copy on every node."""
    if not is_sharded(nodes, settings):
        return ()
    of = shard_of(keys, settings.shards)
    return tuple(
        (members(nodes, settings, number), tuple(key for key in keys if of[key] == number))
        for number in range(1, settings.shards + 1)
    )


def is_sharded(nodes: tuple[str, ...], settings: LeaderFollowerSettings) -> bool:
    return settings.shards > 1 or 0 < settings.replicas < len(nodes)


class ShardedState(Struct):
    """By number: what this node remembers of each group that has a copy here."""

    groups: dict[int, ReplicaState] = field(default_factory=dict)
    routes: Routes = field(default_factory=Routes)


class ShardedReplica:
    """The process of one node: its part in each group, and the router."""

    def __init__(
        self,
        node: str,
        nodes: tuple[str, ...],
        settings: LeaderFollowerSettings,
        keys: tuple[str, ...],
    ) -> None:
        self.node = node
        self.nodes = nodes
        self.inside = (*nodes, WATCHER, LOCK, PROXY)
        self.direct = settings.routing == "direct"
        self.shard_of = shard_of(keys, settings.shards)
        numbers = range(1, settings.shards + 1)
        self.members = {number: members(nodes, settings, number) for number in numbers}
        self.silence_us = settings.silence_us
        self.groups = {
            number: Replica(node, self.members[number], settings)
            for number in numbers
            if node in self.members[number]
        }
        self._state = ShardedState({n: group.state for n, group in self.groups.items()})

    @property
    def state(self) -> Any:
        return self._state

    @state.setter
    def state(self, state: ShardedState) -> None:
        self._state = state
        for number, group in self.groups.items():
            group.state = state.groups[number]

    def _gather(self) -> None:
        """A group may have put another state in the place of its own."""
        for number, group in self.groups.items():
            self._state.groups[number] = group.state

    def _outs(self, out: Out) -> list[tuple[Replica, ShardOut]]:
        return [(g, ShardOut(out, n, self.inside)) for n, g in self.groups.items()]

    def configure(self, settings: LeaderFollowerSettings) -> None:
        self.silence_us = settings.silence_us
        for group in self.groups.values():
            group.configure(settings)

    def on_configure(self, out: Out, settings: LeaderFollowerSettings) -> None:
        self.silence_us = settings.silence_us
        for group, its in self._outs(out):
            group.on_configure(its, settings)

    def on_promote(self, out: Out) -> None:
        """A person wants the node to lead: every shard that it can."""
        for group, its in self._outs(out):
            if not group.refuses_promotion():
                group.on_promote(its)

    def refuses_promotion(self) -> str:
        """Why it can lead no further shard; "" if it can."""
        reasons = [group.refuses_promotion() for group in self.groups.values()]
        none = f"{self.node} has no copy of any shard"
        return "" if "" in reasons else next(iter(reasons), none)

    def on_start(self, out: Out) -> None:
        for group, its in self._outs(out):
            group.on_start(its)

    def on_crash(self) -> None:
        for group in self.groups.values():
            group.on_crash()
        self._state.routes = Routes()
        self._gather()

    def after_crash(self, out: Out, power: bool) -> None:
        for group, its in self._outs(out):
            group.after_crash(its, power)
        self._gather()

    def on_restart(self, out: Out) -> None:
        for group, its in self._outs(out):
            group.on_restart(its)
        self._gather()

    def on_wipe(self, out: Out) -> None:
        for group, its in self._outs(out):
            group.on_wipe(its)
        self._gather()

    def on_timer(self, out: Out, name: str) -> None:
        number, _, rest = name.partition("/")
        if number == routing.TIMER:
            routing.on_silence(self._state.routes, self.members, rest)
            return
        found = int(number)
        self.groups[found].on_timer(ShardOut(out, found, self.inside), rest)

    def is_work(self, message: Message) -> bool:
        number, inner = self._opened(message)
        return number in self.groups and self.groups[number].is_work(inner)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        number, inner = self._opened(message)
        if number in self.groups:
            self.groups[number].on_message(ShardOut(out, number, self.inside), source, inner)
        elif isinstance(inner, ClientWrite | ClientRead) and self.direct:
            self._send_on(out, source, number, inner)
        elif isinstance(inner, ClientWrite | ClientRead):
            contact = routing.route(self._state.routes, self.members[number], number, source, inner)
            out.set_timer(f"{routing.TIMER}/{inner.op}", self.silence_us)
            out.send(contact, envelope(number, inner))
        elif isinstance(inner, ClientReply):
            client = routing.answered(self._state.routes, inner.op)
            if client is not None:
                out.cancel_timer(f"{routing.TIMER}/{inner.op}")
                out.send(client, inner)

    def _send_on(
        self, out: Out, client: str, number: int, request: ClientWrite | ClientRead
    ) -> None:
        """A client that learns who leads is told which node of the group to ask; the next one, the
        next of them."""
        contact = routing.next_of(self._state.routes, self.members[number], number)
        out.emit(RequestRefused, self.node, request.op, "not_leader", request.key)
        reply = ClientReply(request.op, 0, "failed", "not_leader", (), (), 0, contact)
        out.send(client, reply)

    def _opened(self, message: Message) -> tuple[int, Message]:
        """The group that is meant, and what is said to it."""
        if isinstance(message, InShard):
            return message.shard, message.message
        if isinstance(message, ClientWrite | ClientRead | FindLeader):
            return self.shard_of[message.key], message
        return 0, message
