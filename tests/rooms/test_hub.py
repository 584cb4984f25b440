"""Viewers and rooms together: isolation, repeats, slow readers, refusals, a broken engine."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest

from app.rooms.hub import Hub
from app.rooms.limits import Limits
from app.rooms.log import RoomMade
from app.rooms.member import Member
from app.storage.memory import MemoryArchive
from tests.home import home

CUT_LINK = {"type": "cut_link", "a": "n1", "b": "n3"}


def hub(limits: Limits | None = None, archive: MemoryArchive | None = None) -> Hub:
    return Hub(
        archive or MemoryArchive(100), {"home": home()}, limits or Limits(), "test", lambda: 0.0
    )


class Viewer:
    """A browser tab without a browser."""

    def __init__(self, hub: Hub, token: str) -> None:
        self.hub, self.token, self.counter = hub, token.ljust(16, "x"), 0
        self.member: Member = hub.member()
        self.heard: list[dict[str, Any]] = []

    async def say(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        """Send one request and return all frames that came by then."""
        self.counter += 1
        await self.raw(json.dumps({"type": kind, "id": self.counter, **fields}))
        return await self.listen()

    async def raw(self, data: str | bytes) -> None:
        await self.hub.receive(self.member, data)

    async def listen(self) -> list[dict[str, Any]]:
        got = []
        while self.member._frames or self.member.owed:
            got.append(json.loads(await self.hub.next_frame(self.member)))
        self.heard += got
        return got

    async def join(self, room: str | None = None) -> list[dict[str, Any]]:
        return await self.say("join", room=room, token=self.token)

    async def act(self, *commands: dict[str, Any]) -> list[dict[str, Any]]:
        state = self.state()
        seen = {"branch": 0, "at": 0}
        if state:
            seen = {"branch": state["head"]["branch"], "at": state["head"]["until"]}
        return await self.say("act", seen=seen, steps=[list(commands)])

    def state(self) -> dict[str, Any]:
        return next((f for f in reversed(self.heard) if f["type"] == "state"), {})


def kinds(frames: list[dict[str, Any]]) -> list[str]:
    return [frame["type"] for frame in frames]


def in_a_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(test())

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run


@in_a_loop
async def test_a_room_is_made_at_the_first_act_and_not_before() -> None:
    h = hub()
    viewer = Viewer(h, "a")
    await viewer.join()
    assert h.rooms == {}
    frames = await viewer.act(CUT_LINK)
    assert kinds(frames) == ["rows", "rows", "state", "accepted"]
    assert len(h.rooms) == 1
    assert viewer.state()["room"] in h.rooms


@in_a_loop
async def test_rooms_never_see_each_other() -> None:
    h = hub()
    one, two = Viewer(h, "a"), Viewer(h, "b")
    await one.join()
    await two.join()
    await one.act(CUT_LINK)
    assert await two.listen() == []
    await two.act({"type": "read", "client": "phone"})
    assert await one.listen() == []
    assert len(h.rooms) == 2
    assert one.state()["commands"] != two.state()["commands"]


@in_a_loop
async def test_a_repeat_after_a_reconnect_is_a_no_op() -> None:
    h = hub()
    viewer = Viewer(h, "a")
    await viewer.join()
    await viewer.act(CUT_LINK)
    room, before = viewer.state()["room"], viewer.state()["seq"]
    again = Viewer(h, "a")
    await again.join(room)
    again.counter = viewer.counter - 1
    frames = await again.act(CUT_LINK)
    assert kinds(frames) == ["accepted"]
    assert h.rooms[room].room.fold.seq == before


@in_a_loop
async def test_a_late_joiner_and_a_returning_one_see_the_same_moment() -> None:
    h = hub()
    viewer = Viewer(h, "a")
    await viewer.join()
    await viewer.act(CUT_LINK)
    late = Viewer(h, "b")
    frames = await late.join(viewer.state()["room"])
    assert late.state()["head"] == viewer.state()["head"]
    rows = {f["cluster"]: f["rows"] for f in frames if f["type"] == "rows"}
    first = {f["cluster"]: f for f in viewer.heard if f["type"] == "rows"}
    for cluster, frame in first.items():
        assert rows[cluster][frame["start"] :] == frame["rows"]
    returning = Viewer(h, "b")
    held = {cluster: len(got) for cluster, got in rows.items()}
    frames = await returning.say(
        "join", room=viewer.state()["room"], token=late.token, branch=0, have=held
    )
    assert [f["rows"] for f in frames if f["type"] == "rows"] == [[], []]


@in_a_loop
async def test_a_slow_reader_is_owed_one_snapshot_and_delays_nobody() -> None:
    h = hub(Limits(queued_frames=6))
    quick, slow = Viewer(h, "a"), Viewer(h, "b")
    await quick.join()
    await quick.act(CUT_LINK)
    await slow.join(quick.state()["room"])
    for _ in range(4):
        assert "accepted" in kinds(await quick.act({"type": "read", "client": "phone"}))
    assert slow.member.owed
    frames = await slow.listen()
    assert kinds(frames) == ["welcome", "rows", "rows", "state"]
    assert slow.state() | {"age": 0} == quick.state() | {"age": 0}
    assert all(frame["start"] == 0 for frame in frames[1:3])


@in_a_loop
async def test_a_snapshot_larger_than_the_queue_is_sent_and_not_owed_for_ever() -> None:
    h = hub(Limits(queued_bytes=100))
    viewer, late = Viewer(h, "a"), Viewer(h, "b")
    await viewer.join()
    await viewer.act(CUT_LINK)
    async with asyncio.timeout(5):
        frames = await late.join(viewer.state()["room"])
    assert kinds(frames) == ["welcome", "rows", "rows", "state", "accepted"]


@in_a_loop
async def test_who_asks_without_listening_piles_up_no_answers() -> None:
    h = hub(Limits(queued_frames=6))
    viewer = Viewer(h, "a")
    await viewer.join()
    await viewer.act(CUT_LINK)
    for _ in range(50):
        await viewer.raw("{")
    *refusals, welcome, first, second, state = kinds(await viewer.listen())
    assert 1 <= len(refusals) <= 6
    assert set(refusals) == {"refused"}
    assert (welcome, first, second, state) == ("welcome", "rows", "rows", "state")


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "null",
        '"join"',
        "{}",
        '{"type":"explode","id":1}',
        b"\xff\xfe",
        '{"type":"next","id":1}',
        '{"type":"next","id":"1","seen":{"branch":0,"at":0}}',
        '{"type":"next","id":1,"seen":{"branch":0,"at":0},"extra":1}',
        '{"type":"next","id":1,"seen":{"branch":0,"at":1e99}}',
        '{"type":"next","id":99999999999999999999,"seen":{"branch":0,"at":0}}',
        '{"type":"act","id":1,"seen":{"branch":0,"at":0},"steps":[]}',
        '{"type":"act","id":1,"seen":{"branch":0,"at":-1},"steps":[[{"type":"heal_all"}]]}',
        '{"type":"act","id":1,"seen":{"branch":0,"at":0},"steps":[[{"type":"crash"}]]}',
        '{"type":"join","id":1,"room":"../etc/passwd","token":"aaaaaaaaaaaaaaaa"}',
        "x" * 20_000,
    ],
)
def test_bad_frames_are_refused_in_words_and_leave_the_room_whole(frame: str | bytes) -> None:
    async def scene() -> None:
        h = hub()
        viewer = Viewer(h, "a")
        await viewer.join()
        await viewer.act(CUT_LINK)
        before = viewer.state()
        await viewer.raw(frame)
        answer = await viewer.listen()
        assert kinds(answer) == ["refused"]
        assert answer[0]["reason"]
        assert answer[0]["remedy"]
        assert h.rooms[before["room"]].room.fold.seq == before["seq"]
        assert "accepted" in kinds(await viewer.act({"type": "heal_all"}))

    asyncio.run(scene())


@in_a_loop
async def test_requests_before_joining_and_unknown_rooms_are_refused() -> None:
    viewer = Viewer(hub(), "a")
    assert kinds(await viewer.act(CUT_LINK)) == ["refused"]
    assert kinds(await viewer.join("abcdefghjkmn")) == ["refused"]


@in_a_loop
async def test_too_many_requests_are_refused_and_cost_nothing() -> None:
    h = hub(Limits(burst=3, commands_a_second=1))
    viewer = Viewer(h, "a")
    await viewer.join()
    for _ in range(2):
        assert "accepted" in kinds(await viewer.act({"type": "heal_all"}))
    assert kinds(await viewer.act({"type": "heal_all"})) == ["refused"]


@in_a_loop
async def test_a_full_server_says_so_and_makes_room_when_somebody_leaves() -> None:
    h = hub(Limits(rooms=2))
    viewers = [Viewer(h, name) for name in "abc"]
    for viewer in viewers:
        await viewer.join()
    for viewer in viewers[:2]:
        await viewer.act(CUT_LINK)
    refused = await viewers[2].act(CUT_LINK)
    assert kinds(refused) == ["refused"]
    assert "rooms" in refused[0]["reason"]
    h.leave(viewers[0].member)
    assert "accepted" in kinds(await viewers[2].act(CUT_LINK))


@in_a_loop
async def test_two_hubs_on_one_archive_serve_the_same_room() -> None:
    archive = MemoryArchive(10)
    left, right = hub(archive=archive), hub(archive=archive)
    one = Viewer(left, "a")
    await one.join()
    await one.act(CUT_LINK)
    two = Viewer(right, "b")
    await two.join(one.state()["room"])
    await two.act({"type": "read", "client": "phone"})
    # The first hub plans on what it knew, is refused by the archive, reads on and plans again.
    frames = await one.act({"type": "cut_off", "node": "n2"})
    assert "accepted" in kinds(frames)
    await two.join(one.state()["room"])
    await right.rooms[one.state()["room"]].lock.acquire()
    entries = await archive.read(one.state()["room"], 0)
    assert len(entries) == left.rooms[one.state()["room"]].room.fold.seq


@in_a_loop
async def test_a_broken_rule_stops_that_run_alone() -> None:
    from app.errors import InvariantViolation

    h = hub()
    one, two = Viewer(h, "a"), Viewer(h, "b")
    for viewer in (one, two):
        await viewer.join()
        await viewer.act(CUT_LINK)
    broken = h.rooms[one.state()["room"]].room

    def breaks(event: object) -> None:
        raise InvariantViolation("two leaders in one term", "leader", 5)

    broken.timeline(0).simulation.clusters["leader"].kernel.watchers.append(breaks)
    frames = await one.act({"type": "heal_all"})
    assert kinds(frames) == ["stopped", "refused"]
    assert frames[0]["link"]
    assert "accepted" in kinds(await two.act({"type": "heal_all"}))
    # What was simulated is thrown away with the fault; the log is whole, so the room goes on.
    assert "accepted" in kinds(await one.act({"type": "heal_all"}))


def test_a_clock_that_jumps_loses_nothing_and_orders_nothing() -> None:
    async def story() -> None:
        archive = MemoryArchive(10)
        served = hub(archive=archive)
        walls = iter([1e9, 1e9 + 3_600, 1e9 - 86_400, 0.0, -5.0, 4e9, 1.0, 2e9] * 10)
        served.wall = lambda: next(walls)
        one = Viewer(served, "one")
        await one.join()
        for _ in range(8):
            heard = await one.act({"type": "add", "client": "phone", "item": "milk"})
            assert heard[-1]["type"] == "accepted"
        log = await archive.read(one.state()["room"], 0)
        assert len(log) == 9
        clock = [entry.wall for entry in log]
        assert clock == sorted(clock), "the log's own clock never goes back"
        late = Viewer(served, "late")
        await late.join(one.state()["room"])
        assert late.state()["head"] == one.state()["head"]
        assert late.state()["age"] >= 0

    asyncio.run(story())


def test_a_room_of_another_engine_says_so_and_one_of_an_unknown_scene_is_refused() -> None:
    async def story() -> None:
        archive = MemoryArchive(10)
        made = RoomMade(sender="", counter=0, scenario="home", seed=7, engine="older")
        await archive.append("aaaaaaaaaaaa", 0, made)
        await archive.append("bbbbbbbbbbbb", 0, msgspec.structs.replace(made, scenario="gone"))
        served = hub(archive=archive)
        one = Viewer(served, "one")
        await one.join("aaaaaaaaaaaa")
        assert "another version of the engine" in one.state()["note"]
        refused = (await Viewer(served, "two").join("bbbbbbbbbbbb"))[-1]
        assert refused["type"] == "refused"
        assert "the scene gone" in refused["reason"]

    asyncio.run(story())


def held_by(viewer: Viewer) -> dict[str, list[Any]]:
    """The rows that a page would hold after all that it heard."""
    rows: dict[str, list[Any]] = {}
    for frame in viewer.heard:
        if frame["type"] == "rows":
            rows[frame["cluster"]] = rows.get(frame["cluster"], [])[: frame["start"]]
            rows[frame["cluster"]] += frame["rows"]
    return rows


def test_who_acts_while_it_plays_holds_what_a_late_joiner_gets() -> None:
    async def story() -> None:
        h = hub()
        one = Viewer(h, "one")
        await one.join()
        await one.act({"type": "add", "client": "phone", "item": "milk"})
        at = one.state()["head"]["until"]
        seen = {"branch": 0, "at": at}
        await one.say("play", seen=seen, speed=100)
        await one.say("more", seen={"branch": 0, "at": at + 400_000})
        steps = [[{"type": "add", "client": "laptop", "item": "bread"}]]
        await one.say("act", seen={"branch": 0, "at": at + 250_000}, steps=steps)
        late = Viewer(h, "late")
        await late.join(one.state()["room"])
        assert held_by(one) == held_by(late)

    asyncio.run(story())
