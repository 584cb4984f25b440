"""A link holds a whole run, or says what is wrong with it."""

import asyncio
import string
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CommandRejected
from app.rooms.hub import Hub
from app.rooms.limits import Limits
from app.rooms.links import VERSION, LinkedRun, read_link, write_link
from app.rooms.replays import difference, told
from app.storage.memory import MemoryArchive
from app.trace.commands import Add, CutLink, PlacedCommand
from tests.home import home
from tests.visits import Visit

RUN = LinkedRun(
    "home",
    7,
    "abc",
    500_000,
    (PlacedCommand(1, CutLink("n1", "n3")), PlacedCommand(2, Add("phone", "milk"))),
)


def test_a_link_gives_back_its_run() -> None:
    assert read_link(write_link(RUN)) == RUN


def test_every_changed_missing_and_added_character_is_told_in_a_sentence() -> None:
    engines = ("abc", "abcd", "abcde", "abcdef")
    links = [write_link(msgspec.structs.replace(RUN, engine=engine)) for engine in engines]
    link = next(one for one in links if len(one) % 4)  # its last letter has bits to spare
    alphabet = string.ascii_letters + string.digits + "-_"
    changed = [
        link[:place] + other + link[place + 1 :]
        for place in range(len(link))
        for other in (*alphabet, "é", "=", " ", "/")
        if other != link[place]
    ]
    cut = [link[:place] for place in range(len(link))]
    cut += [link[:place] + link[place + 1 :] for place in range(len(link) - 1)]
    added = [link + "A", "A" + link, link + "=", link * 2]
    for text in (*changed, *cut, *added):
        with pytest.raises(CommandRejected) as refused:
            read_link(text)
        assert refused.value.reason.endswith(".")
        assert refused.value.remedy


def test_every_changed_byte_is_told_in_a_sentence() -> None:
    link = write_link(RUN)
    data = urlsafe_b64decode(link + "=" * (-len(link) % 4))
    for place in range(len(data)):
        for bit in range(8):
            other = bytearray(data)
            other[place] ^= 1 << bit
            with pytest.raises(CommandRejected):
                read_link(urlsafe_b64encode(bytes(other)).decode().rstrip("="))


def test_another_version_is_named() -> None:
    link = write_link(RUN)
    data = urlsafe_b64decode(link + "=" * (-len(link) % 4))
    other = urlsafe_b64encode(bytes([VERSION + 1]) + data[1:]).decode().rstrip("=")
    with pytest.raises(CommandRejected, match=f"of version {VERSION + 1}; this server reads"):
        read_link(other)


def test_a_link_of_another_engine_names_the_first_outcome_that_differs() -> None:
    visit = Visit().guide(2)
    room = visit.room
    timeline, until = room.timeline(0), room.fold.head.until
    now = told(timeline, until)
    assert now == ("of", "oo")
    assert difference(timeline, until, now) == ""
    said = difference(timeline, until, ("oo", "of"))
    assert said == "With a leader, Laptop adds bread: it was OK, it is Refused now."
    assert difference(timeline, until, ("of", "o")) == (
        "Without a leader: 1 operations were asked, now 2 are."
    )
    assert difference(timeline, until, ("of",)) == ""


def test_the_page_of_a_link_of_another_engine_says_so() -> None:
    hub = Hub(MemoryArchive(9), {"home": home()}, Limits(), "new", lambda: 0.0)
    visit = Visit().guide(2)
    commands, until = visit.room.fold.current.commands, visit.room.fold.head.until

    def said(engine: str, before: tuple[str, ...]) -> str:
        link = write_link(LinkedRun("home", 7, engine, until, commands, "", before))
        return asyncio.run(hub.scene(None, link)).other_engine

    assert said("new", ("of", "oo")) == ""
    assert "another version of the engine" in said("old", ())
    assert said("old", ("of", "oo")).endswith("What it told the shoppers is the same.")
    assert said("old", ("oo", "oo")).endswith("it was OK, it is Refused now.")


def test_a_link_shows_the_moment_that_was_shared() -> None:
    hub = Hub(MemoryArchive(9), {"home": home()}, Limits(), "new", lambda: 0.0)
    commands = Visit().guide(2).room.fold.current.commands
    scene = asyncio.run(hub.scene(None, write_link(LinkedRun("home", 7, "new", 1, commands))))
    assert scene.state.head.until == 1
    assert scene.state.branches[0].frontier == commands[-1].at


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
