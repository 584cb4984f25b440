"""Bugs to plant into what a request without a leader waits for, and whom it asks."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a quorum is half",
        "app/protocols/leaderless/levels.py",
        "    return count // 2 + 1",
        "    return (count + 1) // 2",
        "tests/protocols/leaderless/test_levels.py::test_more_than_half",
    ),
    Plant(
        "LOCAL_QUORUM counts every region",
        "app/protocols/leaderless/levels.py",
        "            return Need(majority(len(local)), local, primaries=primaries)",
        "            return Need(majority(len(local)), homes, primaries=primaries)",
        "tests/protocols/leaderless/test_levels.py::test_which_nodes_must_be_up_for_it_to_begin",
    ),
    Plant(
        "EACH_QUORUM counts all regions together",
        "app/protocols/leaderless/levels.py",
        "    if any(sum(1 for home in heard if home in group) < count for group, count in need.each):\n        return False\n",
        "",
        "tests/protocols/leaderless/test_levels.py::test_which_nodes_must_be_up_for_it_to_begin",
    ),
    Plant(
        "stand-ins count towards pw",
        "app/protocols/leaderless/levels.py",
        "    if primaries < need.primaries:",
        "    if primaries < 0:",
        "tests/protocols/leaderless/test_systems.py::test_t2_riak_with_pw_3_refuses_before_it_writes",
    ),
    Plant(
        "a hint counts at every level",
        "app/protocols/leaderless/coordinator.py",
        "            counts = pending.rule.hint and place.node",
        "            counts = place.node",
        "tests/protocols/leaderless/test_systems.py::test_any_is_the_only_level_at_which_a_hint_counts",
    ),
    Plant(
        "ANY is refused without replicas",
        "app/protocols/leaderless/answers.py",
        '    if need.hint and place.settings.hints == "on":',
        '    if need.hint and place.settings.hints == "of":',
        "tests/protocols/leaderless/test_systems.py::test_t4_cassandra_any_keeps_a_hint_that_nobody_can_read",
    ),
    Plant(
        "every read asks all replicas",
        "app/protocols/leaderless/coordinator.py",
        '    if place.settings.read_fanout == "needed":',
        '    if place.settings.read_fanout == "none":',
        "tests/protocols/leaderless/test_systems.py::test_t11_voldemort_asks_two_and_repairs_nobody_else",
    ),
    Plant(
        "digests are taken for equal",
        "app/protocols/leaderless/digests.py",
        "    if all(digest == same for digest in pending.digests.values()):",
        "    if same:",
        "tests/protocols/leaderless/test_systems.py::test_t11_where_digests_differ_both_are_asked_again_and_repaired_before_the_reply",
    ),
    Plant(
        "the second round is not waited for",
        "app/protocols/leaderless/digests.py",
        "        return not pending.again\n",
        "        return True\n",
        "tests/protocols/leaderless/test_systems.py::test_t11_where_digests_differ_both_are_asked_again_and_repaired_before_the_reply",
    ),
    Plant(
        "no replica more is asked",
        "app/protocols/leaderless/coordinator.py",
        "    if pending.rest and place.settings.speculative_us:",
        "    if pending.rest and place.settings.speculative_us < 0:",
        "tests/protocols/leaderless/test_systems.py::test_a_read_that_takes_long_asks_one_replica_more",
    ),
    Plant(
        "the rest are never asked",
        "app/protocols/leaderless/read_repair.py",
        '    if read.repair == "off" or place.settings.repair_scope == "asked":',
        '    if read.repair == "off" or place.settings.repair_scope:',
        "tests/protocols/leaderless/test_systems.py::test_the_rest_are_asked_and_repaired_after_the_reply_if_so_set",
    ),
    Plant(
        "a level of one operation is forgotten",
        "app/protocols/leaderless/placement.py",
        "        return need_of(level or usual,",
        "        return need_of(usual,",
        "tests/protocols/leaderless/test_systems.py::test_t2_cassandra_all_is_unavailable_and_leaves_nothing",
    ),
)
