"""Bugs to plant into the reading of histories and the judging of what only grows."""

from tests.plants.plant import Plant

READ = "tests/histories/test_read.py"
EDN = "tests/histories/test_edn.py"
SEARCH = "tests/checkers/outside/test_linearizable.py"
CAUSAL = "tests/checkers/outside/test_causal.py"
STALENESS = "tests/checkers/outside/test_staleness.py"
GROWING = "tests/checkers/outside/test_growing.py"

PLANTS: tuple[Plant, ...] = (
    Plant(
        "a write of unknown outcome is taken for done",
        "app/histories/events.py",
        "            close(*asked, NEVER, None)\n    for",
        "            close(*asked, place, now)\n    for",
        f"{READ}::test_one_history_in_every_format",
    ),
    Plant(
        "a failed operation is taken for one of unknown outcome",
        "app/histories/events.py",
        '        elif now.type == "info":',
        "        else:",
        f"{READ}::test_one_history_in_every_format",
    ),
    Plant(
        "a compare-and-set alone is taken for a key and its value",
        "app/histories/events.py",
        "    return told\n",
        "    return True\n",
        f"{READ}::test_keys_stand_in_a_field_or_in_every_value",
    ),
    Plant(
        "a file that ends too early is taken as it is",
        "app/histories/edn.py",
        "    if len(stack) > 1:",
        "    if False:",
        f"{EDN}::test_what_is_refused",
    ),
    Plant(
        "what is discarded is read",
        "app/histories/edn.py",
        "        into.discards[0] -= 1\n",
        "        into.discards[0] -= 1\n        into.found.append(value)\n",
        f"{EDN}::test_what_is_read",
    ),
    Plant(
        "numbers that are added are taken for elements",
        "app/histories/events.py",
        "    operations = _with_counters(operations)\n",
        "",
        f"{READ}::test_objects_are_told_by_what_is_done_to_them",
    ),
    Plant(
        "what no read shows is forgotten",
        "app/checkers/outside/growing.py",
        "        if not _placed(walk, change, walk.shows):",
        "        if False:",
        f"{GROWING}::test_it_agrees_with_trying_every_order",
    ),
    Plant(
        "reads that exclude each other pass",
        "app/checkers/outside/growing.py",
        "        if before is not None and not _continues(",
        "        if False and before is not None and not _continues(",
        f"{GROWING}::test_it_agrees_with_trying_every_order",
    ),
    Plant(
        "elements of a list come in any order",
        "app/checkers/outside/growing.py",
        "        if not is_list:\n",
        "        if True:\n",
        f"{GROWING}::test_it_agrees_with_trying_every_order",
    ),
    Plant(
        "a text that nobody was shown whole was never begun",
        "app/checkers/outside/search.py",
        "        return not register or operation.value in seen",
        "        return operation.value in seen",
        f"{SEARCH}::test_the_search_agrees_on_texts_and_on_items_that_go",
    ),
    Plant(
        "all writes are held to agree with every read",
        "app/checkers/outside/causal.py",
        "                after[other] |= 1 << source\n",
        "                pass\n",
        f"{CAUSAL}::test_the_histories_of_the_paper",
    ),
    Plant(
        "staleness in time leaves out the write",
        "app/checkers/outside/staleness.py",
        "        if _written(one) <= other.least_return",
        "        if True",
        f"{STALENESS}::test_least_delta_is_enough_and_a_quarter_less_is_not",
    ),
    Plant(
        "one value too many may be shown",
        "app/checkers/outside/staleness.py",
        "            shown = (*last, operation.value)[-k:]",
        "            shown = (*last, operation.value)[-k - 1 :]",
        f"{STALENESS}::test_least_k_agrees_with_trying_every_order",
    ),
)
