"""Which settings of the ring, and of suspicion by silence, make no sense."""

from typing import TYPE_CHECKING

from app.errors import CommandRejected
from app.protocols.leaderless.levels import SHARES

if TYPE_CHECKING:
    from app.protocols.leaderless.settings import LeaderlessSettings

MAX_VIRTUAL_NODES = 64
MAX_PHI = 16


def check_ring(settings: "LeaderlessSettings", node_count: int) -> None:
    """Raise CommandRejected: of positions and spares, levels that a ring cannot keep, and φ."""
    if not 1 <= settings.virtual_nodes <= MAX_VIRTUAL_NODES:
        raise CommandRejected(
            f"{settings.virtual_nodes} virtual nodes a node were asked for.",
            "A node needs a position on the ring, and every one is drawn.",
            f"Choose from 1 to {MAX_VIRTUAL_NODES}.",
        )
    if settings.spares and not settings.on_ring:
        raise CommandRejected(
            f"{settings.spares} spare nodes were asked for with the placement "
            f"{settings.placement}.",
            "Without a ring no node can join later.",
            "Choose the placement partitions or tokens, or no spare nodes.",
        )
    if not 0 <= settings.spares <= node_count - settings.n:
        raise CommandRejected(
            f"{settings.spares} of {node_count} nodes were to be spare, with N={settings.n}.",
            f"At least {settings.n} nodes must be on the ring.",
            f"Choose from 0 to {node_count - settings.n} spare nodes.",
        )
    for level in (settings.write_level, settings.read_level):
        if settings.on_ring and level in SHARES:
            raise CommandRejected(
                f"Level {level.upper()} with the placement {settings.placement} was asked for.",
                "A range may move between regions, and then quorums of one need not meet.",
                "Choose the level quorum, or the placement head.",
            )
    if settings.on_ring and settings.coordinator in ("aware", "client"):
        raise CommandRejected(
            f"The coordinator {settings.coordinator} with the placement {settings.placement} was "
            "asked for.",
            "Clients hear no gossip, so they would not know where ranges have gone.",
            "Choose the coordinator entry, in_turn or home, or the placement head.",
        )
    if settings.on_ring and settings.compare == "rounds":
        raise CommandRejected(
            f"Compare by rounds with the placement {settings.placement} was asked for.",
            "What a majority of the old nodes has accepted may be unknown to one of the new.",
            "Choose the placement head or in_turn, or that comparing is refused.",
        )
    if not 1 <= settings.phi <= MAX_PHI:
        raise CommandRejected(
            f"Suspicion at φ={settings.phi} was asked for.",
            "Below 1 every pause is suspect, and high values wait for ever.",
            f"Choose φ from 1 to {MAX_PHI}.",
        )
