"""How much an event matters to a person: the one table. Next stops at rank STORY and above."""

from app.trace.events import EVENT_TYPES, MessageDropped, MessageSent, TraceEvent, snake_case
from app.trace.ids import is_background

NOISE, DETAIL, STORY, VERDICT = 0, 1, 2, 3

NOISE_KINDS = frozenset(
    {
        "heartbeat", "heartbeat_ack", "gossip", "poll", "poll_reply", "lock_request", "lock_answer",
        "leader_named", "find_leader", "leader_is",
    }
)  # fmt: skip
"""Message kinds that are hidden until "Show heartbeats"."""

RANKS: dict[str, int] = {
    "cluster_started": DETAIL,
    "message_sent": DETAIL,
    "message_dropped": DETAIL,
    "link_cut": STORY,
    "link_cut_one_way": STORY,
    "link_slowed": STORY,
    "link_made_lossy": STORY,
    "link_healed": STORY,
    "node_crashed": STORY,
    "node_lost_power": STORY,
    "node_restarted": STORY,
    "node_paused": STORY,
    "node_resumed": STORY,
    "node_wiped": STORY,
    "clock_skewed": STORY,
    "node_slowed": STORY,
    "queue_changed": NOISE,
    "setting_changed": STORY,
    "client_changed": STORY,
    "workload_changed": STORY,
    "fault_ignored": STORY,
    "intent_queued": DETAIL,
    "intent_skipped": STORY,
    "operation_invoked": DETAIL,
    "operation_returned": STORY,
    "operation_retried": STORY,
    "request_accepted": DETAIL,
    "reply_counted": DETAIL,
    "quorum_reached": STORY,
    "quorum_missed": STORY,
    "request_refused": DETAIL,
    "request_recognised": STORY,
    "operation_applied": DETAIL,
    "leader_suspected": STORY,
    "leader_heard": STORY,
    "election_started": STORY,
    "vote_granted": DETAIL,
    "vote_counted": DETAIL,
    "leader_elected": STORY,
    "leader_stepped_down": STORY,
    "log_appended": DETAIL,
    "log_truncated": STORY,
    "leader_promoted": STORY,
    "leader_fenced": STORY,
    "leader_waits": DETAIL,
    "leader_unfenced": STORY,
    "pre_vote_started": STORY,
    "pre_vote_refused": DETAIL,
    "pre_vote_counted": DETAIL,
    "leader_gave_up": STORY,
    "catch_up_started": STORY,
    "catch_up_ended": STORY,
    "transfer_started": STORY,
    "transfer_aborted": STORY,
    "leader_handed_over": STORY,
    "promotion_asked": STORY,
    "promotion_refused": STORY,
    "promotion_given_up": STORY,
    "leader_unreachable": STORY,
    "leader_declared_dead": STORY,
    "failover_withheld": STORY,
    "candidate_chosen": STORY,
    "clients_redirected": STORY,
    "lock_expired": STORY,
    "lock_released": STORY,
    "lock_granted": STORY,
    "leader_demoted": STORY,
    "failsafe_used": STORY,
    "tail_kept": STORY,
    "tail_resent": STORY,
    "log_diverged": STORY,
    "follower_wrote": STORY,
    "client_turned": STORY,
    "leader_sought": STORY,
    "leader_found": STORY,
    "rejoin_started": DETAIL,
    "node_rejoined": STORY,
    "commit_advanced": DETAIL,
    "log_progressed": DETAIL,
    "log_tail_lost": STORY,
    "follower_lagged": DETAIL,
    "replication_mode_changed": STORY,
    "standbys_changed": DETAIL,
    "write_released": STORY,
    "caught_up": STORY,
    "versions_stored": DETAIL,
    "write_ignored": STORY,
    "siblings_formed": STORY,
    "digests_differed": STORY,
    "replica_added": STORY,
    "repair_applied": STORY,
    "hint_stored": STORY,
    "hint_delivered": STORY,
    "hint_declined": STORY,
    "trees_compared": DETAIL,
    "anti_entropy_ended": STORY,
    "upkeep_started": STORY,
    "tombstone_reaped": STORY,
    "nothing_found": STORY,
    "write_handed_on": STORY,
    "client_suspected": STORY,
    "client_trusts": DETAIL,
    "peer_suspected": DETAIL,
    "peer_heard": DETAIL,
    "quorum_out_of_reach": STORY,
    "ballot_opened": DETAIL,
    "ballot_promised": DETAIL,
    "ballot_refused": DETAIL,
    "proposal_found": STORY,
    "proposal_accepted": DETAIL,
    "proposal_refused": DETAIL,
    "proposal_decided": STORY,
    "ballot_lost": STORY,
    "status_changed": VERDICT,
    "finding_changed": VERDICT,
}

_BY_TYPE: dict[type, int] = {}


def rank(event: TraceEvent) -> int:
    """The rank of one event; a message of a noise kind is noise whatever became of it.

    What serves the background workload is a detail at most, and its messages are noise.
    """
    kind = type(event)
    found = _BY_TYPE.get(kind)
    if found is None:
        found = _BY_TYPE[kind] = RANKS[snake_case(kind.__name__)]
    if found == DETAIL and getattr(event, "kind", "") in NOISE_KINDS:
        return NOISE
    if is_background(getattr(event, "op", "")):
        return NOISE if isinstance(event, MessageSent | MessageDropped) else min(found, DETAIL)
    return found


_TOLD = frozenset(kind for kind in EVENT_TYPES if RANKS[snake_case(kind.__name__)] >= STORY)


def is_story(event: TraceEvent) -> bool:
    """Is it of rank STORY or above? As `rank` says, but quick for what is not, which is most."""
    return type(event) in _TOLD and rank(event) >= STORY
