"""Bugs to plant into the promises that clients' own words decide, and into asking a run."""

from tests.plants.plant import Plant

PROMISES = "tests/checkers/outside/test_promises.py"
RUN = "tests/checkers/test_run.py"
SESSIONS = f"{PROMISES}::test_promises_to_a_session_are_what_their_definitions_say"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "the newer copy is not known to be newer",
        "app/checkers/outside/sessions.py",
        "            if number != shown and (shown is None or pasts.past[number] >> shown & 1):",
        "            if number != shown:",
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
        "test_the_near_linear_check_agrees_with_trying_every_order",
    ),
    Plant(
        "the same shopper is one client of both clusters",
        "app/histories/own_lines.py",
        "            f\"{one.get('cluster')}/{text(one, 'client', line)}\",",
        '            text(one, "client", line),',
        f"{RUN}::test_the_export_of_every_scene_is_judged_as_the_run_is",
    ),
)
