"""Bugs to plant into values that merge."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "the last write is the first one",
        "app/versions/last_write.py",
        "    best = max(",
        "    best = min(",
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
        "a plain vector: forget the gap",
        "app/versions/version_vector.py",
        "((node, 1),) if count == 1 else ((node, 0), (node, count))",
        "((node, count),)",
        "tests/versions/test_dotted.py::test_same_coordinator_shoppers_who_have_not_read_each_other",
    ),
    Plant(
        "a read context that forgets siblings",
        "app/versions/dotted.py",
        "        context = merge(context, version.stored.vector)",
        "        context = version.stored.vector",
        "tests/protocols/leaderless/test_coordinator.py::test_concurrent_versions_are_all_returned_in_one_order",
    ),
)
