"""What can be set on the design with a leader, and which settings make no sense."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from app.errors import CommandRejected

Failover = Literal["none", "timeout", "election"]

EFFECTS: dict[str, str] = {
    "copies": "next_operation",
    "reads": "next_operation",
    "fencing": "at_once",
    "failover": "new_run",
    "pre_vote": "at_once",
    "step_down": "at_once",
    "priorities": "at_once",
    "catch_up": "at_once",
}
"""When a change of a setting takes effect; what is not listed cannot be changed by a person."""


class LeaderFollowerSettings(Struct, frozen=True):
    """`copies`: the leader answers a write when so many nodes, itself included, have it on disk.

    With `failover` none the first node leads for ever. With timeout whoever hears no leader for
    `silence_us` (and `takeover_step_us` for each place it has in the cluster's list) takes over
    and asks nobody. With election a follower that hears nothing for a random time between the two
    election bounds stands as candidate.

    `reads`: by the leader, which asks a majority whether it still leads, or at any node from its
    own copy. `fencing` on: a leader answers only while a majority has acknowledged something it
    sent within `lease_us`, which ends before anyone may take over.

    `pre_vote`: who hears no leader first asks whether it could win. `step_down`: an elected leader
    that a majority has not answered for `election_low_us` leaves office. `priorities`: a digit a
    node in the order of the list, 1 for those beyond its end; 0 never stands, and who leads hands
    over to a higher one that has its whole log. `catch_up`: a new leader first looks for newer
    entries among the others, for at most `catch_up_us`.

    `vote_write_low_us` and `vote_write_high_us`: a candidate asks for votes while its own is on its
    way to the disk, and counts that when it is there, after a random time between the two.
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
    pre_vote: Literal["off", "on"] = "off"
    step_down: Literal["off", "on"] = "off"
    priorities: Annotated[str, Meta(pattern=r"^[0-9](-[0-9])*$")] = "1"
    catch_up: Literal["off", "on"] = "off"
    catch_up_us: int = 100_000
    vote_write_low_us: int = 0
    vote_write_high_us: int = 0

    def priority(self, place: int) -> int:
        """The priority of the node at this place of the list, from 0."""
        digits = self.priorities.split("-")
        return int(digits[place]) if place < len(digits) else 1

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
        self._validate_election(node_count)

    def _validate_election(self, node_count: int) -> None:
        if len(self.priorities.split("-")) > node_count:
            raise CommandRejected(
                f"Priorities {self.priorities} were asked for.",
                f"The cluster has {node_count} nodes.",
                "Give at most one digit a node.",
            )
        if not any(self.priority(place) for place in range(node_count)):
            raise CommandRejected(
                f"Priorities {self.priorities} were asked for.",
                "No node could ever stand for election.",
                "Give at least one node a priority above 0.",
            )
        if self.vote_write_high_us < self.vote_write_low_us:
            raise CommandRejected(
                f"Votes on disk after {self.vote_write_low_us} to {self.vote_write_high_us} µs.",
                "The upper bound is below the lower one.",
                "Swap them.",
            )
