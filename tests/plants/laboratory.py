"""Bugs to plant into the laboratory: heavy work, its quota, its curves."""

from tests.plants.plant import Plant

LAB = "tests/experiments/test_lab.py::"
TWIN = "tests/experiments/test_twin.py::"
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
    Plant(
        "a job that was given up before it began is done all the same",
        "app/rooms/pool.py",
        "            if not self.wanted:\n                raise Broken\n",
        "",
        POOL + "test_what_is_given_up_before_it_begins_is_not_done",
    ),
    Plant(
        "laboratory: the twin forgets the client's own way",
        "app/experiments/lab/twin.py",
        "(writes[None, :, :] + 2 * CLIENT_US)",
        "writes[None, :, :]",
        TWIN + "test_a_read_is_stale_up_to_the_moment_that_the_model_says",
    ),
    Plant(
        "laboratory: every reply counts, not the first R",
        "app/experiments/lab/twin.py",
        "        late = lags[:, None, :] -",
        "        late = lags[-1:, None, :] -",
        TWIN + "test_a_read_is_stale_up_to_the_moment_that_the_model_says",
    ),
    Plant(
        "laboratory: a share at a point counts those that become fresh there",
        "app/experiments/lab/twin.py",
        "-(-after // step)",
        "after // step + 1",
        TWIN + "test_shares_are_the_published_ones_within_luck",
    ),
    Plant(
        "laboratory: a dot shows another run than was counted",
        "app/experiments/lab/entries.py",
        "asked.x, asked.seed, asked.published, True",
        "asked.x, asked.seed + 1, asked.published, True",
        LAB + "test_a_trial_opens_on_the_stage_as_it_was_counted",
    ),
    Plant(
        "laboratory: logs that differ are sent to all before the crash",
        "app/experiments/lab/election.py",
        '*(CutLink("n1", name) for name in behind), ',
        "",
        LAB + "test_elections_take_as_long_as_published",
    ),
    Plant(
        "laboratory: a band of a share that leaves out what is rare",
        "app/experiments/lab/bands.py",
        "    middle = share + spread / 2\n",
        "    middle = share\n",
        LAB + "test_bands_are_the_known_ones",
    ),
    Plant(
        "laboratory: a run's part that lost its process is lost",
        "app/web/laboratory.py",
        "            with contextlib.suppress(Ended):\n                found = await",
        "            if True:\n                found = await",
        "tests/web/test_experiments.py::test_a_process_that_ends_costs_a_run_nothing",
    ),
    Plant(
        "laboratory: anybody cancels anybody's run",
        "app/web/forms.py",
        " or visitor != visitor_of(request)",
        "",
        "tests/web/test_experiments.py::test_who_began_a_run_cancels_it_and_nobody_else",
    ),
)
