"""What can be set on the leaderless design, and which settings make no sense."""

from typing import Literal

from msgspec import Struct

from app.errors import CommandRejected

ReadRepair = Literal["after_reply", "off"]


class LeaderlessSettings(Struct, frozen=True):
    """N, R, W and the waiting times.

    R, W and read repair belong to each operation; N shapes the cluster and needs a new run. A node
    that is silent for `silence_us` is suspected; it says that it is alive every `heartbeat_us`.
    """

    n: int = 3
    r: int = 2
    w: int = 2
    heartbeat_us: int = 50_000
    silence_us: int = 200_000
    request_timeout_us: int = 300_000
    read_repair: ReadRepair = "after_reply"

    def validate(self, node_count: int) -> None:
        """Raise CommandRejected if a cluster of `node_count` nodes cannot run with this."""
        if not 1 <= self.n <= node_count:
            raise CommandRejected(
                f"N={self.n} was asked for.",
                f"The cluster has {node_count} nodes, and each holds at most one copy.",
                f"Choose N from 1 to {node_count}.",
            )
        for letter, quorum in (("R", self.r), ("W", self.w)):
            if not 1 <= quorum <= self.n:
                raise CommandRejected(
                    f"{letter}={quorum} of N={self.n} was asked for.",
                    f"A request waits for at least one and at most all {self.n} copies.",
                    f"Choose {letter} from 1 to {self.n}.",
                )
        if not 0 < self.heartbeat_us < self.silence_us:
            raise CommandRejected(
                f"Gossip every {self.heartbeat_us} µs, suspicion after {self.silence_us} µs.",
                "A node would suspect peers that are well.",
                "Let the silence be longer than the gossip interval.",
            )
        if self.request_timeout_us <= 0:
            raise CommandRejected(
                f"A request time-out of {self.request_timeout_us} µs was asked for.",
                "The coordinator would give up before it asks.",
                "Choose a time-out above 0.",
            )
        if self.read_repair not in ("after_reply", "off"):
            raise CommandRejected(
                f"Read repair {self.read_repair} was asked for.",
                "There is no such policy here.",
                "Choose after_reply or off.",
            )
