"""Arbiters: nodes that vote and hold no copy (MongoDB's members of that name).

They are the last of the list. They hear the leader, so that a majority of voters keeps it in
office, and they vote; their log is empty, so they vote for whoever asks first. A write is safe with
a majority of the voters, or with all data-bearing nodes where those are fewer ("Calculating
Majority", MongoDB Manual): every majority of voters has then one of them in it that refuses a
candidate with less, or no other candidate is left.
"""

from typing import TYPE_CHECKING

from app.errors import CommandRejected
from app.protocols.leader_follower.standbys import parse

if TYPE_CHECKING:
    from app.protocols.leader_follower.settings import LeaderFollowerSettings


def bearing(nodes: tuple[str, ...], arbiters: int) -> tuple[str, ...]:
    """The nodes that hold a copy."""
    return nodes[: len(nodes) - arbiters]


def validate(
    settings: "LeaderFollowerSettings", node_count: int, nodes: tuple[str, ...] = ()
) -> None:
    """Raise CommandRejected if these arbiters cannot be."""
    count = settings.arbiters
    asked = f"{count} arbiters among {node_count} nodes were asked for."
    if not 0 <= count < node_count:
        raise CommandRejected(
            asked, "Somebody has to hold the data.", f"Choose from 0 to {node_count - 1}."
        )
    if not count:
        return
    if settings.failover != "election":
        raise CommandRejected(
            asked,
            "An arbiter votes, and without elections nobody is asked.",
            "Choose failover by election, or no arbiter.",
        )
    if settings.shards > 1 or 0 < settings.replicas < node_count:
        raise CommandRejected(
            asked,
            "With several shards each has nodes of its own.",
            "Choose one shard with a copy on every node, or no arbiter.",
        )
    if settings.copies > node_count - count:
        raise CommandRejected(
            f"OK after {settings.copies} copies was asked for.",
            f"{node_count - count} nodes hold a copy; the others are arbiters.",
            f"Choose from 1 to {node_count - count}.",
        )
    names = parse(settings.standbys).names
    for name in nodes[node_count - count :]:
        if name in names:
            raise CommandRejected(
                f"The standby list {settings.standbys!r} was asked for.",
                f"{name} is an arbiter and holds no copy.",
                "Leave it out of the list.",
            )
