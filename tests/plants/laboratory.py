"""Bugs to plant into the laboratory: heavy work, its quota, its curves."""

from tests.plants.plant import Plant

POOL = "tests/rooms/test_pool.py::"
PLANTS: tuple[Plant, ...] = (
    Plant(
        "a visitor's whole line comes before anybody else's",
        "app/rooms/pool.py",
        "            if line:\n                self._lines[visitor] = line\n",
        "            if line:\n                self._lines[visitor] = line\n                self._lines.move_to_end(visitor, last=False)\n",
        POOL + "test_lines_take_turns_and_are_bounded",
    ),
    Plant(
        "what was used is not charged",
        "app/rooms/pool.py",
        "            self.quota.charge(visitor, self.clock() - began)\n",
        "",
        POOL + "test_what_was_used_is_charged",
    ),
    Plant(
        "a file of operations is judged in spite of what its keys hold at first",
        "app/histories/report.py",
        "    begins = atom(initial) if initial else start(operations)",
        "    begins = start(operations)",
        "tests/web/test_judging.py::test_verdicts_of_three_kinds_with_the_model_and_what_shows_them",
    ),
)
