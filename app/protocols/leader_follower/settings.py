"""What can be set on the design with a leader, and which settings make no sense."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from app.errors import CommandRejected, duration, span
from app.protocols.leader_follower import arbiters
from app.protocols.leader_follower.settings_outside import check_followers, check_outside
from app.protocols.leader_follower.standbys import check_names, parse

Failover = Literal["none", "timeout", "election", "observer", "lease"]
Durability = Literal["off", "local", "remote_write", "on", "remote_apply"]
Reads = Literal["leader", "leader_local", "any", "spread", "sticky", "wait_position"]

EFFECTS: dict[str, str] = {
    "copies": "next_operation",
    "reads": "next_operation",
    "fencing": "at_once",
    "failover": "new_run",
    "shards": "new_run",
    "arbiters": "new_run",
    "durability": "next_operation",
    "standbys": "at_once",
    "ack_timeout_us": "next_operation",
    "on_timeout": "next_operation",
    "wait_no_replica": "at_once",
    "wait_point": "at_once",
    "read_concern": "next_operation",
    "read_wait_us": "next_operation",
    "hand_us": "at_once",
    "flush_us": "at_once",
    "apply_us": "at_once",
    "pre_vote": "at_once",
    "step_down": "at_once",
    "priorities": "at_once",
    "catch_up": "at_once",
    "poll_us": "at_once",
    "polls_missed": "at_once",
    "agreement": "at_once",
    "anti_flap_us": "at_once",
    "candidate": "at_once",
    "lock_ttl_us": "at_once",
    "max_lag": "at_once",
    "failsafe": "at_once",
    "tail": "at_once",
    "routing": "new_run",
    "find_leader_us": "new_run",
    "redirect_us": "at_once",
    "catch_up_us": "at_once",
    "replicas": "new_run",
    **dict.fromkeys(("lock_loop_us", "lock_retry_us", "heartbeat_us", "silence_us"), "new_run"),
    **dict.fromkeys(("election_low_us", "election_high_us", "takeover_step_us"), "new_run"),
    **dict.fromkeys(("lease_us", "vote_write_low_us", "vote_write_high_us"), "new_run"),
    "follower_writes": "next_operation",
    "sync_mode": "new_run",
    "sync_count": "new_run",
}
"""When a change of a setting takes effect. The times on which it rests that no two lead at once
hold for a whole run: a promise that was given under one of them is not kept under another."""

MOST_SHARDS = 4


class LeaderFollowerSettings(Struct, frozen=True):
    """`copies`: the leader answers a write when so many nodes, itself included, have it on disk.

    With `failover` none the first node leads for ever. With timeout whoever hears no leader for
    `silence_us` (and `takeover_step_us` for each place it has in the cluster's list) takes over
    and asks nobody. With election a follower that hears nothing for a random time between the two
    election bounds stands as candidate.

    `durability`, after PostgreSQL's synchronous_commit: what OK waits for. off: nothing, and the
    log is handed to the operating system up to `hand_us` later. local: the leader's flush. Then the
    flush and, of `copies` − 1 followers, that they have handed the write to their operating system
    (remote_write), flushed it (on) or applied it (remote_apply). `standbys`: which followers count,
    and how many of them, instead of `copies` (`standbys.py`).

    `ack_timeout_us` after a write was taken on (0: never) the leader does what `on_timeout` says:
    waits on; falls back to asynchronous until enough followers have caught up (MySQL); answers OK
    with a warning (a cancelled commit in PostgreSQL); or answers that it does not know (MongoDB's
    wtimeout). `wait_no_replica` off: it falls back at once when it hears too few followers for
    `silence_us`. `wait_point`: are other clients at the leader shown a write before it is
    acknowledged? after_commit: they are.

    `reads`: by the leader, which asks a majority whether it still leads (leader) or not
    (leader_local); or by a node from its own copy: the one where the client enters (any), another
    one each time (spread), one follower for each client (sticky), or the one where it enters as
    soon as that has what the client has seen or written (wait_position; refused after
    `read_wait_us`). `read_concern`: everything applied (local), what is known to be on a majority
    (majority), or the one of the two on which an OK rests (acknowledged).

    `flush_us`: how long a flush to disk takes; all that has come meanwhile is the next one.
    `apply_us`: how much later than it flushes a follower applies. Both 0: at once.

    `fencing` on: a leader answers only while a majority has acknowledged something it
    sent within `lease_us`, which ends before anyone may take over.

    `pre_vote`: who hears no leader first asks whether it could win. `step_down`: an elected leader
    that a majority has not answered for `election_low_us` leaves office. `priorities`: a digit a
    node in the order of the list, 1 for those beyond its end; 0 never stands, and who leads hands
    over to a higher one that has its whole log. `catch_up`: a new leader first looks for newer
    entries among the others, for at most `catch_up_us`.

    With failover observer a process outside polls every `poll_us` and promotes a node after
    `polls_missed` rounds without the leader (`observer.py`); `agreement`: only if the replicas it
    reaches have lost the leader, too; not again within `anti_flap_us`; `candidate`: the one with
    the newest log, or the one of the highest priority.

    With failover lease the leader renews a lock in an outside service every `lock_loop_us`, tries
    for `lock_retry_us` more and then leaves office, before the lock runs out `lock_ttl_us` after
    the renewal (`lease.py`). Who is more than `max_lag` entries behind does not take it.
    `failsafe`: it stays if all other nodes allow it. `sync_mode`: an OK waits for `sync_count`
    followers that the leader chooses, and only these may take the lock; without any it goes on
    alone (on) or waits (strict; `in_sync.py`).

    `tail`: what becomes of the end of an old leader's log (`tails.py`). `routing`: clients ask the
    node where they enter, which forwards (forward), the leader as far as they know it (direct; one
    that finds none asks around for `find_leader_us` before it takes that for an answer), or a
    proxy that turns to a new leader after `redirect_us` (`proxy.py`). `follower_writes`: a write
    that reaches a follower is handed to the leader, refused, or taken on alone (`own_writes.py`).

    `vote_write_low_us` and `vote_write_high_us`: a candidate asks for votes while its own is on its
    way to the disk, and counts that when it is there, after a random time between the two.

    `shards`: so many replication groups, each with a leader and a log for its share of the keys
    and a copy on `replicas` of the nodes, 0 for all. `arbiters`: so many at the end vote only.
    """

    copies: int = 2
    failover: Failover = "none"
    reads: Reads = "leader"
    fencing: Literal["off", "on"] = "off"
    heartbeat_us: int = 50_000
    silence_us: int = 200_000
    election_low_us: int = 200_000
    election_high_us: int = 400_000
    takeover_step_us: int = 60_000
    lease_us: int = 150_000
    shards: int = 1
    replicas: int = 0
    durability: Durability = "on"
    standbys: str = "none"
    ack_timeout_us: int = 0
    on_timeout: Literal["wait", "async", "cancel", "unknown"] = "wait"
    wait_no_replica: Literal["on", "off"] = "on"
    wait_point: Literal["before_commit", "after_commit"] = "before_commit"
    read_concern: Literal["acknowledged", "local", "majority"] = "acknowledged"
    read_wait_us: int = 300_000
    hand_us: int = 0
    flush_us: int = 0
    apply_us: int = 0
    pre_vote: Literal["off", "on"] = "off"
    step_down: Literal["off", "on"] = "off"
    priorities: Annotated[str, Meta(pattern=r"^[0-9](-[0-9])*$")] = "1"
    catch_up: Literal["off", "on"] = "off"
    catch_up_us: int = 100_000
    vote_write_low_us: int = 0
    vote_write_high_us: int = 0
    poll_us: int = 100_000
    polls_missed: int = 3
    agreement: Literal["off", "on"] = "on"
    anti_flap_us: int = 10_000_000
    candidate: Literal["newest", "preferred"] = "newest"
    lock_ttl_us: int = 300_000
    lock_loop_us: int = 100_000
    lock_retry_us: int = 100_000
    max_lag: int = 100
    failsafe: Literal["off", "on"] = "off"
    tail: Literal["roll_back", "save_aside", "keep", "resend"] = "roll_back"
    routing: Literal["forward", "direct", "proxy"] = "forward"
    redirect_us: int = 0
    find_leader_us: int = 0
    arbiters: int = 0
    follower_writes: Literal["forward", "refuse", "accept"] = "forward"
    sync_mode: Literal["off", "on", "strict"] = "off"
    sync_count: int = 1

    def priority(self, place: int) -> int:
        """The priority of the node at this place of the list, from 0."""
        digits = self.priorities.split("-")
        return int(digits[place]) if place < len(digits) else 1

    @property
    def needs(self) -> int:
        """On how many nodes a write must be for its OK, the leader included."""
        if self.durability in ("off", "local"):
            return 1
        standbys = parse(self.standbys)
        return 1 + standbys.count if standbys.names else self.copies

    def validate(self, node_count: int, nodes: tuple[str, ...] = ()) -> None:
        """Raise CommandRejected if a cluster of `node_count` nodes cannot run with this."""
        parse(self.standbys)
        if nodes:
            check_names(self.standbys, nodes)
        self._validate_shards(node_count)
        arbiters.validate(self, node_count, nodes)
        copies = self.replicas or node_count
        if not 1 <= self.copies <= copies:
            raise CommandRejected(
                f"OK after {self.copies} copies was asked for.",
                f"{copies} nodes hold a copy, and each holds one.",
                f"Choose from 1 to {copies}.",
            )
        if not 0 < self.heartbeat_us < min(self.silence_us, self.election_low_us):
            raise CommandRejected(
                f"A heartbeat every {duration(self.heartbeat_us)} was asked for.",
                "Followers would suspect a leader that is well.",
                "Let the silence and the election time-outs be longer than the heartbeat.",
            )
        if not self.heartbeat_us < self.lease_us < min(self.silence_us, self.election_low_us):
            raise CommandRejected(
                f"A lease of {duration(self.lease_us)} was asked for.",
                "It must outlast a heartbeat and end before another node may take over.",
                "Choose one between the heartbeat and the shortest time-out.",
            )
        if self.election_high_us < self.election_low_us:
            raise CommandRejected(
                f"Election time-outs from {span(self.election_low_us, self.election_high_us)}.",
                "The upper bound is below the lower one.",
                "Swap them.",
            )
        self._validate_election(node_count)
        check_outside(self)
        check_followers(self, node_count)

    def _validate_shards(self, node_count: int) -> None:
        if not 1 <= self.shards <= MOST_SHARDS:
            raise CommandRejected(
                f"{self.shards} shards were asked for.",
                f"There is at least one leader, and at most {MOST_SHARDS} can be told apart.",
                f"Choose from 1 to {MOST_SHARDS}.",
            )
        if self.shards > 1 and self.reads == "wait_position":
            raise CommandRejected(
                f"Reads that wait for a position, with {self.shards} shards, were asked for.",
                "A client keeps one position, and each shard has a log of its own.",
                "Choose one shard, or another way to read.",
            )
        several = self.shards > 1 or 0 < self.replicas < node_count
        if several and any(self.priority(place) != 1 for place in range(node_count)):
            raise CommandRejected(
                f"Priorities {self.priorities}, with several shards, were asked for.",
                "They name nodes by their place, which is another one in each shard.",
                "Choose one shard with a copy on every node, or leave them out.",
            )
        if 0 < self.replicas < node_count and parse(self.standbys).names:
            raise CommandRejected(
                f"Standbys {self.standbys}, with copies on {self.replicas} nodes, were asked for.",
                "The named nodes have no copy of every shard.",
                "Choose how many copies an OK waits for instead.",
            )
        if not 0 <= self.replicas <= node_count:
            raise CommandRejected(
                f"Copies on {self.replicas} nodes were asked for.",
                f"The cluster has {node_count} nodes, and each holds one copy at most.",
                f"Choose from 1 to {node_count}, or 0 for all of them.",
            )

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
                f"Votes on disk after {span(self.vote_write_low_us, self.vote_write_high_us)}.",
                "The upper bound is below the lower one.",
                "Swap them.",
            )
