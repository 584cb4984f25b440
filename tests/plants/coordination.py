"""Bugs to plant into who coordinates a request, and which answers count for it."""

from tests.plants.plant import Plant

ROUTES = "tests/protocols/leaderless/test_routes.py"
ANSWERS = "tests/protocols/leaderless/test_answers_that_count.py"
LIBRARY = "app/protocols/leaderless/library.py"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a write stays where it lands",
        "app/protocols/leaderless/routes.py",
        '    if place.settings.coordinator != "home" or place.node in homes or not up:',
        '    if place.settings.coordinator != "hom" or place.node in homes or not up:',
        f"{ROUTES}::test_a_write_is_handed_on_to_a_replica_and_a_read_is_not",
    ),
    Plant(
        "a replica that does not take a write is waited for",
        "app/protocols/leaderless/routes.py",
        "    if rest:\n        _hand_on(",
        "    if not rest:\n        _hand_on(",
        f"{ROUTES}::test_a_replica_that_says_nothing_is_passed_over",
    ),
    Plant(
        "a write is handed to who is known to be down",
        "app/protocols/leaderless/routes.py",
        "    up = [home for home in homes if home not in state.memory.suspected]",
        "    up = list(homes)",
        f"{ROUTES}::test_who_is_known_to_be_down_is_not_tried",
    ),
    Plant(
        "a driver asks the same node for ever",
        LIBRARY,
        "                state.turn += 1\n",
        "                state.turn = 1\n",
        f"{ROUTES}::test_a_driver_takes_nodes_in_turn",
    ),
    Plant(
        "a driver that knows the replicas asks its entry",
        LIBRARY,
        "                return self._replica(intent.key)\n",
        "                return state.entry\n",
        f"{ROUTES}::test_a_driver_that_knows_the_replicas_asks_one_of_them",
    ),
    Plant(
        "a silent node is asked again and again",
        LIBRARY,
        "                home in suspected,\n",
        "                home not in nodes and home in suspected,\n",
        f"{ROUTES}::test_after_a_silence_it_asks_the_next_one_and_the_first_again_later",
    ),
    Plant(
        "a client names versions after itself",
        LIBRARY,
        '        return named and message.change.write == "whole"',
        '        return message.change.write == "whole"',
        f"{ROUTES}::test_without_time_stamps_its_writes_go_to_a_replica",
    ),
    Plant(
        "a client keeps hints",
        "app/protocols/leaderless/hints.py",
        "    is_node = place.node in place.nodes\n",
        "    is_node = bool(place.nodes)\n",
        f"{ROUTES}::test_its_hints_are_kept_by_a_node",
    ),
    Plant(
        "a client never learns who is down",
        LIBRARY,
        "            for node in silent:\n                self._suspect(out, node)\n",
        "",
        f"{ROUTES}::test_it_learns_of_a_silent_node_by_waiting_for_it_once",
    ),
    Plant(
        "the first replica is not alone",
        "app/protocols/leaderless/first_writes.py",
        '    if place.settings.first_write != "alone" or request.change.write != "whole":',
        '    if place.settings.first_write != "alon" or request.change.write != "whole":',
        f"{ROUTES}::test_the_first_replica_is_written_to_alone_and_raises_the_version",
    ),
    Plant(
        "an obsolete version is taken",
        "app/protocols/leaderless/first_writes.py",
        '            reason = "obsolete"',
        '            reason = ""',
        f"{ROUTES}::test_of_two_writes_of_one_version_the_first_replica_refuses_the_second",
    ),
    Plant(
        "nothing found is an answer though it should not be",
        "app/protocols/leaderless/coordinator.py",
        '    if place.settings.notfound == "fails":',
        '    if place.settings.notfound == "fail":',
        f"{ANSWERS}::test_riak_what_a_node_counts_that_has_nothing",
    ),
    Plant(
        "a basic quorum is all",
        "app/protocols/leaderless/coordinator.py",
        "    return min(asked // 2 + 1, never) if",
        "    return max(asked // 2 + 1, never) if",
        f"{ANSWERS}::test_riak_what_a_node_counts_that_has_nothing",
    ),
    Plant(
        "node_confirms asks for nothing",
        "app/protocols/leaderless/placement.py",
        "        if settings.node_confirms > need.answers:",
        "        if settings.node_confirms > 9:",
        f"{ANSWERS}::test_riak_what_a_node_counts_that_has_nothing",
    ),
    Plant(
        "what is preferred is not waited for",
        "app/protocols/leaderless/answers.py",
        "    met = pending.is_enough() and len(pending.answered()) >= pending.wish",
        "    met = pending.is_enough()",
        f"{ANSWERS}::test_a_silent_node_is_waited_for_until_the_time_out_and_fewer_will_do",
    ),
    Plant(
        "what is preferred is required",
        "app/protocols/leaderless/answers.py",
        "    if not pending.reached and pending.is_enough():",
        "    if pending.reached and pending.is_enough():",
        f"{ANSWERS}::test_a_silent_node_is_waited_for_until_the_time_out_and_fewer_will_do",
    ),
)
