"""The processes that stand beside the nodes, by name, as far as the settings ask for them."""

from app.protocols.leader_follower.lease import LOCK
from app.protocols.leader_follower.lock_service import LockService
from app.protocols.leader_follower.observer import PROXY, WATCHER, Observer
from app.protocols.leader_follower.proxy import Proxy
from app.protocols.leader_follower.settings import LeaderFollowerSettings


def beside_nodes(
    nodes: tuple[str, ...], settings: LeaderFollowerSettings
) -> dict[str, Observer | LockService | Proxy]:
    found: dict[str, Observer | LockService | Proxy] = {}
    if settings.failover == "observer":
        found[WATCHER] = Observer(nodes, settings)
    if settings.failover == "lease":
        found[LOCK] = LockService(nodes, settings)
    if settings.routing == "proxy":
        found[PROXY] = Proxy(nodes, settings)
    return found
