"""The archive's contract, held by both archives, and what SQLite adds: it lasts, and is shared."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from app.rooms.archive import Archive, ArchiveUnavailable
from app.rooms.log import AnyEntry, Moved, RoomMade, Voted
from app.storage.memory import MemoryArchive
from app.storage.sqlite import SqliteArchive
from app.storage.sqlite_file import StorageError

DAY_MS = 86_400_000
Make = Callable[[], Archive]


@pytest.fixture(params=["memory", "sqlite"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    if request.param == "memory":
        return MemoryArchive(100)
    return SqliteArchive(tmp_path / "quorate.db")


def made() -> RoomMade:
    return RoomMade(sender="", counter=0, scenario="home", seed=7, engine="e")


def vote(number: int, voter: str = "v") -> AnyEntry:
    return Voted(sender="s", counter=number, question="predict", voter=voter, choice=number)


def moved(number: int) -> AnyEntry:
    return Moved(sender="é", counter=number, branch=0, from_at=1, until=number, wall=5)


# ---- the contract -----------------------------------------------------------------------------


def test_entries_come_back_as_they_were_in_their_order(archive: Archive) -> None:
    async def story() -> None:
        entries = [made(), vote(1), moved(2)]
        for seq, entry in enumerate(entries):
            assert await archive.append("room", seq, entry)
        assert await archive.read("room", 0) == entries
        assert await archive.read("room", 2) == entries[2:]
        assert await archive.read("room", 9) == []
        assert await archive.read("other", 0) == []
        archive.close()

    asyncio.run(story())


def test_a_place_that_is_taken_or_too_far_is_refused(archive: Archive) -> None:
    async def story() -> None:
        assert not await archive.append("room", 1, vote(1)), "a gap"
        assert await archive.append("room", 0, made())
        assert not await archive.append("room", 0, vote(1)), "taken"
        assert not await archive.append("room", 2, vote(1)), "a gap"
        assert await archive.read("room", 0) == [made()]
        archive.close()

    asyncio.run(story())


def test_of_many_at_once_one_wins_each_place(archive: Archive) -> None:
    async def story() -> None:
        for seq in range(20):
            rivals = [archive.append("room", seq, vote(n)) for n in range(10)]
            assert sum(await asyncio.gather(*rivals)) == 1
        assert len(await archive.read("room", 0)) == 20
        archive.close()

    asyncio.run(story())


def test_news_names_the_rooms_that_got_something(archive: Archive) -> None:
    async def story() -> None:
        await archive.append("old", 0, made())
        mark, rooms = await archive.news(-1)
        assert rooms == []
        assert await archive.news(mark) == (mark, [])
        await archive.append("new", 0, made())
        await archive.append("old", 1, vote(1))
        later, rooms = await archive.news(mark)
        assert later > mark
        assert sorted(rooms) == ["new", "old"]
        assert await archive.news(later) == (later, [])
        archive.close()

    asyncio.run(story())


def test_notes_are_replaced_and_are_the_learners_own(archive: Archive) -> None:
    async def story() -> None:
        await archive.note("me", "lesson", "room1")
        await archive.note("me", "lesson", "room2")
        await archive.note("me", "other", "x")
        await archive.note("you", "lesson", "room3")
        assert await archive.notes("me") == {"lesson": "room2", "other": "x"}
        assert await archive.notes("nobody") == {}
        archive.close()

    asyncio.run(story())


# ---- what SQLite adds ----------------------------------------------------------------------------


def test_two_archives_on_one_file_win_each_place_once(tmp_path: Path) -> None:
    async def story() -> None:
        one, two = SqliteArchive(tmp_path / "a.db"), SqliteArchive(tmp_path / "a.db")

        async def race(archive: SqliteArchive, voter: str) -> int:
            won = 0
            while (seq := len(await archive.read("room", 0))) < 200:
                won += await archive.append("room", seq, vote(seq, voter))
            return won

        wins = await asyncio.gather(race(one, "one"), race(two, "two"))
        log = await one.read("room", 0)
        assert sum(wins) == len(log) == await _length(two)
        assert [entry.counter for entry in log] == list(range(len(log)))
        assert wins == [sum(1 for e in log if getattr(e, "voter", "") == v) for v in ("one", "two")]
        one.close()
        two.close()

    asyncio.run(story())


async def _length(archive: Archive) -> int:
    return len(await archive.read("room", 0))


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    async def story() -> None:
        first = SqliteArchive(tmp_path / "a.db")
        await first.append("room", 0, made())
        await first.note("me", "lesson", "room")
        first.close()
        first.close()
        second = SqliteArchive(tmp_path / "a.db")
        assert await second.read("room", 0) == [made()]
        assert await second.notes("me") == {"lesson": "room"}
        assert await second.append("room", 1, vote(1))
        second.close()

    asyncio.run(story())


def test_what_waits_when_it_closes_is_kept_or_refused_never_lost(tmp_path: Path) -> None:
    async def story() -> list[object]:
        archive = SqliteArchive(tmp_path / "a.db")
        waiting = [asyncio.create_task(archive.append(f"room{n}", 0, made())) for n in range(300)]
        await asyncio.sleep(0)
        archive.close()
        with pytest.raises(ArchiveUnavailable, match="shutting down"):
            await archive.append("late", 0, made())
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    answers = asyncio.run(story())
    assert all(answer is True for answer in answers)
    with sqlite3.connect(tmp_path / "a.db") as file:
        assert file.execute("SELECT count(*) FROM entry").fetchone() == (300,)


def test_a_full_file_refuses_the_large_and_keeps_the_rest(tmp_path: Path) -> None:
    async def story() -> None:
        small = SqliteArchive(tmp_path / "a.db", max_bytes=80_000)
        assert await small.append("kept", 0, made())
        huge = RoomMade(sender="", counter=0, scenario="x" * 200_000, seed=7, engine="e")
        answers = await asyncio.gather(
            small.append("huge", 0, huge),
            *(small.append(f"small{n}", 0, made()) for n in range(5)),
            return_exceptions=True,
        )
        assert isinstance(answers[0], ArchiveUnavailable)
        assert answers[0].reason == "The server's disk is full."
        assert answers[1:] == [True] * 5, "one that is too large refuses nobody else"
        assert await small.read("kept", 0) == [made()]
        assert await small.read("huge", 0) == []
        small.close()
        large = SqliteArchive(tmp_path / "a.db")
        assert await large.append("huge", 0, huge)
        large.close()

    asyncio.run(story())


def test_a_damaged_entry_closes_its_room_alone(tmp_path: Path) -> None:
    async def story() -> None:
        archive = SqliteArchive(tmp_path / "a.db")
        for room in ("good", "bad"):
            await archive.append(room, 0, made())
        with sqlite3.connect(tmp_path / "a.db") as file:
            file.execute("UPDATE entry SET data = '{\"type\":\"later\"}' WHERE room = 'bad'")
        with pytest.raises(ArchiveUnavailable, match="newer version"):
            await archive.read("bad", 0)
        assert await archive.read("good", 0) == [made()]
        archive.close()

    asyncio.run(story())


def test_old_rooms_are_forgotten_unless_the_clock_is_wrong(tmp_path: Path) -> None:
    async def fill() -> None:
        days = iter([0, 90, 100])
        archive = SqliteArchive(tmp_path / "a.db", lambda: next(days) * DAY_MS / 1000)
        for room in ("oldest", "old", "new"):
            await archive.append(room, 0, made())
        archive.close()

    asyncio.run(fill())
    behind = SqliteArchive(tmp_path / "a.db", lambda: 0.0)
    assert behind.forget(95 * DAY_MS) == 0, "entries of tomorrow: the clock is not to be trusted"
    behind.close()
    right = SqliteArchive(tmp_path / "a.db", lambda: 101 * DAY_MS / 1000)
    assert right.forget(50 * DAY_MS) == 1
    assert asyncio.run(right.read("oldest", 0)) == []
    assert asyncio.run(right.read("old", 0)) == [made()]
    right.close()


def test_a_file_that_cannot_be_used_is_named_with_a_remedy(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("this is no database, however long it may be " * 50)
    with pytest.raises(StorageError, match=r"text\.db cannot be used"):
        SqliteArchive(text)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as file:
        file.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StorageError, match="another program"):
        SqliteArchive(foreign)
    newer = tmp_path / "newer.db"
    with sqlite3.connect(newer) as file:
        file.execute("PRAGMA user_version = 99")
    with pytest.raises(StorageError, match="version 99"):
        SqliteArchive(newer)
    with pytest.raises(StorageError, match="folder"):
        SqliteArchive(text / "below" / "a.db")
