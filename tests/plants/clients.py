"""Bugs to plant into clients: retries, entry, regions, the background workload."""

from tests.plants.plant import Plant

RUNS = "tests/scenarios/test_clients.py::"
RETRIES = "tests/protocols/test_retries.py::"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "the leader does not look for the id",
        "app/protocols/leader_follower/replica.py",
        "            if request.change.once and writes.known_as(state, request.op):",
        "            if request.change.once and writes.known_as(state, source):",
        RETRIES + "test_with_the_id_the_leader_applies_it_once_and_answers",
    ),
    Plant(
        "a new leader does not know what the old one answered",
        "app/protocols/leader_follower/writes.py",
        "        if operation_of(entry.op) == operation and entry.value is not None:",
        "        if operation_of(entry.op) == operation and entry.term == state.disk.term:",
        RETRIES + "test_the_next_leader_knows_the_request_as_well",
    ),
    Plant(
        "a retried compare-and-set is compared with itself",
        "app/protocols/leader_follower/replica.py",
        "            if request.change.once and writes.known_as(state, request.op):",
        '            if request.change.write != "compare" and writes.known_as(state, request.op):',
        RETRIES + "test_the_next_leader_knows_the_request_as_well",
    ),
    Plant(
        "a recognised write does not count the copies there are",
        "app/protocols/leader_follower/writes.py",
        "        if state.memory.match.get(follower, 0) >= position:",
        "        if state.memory.match.get(follower, 0) > len(state.disk.log):",
        RETRIES + "test_the_next_leader_knows_the_request_as_well",
    ),
    Plant(
        "blind tries are recognised",
        "app/protocols/client.py",
        '            once = state.again == "with_id"',
        '            once = state.again != "off"',
        RETRIES + "test_blind_tries_are_entries_of_their_own_beside_a_leader",
    ),
    Plant(
        "the coordinator gives a retry a dot of its own",
        "app/protocols/leaderless/coordinator.py",
        "    version = known(state, request.op) if request.change.once else None",
        "    version = None",
        RETRIES + "test_with_the_id_the_coordinator_keeps_one_version",
    ),
    Plant(
        "all tries carry the value of the first",
        "app/protocols/client.py",
        "        return Value(request, writing.label, writing.items, writing.part)",
        "        return writing",
        RETRIES + "test_a_version_that_was_replaced_is_not_recognised_and_comes_back",
    ),
    Plant(
        "the client never stops asking",
        "app/protocols/client.py",
        'self.state.again == "off" or self.state.attempt == MOST_AGAIN:',
        'self.state.again == "off":',
        RETRIES + "test_three_tries_each_with_a_name_of_its_own_then_unknown",
    ),
    Plant(
        "an answered client asks again",
        "app/protocols/client.py",
        "        out.cancel_timer(TIMEOUT)\n",
        "",
        RETRIES + "test_an_answer_ends_the_tries",
    ),
    Plant(
        "late answers of earlier tries are not taken",
        "app/protocols/client.py",
        "        if operation_of(message.op) != busy.op:",
        "        if message.op != request_name(busy.op, state.attempt):",
        RETRIES + "test_a_late_answer_to_an_earlier_try_counts_and_a_later_one_changes_nothing",
    ),
    Plant(
        "a refused retry is a no",
        "app/protocols/client.py",
        '                outcome, reason = "unknown", "tried_before"',
        "                pass",
        RETRIES + "test_a_refused_retry_leaves_the_outcome_open_but_all_refused_is_a_no",
    ),
    Plant(
        "a new entry node hears of the operation under way",
        "app/protocols/client.py",
        "            out.send(state.asks, ClientWrite(name",
        "            out.send(state.entry, ClientWrite(name",
        RETRIES + "test_a_change_of_entry_or_retries_holds_from_the_next_operation_on",
    ),
    Plant(
        "the judge looks at the first try alone",
        "app/checkers/judge.py",
        "for one in history.records(place)]",
        "for one in [place]]",
        RETRIES + "test_a_version_that_was_replaced_is_not_recognised_and_comes_back",
    ),
    Plant(
        "a whole round trip each way",
        "app/scenarios/scenario.py",
        "trip.ms * 500 for",
        "trip.ms * 1000 for",
        RUNS + "test_between_regions_a_message_takes_half_the_round_trip_and_within_one_as_ever",
    ),
    Plant(
        "who moves takes the old ways on",
        "app/sim/kernel.py",
        "        self.region_of[name] = region\n        self.ways.clear()",
        "        self.region_of[name] = region",
        RUNS + "test_a_client_that_moves_is_far_from_its_entry_from_then_on",
    ),
    Plant(
        "a snapshot forgets who moved",
        "app/sim/snapshot.py",
        "    kernel.region_of = dict(state.region_of)\n",
        "",
        RUNS + "test_a_client_that_moves_is_far_from_its_entry_from_then_on",
    ),
    Plant(
        "a snapshot forgets the workload",
        "app/scenarios/simulation.py",
        "        self.load.state = state.load\n",
        "",
        RUNS + "test_a_fork_of_a_timeline_has_the_same_rows",
    ),
    Plant(
        "the workload counts from when it was switched on",
        "app/scenarios/workload.py",
        "        self.index = first_after(self.workload, self.seed, now)",
        "        self.index = 0",
        RUNS + "test_switched_on_and_off_it_keeps_its_moments",
    ),
    Plant(
        "the workload does not wait for its moment",
        "app/scenarios/simulation.py",
        "            self._run_kernels(at)\n            client, intent",
        "            client, intent",
        RUNS + "test_the_workload_is_the_same_in_both_clusters_and_whatever_happens",
    ),
    Plant(
        "Next stops at what background clients are told",
        "app/trace/ranks.py",
        "        return NOISE if isinstance(event, MessageSent | MessageDropped) else min(found, DETAIL)",
        "        return NOISE if isinstance(event, MessageSent | MessageDropped) else found",
        RUNS + "test_next_goes_from_story_to_story_past_the_workload",
    ),
)
