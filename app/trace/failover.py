"""The five steps of a failover, as kinds of events: what a lesson can point at.

Somebody notices that the leader is silent; a new one is chosen; it catches up with what was
acknowledged; the others turn to it; what only the old leader had is dealt with.
"""

STEPS = ("detect", "choose", "catch_up", "redirect", "old_tail")

STEP_OF: dict[str, str] = {
    "leader_suspected": "detect",
    "leader_gave_up": "detect",
    "pre_vote_started": "choose",
    "election_started": "choose",
    "leader_elected": "choose",
    "leader_promoted": "choose",
    "promotion_asked": "choose",
    "transfer_started": "choose",
    "leader_handed_over": "choose",
    "catch_up_started": "catch_up",
    "catch_up_ended": "catch_up",
    "leader_unreachable": "detect",
    "leader_declared_dead": "detect",
    "lock_expired": "detect",
    "lock_released": "detect",
    "leader_demoted": "detect",
    "failover_withheld": "choose",
    "candidate_chosen": "choose",
    "lock_granted": "choose",
    "leader_heard": "redirect",
    "clients_redirected": "redirect",
    "client_turned": "redirect",
    "leader_sought": "redirect",
    "leader_found": "redirect",
    "leader_stepped_down": "old_tail",
    "log_truncated": "old_tail",
    "tail_kept": "old_tail",
    "tail_resent": "old_tail",
    "log_diverged": "old_tail",
}
"""An event that is in no failover is not here."""
