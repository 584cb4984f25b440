"""Bugs to plant into the promises that clients' own words decide, and into asking a run."""

from tests.plants.plant import Plant

PROMISES = "tests/checkers/outside/test_promises.py"
LIVE = "tests/checkers/test_sessions.py"
RUN = "tests/checkers/test_run.py"
SESSIONS = f"{PROMISES}::test_promises_to_a_session_are_what_their_definitions_say"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "the newer copy is not known to be newer",
        "app/checkers/outside/sessions.py",
        "            if not seen & ~pasts.past[number]:",
        "            if True:",
        f"{PROMISES}::test_its_own_bad_histories_break_it_and_what_only_looks_bad_does_not",
    ),
    Plant(
        "a client's own writes are not behind it",
        "app/checkers/outside/pasts.py",
        "        session.own |= 1 << number\n",
        "",
        SESSIONS,
    ),
    Plant(
        "what was shown is not behind who was shown it",
        "app/checkers/outside/pasts.py",
        "                session.shown |= 1 << number\n",
        "",
        SESSIONS,
    ),
    Plant(
        "causes have no causes",
        "app/checkers/outside/pasts.py",
        "                session.past |= self.past[number] | 1 << number",
        "                session.past |= 1 << number",
        SESSIONS,
    ),
    Plant(
        "what had no answer is taken for done",
        "app/checkers/outside/sessions.py",
        "            if one.certain:\n                pasts",
        "            if True:\n                pasts",
        f"{PROMISES}::test_its_own_bad_histories_break_it_and_what_only_looks_bad_does_not",
    ),
    Plant(
        "of a regular register a write is there once it was read",
        "app/checkers/outside/regular.py",
        "    return replace(cluster, least_return=cluster.write.returned, first_out=cluster.write)",
        "    return cluster",
        f"{PROMISES}::test_a_regular_register_agrees_with_trying_every_order_of_the_writes",
    ),
    Plant(
        "a conflict is shown with more than it takes",
        "app/checkers/outside/zones.py",
        "    if write is not None and write.returned < other.last_invoke:\n        return write\n",
        "",
        "tests/checkers/outside/test_linearizable.py::"
        "test_a_conflict_is_shown_by_the_write_where_that_is_enough",
    ),
    Plant(
        "the same shopper is one client of both clusters",
        "app/histories/own_lines.py",
        "            f\"{one.get('cluster')}/{text(one, 'client', line)}\",",
        '            text(one, "client", line),',
        f"{RUN}::test_a_shopper_is_another_client_of_each_cluster",
    ),
    Plant(
        "a later time stamp is nothing newer",
        "app/checkers/shown.py",
        "        return bool(self.newest) and any(self._outdated(one) for one in tries)",
        "        return False",
        f"{LIVE}::test_where_the_last_write_wins_a_later_stamp_is_newer",
    ),
    Plant(
        "what a read covered is asked about for ever",
        "app/checkers/sessions.py",
        "        if not all(self._has(shown, act.key, op) for op in last.shown):",
        "        if False:",
        f"{LIVE}::test_each_promise_to_a_client",
    ),
    Plant(
        "only the zones inside are looked at",
        "app/checkers/one_copy.py",
        "        for _, op in self._around(zone):\n            other",
        "        for _, op in list[tuple[int, str]]():\n            other",
        "tests/checkers/test_one_copy.py::test_a_value_can_be_read_again_inside_another_one",
    ),
    Plant(
        "only the zone around is looked at",
        "app/checkers/one_copy.py",
        "            if zone.begins < self.zones[op].ends:",
        "            if False:",
        "tests/checkers/test_one_copy.py::test_it_comes_to_what_the_whole_history_comes_to",
    ),
    Plant(
        "pasts are told in the order of acts",
        "app/checkers/sessions.py",
        "        for seq, number in sorted(steps):",
        "        for seq, number in steps:",
        f"{LIVE}::test_pasts_are_made_again_as_they_were",
    ),
)
