"""What can be set on the leaderless design, and which settings make no sense."""

from typing import Literal

from msgspec import Struct

from app.errors import CommandRejected

ReadRepair = Literal["after_reply", "before_reply", "off"]

EFFECTS: dict[str, str] = {
    "r": "next_operation",
    "w": "next_operation",
    "read_repair": "next_operation",
    "quorum": "next_operation",
    "hints": "at_once",
    "heartbeat_us": "at_once",
    "silence_us": "at_once",
    "request_timeout_us": "next_operation",
    "n": "new_run",
    "placement": "new_run",
    "conflict": "new_run",
}
"""When a change of a setting takes effect."""


class LeaderlessSettings(Struct, frozen=True):
    """N, R, W and the waiting times.

    R, W and read repair belong to each operation; N shapes the cluster and needs a new run. A node
    that is silent for `silence_us` is suspected; it says that it is alive every `heartbeat_us`.

    `quorum` sloppy: where a replica is suspected, the next node of the list stands in for it and
    counts. `hints`: what a replica missed is kept for it elsewhere and handed over when it is heard
    again. `conflict`: versions of which none replaces another are kept side by side, or the one
    with the newest time stamp wins.

    `placement` head: all keys lie on the first N nodes. In_turn: each key on other ones, in turn.
    """

    n: int = 3
    r: int = 2
    w: int = 2
    heartbeat_us: int = 50_000
    silence_us: int = 200_000
    request_timeout_us: int = 300_000
    read_repair: ReadRepair = "after_reply"
    quorum: Literal["strict", "sloppy"] = "strict"
    hints: Literal["off", "on"] = "off"
    conflict: Literal["siblings", "last_write"] = "siblings"
    placement: Literal["head", "in_turn"] = "head"

    def validate(self, node_count: int, nodes: tuple[str, ...] = ()) -> None:
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
        if self.quorum == "sloppy" and self.n == node_count:
            raise CommandRejected(
                f"A sloppy quorum of N={self.n} on {node_count} nodes was asked for.",
                "Every node holds a copy already, so none is left to stand in.",
                f"Choose a strict quorum, or N below {node_count}.",
            )
        if self.quorum == "sloppy" and self.hints == "off":
            raise CommandRejected(
                "A sloppy quorum without hints was asked for.",
                "A node that stands in keeps the write as a hint; without, it could not.",
                "Choose hints on as well, or a strict quorum.",
            )
