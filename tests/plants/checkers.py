"""Bugs to plant into the judge."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "two leaders go unnoticed",
        "app/checkers/split_brain.py",
        "                if newest.term > self.offices[node].term:",
        "                if newest.term < self.offices[node].term:",
        "tests/scenarios/test_settings.py::test_fencing_keeps_the_old_leader_silent",
    ),
    Plant(
        "the judge misses what an operation built on",
        "app/checkers/key_judge.py",
        "            self.lineage.extend(place, event.replaced)",
        "            pass",
        "tests/scenarios/test_kinds_of_write.py::test_the_judge_knows_that_a_remove_operation_meant_what_it_removed",
    ),
)
