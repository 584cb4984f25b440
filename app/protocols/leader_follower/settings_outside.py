"""Which settings of the observer, the lock, the tail and the followers make no sense."""

from typing import TYPE_CHECKING

from app.errors import CommandRejected, duration

if TYPE_CHECKING:
    from app.protocols.leader_follower.settings import LeaderFollowerSettings


def check_outside(given: "LeaderFollowerSettings") -> None:
    """Raise CommandRejected for an observer, a lock or a tail that cannot work."""
    if given.poll_us < 1 or given.polls_missed < 1:
        raise CommandRejected(
            f"Polls every {duration(given.poll_us)}, dead after {given.polls_missed} missed.",
            "An observer has to ask, and to wait for at least one answer.",
            "Give both from 1 on.",
        )
    needed = given.lock_loop_us + 2 * given.lock_retry_us
    if not given.lock_loop_us > 0 or not given.lock_retry_us > 0 or given.lock_ttl_us < needed:
        raise CommandRejected(
            f"A lock for {duration(given.lock_ttl_us)} was asked for.",
            f"A leader renews it after {duration(given.lock_loop_us)} and tries twice for "
            f"{duration(given.lock_retry_us)}; it would run out under a leader in office.",
            f"Choose at least {duration(needed)}.",
        )
    if given.max_lag < 0:
        raise CommandRejected(
            f"A lag of {given.max_lag} entries was asked for.",
            "No log is ahead of itself.",
            "Give 0 or more.",
        )
    if given.tail == "keep" and given.failover == "election":
        raise CommandRejected(
            "A tail that stays was asked for, with elections.",
            "An elected leader's log is the only one; who keeps another would vote for it.",
            "Save the tail aside, or choose another kind of failover.",
        )


def check_followers(given: "LeaderFollowerSettings", node_count: int) -> None:
    """Raise CommandRejected for followers that take writes, or are waited for, where none can."""
    several = given.shards > 1 or 0 < given.replicas < node_count
    if given.follower_writes == "accept" and (given.failover in ("election", "lease") or several):
        raise CommandRejected(
            "Followers that take writes themselves were asked for.",
            "Elections, a lock and shards rest on logs that only leaders write.",
            "Let followers forward or refuse, or choose another kind of failover.",
        )
    if not given.sync_count >= 1:
        raise CommandRejected(
            f"{given.sync_count} synchronous standbys were asked for.",
            "Synchronous mode waits for somebody, and without it none is waited for.",
            "Choose 1 or more, and sync_mode off for none.",
        )
    if given.sync_mode == "off":
        return
    if given.failover != "lease" or given.durability in ("off", "local"):
        raise CommandRejected(
            f"A synchronous standby ({given.sync_mode}) was asked for.",
            "It is the one that may take the lock, and an OK waits until it has the write.",
            "Choose failover by a lock, and a durability beyond the leader's own disk.",
        )
    if given.standbys != "none" or given.ack_timeout_us or given.wait_no_replica == "off":
        raise CommandRejected(
            f"A synchronous standby ({given.sync_mode}) beside another rule was asked for.",
            "A list or a time-out would let an OK go without the one that may take over.",
            "Leave standbys, ack_timeout_us and wait_no_replica as they are.",
        )
