"""Bugs to plant into the experiments."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "experiment: the first leader counts, staying or not",
        "app/experiments/election.py",
        "                if event.term == self.newest:\n                    self.office_at",
        "                if not self.office_at:\n                    self.office_at",
        "tests/experiments/test_raft.py::test_the_leader_that_is_counted_stays",
    ),
    Plant(
        "experiment: time from the last heartbeat",
        "app/experiments/election.py",
        "    return over_at - crashed_at",
        "    return over_at",
        "tests/experiments/test_raft.py::test_downtime_counts_from_the_crash",
    ),
    Plant(
        "experiment: a mean that is off is called met",
        "app/experiments/raft_wan.py",
        "    close = abs(here - curve.mean_ms) <= curve.mean_ms * within / 100",
        "    close = True",
        "tests/experiments/test_raft.py::test_an_engine_that_is_off_is_noticed",
    ),
    Plant(
        "experiment: tolerance as if every sample were small",
        "app/experiments/raft_wan.py",
        "    count, small = len(times), len(times) < FULL",
        "    count, small = len(times), True",
        "tests/experiments/test_raft.py::test_the_tolerance_of_a_full_size_is_the_promised_one",
    ),
    Plant(
        "experiment: the same nodes are always down",
        "app/experiments/election.py",
        '        other = draw(seed, what, f"place {place}", 0, place)',
        '        other = draw(1, what, f"place {place}", 0, place)',
        "tests/experiments/test_raft.py::test_who_is_down_and_who_has_the_longest_log_are_drawn_evenly",
    ),
    Plant(
        "experiment: bounds that leave out too much",
        "app/experiments/numbers.py",
        "    left_out = sum(weights.values()) * rare / 2",
        "    left_out = sum(weights.values()) * rare * 20",
        "tests/experiments/test_numbers.py::test_the_bounds_leave_out_no_more_than_they_say",
    ),
)
