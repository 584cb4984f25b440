"""Bugs to plant into storage."""

from tests.plants.plant import Plant

PLANTS: tuple[Plant, ...] = (
    Plant(
        "an appended entry is acknowledged before the commit",
        "app/storage/sqlite_file.py",
        '        connection.execute("COMMIT")',
        "        pass",
        "tests/rooms/test_survival.py::test_two_servers_on_one_file_serve_the_same_room_with_identical_bytes",
    ),
    Plant(
        "append without compare",
        "app/storage/sqlite.py",
        '    WHERE ?2 = coalesce((SELECT max(seq) FROM entry WHERE room = ?1), -1) + 1"""',
        '    WHERE ?2 >= 0"""',
        "tests/storage/test_archives.py::test_a_place_that_is_taken_or_too_far_is_refused",
    ),
)
