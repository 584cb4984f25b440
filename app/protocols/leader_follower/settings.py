"""What can be set on the design with a leader, and which settings make no sense."""

from typing import Literal

from msgspec import Struct

from app.errors import CommandRejected

Failover = Literal["none", "timeout", "election"]

EFFECTS: dict[str, str] = {
    "copies": "next_operation",
    "reads": "next_operation",
    "fencing": "at_once",
    "failover": "new_run",
    "shards": "new_run",
}
"""When a change of a setting takes effect; what is not listed cannot be changed by a person."""


MOST_SHARDS = 4


class LeaderFollowerSettings(Struct, frozen=True):
    """`copies`: the leader answers a write when so many nodes, itself included, have it on disk.

    With `failover` none the first node leads for ever. With timeout whoever hears no leader for
    `silence_us` (and `takeover_step_us` for each place it has in the cluster's list) takes over
    and asks nobody. With election a follower that hears nothing for a random time between the two
    election bounds stands as candidate.

    `reads`: by the leader, which asks a majority whether it still leads, or at any node from its
    own copy. `fencing` on: a leader answers only while a majority has acknowledged something it
    sent within `lease_us`, which ends before anyone may take over.

    `shards`: so many replication groups, each with a leader and a log for its share of the keys and
    a copy on `replicas` of the nodes, 0 for all of them.
    """

    copies: int = 2
    failover: Failover = "none"
    reads: Literal["leader", "any"] = "leader"
    fencing: Literal["off", "on"] = "off"
    heartbeat_us: int = 50_000
    silence_us: int = 200_000
    election_low_us: int = 200_000
    election_high_us: int = 400_000
    takeover_step_us: int = 60_000
    lease_us: int = 150_000
    shards: int = 1
    replicas: int = 0

    def validate(self, node_count: int) -> None:
        """Raise CommandRejected if a cluster of `node_count` nodes cannot run with this."""
        self._validate_shards(node_count)
        copies = self.replicas or node_count
        if not 1 <= self.copies <= copies:
            raise CommandRejected(
                f"OK after {self.copies} copies was asked for.",
                f"{copies} nodes hold a copy, and each holds one.",
                f"Choose from 1 to {copies}.",
            )
        if not 0 < self.heartbeat_us < min(self.silence_us, self.election_low_us):
            raise CommandRejected(
                f"A heartbeat every {self.heartbeat_us} µs was asked for.",
                "Followers would suspect a leader that is well.",
                "Let the silence and the election time-outs be longer than the heartbeat.",
            )
        if not self.heartbeat_us < self.lease_us < min(self.silence_us, self.election_low_us):
            raise CommandRejected(
                f"A lease of {self.lease_us} µs was asked for.",
                "It must outlast a heartbeat and end before another node may take over.",
                "Choose one between the heartbeat and the shortest time-out.",
            )
        if self.election_high_us < self.election_low_us:
            raise CommandRejected(
                f"Election time-outs from {self.election_low_us} to {self.election_high_us} µs.",
                "The upper bound is below the lower one.",
                "Swap them.",
            )

    def _validate_shards(self, node_count: int) -> None:
        if not 1 <= self.shards <= MOST_SHARDS:
            raise CommandRejected(
                f"{self.shards} shards were asked for.",
                f"There is at least one leader, and at most {MOST_SHARDS} can be told apart.",
                f"Choose from 1 to {MOST_SHARDS}.",
            )
        if not 0 <= self.replicas <= node_count:
            raise CommandRejected(
                f"Copies on {self.replicas} nodes were asked for.",
                f"The cluster has {node_count} nodes, and each holds one copy at most.",
                f"Choose from 1 to {node_count}, or 0 for all of them.",
            )
