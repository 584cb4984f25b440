"""Bugs to plant into keys of several types."""

from tests.plants.plant import Plant

KEYS = "tests/scenarios/test_keys.py::"
PLANTS: tuple[Plant, ...] = (
    Plant(
        "a sum replaces what it does not know",
        "app/protocols/leaderless/operations.py",
        "StoredVersion(made, ((dot, count),)))",
        "StoredVersion(made, tuple(sorted((*request.context, (dot, count))))))",
        KEYS + "test_increments_by_operation_both_count_on_both_sides",
    ),
    Plant(
        "a sum that forgets its earlier increments",
        "app/protocols/leaderless/operations.py",
        "before.amount + int(request.change.item)",
        "int(request.change.item)",
        KEYS + "test_a_nodes_sum_replaces_its_own_earlier_one_and_nothing_else",
    ),
    Plant(
        "a whole write replaces sums",
        "app/protocols/leaderless/operations.py",
        "    return tuple([pair for pair in context if not pair[0].endswith(SUMS)])",
        "    return context",
        KEYS + "test_a_whole_write_leaves_the_sums_to_versions_that_had_not_read_them",
    ),
    Plant(
        "a sum is added to a whole that counted it in",
        "app/trace/types/counter.py",
        "                found += amount - already",
        "                found += amount",
        KEYS + "test_a_whole_write_counts_in_the_sums_it_had_read_and_no_increment_counts_twice",
    ),
    Plant(
        "a client goes on from any version of a counter",
        "app/trace/types/counter.py",
        "    return min(kept or versions, key=total, default=())",
        "    return max(kept or versions, key=total, default=())",
        KEYS + "test_who_sees_several_versions_of_a_counter_goes_on_from_the_least",
    ),
    Plant(
        "compare with another key",
        "app/protocols/leader_follower/writes.py",
        "    newest = last_value(state, len(state.disk.log), request.key)\n    return",
        '    newest = last_value(state, len(state.disk.log), "stock")\n    return',
        KEYS + "test_a_compare_looks_at_its_own_key_alone",
    ),
    Plant(
        "a follower forgets which key",
        "app/protocols/leader_follower/log.py",
        "entry.value, entry.key)",
        "entry.value)",
        KEYS + "test_keys_do_not_touch_each_other",
    ),
    Plant(
        "a log that was cut keeps its index",
        "app/protocols/leader_follower/log.py",
        "    memory.indexed = min(memory.indexed, position - 1)\n",
        "",
        KEYS + "test_a_log_that_is_cut_back_ends_in_what_each_key_had_before",
    ),
    Plant(
        "a repair for another key",
        "app/protocols/leaderless/replica.py",
        "known.op, known.versions, known.key)",
        'known.op, known.versions, "cart")',
        KEYS + "test_a_repair_brings_the_key_it_is_for",
    ),
    Plant(
        "a hint goes to another key",
        "app/protocols/leaderless/hints.py",
        '        store(place, state, out, message.op, "hint", versions, key)',
        '        store(place, state, out, message.op, "hint", versions, "cart")',
        KEYS + "test_what_is_handed_over_or_repaired_again_counts_once",
    ),
    Plant(
        "the judge counts in what was given up",
        "app/checkers/history.py",
        "        return tuple([value.id for value in base(known, write.item)])",
        "        return tuple([value.id for value in known])",
        KEYS + "test_a_counter_is_settled_by_keeping_one_and_the_other_is_given_up_knowingly",
    ),
    Plant(
        "a price is judged by its version",
        "app/checkers/status.py",
        '        case "put":\n            return found.items == (write.item,)\n',
        "",
        "tests/checkers/test_status.py::test_a_register_is_judged_by_its_value",
    ),
    Plant(
        "an operation on a register is let through",
        "app/scenarios/acts.py",
        '    if isinstance(command, Put) and command.write == "operation":',
        '    if isinstance(command, Put) and command.write == "":',
        KEYS + "test_a_command_that_does_not_fit_its_key_is_refused",
    ),
)
