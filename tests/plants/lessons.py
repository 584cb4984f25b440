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
)
