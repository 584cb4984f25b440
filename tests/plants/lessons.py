"""Bugs to plant into lessons."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "what was lost and put back solves the task",
        "app/lessons/task.py",
        "    if losses:",
        "    if losses and not statuses:",
        "tests/lessons/test_proof.py::test_lost_once_is_lost_even_when_it_is_put_back",
    ),
    Plant(
        "nothing read is taken for an empty cart",
        "app/lessons/outcome.py",
        "    if key not in side.reads:\n        return made\n",
        "",
        "tests/lessons/test_proof.py::test_where_nobody_read_nothing_holds_of_a_read",
    ),
    Plant(
        "a fault inside a list is told in the line of its key",
        "app/scenarios/nested.py",
        "            return find(text, start, path[1:])",
        "            return at",
        "tests/lessons/test_reading.py::test_a_fault_is_told_with_file_line_and_remedy",
    ),
    Plant(
        "of several faults in a lesson one is told",
        "app/lessons/read.py",
        "[_told(misfit, toml) for misfit in faults_of(front, scenarios, words)]",
        "[_told(misfit, toml) for misfit in faults_of(front, scenarios, words)][:1]",
        "tests/lessons/test_reading.py::test_every_fault_of_a_file_is_told_at_once_in_the_order_of_its_lines",
    ),
    Plant(
        "a condition about two items takes one",
        "app/lessons/check.py",
        "        if least <= len(condition.items) <= most:",
        "        if condition.items or not least:",
        "tests/lessons/test_reading.py::test_a_fault_is_told_with_file_line_and_remedy",
    ),
    Plant(
        "a lesson beside the folders of topics is passed over",
        "app/main.py",
        'folder.rglob("*.md")',
        'folder.glob("*/*.md")',
        "tests/test_command_line.py::test_check_lessons_misses_no_file_and_no_address_that_is_there_twice",
    ),
    Plant(
        "two options of a question may hold",
        "app/rooms/proof.py",
        "        if len(right) != 1:",
        "        if not right:",
        "tests/lessons/test_proof.py::test_what_is_not_so_is_told_with_its_line_and_what_is_so",
    ),
    Plant(
        "a cluster that refuses everything is not tried",
        "app/rooms/proof.py",
        '        (conditions, "the solution with every node cut off", (offline, *task.solution), False),\n',
        "",
        "tests/lessons/test_proof.py::test_a_task_that_is_solved_by_refusing_everything_is_refused",
    ),
)
