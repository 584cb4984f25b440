"""What can be set on the design with a leader, and which settings make no sense."""

from typing import Literal

from msgspec import Struct

from app.errors import CommandRejected

Failover = Literal["none", "election"]


class LeaderFollowerSettings(Struct, frozen=True):
    """`copies`: the leader answers a write when so many nodes, itself included, have it on disk.

    With `failover` none the first node leads for ever; with election a follower that hears
    nothing for a random time between the two election bounds stands as candidate.
    """

    copies: int = 2
    failover: Failover = "none"
    heartbeat_us: int = 50_000
    silence_us: int = 200_000
    election_low_us: int = 200_000
    election_high_us: int = 400_000

    def validate(self, node_count: int) -> None:
        """Raise CommandRejected if a cluster of `node_count` nodes cannot run with this."""
        if not 1 <= self.copies <= node_count:
            raise CommandRejected(
                f"OK after {self.copies} copies was asked for.",
                f"The cluster has {node_count} nodes, and each holds one copy.",
                f"Choose from 1 to {node_count}.",
            )
        if not 0 < self.heartbeat_us < min(self.silence_us, self.election_low_us):
            raise CommandRejected(
                f"A heartbeat every {self.heartbeat_us} µs was asked for.",
                "Followers would suspect a leader that is well.",
                "Let the silence and the election time-outs be longer than the heartbeat.",
            )
        if self.election_high_us < self.election_low_us:
            raise CommandRejected(
                f"Election time-outs from {self.election_low_us} to {self.election_high_us} µs.",
                "The upper bound is below the lower one.",
                "Swap them.",
            )
