"""The designs there are, and what each is made of. A new design is a line here."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from msgspec import Struct

from app.protocols.leader_follower.beside import beside_nodes
from app.protocols.leader_follower.invariants import Invariants as LeaderFollowerInvariants
from app.protocols.leader_follower.lease import LOCK
from app.protocols.leader_follower.messages import LeaderFollowerMessage
from app.protocols.leader_follower.observer import PROXY, WATCHER
from app.protocols.leader_follower.replica import Replica as LeaderFollowerReplica
from app.protocols.leader_follower.settings import EFFECTS as LEADER_FOLLOWER_EFFECTS
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.shard_invariants import ShardInvariants
from app.protocols.leader_follower.shards import ShardedReplica, is_sharded, layout, members
from app.protocols.leaderless.invariants import Invariants as LeaderlessInvariants
from app.protocols.leaderless.messages import LeaderlessMessage
from app.protocols.leaderless.replica import Replica as LeaderlessReplica
from app.protocols.leaderless.settings import EFFECTS as LEADERLESS_EFFECTS
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.process import Out, Process
from app.trace.events import TraceEvent

Shards = tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
"""(nodes, keys) of each replication group."""
Settings = LeaderFollowerSettings | LeaderlessSettings


class Invariants(Protocol):
    """Rules that hold after every step; `observe` raises InvariantViolation."""

    state: Any

    def observe(self, event: TraceEvent) -> None: ...


class Replica(Process, Protocol):
    """A node's process: its settings may change while it runs."""

    def configure(self, settings: Any) -> None: ...

    def on_configure(self, out: Out, settings: Any) -> None: ...

    def refuses_promotion(self) -> str: ...

    def on_promote(self, out: Out) -> None: ...


class Helper(Process, Protocol):
    """A process beside the nodes: its settings may change while it runs."""

    def configure(self, settings: Any) -> None: ...

    def on_configure(self, out: Out, settings: Any) -> None: ...


def nothing_beside(
    _nodes: tuple[str, ...], _settings: Any, _keys: tuple[str, ...]
) -> Mapping[str, Helper]:
    return {}


class Design(Struct, frozen=True):
    """One way to replicate: its settings and when each takes effect, messages, process, rules; the
    processes beside the nodes that the settings ask for, and the names they may have.

    A replica is made of its node, all nodes, the settings, all keys and who is in which region;
    `shards` tells of nodes,
    settings and keys which replication groups there are, where there are several.
    """

    settings_type: type[Any]
    effects: dict[str, str]
    message_type: Any
    replica: Callable[[str, tuple[str, ...], Any, tuple[str, ...], Mapping[str, str]], "Replica"]
    invariants: Callable[[str, tuple[str, ...], Any], Invariants]
    shards: Callable[[tuple[str, ...], Any, tuple[str, ...]], Shards]
    helpers: Callable[[tuple[str, ...], Any, tuple[str, ...]], Mapping[str, "Helper"]] = (
        nothing_beside
    )
    helper_names: tuple[str, ...] = ()


def _leader_follower(
    node: str,
    nodes: tuple[str, ...],
    settings: LeaderFollowerSettings,
    keys: tuple[str, ...],
    _regions: Mapping[str, str],
) -> Replica:
    if is_sharded(nodes, settings):
        return ShardedReplica(node, nodes, settings, keys)
    return LeaderFollowerReplica(node, nodes, settings)


def _leader_follower_rules(
    cluster: str, nodes: tuple[str, ...], settings: LeaderFollowerSettings
) -> Invariants:
    if is_sharded(nodes, settings):
        numbers = range(1, settings.shards + 1)
        groups = [members(nodes, settings, number) for number in numbers]
        return ShardInvariants(cluster, nodes, groups)
    return LeaderFollowerInvariants(cluster, nodes)


DESIGNS: dict[str, Design] = {
    "leader_follower": Design(
        LeaderFollowerSettings,
        LEADER_FOLLOWER_EFFECTS,
        LeaderFollowerMessage,
        _leader_follower,
        _leader_follower_rules,
        layout,
        beside_nodes,
        (WATCHER, LOCK, PROXY),
    ),
    "leaderless": Design(
        LeaderlessSettings,
        LEADERLESS_EFFECTS,
        LeaderlessMessage,
        lambda node, nodes, settings, keys, regions: LeaderlessReplica(
            node, nodes, settings, keys=keys, regions=regions
        ),
        lambda cluster, nodes, _settings: LeaderlessInvariants(cluster, nodes),
        lambda _nodes, _settings, _keys: (),
    ),
}
