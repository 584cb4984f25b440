"""A link holds a whole run, or says what is wrong with it."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CommandRejected
from app.rooms.links import LinkedRun, read_link, write_link
from app.trace.commands import Add, CutLink, PlacedCommand

RUN = LinkedRun(
    "home",
    7,
    "abc",
    500_000,
    (PlacedCommand(1, CutLink("n1", "n3")), PlacedCommand(2, Add("phone", "milk"))),
)


def test_a_link_gives_back_its_run() -> None:
    assert read_link(write_link(RUN)) == RUN


@given(st.integers(0, 200), st.integers(0, 63))
def test_any_changed_character_is_noticed(place: int, digit: int) -> None:
    link = write_link(RUN)
    place %= len(link)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    changed = link[:place] + alphabet[digit] + link[place + 1 :]
    # The last character has bits that carry nothing; every other change is refused.
    with contextlib.suppress(CommandRejected):
        assert read_link(changed) == RUN


@given(st.text(max_size=300))
def test_rubbish_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(CommandRejected):
        read_link(text)


def test_a_run_too_long_for_a_link_says_so() -> None:
    commands = tuple(
        PlacedCommand(n * n * 7_919 % 10**9, CutLink(f"n{n}", f"n{n * n}")) for n in range(1, 900)
    )
    with pytest.raises(CommandRejected, match="characters"):
        write_link(LinkedRun("home", 7, "abc", 0, commands))
