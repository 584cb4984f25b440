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
    Plant(
        "the judge leaves on disk what a loss of power took",
        "app/checkers/holdings.py",
        "        if isinstance(event, LogTruncated | LogTailLost):",
        "        if isinstance(event, LogTruncated):",
        "tests/protocols/leader_follower/test_disk.py::test_a_node_that_is_down_and_loses_power_is_waiting_only_with_what_it_flushed",
    ),
    Plant(
        "an old leader that no longer waits is none of the judge's",
        "app/checkers/split_brain.py",
        '            case QuorumReached(_, _, _, _, op, "write") | WriteReleased(_, _, _, _, op):',
        '            case QuorumReached(_, _, _, _, op, "write"):',
        "tests/protocols/leader_follower/test_semi_sync.py::test_an_answer_after_the_fall_back_is_no_second_leader_but_an_old_one_is",
    ),
    Plant(
        "a percentile one place too low",
        "app/checkers/answers.py",
        "    return ordered[max(1, (percent * len(ordered) + 99) // 100) - 1]",
        "    return ordered[max(1, percent * len(ordered) // 100) - 1]",
        "tests/checkers/test_answers.py::test_a_percentile_is_the_value_at_the_nearest_rank",
    ),
    Plant(
        "a refusal counted as a quick answer",
        "app/checkers/answers.py",
        """    ok = [answer for answer in chosen if answer.outcome == "ok"]""",
        """    ok = [answer for answer in chosen if answer.outcome != "unknown"]""",
        "tests/checkers/test_answers.py::test_refused_and_no_answer_are_counted_apart_and_have_no_latency",
    ),
    Plant(
        "a client group is not kept apart",
        "app/checkers/answers.py",
        "    chosen = [answer for answer in found if clients is None or answer.client in clients]",
        "    chosen = list(found)",
        "tests/checkers/test_answers.py::test_the_counts_of_some_clients_alone",
    ),
    Plant(
        "a stale read is told as fresh",
        "app/rooms/transcript.py",
        """            now[(cluster, row.op)] = READ_WORDS["stale"]""",
        "            pass",
        "tests/golden/test_golden.py::test_the_golden_files_are_what_the_engine_does",
    ),
    Plant(
        "outside: a backward zone inside a forward one is let pass",
        "app/checkers/outside/zones.py",
        "        if place >= 0 and forward[place].conflicts(backward):",
        "        if place >= 0 and False:",
        "tests/checkers/outside/test_linearizable.py::test_histories_with_known_verdicts",
    ),
    Plant(
        "outside: a read may come before its write began",
        "app/checkers/outside/zones.py",
        "        if write is not None and read.returned < write.invoked:",
        "        if write is not None and read.returned < 0:",
        "tests/checkers/outside/test_linearizable.py::test_histories_with_known_verdicts",
    ),
    Plant(
        "outside: a hidden write cannot be used any more",
        "app/checkers/outside/search.py",
        "            if used & bit or (is_read and safe & bit):",
        "            if (used | safe) & bit:",
        "tests/checkers/outside/test_linearizable.py::test_the_near_linear_check_and_the_search_agree_on_longer_histories",
    ),
    Plant(
        "outside: few configurations kept prove that there is no order",
        "app/checkers/outside/search.py",
        "        if failed is not None and not walk.cut:",
        "        if failed is not None:",
        "tests/checkers/outside/test_linearizable.py::test_beyond_the_bound_the_answer_is_cannot_tell",
    ),
)
