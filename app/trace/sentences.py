"""One template an event feeds caption, log, live region and transcript, here and in the browser.

The key of a template is the event's kind, then "/" and a value for each of its VARIANTS, longest
first; a key that starts with a design ("leaderless:link_cut") goes before the general one. The
browser renders the same table; a test compares both on whole runs. `weight` decides which
sentences stay when a caption has no room for all.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from app.trace.events import TraceEvent, snake_case
from app.trace.ids import operation_of
from app.trace.types import TYPES
from app.trace.types.data_type import DataType
from app.trace.values import CART, StoredVersion, Value, carts
from app.trace.verdicts import VerdictRow


class Template(Struct, frozen=True):
    """Text with {field} or {field|filter} in it, and how much it matters in a caption."""

    text: str
    weight: int = 5


VARIANTS: dict[str, tuple[str, ...]] = {
    "link_cut": ("b_reaches",),
    "message_dropped": ("reason",),
    "setting_changed": ("setting", "choice"),
    "node_slowed": ("milliseconds",),
    "operation_invoked": ("action",),
    "operation_returned": ("action", "outcome", "reason"),
    "client_changed": ("setting", "choice"),
    "workload_changed": ("state",),
    "quorum_reached": ("kind",),
    "request_refused": ("reason",),
    "leader_elected": ("votes",),
    "pre_vote_refused": ("reason",),
    "catch_up_ended": ("source",),
    "transfer_started": ("reason",),
    "log_appended": ("value",),
    "log_truncated": ("dropped",),
    "leader_unreachable": ("hears",),
    "failover_withheld": ("reason",),
    "candidate_chosen": ("behind",),
    "clients_redirected": ("node",),
    "leader_demoted": ("reason",),
    "tail_kept": ("how",),
    "log_tail_lost": ("dropped",),
    "follower_lagged": ("behind",),
    "replication_mode_changed": ("mode", "reason"),
    "standbys_changed": ("standbys", "need"),
    "write_released": ("reason",),
    "finding_changed": ("check",),
    "tombstone_reaped": ("reason",),
    "upkeep_started": ("what",),
    "anti_entropy_ended": ("keys",),
    "proposal_accepted": ("value",),
}

_NAME = "{client|name}"
_ASKED = {
    "add": f"{_NAME} adds {{item}}{{key|mark}}",
    "remove": f"{_NAME} removes {{item}}{{key|mark}}",
    "put": f"{_NAME} sets the {{key}} to {{item}}",
    "increment": f"{_NAME} changes the {{key}} by {{item|signed}}",
    "delete": f"{_NAME} deletes the {{key}}",
    "resolve": f"{_NAME} settles the versions{{key|mark}}",
    "read": f"{_NAME} reads{{key|mark}}",
}
_TOLD = {
    "ok": "OK.",
    "ok/not_replicated": "OK, with a warning: maybe on {node} alone.",
    "failed": "Refused.",
    "failed/no_leader": "Refused, {node} cannot reach the leader.",
    "failed/no_quorum": "Refused, {node} cannot reach enough nodes.",
    "failed/leader_changed": "Refused, the leader has changed.",
    "failed/changed": "Refused, the {key} has changed.",
    "failed/fenced": "Refused, {node} hears no majority.",
    "failed/not_leader": "Refused, {node} does not lead.",
    "failed/read_only": "Refused, {node} takes no writes.",
    "failed/no_lock": "Refused, {node} does not have the lock any more.",
    "failed/old_lease": "Refused, {node} waits until no older leader can answer.",
    "failed/behind": "Refused, {node} is too far behind.",
    "failed/handing_over": "Refused, the leader is about to hand over.",
    "failed/catching_up": "Refused, the new leader takes no writes yet.",
    "failed/no_primaries": "Refused, {node} cannot reach enough of the replicas themselves.",
    "failed/no_share": "Refused, {node} has no share left.",
    "failed/obsolete": "Refused, another write came before.",
    "failed/no_delete": "Refused, under this rule items go one by one.",
    "failed/none_left": "Refused, there are too few left.",
    "failed/too_many_siblings": "Refused, {node} holds too many siblings.",
    "failed/no_compare": "Refused, no node can compare for all.",
    "unknown": "No answer.",
    "unknown/too_few_answers": "No answer, too few nodes answered {node}.",
    "unknown/too_few_copies": "No answer in time, too few copies were acknowledged.",
    "unknown/repair_unfinished": "No answer, a repair was not confirmed.",
    "unknown/leader_changed": "No answer, the leader changed meanwhile.",
    "unknown/contention": "No answer, others were ahead of {node} each time.",
    "unknown/overtaken": "No answer, another round came between.",
    "unknown/tried_before": "No answer to the first try, the last was refused.",
}


ANSWERS = {"asked": _ASKED, "told": _TOLD}
"""Every action with every outcome makes a sentence, weight 9; where there is none of its own."""


def _answers() -> dict[str, Template]:
    return {
        f"operation_returned/{action}/{told}": Template(f"{asked}: {words}", 9)
        for action, asked in _ASKED.items()
        for told, words in _TOLD.items()
    }


PLAIN_SENTENCES: dict[str, Template] = {
    "cluster_started": Template("{nodes|join} are up and empty.", 1),
    "message_sent": Template("{source} sends {kind|words} to {target}.", 1),
    "message_dropped": Template("A message from {source} to {target} is lost: {kind|words}.", 1),
    "message_dropped/cut": Template(
        "A message from {source} to {target} dies at the cut: {kind|words}.", 1
    ),
    "message_dropped/crashed": Template(
        "{target} is down and does not get a message from {source}: {kind|words}.", 1
    ),
    "link_cut": Template("The link {a}–{b} is cut.", 4),
    "leaderless:link_cut": Template(
        "{b} still reaches {b_reaches|join}. There is no leader to miss.", 6
    ),
    "leaderless:link_cut/0": Template("{b} has no link to another node now.", 6),
    "leader_follower:link_cut/0": Template("{b} has no link to another node now.", 6),
    "link_cut_one_way": Template("Nothing passes from {source} to {target} any more.", 5),
    "link_slowed": Template("The link {a}–{b} takes {times} times as long.", 4),
    "link_made_lossy": Template("The link {a}–{b} loses {percent} messages in a hundred.", 4),
    "link_healed": Template("The link {a}–{b} is whole again.", 4),
    "node_crashed": Template("{node} crashed. Its disk stays.", 8),
    "node_lost_power": Template("{node} lost its power. What was flushed to its disk stays.", 8),
    "node_restarted": Template("{node} is running again.", 7),
    "node_paused": Template("{node} stands still. What reaches it waits.", 8),
    "node_resumed": Template("{node} goes on; {waiting} messages and timers had waited.", 7),
    "node_wiped": Template("{node} lost its disk and starts again, empty.", 8),
    "clock_skewed": Template("The clock of {node} is {offset_us|ahead}.", 6),
    "setting_changed": Template("From now on: {setting|spaced} {choice|spaced}.", 6),
    "setting_changed/flush_us": Template("From now on a flush takes {choice|ms}.", 6),
    "setting_changed/apply_us": Template(
        "From now on followers apply {choice|ms} after they have flushed.", 6
    ),
    "setting_changed/hand_us": Template(
        "From now on the leader's log may lie in memory for {choice|ms}.", 6
    ),
    "setting_changed/ack_timeout_us": Template(
        "From now on a write waits {choice|ms} for followers.", 6
    ),
    "setting_changed/ack_timeout_us/0": Template(
        "From now on a write waits for followers for ever.", 6
    ),
    "setting_changed/poll_us": Template("From now on the watcher polls every {choice|ms}.", 6),
    "setting_changed/anti_flap_us": Template(
        "From now on the watcher rests {choice|ms} after a failover.", 6
    ),
    "setting_changed/lock_ttl_us": Template("From now on the lock lasts {choice|ms}.", 6),
    "setting_changed/redirect_us": Template(
        "From now on the proxy turns to a new leader after {choice|ms}.", 6
    ),
    "setting_changed/read_wait_us": Template(
        "From now on a read waits {choice|ms} for its position.", 6
    ),
    "client_changed/entry": Template("{client|name} now enters at {choice}.", 6),
    "client_changed/region": Template("{client|name} is in {choice} now.", 6),
    "client_changed/retries/off": Template("From now on {client|name} asks once.", 6),
    "client_changed/retries/blind": Template("From now on {client|name} asks again, blindly.", 6),
    "client_changed/retries/with_id": Template("From now on {client|name} asks again, by id.", 6),
    "workload_changed/on": Template(
        "{clients} background clients begin, {per_second} a second.", 6
    ),
    "workload_changed/off": Template("The background clients stop.", 6),
    "node_slowed": Template("{node} needs {milliseconds} ms for each message with work.", 7),
    "node_slowed/0": Template("{node} works at full speed again.", 7),
    "queue_changed": Template("{waiting} operations are at {node}.", 1),
    "fault_ignored": Template("Nothing changes here: {reason}.", 9),
    "intent_queued": Template("{client|name} is still waiting, so the next request queues.", 3),
    "intent_skipped": Template("{client|name} has nothing to do here: {reason}.", 4),
    "operation_invoked": Template("{client|name} asks {entry}.", 3),
    "operation_invoked/add": Template("{client|name} asks {entry} to add {item}{key|mark}.", 3),
    "operation_invoked/remove": Template(
        "{client|name} asks {entry} to remove {item}{key|mark}.", 3
    ),
    "operation_invoked/put": Template("{client|name} asks {entry} to set the {key} to {item}.", 3),
    "operation_invoked/increment": Template(
        "{client|name} asks {entry} to change the {key} by {item|signed}.", 3
    ),
    "operation_invoked/delete": Template("{client|name} asks {entry} to delete the {key}.", 3),
    "operation_invoked/read": Template("{client|name} asks {entry} for the {key}.", 3),
    "operation_invoked/resolve": Template(
        "{client|name} settles the versions{key|mark} through {entry}.", 3
    ),
    "operation_returned/read/ok": Template(f"{_NAME} reads {{key|first}}{{values|versions}}.", 9),
    "operation_retried": Template("{client|name} had no answer and asks {entry} again.", 6),
    "request_recognised": Template("{node} knows this request and does not apply it twice.", 7),
    "request_accepted": Template("{node} waits for {need} of {of} nodes.", 2),
    "reply_counted": Template("{node} counts {source}: {have} of {need}.", 2),
    "quorum_reached": Template("{node} has {have} of {of} answers: enough.", 3),
    "quorum_reached/write": Template("{have} of {of} nodes hold the write, {node} knows.", 3),
    "quorum_missed": Template("{node} stops waiting with {have} of {need} answers.", 7),
    "request_refused": Template("{node} refuses.", 3),
    "request_refused/no_leader": Template("{node} refuses: it cannot reach the leader.", 3),
    "request_refused/no_quorum": Template("{node} refuses: it cannot reach enough nodes.", 3),
    "request_refused/changed": Template("{node} refuses: somebody changed the {key} meanwhile.", 3),
    "request_refused/fenced": Template("{node} refuses: it hears no majority.", 3),
    "request_refused/not_leader": Template("{node} refuses: it does not lead.", 3),
    "request_refused/read_only": Template("{node} refuses: it follows, and is read-only.", 3),
    "request_refused/no_lock": Template("{node} refuses: it does not have the lock any more.", 3),
    "request_refused/old_lease": Template(
        "{node} refuses: it waits until no older leader can answer.", 3
    ),
    "request_refused/behind": Template(
        "{node} refuses: it has not got what the client has seen.", 3
    ),
    "request_refused/handing_over": Template("{node} refuses: it is about to hand over.", 3),
    "request_refused/catching_up": Template("{node} refuses: it takes no writes yet.", 3),
    "request_refused/no_primaries": Template(
        "{node} refuses: it cannot reach enough of the replicas themselves.", 3
    ),
    "request_refused/no_share": Template(
        "{node} refuses: no more may be taken there than came in there.", 3
    ),
    "request_refused/obsolete": Template(
        "{node} refuses: the first replica holds what replaced that version.", 3
    ),
    "request_refused/no_delete": Template(
        "{node} refuses: a cart that merges item by item is emptied item by item.", 3
    ),
    "request_refused/none_left": Template(
        "{node} refuses: with what is decided, too few are left.", 3
    ),
    "request_refused/too_many_siblings": Template(
        "{node} refuses: it would hold more siblings than are allowed.", 3
    ),
    "request_refused/no_compare": Template(
        "{node} refuses: without a leader no node can compare for all.", 3
    ),
    "operation_applied": Template("{node} works the change in{key|mark}: {value|items}.", 2),
    "leader_suspected": Template("{node} no longer hears the leader{shard|of}.", 7),
    "leader_heard": Template("{node} hears the leader{shard|of} {leader}.", 6),
    "election_started": Template("{node} stands for election in term {term}{shard|of}.", 7),
    "vote_granted": Template("{node} votes for {candidate} in term {term}{shard|of}.", 3),
    "vote_counted": Template("{node} counts the vote of {source}: {votes} of {need}.", 3),
    "leader_elected": Template("{node} leads term {term}{shard|of} with {votes} votes.", 8),
    "leader_elected/0": Template("{node} leads term {term}{shard|of} again.", 8),
    "leader_stepped_down": Template("{node} steps down: term {new_term} is above its {term}.", 8),
    "log_appended": Template("{node} has {value|items}{key|mark} at log position {position}.", 2),
    "log_appended/none": Template("{node} has the opening entry of term {term}{shard|of}.", 2),
    "log_truncated": Template("{node} throws away its log{shard|of} from position {position}.", 6),
    "log_truncated/1": Template("{node} throws away {dropped|owned} from its log.", 8),
    "log_truncated/2+": Template("{node} throws away {dropped|owned} from its log.", 8),
    "leader_unreachable": Template(
        "The {node} does not reach {leader}, but {hears|join} still hear it: no failover.", 8
    ),
    "leader_unreachable/1": Template(
        "The {node} does not reach {leader}, but {hears|join} still hears it: no failover.", 8
    ),
    "leader_declared_dead": Template(
        "The {node} takes the leader{shard|of} {leader} for dead; "
        "polls without an answer: {missed}.",
        8,
    ),
    "failover_withheld": Template("The {node} does not act.", 8),
    "failover_withheld/anti_flapping": Template(
        "The {node} misses {leader}, but has promoted a node lately and does not act.", 8
    ),
    "failover_withheld/no_candidate": Template(
        "The {node} misses {leader} and reaches no node that could lead.", 8
    ),
    "candidate_chosen": Template(
        "The {node} chooses {candidate}, {behind} entries short of the longest log it has heard "
        "of.",
        8,
    ),
    "candidate_chosen/0": Template(
        "The {node} chooses {candidate}: no log it has heard of is longer.", 8
    ),
    "clients_redirected": Template(
        "The {node} turns to {leader}, which leads term {term}{shard|of}.", 8
    ),
    "clients_redirected/watcher": Template(
        "The {node} tells all that {leader} leads term {term}{shard|of}.", 8
    ),
    "leader_sought": Template(
        "{client|name} hears from {node} that nobody leads, and asks around who does.", 6
    ),
    "leader_found": Template("{client|name} finds that {leader} leads, and asks it.", 6),
    "client_turned": Template("{node} does not lead, {client|name} hears, and asks {leader}.", 5),
    "lock_expired": Template("The {node}{shard|of} of {holder} has run out: it is free.", 8),
    "lock_released": Template("{holder} gives the {node}{shard|of} back.", 7),
    "lock_granted": Template("{holder} has the {node}{shard|of} now, with term {term}.", 8),
    "leader_demoted": Template("{node} leaves office{shard|of}.", 8),
    "leader_demoted/lock_unreachable": Template(
        "{node} cannot renew the lock{shard|of} and leaves office before it runs out.", 8
    ),
    "leader_demoted/lock_lost": Template(
        "{node} has lost the lock{shard|of} and leaves office.", 8
    ),
    "failsafe_used": Template(
        "{node} cannot renew the lock{shard|of}; all {others} others allow it to lead on.", 8
    ),
    "tail_kept": Template("{node} keeps {values|owned}.", 7),
    "tail_kept/aside": Template(
        "{node} puts {values|owned} into its rollback list, which nobody reads.", 8
    ),
    "tail_kept/to_resend": Template("{node} is to ask the leader for {values|owned} again.", 7),
    "tail_resent": Template("{node} asks {leader} again for {values|owned}.", 8),
    "follower_wrote": Template("{node} does not lead, and takes the write on alone.", 8),
    "log_diverged": Template(
        "{node} keeps a log{shard|of} of its own, with {values|owned}, and follows no more.", 8
    ),
    "leader_promoted": Template(
        "{node} takes over as leader of term {term}{shard|of}, asking nobody.", 8
    ),
    "leader_fenced": Template("{node} hears no majority and answers nobody any more.", 8),
    "leader_unfenced": Template("{node} hears a majority and answers.", 6),
    "leader_waits": Template("{node} answers nobody until no older leader can answer.", 5),
    "pre_vote_started": Template("{node} asks whether it could win term {term}.", 7),
    "pre_vote_refused": Template("{node} would not vote for {candidate}.", 3),
    "pre_vote_refused/hears_leader": Template(
        "{node} hears a leader and would not vote for {candidate}.", 4
    ),
    "pre_vote_refused/older_log": Template(
        "{node} has a newer log and would not vote for {candidate}.", 4
    ),
    "pre_vote_refused/old_term": Template(
        "{node} is in a later term and would not vote for {candidate}.", 4
    ),
    "pre_vote_counted": Template("{source} would vote for {node}: {votes} of {need}.", 3),
    "leader_gave_up": Template(
        "{node} hears {have} of {need} nodes and gives up leading term {term}.", 8
    ),
    "catch_up_started": Template("{node} looks for newer entries before it takes writes.", 6),
    "catch_up_ended": Template("{node} takes {entries} newer entries from {source}.", 7),
    "catch_up_ended/": Template("{node} finds no newer entries and takes writes.", 5),
    "transfer_started": Template("{node} is about to hand over to {target}.", 6),
    "transfer_started/priority": Template(
        "{target} has a higher priority and the whole log; {node} is about to hand over.", 6
    ),
    "transfer_aborted": Template("{target} has not caught up in time; {node} leads on.", 7),
    "leader_handed_over": Template("{node} leaves office for {target}.", 8),
    "promotion_asked": Template("A person asks {node} to lead.", 8),
    "promotion_refused": Template("{node} is not made the leader: {reason}.", 7),
    "promotion_given_up": Template("{node} does not lead: {leader} has not left office.", 7),
    "rejoin_started": Template("{node} asks all others what they have.", 3),
    "node_rejoined": Template("{node} has copied the log of {source} and takes part again.", 7),
    "commit_advanced": Template(
        "{node} knows log position {position}{shard|of} is on a majority.", 2
    ),
    "log_progressed": Template(
        "{node} has its log handed over up to {handed}, flushed up to {flushed}, "
        "applied up to {applied}.",
        1,
    ),
    "log_tail_lost": Template("{node} loses its log from position {position}.", 6),
    "log_tail_lost/1": Template("{node} loses {dropped|values}, which was not on its disk.", 8),
    "log_tail_lost/2+": Template("{node} loses {dropped|values}, which were not on its disk.", 8),
    "follower_lagged": Template("{node} knows that {follower} is {behind} entries behind.", 3),
    "follower_lagged/1": Template("{node} knows that {follower} is one entry behind.", 3),
    "follower_lagged/0": Template("{node} knows that {follower} has everything.", 3),
    "replication_mode_changed": Template("{node} waits for {need} nodes again.", 7),
    "replication_mode_changed/async": Template("{node} waits for no follower any more.", 8),
    "replication_mode_changed/async/timeout": Template(
        "{node} has waited long enough and falls back to asynchronous replication.", 8
    ),
    "replication_mode_changed/async/no_replica": Template(
        "{node} hears too few followers and falls back to asynchronous replication.", 8
    ),
    "replication_mode_changed/semi_sync": Template(
        "Enough followers have caught up: {node} waits for {need} nodes again.", 8
    ),
    "standbys_changed": Template("{node} waits for {standbys|join} from now on.", 3),
    "standbys_changed/0": Template("{node} has no standby to wait for, and waits.", 3),
    "standbys_changed/0/0": Template("{node} has no standby left, and goes on alone.", 7),
    "write_released": Template("{node} answers OK with {have} of {need} nodes.", 7),
    "write_released/cancel": Template(
        "The wait is cancelled: {node} answers OK with {have} of {need} nodes, and a warning.", 8
    ),
    "caught_up": Template("{node} caught up with {leader}{shard|of}.", 5),
    "versions_stored": Template("{node} holds {versions|versions}{key|mark}.", 2),
    "write_ignored": Template(
        "{node} drops {value|items}{key|mark}: its stamp is {older_us|span} older.", 8
    ),
    "siblings_formed": Template("{node} now holds {count} versions{key|mark}.", 8),
    "digests_differed": Template(
        "What {node} was told in short differs, so it asks for everything{key|mark}.", 5
    ),
    "replica_added": Template("The read takes long, and {node} asks {replica} too.", 5),
    "repair_applied": Template("A read repairs {node}{key|mark}.", 5),
    "hint_stored": Template("{node} keeps {versions|versions}{key|mark} as a hint for {home}.", 6),
    "hint_delivered": Template("{home} has got from {node} what was kept for it{key|mark}.", 6),
    "hint_declined": Template("{home} has been silent too long: {node} keeps no hint for it.", 7),
    "trees_compared": Template(
        "{node} and {peer} compare {compared} hashes at level {level}: {differing} differ.", 3
    ),
    "anti_entropy_ended": Template(
        "{node} and {peer} have compared {compared} hashes, and {keys} keys were sent.", 6
    ),
    "anti_entropy_ended/1": Template(
        "{node} and {peer} have compared {compared} hashes, and one key was sent.", 6
    ),
    "anti_entropy_ended/0": Template("The trees of {node} and {peer} are equal.", 4),
    "upkeep_started/repair": Template("An operator lets {node} repair all its keys.", 6),
    "upkeep_started/compact": Template("An operator runs a compaction at {node}.", 6),
    "upkeep_started": Template("An operator looks after {node}.", 6),
    "tombstone_reaped": Template("{node} lets go of a tombstone{key|mark}.", 7),
    "tombstone_reaped/grace": Template(
        "{node} lets go of a tombstone{key|mark}, whose time of grace is over.", 7
    ),
    "tombstone_reaped/agreed": Template(
        "All replicas hold the tombstone{key|mark}, and {node} lets it go.", 7
    ),
    "tombstone_reaped/none": Template("{node} deletes{key|mark} and keeps no tombstone.", 6),
    "nothing_found": Template(
        "{missing} of {of} nodes have nothing{key|mark}, and {node} waits for no more.", 5
    ),
    "write_handed_on": Template(
        "{node} holds no copy{key|mark} and hands the write on to {home}.", 5
    ),
    "client_suspected": Template(
        "{client|name} had no answer from {node} and leaves it out for now.", 6
    ),
    "client_trusts": Template("{client|name} asks {node} again.", 3),
    "peer_suspected": Template("{node} no longer hears {peer}.", 3),
    "peer_heard": Template("{node} hears {peer} again.", 3),
    "quorum_out_of_reach": Template("{node} can collect {alive} of the {need} copies it needs.", 7),
    "ballot_opened": Template("{node} asks for promises of its ballot {ballot|ms}.", 3),
    "ballot_promised": Template("{node} promises the ballot {ballot|ms} of {by}.", 2),
    "ballot_refused": Template(
        "{node} has promised the ballot {promised|ms} of {other}, which is higher.", 4
    ),
    "proposal_found": Template(
        "{node} finds a round unfinished and finishes it first: {value|items}{key|mark}.", 8
    ),
    "proposal_accepted": Template("{node} accepts {value|items}{key|mark} under {ballot|ms}.", 2),
    "proposal_accepted/none": Template("{node} accepts that nothing older is decided now.", 2),
    "proposal_refused": Template(
        "{node} has promised the ballot {promised|ms} of {other} meanwhile, and refuses.", 4
    ),
    "proposal_decided": Template(
        "A majority has accepted {value|items}{key|mark}, {node} knows: it is decided.", 7
    ),
    "ballot_lost": Template("{node} has met a higher ballot and tries again in {wait_us|ms}.", 6),
    "status_changed": Template("{because}", 6),
    "finding_changed": Template("{because}", 9),
}

SENTENCES: dict[str, Template] = {**_answers(), **PLAIN_SENTENCES}

MESSAGE_WORDS: dict[str, str] = {
    "request": "a write",
    "read_request": "a read request",
    "answer_ok": "OK",
    "answer_refused": "a refusal",
    "answer_unknown": "word that the outcome is unknown",
    "forward": "a forwarded write",
    "forward_taken": "word that it has the write",
    "replicate": "a copy",
    "ack": "an acknowledgement",
    "flush_ack": "word that it has flushed",
    "apply_ack": "word that it has applied",
    "replica_read": "a read request",
    "refuse": "a refusal",
    "read_confirm": "a question who leads",
    "read_reply": "what it holds",
    "digest_request": "a read request, in short",
    "digest_reply": "a digest of what it holds",
    "repair": "a repair",
    "vote_request": "a request for a vote",
    "vote": "a vote",
    "heartbeat": "a heartbeat",
    "heartbeat_ack": "a heartbeat's answer",
    "gossip": "a sign of life",
    "hint": "a hint",
    "tree_hashes": "hashes of its tree",
    "tree_differs": "word where its tree differs",
    "tree_keys": "keys of branches that differ",
    "reap": "word that a tombstone may go",
    "hint_ack": "an acknowledgement of a hint",
    "handoff": "what it kept for it",
    "repair_ack": "an acknowledgement of the repair",
    "prepare": "a ballot to promise",
    "promise": "a promise",
    "promise_refused": "word of a higher ballot",
    "propose": "a proposal",
    "accepted": "word that it accepts",
    "accept_refused": "word of a higher ballot",
    "commit": "what is decided",
    "pre_vote_request": "a question about a vote",
    "pre_vote": "word that it would vote",
    "tail_request": "a question for newer entries",
    "tail_reply": "what follows that log",
    "hand_over_request": "a wish to lead",
    "take_over_now": "word to stand at once",
    "poll": "a question how it is",
    "find_leader": "a question who leads",
    "leader_is": "word that it leads",
    "poll_reply": "how it is",
    "promote_order": "an order to lead",
    "promote_reply": "word whether it leads",
    "leader_named": "word who leads",
    "lock_request": "a question about the lock",
    "lock_answer": "word about the lock",
    "lock_take": "a wish for the lock",
    "lock_granted": "the lock",
    "failsafe_request": "a question whether it may go on",
    "failsafe_ok": "word that it may go on",
    "rejoin": "a question what there is",
    "rejoin_reply": "its log",
}


def keys(design: str, row: TraceEvent | VerdictRow) -> list[str]:
    """The template keys to try, the most telling first."""
    kind = snake_case(type(row).__name__)
    parts = [variant_of(getattr(row, name)) for name in VARIANTS.get(kind, ())]
    tries: list[str] = []
    for length in range(len(parts), -1, -1):
        key = "/".join([kind, *parts[:length]])
        tries += [f"{design}:{key}", key]
    return tries


def variant_of(value: Any) -> str:
    """A field's value as a part of a key: a list by its length, nothing as "none"."""
    if value is None:
        return "none"
    if isinstance(value, Value):
        return "some"
    if isinstance(value, tuple):
        return "2+" if len(value) > 1 else str(len(value))
    return str(value)


def template(design: str, row: TraceEvent | VerdictRow) -> Template:
    return next(SENTENCES[key] for key in keys(design, row) if key in SENTENCES)


def sentence(
    design: str, row: TraceEvent | VerdictRow, types: Mapping[str, str] | None = None
) -> str:
    """The one sentence about this row, for a cluster of this design; `types`: of the keys that are
    not carts."""
    kind = TYPES[(types or {}).get(getattr(row, "key", CART), CART)]

    def fill(found: re.Match[str]) -> str:
        return shown(getattr(row, found[1]), found[2] or "", kind)

    return re.sub(r"\{(\w+)(?:\|(\w+))?\}", fill, template(design, row).text)


def shown(value: Any, how: str, kind: DataType = TYPES[CART]) -> str:
    """A field's value in words; `how` is the filter after the bar, `kind` the type of the key."""
    if how in ("mark", "first"):
        words = f" ({value})" if how == "mark" else f"the {value}: "
        return "" if value == CART else words
    if how == "of":
        return f" of shard {value}" if value else ""
    if how == "name":
        return str(value).capitalize()
    if how == "join":
        return " and ".join(value) if len(value) < 3 else ", ".join(value)
    if how == "words":
        return MESSAGE_WORDS.get(value, str(value))
    if how == "spaced":
        return str(value).replace("_", " ")
    if how == "ms":
        return f"{int(value) / 1_000:g} ms"
    if how == "signed":
        return minus(value if value.startswith("-") else f"+{value}")
    if how == "span":
        return f"{value / 1_000_000:g} s"
    if how == "ahead":
        seconds = f"{abs(value) / 1_000_000:g} s"
        return "right again" if not value else f"{seconds} {'ahead' if value > 0 else 'behind'}"
    if how == "items":
        return value_words(value)
    if how == "owned":
        return " and ".join([f"{writer(each.id)}'s {value_words(each)}" for each in value])
    if how == "values":
        return _counted([value_words(entry) for entry in value], kind)
    if how == "versions":
        held = carts(entry.value if isinstance(entry, StoredVersion) else entry for entry in value)
        return _counted([_words(kind.read(version)) or kind.empty for version in held], kind)
    return str(value)


def writer(value_id: str) -> str:
    """The client that wrote a value, as its name begins a sentence."""
    return operation_of(value_id).rpartition("-")[0].capitalize()


def _counted(words: list[str], kind: DataType) -> str:
    if len(words) < 2:
        return words[0] if words else kind.empty
    return f"{len(words)} versions: {' | '.join(words)}"


def value_words(value: Value | None) -> str:
    """The items of one value, "an empty cart" when there are none."""
    return _words(value.items if value is not None else ()) or TYPES[CART].empty


def _words(items: tuple[str, ...]) -> str:
    return ", ".join(minus(item) for item in items)


def minus(text: str) -> str:
    """A number below zero with the sign that is read as minus."""
    return re.sub(r"^-(?=\d+$)", "−", text)
