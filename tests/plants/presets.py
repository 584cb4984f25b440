"""Bugs to plant into what the presets of the side with a leader rest on."""

from tests.plants.plant import Plant

OWN = "app/protocols/leader_follower/own_writes.py"
SYNC = "app/protocols/leader_follower/in_sync.py"
LOCK = "app/protocols/leader_follower/lock_service.py"
MYSQL = "tests/presets/test_mysql.py"
MONGODB = "tests/presets/test_mongodb.py"
PATRONI = "tests/presets/test_patroni.py"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a replica hands the writes of clients on",
        OWN,
        '    if rule == "accept" and not state.disk.rejoining:',
        "    if False:",
        f"{MYSQL}::test_t1_a_replica_takes_writes_too_and_the_copies_part_for_good",
    ),
    Plant(
        "a follower's own write has its leader's term",
        OWN,
        "    term = -1 - place.nodes.index(place.node)",
        "    term = state.disk.term",
        f"{MYSQL}::test_t1_a_replica_takes_writes_too_and_the_copies_part_for_good",
    ),
    Plant(
        "a standby hands writes on",
        OWN,
        '    elif rule == "refuse" and place.rules.routing == "forward":',
        "    elif False:",
        "tests/presets/test_postgres.py::test_t1_a_standby_is_read_only",
    ),
    Plant(
        "whoever is free takes the lock in synchronous mode",
        LOCK,
        "        return not in_sync.is_on(self.settings) or source in (state.last, *state.sync.split())",
        "        return True",
        "tests/protocols/leader_follower/test_in_sync.py::test_the_service_gives_a_free_lock_to_nobody_else",
    ),
    Plant(
        "only the new standby is waited for before the lock service knows of it",
        SYNC,
        "    both = (memory.sync_known, memory.sync_told)",
        "    both = (memory.sync_told,)",
        "tests/protocols/leader_follower/test_in_sync.py::test_until_the_service_knows_both_are_waited_for",
    ),
    Plant(
        "a standby that is behind is chosen",
        SYNC,
        "        if may and other in heard and other in memory.seen_at and known.get(other, 0) >= wanted:",
        "        if may and other in heard:",
        "tests/protocols/leader_follower/test_in_sync.py::test_who_is_heard_and_behind_is_not_chosen_until_it_has_everything",
    ),
    Plant(
        "strict mode goes on alone",
        SYNC,
        '    some = bool(standbys) or place.rules.sync_mode == "on"',
        "    some = True",
        f"{PATRONI}::test_strict_without_any_standby_no_commit_returns_until_one_is_back",
    ),
    Plant(
        "a lost standby is waited for for ever",
        SYNC,
        "memory.sync_told.split() if name in heard]",
        "memory.sync_told.split()]",
        f"{PATRONI}::test_a_lost_standby_is_replaced_at_the_next_loop_and_commits_wait_till_then",
    ),
    Plant(
        "a client stays with a primary that leads no more",
        "app/protocols/client.py",
        '        if message.reason == "no_leader" and source != state.entry:',
        "        if False:",
        "tests/presets/test_mongodb.py::test_t15_the_minority_side_is_refused_and_the_majoritys_change_stands",
    ),
    Plant(
        "a variant changes nothing",
        "app/scenarios/presets.py",
        "        changed = preset.variant(spec.variant)",
        "        preset.variant(spec.variant)",
        "tests/scenarios/test_presets.py::test_a_variant_changes_the_presets_values_and_the_scenes_own_come_first",
    ),
    Plant(
        "followers take writes of their own under elections",
        "app/protocols/leader_follower/settings_outside.py",
        '    if given.follower_writes == "accept" and (',
        "    if False and (",
        "tests/protocols/leader_follower/test_in_sync.py::test_what_cannot_work_together_is_refused",
    ),
    Plant(
        "a client takes the first no for an answer",
        "app/protocols/client.py",
        '        if message.outcome != "failed" or message.reason not in NOBODY or not looks_us:',
        "        if True:",
        f"{MONGODB}::test_t4_without_a_majority_there_is_no_primary_and_the_driver_says_so_after_30_s",
    ),
    Plant(
        "a client asks around for ever",
        "app/protocols/client.py",
        "            if out.now >= known.until:",
        "            if False:",
        f"{MONGODB}::test_t4_without_a_majority_there_is_no_primary_and_the_driver_says_so_after_30_s",
    ),
    Plant(
        "a client that was served asks around as well",
        "app/protocols/client.py",
        "known.served.get(self.finding.group(busy.key)) == source:",
        "False:",
        f"{MONGODB}::test_t17_w_1_acknowledges_until_the_step_down_and_all_of_it_is_rolled_back",
    ),
    Plant(
        "nobody hands a client's question on",
        "app/protocols/leader_follower/requests.py",
        "        for other in place.others:\n            out.send(other, FindLeader(",
        "        for other in ():\n            out.send(other, FindLeader(",
        f"{MONGODB}::test_a_driver_waits_for_the_new_primary_and_its_user_sees_no_error",
    ),
    Plant(
        "one standby is chosen where two were asked for",
        SYNC,
        "[*kept, *more][: place.rules.sync_count]",
        "[*kept, *more][:1]",
        f"{PATRONI}::test_with_two_synchronous_standbys_both_are_waited_for_and_either_takes_over",
    ),
    Plant(
        "the service knows one synchronous standby alone",
        LOCK,
        "source in (state.last, *state.sync.split())",
        "source in (state.last, *state.sync.split()[:1])",
        f"{PATRONI}::test_with_two_synchronous_standbys_both_are_waited_for_and_either_takes_over",
    ),
)
