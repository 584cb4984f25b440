"""Plants each bug of PLANTS into a copy of the tree and demands that its named test fails.

A guard that cannot fail guards nothing. Run: `python -m tests.planted_bugs` (all) or with names.
Each plant is an exact replacement of a piece of source; when the source moves on, the plant is
stale and this script says so instead of passing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PATIENCE = 60  # seconds a test


class Plant(NamedTuple):
    """One bug: where, what stands there, what a careless hand would write, who must notice."""

    name: str
    file: str
    right: str
    wrong: str
    test: str


PLANTS: tuple[Plant, ...] = (
    Plant(
        "a fault on one side happens on both",
        "app/scenarios/simulation.py",
        '            elif not isinstance(command, Fault) or command.only in ("", cluster.spec.name):',
        "            else:",
        "tests/scenarios/test_settings.py::test_a_fault_on_one_side_leaves_the_bytes_of_the_other_alone",
    ),
    Plant(
        "a stand-in that does not keep the hint",
        "app/protocols/leaderless/hints.py",
        "    keep(place, state, out, message.op, message.home, (message.version,), True)\n",
        "",
        "tests/scenarios/test_settings.py::test_stand_ins_count_in_a_sloppy_quorum_and_hand_back",
    ),
    Plant(
        "a strict quorum takes stand-ins",
        "app/protocols/leaderless/hints.py",
        '    if place.settings.quorum == "strict":',
        '    if place.settings.quorum == "none":',
        "tests/scenarios/test_settings.py::test_stand_ins_count_in_a_sloppy_quorum_and_hand_back",
    ),
    Plant(
        "hints are never handed over",
        "app/protocols/leaderless/hints.py",
        "        if home not in state.memory.suspected:\n            op",
        "        if home not in place.peers:\n            op",
        "tests/scenarios/test_settings.py::test_hints_bring_what_was_missed_without_a_read",
    ),
    Plant(
        "a hint is kept after its home has it",
        "app/protocols/leaderless/hints.py",
        "    if len(rest) == len(before):\n        return",
        "    if len(rest) <= len(before):\n        return",
        "tests/scenarios/test_settings.py::test_hints_bring_what_was_missed_without_a_read",
    ),
    Plant(
        "a stand-in answers reads with its own shelf",
        "app/protocols/leaderless/replica.py",
        "                if known.stands_in:",
        "                if not known.stands_in:",
        "tests/scenarios/test_settings.py::test_a_read_asks_the_stand_ins_for_what_they_keep",
    ),
    Plant(
        "a write that times out leaves no hint",
        "app/protocols/leaderless/coordinator.py",
        '    if pending.kind == "write" and place.settings.hints == "on":',
        '    if pending.kind == "read" and place.settings.hints == "on":',
        "tests/scenarios/test_settings.py::test_a_write_that_times_out_leaves_hints_for_who_did_not_answer",
    ),
    Plant(
        "the reply does not wait for the repair",
        "app/protocols/leaderless/coordinator.py",
        "        if not pending.mending:\n            out.send(pending.client, _answer(place, op, pending))\n    _end",
        "        out.send(pending.client, _answer(place, op, pending))\n    _end",
        "tests/scenarios/test_settings.py::test_repair_before_the_reply_waits_for_the_repair",
    ),
    Plant(
        "the last write is the first one",
        "app/versions/last_write.py",
        "    best = max(",
        "    best = min(",
        "tests/scenarios/test_settings.py::test_a_fast_clock_wins_against_one_who_had_read_it",
    ),
    Plant(
        "stamps from a clock that is always right",
        "app/protocols/leaderless/coordinator.py",
        "    stamp = out.clock if",
        "    stamp = out.now if",
        "tests/scenarios/test_settings.py::test_a_fast_clock_wins_against_one_who_had_read_it",
    ),
    Plant(
        "equal stamps are decided by arrival",
        "app/versions/last_write.py",
        "    return version.stamp, version.value.id",
        "    return version.stamp, ''",
        "tests/versions/test_last_write.py",
    ),
    Plant(
        "a new disk gives old dots",
        "app/protocols/leaderless/coordinator.py",
        "    actor = disk.actor or place.node",
        "    actor = place.node",
        "tests/scenarios/test_settings.py::test_a_wiped_node_gives_no_dot_twice",
    ),
    Plant(
        "a wiped node votes at once",
        "app/protocols/leader_follower/replica.py",
        "        if state.disk.rejoining and not isinstance(known, RejoinReply | ClientWrite | ClientRead):",
        "        if False and not isinstance(known, RejoinReply | ClientWrite | ClientRead):",
        "tests/scenarios/test_settings.py::test_a_wiped_node_votes_only_after_it_knows_what_it_had",
    ),
    Plant(
        "a wiped node asks a majority only",
        "app/protocols/leader_follower/rejoin.py",
        "    if len(memory.logs) < len(place.others):",
        "    if len(memory.logs) < place.majority - 1:",
        "tests/scenarios/test_settings.py::test_a_wiped_node_votes_only_after_it_knows_what_it_had",
    ),
    Plant(
        "a named leader with a new disk serves before it commits",
        "app/protocols/leader_follower/replica.py",
        "            election.lead_on(place, state, out, self.settings)\n        else:\n            self._begin(out, False)",
        "            self._begin(out, True)",
        "tests/scenarios/test_settings.py::test_a_wiped_leader_that_people_named_takes_its_log_from_the_others",
    ),
    Plant(
        "a crash ends the asking of a wiped node",
        "app/protocols/leader_follower/replica.py",
        "        if self.state.disk.rejoining:\n",
        "        if not self.node:\n",
        "tests/scenarios/test_settings.py::test_a_crash_does_not_end_the_asking_of_a_wiped_node",
    ),
    Plant(
        "a fenced leader takes writes",
        "app/protocols/leader_follower/replica.py",
        '            if not fencing.serves(place, state, out):\n                requests.refuse(place, out, source, request.op, "fenced")\n                return\n            if not writes',
        "            if not writes",
        "tests/scenarios/test_settings.py::test_fencing_keeps_the_old_leader_silent",
    ),
    Plant(
        "the lease is counted from the answer",
        "app/protocols/leader_follower/fencing.py",
        "    heard_at[source] = max(sent_at, heard_at.get(source, 0))",
        "    heard_at[source] = max(out.now, heard_at.get(source, 0))",
        "tests/protocols/leader_follower/test_fencing.py",
    ),
    Plant(
        "the lease needs nobody",
        "app/protocols/leader_follower/fencing.py",
        "    needed = place.majority - 1",
        "    needed = 0",
        "tests/scenarios/test_settings.py::test_fencing_keeps_the_old_leader_silent",
    ),
    Plant(
        "who takes over by time-out takes any term",
        "app/protocols/leader_follower/election.py",
        "    state.disk.term += 1 + (mine - state.disk.term) % count",
        "    state.disk.term += 1",
        "tests/protocols/leader_follower/test_take_over.py",
    ),
    Plant(
        "any node confirms its reads",
        "app/protocols/leader_follower/replica.py",
        '        elif self.settings.reads == "any" and',
        '        elif self.settings.reads == "none" and',
        "tests/scenarios/test_settings.py::test_a_read_at_any_node_may_be_old_and_one_at_the_leader_is_not",
    ),
    Plant(
        "a change reaches requests under way",
        "app/protocols/leader_follower/requests.py",
        "        if not waiting.answered and len(waiting.sources) >= waiting.need:",
        "        if not waiting.answered and len(waiting.sources) >= place.copies:",
        "tests/scenarios/test_settings.py::test_a_change_holds_for_the_next_operation_and_not_for_the_one_under_way",
    ),
    Plant(
        "two leaders go unnoticed",
        "app/checkers/split_brain.py",
        "                if newest.term > self.offices[node].term:",
        "                if newest.term < self.offices[node].term:",
        "tests/scenarios/test_settings.py::test_fencing_keeps_the_old_leader_silent",
    ),
    Plant(
        "a snapshot forgets the settings",
        "app/scenarios/simulation.py",
        "            cluster.configure_all(msgspec.msgpack.decode(state.settings[name], type=settings_type))\n",
        "            msgspec.msgpack.decode(state.settings[name], type=settings_type)\n",
        "tests/scenarios/test_settings.py::test_a_snapshot_remembers_clocks_and_settings",
    ),
    Plant(
        "a snapshot forgets the clocks",
        "app/sim/snapshot.py",
        "    kernel.skew = dict(state.skew)",
        "    kernel.skew = {}",
        "tests/scenarios/test_settings.py::test_a_snapshot_remembers_clocks_and_settings",
    ),
    Plant(
        "settings that cannot work together are taken",
        "app/rooms/room.py",
        "        check_settings(self.scenario, (*before, *now))\n",
        "",
        "tests/rooms/test_room.py::test_settings_that_cannot_work_together_are_refused_with_what_would",
    ),
    Plant(
        "acknowledge before the quorum",
        "app/protocols/leaderless/coordinator.py",
        "    if have == pending.need:",
        "    if have == 1:",
        "tests/protocols/leaderless/test_coordinator.py::test_a_write_is_acknowledged_only_at_w",
    ),
    Plant(
        "count a node twice",
        "app/protocols/leaderless/coordinator.py",
        "    if source in pending.answers:",
        "    if source == place.node:",
        "tests/protocols/leaderless/test_coordinator.py::test_a_node_is_counted_once",
    ),
    Plant(
        "repair with the older version",
        "app/protocols/leaderless/read_repair.py",
        "    found = winners(place, read)\n    for",
        "    found = list(read.answers.values())[-1]\n    for",
        "tests/protocols/leaderless/test_coordinator.py::test_every_responder_that_lacks_something_is_repaired_with_the_newest",
    ),
    Plant(
        "drop a sibling",
        "app/versions/dotted.py",
        "    kept = [version for version in held if not has_seen(new, version)]",
        "    kept: list[DottedVersion] = []",
        "tests/versions/test_dotted.py::test_concurrent_versions_both_survive",
    ),
    Plant(
        "keep what was replaced",
        "app/versions/dotted.py",
        "    kept = [version for version in held if not has_seen(new, version)]",
        "    kept = list(held)",
        "tests/versions/test_dotted.py::test_a_version_that_was_read_disappears",
    ),
    Plant(
        "merge by arrival order",
        "app/versions/dotted.py",
        "    kept.sort(key=_dot)\n",
        "",
        "tests/versions/test_dotted.py::test_reduce_never_depends_on_the_order_of_arrival",
    ),
    Plant(
        "take a late older version",
        "app/versions/dotted.py",
        "        if has_seen(version, new):",
        "        if version is new:",
        "tests/versions/test_dotted.py::test_a_version_that_was_read_disappears",
    ),
    Plant(
        "skip the up-front check",
        "app/protocols/leaderless/coordinator.py",
        "    if sum(1 for node in asked if node not in state.memory.suspected) >= need:",
        "    if asked:",
        "tests/protocols/leaderless/test_coordinator.py::test_with_too_few_replicas_alive_nothing_is_sent_and_the_outcome_is_failed",
    ),
    Plant(
        "repair before the reply",
        "app/protocols/leaderless/coordinator.py",
        "        if not pending.mending:\n            out.send(pending.client, _answer(place, op, pending))\n    _end",
        "        _after_all(place, state, out, op, pending)\n        if not pending.mending:\n            out.send(pending.client, _answer(place, op, pending))\n    _end",
        "tests/protocols/leaderless/test_coordinator.py::test_repair_waits_for_all_answers_and_comes_after_the_reply",
    ),
    Plant(
        "a plain vector: forget the gap",
        "app/versions/version_vector.py",
        "((node, 1),) if count == 1 else ((node, 0), (node, count))",
        "((node, count),)",
        "tests/versions/test_dotted.py::test_same_coordinator_shoppers_who_have_not_read_each_other",
    ),
    Plant(
        "give a dot twice",
        "app/protocols/leaderless/coordinator.py",
        "    disk.counter = max(disk.counter, get(request.context, actor)) + 1",
        "    disk.counter = get(request.context, actor) + 1",
        "tests/protocols/leaderless/test_coordinator.py::test_a_dot_is_never_given_twice_not_even_after_a_crash",
    ),
    Plant(
        "ignore the context's count",
        "app/protocols/leaderless/coordinator.py",
        "    disk.counter = max(disk.counter, get(request.context, actor)) + 1",
        "    disk.counter += 1",
        "tests/protocols/leaderless/test_coordinator.py::test_a_dot_is_above_all_that_the_context_knows_of_this_node",
    ),
    Plant(
        "call a time-out failed",
        "app/protocols/leaderless/coordinator.py",
        '"unknown", reason, ()',
        '"failed", reason, ()',
        "tests/protocols/leaderless/test_coordinator.py::test_too_few_acknowledgements_in_time_are_unknown",
    ),
    Plant(
        "a missed quorum is ok",
        "app/protocols/leaderless/coordinator.py",
        "    if have >= pending.need and not pending.mending:",
        "    if have and not pending.mending:",
        "tests/protocols/leaderless/test_coordinator.py::test_a_read_with_too_few_replies_is_unknown",
    ),
    Plant(
        "keep requests over a crash",
        "app/protocols/leaderless/replica.py",
        "        self.state.memory = Memory()",
        "        self.state.memory.suspected = ()",
        "tests/protocols/leaderless/test_replica.py::test_a_crash_loses_requests_and_opinions_and_keeps_the_disk",
    ),
    Plant(
        "only gossip is a sign of life",
        "app/protocols/leaderless/replica.py",
        "        if source in state.memory.last_heard:",
        "        if source in state.memory.last_heard and isinstance(message, Gossip):",
        "tests/protocols/leaderless/test_replica.py::test_any_message_of_a_peer_is_a_sign_of_life",
    ),
    Plant(
        "say out of reach again and again",
        "app/protocols/leaderless/failure_detector.py",
        "    if alive < need <= before:",
        "    if alive < need:",
        "tests/protocols/leaderless/test_replica.py::test_the_quorum_goes_out_of_reach_once_a_fall",
    ),
    Plant(
        "count silent nodes without a copy",
        "app/protocols/leaderless/coordinator.py",
        "    if sum(1 for node in asked if node not in state.memory.suspected) >= need:",
        "    if len(place.replicas) - len(state.memory.suspected) >= need:",
        "tests/protocols/leaderless/test_coordinator.py::test_a_silent_node_without_a_copy_takes_nothing_from_the_quorum",
    ),
    Plant(
        "write only to those thought alive",
        "app/protocols/leaderless/coordinator.py",
        "        elif asked != place.node:\n            out.send(home, ReplicaWrite",
        "        elif asked != place.node and home not in state.memory.suspected:\n            out.send(home, ReplicaWrite",
        "tests/protocols/leaderless/test_coordinator.py::test_a_suspected_replica_is_written_to_as_well",
    ),
    Plant(
        "repair though it is off",
        "app/protocols/leaderless/coordinator.py",
        '    if pending.kind == "read" and pending.repair != "off":',
        '    if pending.kind == "read":',
        "tests/protocols/leaderless/test_coordinator.py::test_equal_answers_and_repair_off_send_nothing",
    ),
    Plant(
        "place copies by coordinator",
        "app/protocols/leaderless/placement.py",
        "        self.replicas = replicas(nodes, settings.n)",
        "        self.replicas = replicas((node, *self.peers), settings.n)",
        "tests/protocols/leaderless/test_cluster.py::test_r_plus_w_above_n_across_three_coordinators",
    ),
    Plant(
        "a read context that forgets siblings",
        "app/versions/dotted.py",
        "        context = merge(context, version.stored.vector)",
        "        context = version.stored.vector",
        "tests/protocols/leaderless/test_coordinator.py::test_concurrent_versions_are_all_returned_in_one_order",
    ),
    Plant(
        "gossip names start again",
        "app/protocols/leaderless/failure_detector.py",
        'f"gossip-{place.node}-{state.disk.gossip_count}"',
        'f"gossip-{place.node}-{out.now}"',
        "tests/protocols/leaderless/test_replica.py::test_gossip_goes_to_every_peer_and_never_repeats_a_name",
    ),
    Plant(
        "leader: answer before the quorum",
        "app/protocols/leader_follower/requests.py",
        "not waiting.answered and len(waiting.sources) >= waiting.need:",
        "not waiting.answered and len(waiting.sources) >= 1:",
        "tests/protocols/leader_follower/test_replica.py::test_the_leader_answers_only_when_enough_copies_are_on_disk",
    ),
    Plant(
        "leader: count a node twice",
        "app/protocols/leader_follower/requests.py",
        "    if source in waiting.sources:",
        "    if source == place.node and waiting.sources:",
        "tests/protocols/leader_follower/test_replica.py::test_each_node_is_counted_once",
    ),
    Plant(
        "vote twice in a term",
        "app/protocols/leader_follower/election.py",
        "    free = disk.voted_for in (None, candidate)",
        "    free = True",
        "tests/protocols/leader_follower/test_replica.py::test_one_vote_a_term",
    ),
    Plant(
        "vote twice in a term (scripts)",
        "app/protocols/leader_follower/election.py",
        "    free = disk.voted_for in (None, candidate)",
        "    free = True",
        "tests/protocols/leader_follower/test_safety.py::test_one_vote_a_term_and_one_leader_a_term",
    ),
    Plant(
        "forget the vote in a crash",
        "app/protocols/leader_follower/replica.py",
        "        self.state.memory = Memory()",
        "        self.state.memory = Memory()\n        self.state.disk.voted_for = None",
        "tests/protocols/leader_follower/test_replica.py::test_a_vote_outlives_a_crash",
    ),
    Plant(
        "elect with an old log",
        "app/protocols/leader_follower/election.py",
        "    granted = request.term == disk.term and free and up_to_date",
        "    granted = request.term == disk.term and free",
        "tests/protocols/leader_follower/test_safety.py::test_no_acknowledged_write_is_lost_and_all_logs_meet_again",
    ),
    Plant(
        "forget to truncate",
        "app/protocols/leader_follower/replication.py",
        "            _truncate(place, state, out, position)",
        "            pass",
        "tests/protocols/leader_follower/test_replica.py::test_what_contradicts_the_leader_is_thrown_away_by_name",
    ),
    Plant(
        "take entries over a hole",
        "app/protocols/leader_follower/replication.py",
        "    if previous > len(log) or term_at(state, previous) != message.previous_term:",
        "    if previous > len(log) + 9:",
        "tests/protocols/leader_follower/test_replica.py::test_a_follower_takes_entries_only_where_the_logs_agree",
    ),
    Plant(
        "commit an earlier term by counting",
        "app/protocols/leader_follower/replication.py",
        "    if position and term_at(state, position) == state.disk.term:",
        "    if position:",
        "tests/protocols/leader_follower/test_replica.py::test_an_entry_of_an_earlier_term_is_not_committed_by_counting_copies",
    ),
    Plant(
        "obey an old leader",
        "app/protocols/leader_follower/replica.py",
        "        if message.term < state.disk.term:",
        "        if message.term < 0:",
        "tests/protocols/leader_follower/test_replica.py::test_entries_of_an_old_leader_are_refused",
    ),
    Plant(
        "lead on in an old term",
        "app/protocols/leader_follower/election.py",
        "    if term <= disk.term:",
        '    if term <= disk.term or memory.role == "leader":',
        "tests/protocols/leader_follower/test_replica.py::test_a_higher_term_ends_leadership_and_leaves_the_outcome_unknown",
    ),
    Plant(
        "read without asking who leads",
        "app/protocols/leader_follower/replica.py",
        '            waiting = Waiting("read", source, place.majority, 0)',
        '            waiting = Waiting("read", source, 1, 0)',
        "tests/protocols/leader_follower/test_replica.py::test_a_read_waits_for_a_majority_that_still_follows",
    ),
    Plant(
        "read what is not committed",
        "app/protocols/leader_follower/requests.py",
        "    early = place.copies < place.majority",
        "    early = True",
        "tests/protocols/leader_follower/test_replica.py::test_a_read_shows_only_what_is_committed",
    ),
    Plant(
        "read before the term is open",
        "app/protocols/leader_follower/requests.py",
        '            if waiting.kind == "read" and memory.commit < memory.serves_from:',
        '            if waiting.kind == "":',
        "tests/protocols/leader_follower/test_replica.py::test_a_new_leader_serves_no_read_before_it_has_committed_in_its_term",
    ),
    Plant(
        "luck by counter",
        "app/sim/kernel.py",
        "        bits = mix(name_hash(op) ^ route_hash(self.seed, source, target, kind, message.attempt))",
        "        bits = mix(self.order ^ route_hash(self.seed, source, target, kind, message.attempt))",
        "tests/sim/test_kernel.py::test_silencing_one_node_changes_the_latency_of_no_other_message",
    ),
    Plant(
        "forget timers in a snapshot",
        "app/sim/snapshot.py",
        "    kernel.timers = {(node, name): order for node, name, order in state.timers}",
        "    kernel.timers = {}",
        "tests/sim/test_kernel.py::test_a_restored_kernel_writes_the_same_bytes",
    ),
    Plant(
        "compare-and-set that does not compare",
        "app/protocols/leader_follower/writes.py",
        "    return change.expected == (() if newest is None else (newest.id,))",
        "    return True",
        "tests/scenarios/test_kinds_of_write.py::test_compare_and_set_refuses_the_second_and_a_retry_keeps_both",
    ),
    Plant(
        "an operation that forgets what is there",
        "app/protocols/leader_follower/writes.py",
        "    items = [] if newest is None else [item for item in newest.items if item != change.item]",
        "    items: list[str] = []",
        "tests/scenarios/test_kinds_of_write.py::test_two_operations_at_once_keep_both_on_both_sides",
    ),
    Plant(
        "an add operation that replaces what was read",
        "app/protocols/leaderless/operations.py",
        "        return value, EMPTY",
        "        return value, request.context",
        "tests/scenarios/test_kinds_of_write.py::test_operations_beside_a_conflict_belong_to_every_version_and_settling_keeps_them",
    ),
    Plant(
        "a remove that takes what nobody had read",
        "app/protocols/leaderless/operations.py",
        "        if read and change.item in version.stored.value.items:",
        "        if change.item in version.stored.value.items:",
        "tests/scenarios/test_kinds_of_write.py::test_a_remove_leaves_an_add_that_its_shopper_had_not_read",
    ),
    Plant(
        "the judge misses what an operation built on",
        "app/checkers/judge.py",
        "            self.lineage.extend(place, event.replaced)",
        "            pass",
        "tests/scenarios/test_kinds_of_write.py::test_the_judge_knows_that_a_remove_operation_meant_what_it_removed",
    ),
    Plant(
        "a viewer that is behind gets a backlog",
        "app/web/fanout.py",
        "        if not always and not self.writable.is_set():",
        "        if self.transport.is_closing():",
        "tests/web/test_fanout.py::test_who_does_not_read_is_skipped_and_called_when_drained",
    ),
    Plant(
        "who asks without listening is read from all the same",
        "app/web/live.py",
        "        await listens()\n",
        "",
        "tests/web/test_fanout.py::test_who_asks_without_listening_is_not_read_from",
    ),
    Plant(
        "a peer that answers no ping is waited for",
        "app/web/fanout.py",
        "        self.loop.call_later(STALLED_SECONDS, self.transport.abort)\n",
        "",
        "tests/web/test_fanout.py::test_who_never_reads_is_let_go",
    ),
    Plant(
        "a drained viewer gets no snapshot",
        "app/web/live.py",
        "        if member.owed and not snapshots:",
        "        if not member.owed and not snapshots:",
        "tests/web/test_fanout.py::test_a_stuck_viewer_delays_nobody_and_is_brought_up_to_date_by_state",
    ),
    Plant(
        "the run that is asked about is on the branch at once",
        "app/rooms/log.py",
        "            self.branches[-1].commands = entry.placed",
        "            self.branches[-1].commands = entry.placed + entry.held",
        "tests/web/test_classes.py::test_nothing_beyond_the_gate_leaves_the_server",
    ),
    Plant(
        "the room goes on while a question is open",
        "app/rooms/room.py",
        "        if self.fold.gated and isinstance(request, Act | Next | Play | Reset | Visit):",
        "        if self.fold.gated and isinstance(request, Reset | Visit):",
        "tests/web/test_classes.py::test_nothing_beyond_the_gate_leaves_the_server",
    ),
    Plant(
        "votes are shown before they are to be",
        "app/rooms/questions.py",
        "        split(asked, question) if asked.split else None,",
        "        split(asked, question),",
        "tests/web/test_classes.py::test_votes_and_the_key_are_hidden_until_shown",
    ),
    Plant(
        "the answer is told with the split",
        "app/rooms/questions.py",
        "        asked.right if asked.answered else None,",
        "        asked.right if asked.split else None,",
        "tests/web/test_classes.py::test_votes_and_the_key_are_hidden_until_shown",
    ),
    Plant(
        "a follower may drive",
        "app/rooms/roles.py",
        "    if not driving:",
        "    if not driving and not key:",
        "tests/web/test_classes.py::test_the_recovery_code_makes_another_device_the_presenter",
    ),
    Plant(
        "forms ask for no role",
        "app/rooms/hub.py",
        "            roles.check(opened.room, request, key, learner)",
        "            pass",
        "tests/web/test_classes.py::test_a_form_of_a_follower_is_refused_too",
    ),
    Plant(
        "the log keeps the presenter's secret",
        "app/rooms/keys.py",
        "    return blake2b(secret.encode(), key=room.encode(), digest_size=16).hexdigest()",
        "    return secret",
        "tests/web/test_classes.py::test_the_presenters_secrets_are_in_no_page_frame_or_log",
    ),
    Plant(
        "a prediction that can be changed after it is locked",
        "app/rooms/questions.py",
        "    if asked.closed or (final and voter in asked.votes):",
        "    if asked.closed:",
        "tests/web/test_lessons.py::test_the_answer_is_locked_and_the_run_waits_for_it",
    ),
    Plant(
        "the lesson explains before both answers",
        "app/web/lessons.py",
        "    return Answer(name, question, chosen, ran, asked.right if ran and chosen is not None else None)",
        "    return Answer(name, question, 0, ran, asked.right)",
        "tests/web/test_lessons.py::test_the_whole_way_through",
    ),
    Plant(
        "what was lost and put back solves the task",
        "app/lessons/task.py",
        "    if losses:",
        "    if losses and not statuses:",
        "tests/lessons/test_proof.py::test_lost_once_is_lost_even_when_it_is_put_back",
    ),
    Plant(
        "an appended entry is acknowledged before the commit",
        "app/storage/sqlite_file.py",
        '        connection.execute("COMMIT")',
        "        pass",
        "tests/rooms/test_survival.py::test_two_servers_on_one_file_serve_the_same_room_with_identical_bytes",
    ),
    Plant(
        "append without compare",
        "app/storage/sqlite.py",
        '    WHERE ?2 = coalesce((SELECT max(seq) FROM entry WHERE room = ?1), -1) + 1"""',
        '    WHERE ?2 >= 0"""',
        "tests/storage/test_archives.py::test_a_place_that_is_taken_or_too_far_is_refused",
    ),
    Plant(
        "a process never looks at what others wrote",
        "app/rooms/hub.py",
        "                    if opened is not None and opened.members:",
        "                    if opened is None:",
        "tests/rooms/test_survival.py::test_two_servers_on_one_file_serve_the_same_room_with_identical_bytes",
    ),
    Plant(
        "a slow link slows every link",
        "app/sim/kernel.py",
        "            delay *= self.slow.get(link, 1)",
        "            delay *= max(self.slow.values(), default=1)",
        "tests/sim/test_links.py::test_a_slow_link_takes_so_many_times_as_long_both_ways_and_no_other_does",
    ),
    Plant(
        "a link's losses fall where the network's do",
        "app/sim/kernel.py",
        "            lost = lost or mix(bits ^ HALF) * 100 >> 64 < self.lossy.get(link, 0)",
        "            lost = lost or mix(bits ^ MASK) * 100 >> 64 < self.lossy.get(link, 0)",
        "tests/sim/test_links.py::test_losses_are_each_messages_own_luck_and_apart_from_the_networks",
    ),
    Plant(
        "a snapshot forgets lossy links",
        "app/sim/snapshot.py",
        "    kernel.slow, kernel.lossy = dict(state.slow), dict(state.lossy)",
        "    kernel.slow, kernel.lossy = dict(state.slow), {}",
        "tests/sim/test_links.py::test_a_snapshot_remembers_slow_and_lossy_links",
    ),
    Plant(
        "a paused node goes on answering",
        "app/sim/kernel.py",
        "            self.paused[node].append(entry)\n            return",
        "            self.paused[node].append(entry)",
        "tests/sim/test_pause.py::test_a_paused_node_does_nothing_and_loses_nothing",
    ),
    Plant(
        "what waited comes in another order",
        "app/sim/faults.py",
        "            heappush(self.heap, (self.now, self.order, what, target, first, cause, message))",
        "            heappush(self.heap, (self.now, -self.order, what, target, first, cause, message))",
        "tests/sim/test_pause.py::test_a_paused_node_does_nothing_and_loses_nothing",
    ),
    Plant(
        "a snapshot forgets what waits",
        "app/sim/snapshot.py",
        "    kernel.paused = {node: entries(waiting) for node, waiting in state.paused.items()}",
        "    kernel.paused = {node: [] for node in state.paused}",
        "tests/sim/test_pause.py::test_a_snapshot_remembers_what_waits",
    ),
    Plant(
        "rows of a future that was dropped are kept",
        "app/rooms/open_room.py",
        "        if same and isinstance(entry, Acted):",
        "        if not same and isinstance(entry, Acted):",
        "tests/rooms/test_hub.py::test_who_acts_while_it_plays_holds_what_a_late_joiner_gets",
    ),
    Plant(
        "a cut one way cuts both",
        "app/sim/faults.py",
        "        self._drop_under_way({(source, target)})",
        "        self._drop_under_way({(source, target), (target, source)})",
        "tests/sim/test_links.py::test_a_cut_one_way_leaves_the_other_way_as_it_was",
    ),
)


def plant(bug: Plant) -> str:
    """Empty when the bug was caught; otherwise what went wrong, in a sentence."""
    source = (ROOT / bug.file).read_text()
    if source.count(bug.right) != 1:
        return f"{bug.name}: stale, {bug.file} has its line {source.count(bug.right)} times."
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("app", "tests", "lessons", "templates", "static", "scripts"):
            shutil.copytree(
                ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__", "browser")
            )
        shutil.copy(ROOT / "pyproject.toml", copy)
        (copy / bug.file).write_text(source.replace(bug.right, bug.wrong))
        ran = run_test(copy, bug.test)
        if ran is None:
            # A bug may show itself by never ending; a slow machine is none.
            (copy / bug.file).write_text(source)
            right = run_test(copy, bug.test)
            if right is not None and right.returncode == 0:
                return ""
            return f"{bug.name}: {bug.test} takes more than {PATIENCE} s, also without the bug."
    if ran.returncode == 1:
        return ""
    if ran.returncode == 0:
        return f"{bug.name}: NOT caught by {bug.test}."
    return f"{bug.name}: {bug.test} did not run:\n{ran.stdout[-800:]}{ran.stderr[-400:]}"


def run_test(copy: Path, test: str) -> subprocess.CompletedProcess[str] | None:
    """How the test went in the copy of the tree; None when it had not ended in time."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "HYPOTHESIS_PROFILE": "planted"}
    try:
        return subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return None


def main(names: list[str]) -> int:
    """Plant the named bugs, or all; returns the number that was not caught."""
    chosen = [bug for bug in PLANTS if not names or bug.name in names]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        troubles = [trouble for trouble in pool.map(plant, chosen) if trouble]
    for trouble in troubles:
        print(trouble)
    print(f"{len(chosen) - len(troubles)} of {len(chosen)} planted bugs were caught.")
    return len(troubles)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
