"""The processes that stand beside the nodes, by name, as far as the settings ask for them."""

from app.protocols.leader_follower.lease import LOCK
from app.protocols.leader_follower.lock_service import LockService
from app.protocols.leader_follower.observer import PROXY, WATCHER, Observer
from app.protocols.leader_follower.proxy import Proxy
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.shards import is_sharded, members, shard_of
from app.protocols.leader_follower.shards_beside import ShardedBeside

AnyBeside = Observer | LockService | Proxy | ShardedBeside


def beside_nodes(
    nodes: tuple[str, ...], settings: LeaderFollowerSettings, keys: tuple[str, ...]
) -> dict[str, AnyBeside]:
    """With several groups each is a process with a part for every group."""
    kinds: dict[str, type[Observer] | type[LockService] | type[Proxy]] = {}
    if settings.failover == "observer":
        kinds[WATCHER] = Observer
    if settings.failover == "lease":
        kinds[LOCK] = LockService
    if settings.routing == "proxy":
        kinds[PROXY] = Proxy
    if not is_sharded(nodes, settings):
        return {name: kind(nodes, settings) for name, kind in kinds.items()}
    groups = {n: members(nodes, settings, n) for n in range(1, settings.shards + 1)}
    of, inside = shard_of(keys, settings.shards), (*nodes, WATCHER, LOCK, PROXY)
    return {name: ShardedBeside(kind, groups, settings, of, inside) for name, kind in kinds.items()}
