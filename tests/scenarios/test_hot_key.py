"""A key that every node coordinates: what its vector grows to, and what forgetting pairs costs."""

import pytest

from app.trace.commands import Put, Read
from tests.scenarios.conflicts import Story, world


def hot(writes: int, **values: str | int) -> Story:
    """The phone writes again and again, each time with what it had read; then the laptop reads."""
    story = Story(world(5, conflict="server_vectors", **values))
    for number in range(1, writes + 1):
        story.then(Put(client="phone", key="price", value=str(number)))
    return story.then(Read("laptop", "price")).rest()


@pytest.mark.parametrize(
    ("values", "pairs", "shown"),
    [
        ({"coordinator": "in_turn"}, 5, 1),
        ({"coordinator": "in_turn", "vector_limit": 2}, 2, 4),
        ({"coordinator": "home"}, 1, 1),
        ({"coordinator": "aware"}, 1, 1),
    ],
)
def test_a_vector_has_a_pair_for_each_coordinator(
    values: dict[str, str | int], pairs: int, shown: int
) -> None:
    story = hot(5, **values)
    newest = next(one for one in story.held("n1") if one.value.items == ("5",))
    assert len(newest.vector) == pairs
    assert len(story.read("laptop-1")) == shown
    assert bool(story.findings("false_siblings")) == (shown > 1)


def test_ten_pairs_are_enough_for_five_coordinators() -> None:
    story = hot(12, coordinator="in_turn", vector_limit=10)
    assert [len(one.vector) for one in story.held("n1")] == [5]
