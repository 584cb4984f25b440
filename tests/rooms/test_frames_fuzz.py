"""Whatever a websocket says: the answer is a frame, each refusal has a reason and a remedy, the
room goes on, and nobody in another room hears of it.

`SEEDS=100000` tries so many frames.
"""

import asyncio
import json
import os
import random
from copy import deepcopy
from typing import Any

from app.main import read_catalogue, read_scenarios
from app.rooms.hub import Hub
from app.rooms.limits import Limits
from app.rooms.member import Member
from app.storage.memory import MemoryArchive

FRAMES = int(os.environ.get("SEEDS", "1500"))
A_HUB = 1_500
"""Frames in one room: in time every room is full of what its visitor did."""
SEEN = {"branch": 0, "at": 0}
STEP = [[{"type": "add", "client": "phone", "item": "milk"}]]
GOOD: list[dict[str, Any]] = [
    {"type": "act", "seen": SEEN, "steps": STEP},
    {"type": "act", "seen": SEEN, "steps": [[{"type": "crash", "node": "n2"}]]},
    {"type": "act", "seen": SEEN, "steps": [[{"type": "cut_link", "a": "n1", "b": "n3"}]]},
    {
        "type": "act",
        "seen": SEEN,
        "steps": [[{"type": "configure", "cluster": "leader", "setting": "copies", "value": "3"}]],
    },
    *({"type": kind, "seen": SEEN} for kind in ("next", "back", "redo", "pause", "seek", "more")),
    {"type": "play", "seen": SEEN, "speed": 100},
    {"type": "reset"},
    {"type": "visit", "branch": 0},
    {"type": "rename", "branch": 0, "name": "Mine"},
    {"type": "pose", "question": "predict"},
    {"type": "vote", "question": "predict", "choice": 1},
    {"type": "show", "question": "predict", "what": "closed"},
    {"type": "join", "room": None, "token": "b" * 16},
]
WILD: list[Any] = [
    *(None, True, 0, -1, 1, 2, 199, 2**31, 2**63, 2**64, 10**30, 1.5, "", "x", "n1", "\u202e", "é"),
    *([], [[]], {}, [[[[]]]], "x" * 3_000, "act", "n1–n3", {"branch": 1, "at": 1}, STEP, [STEP]),
]


def mutated(luck: random.Random, seen: dict[str, int]) -> Any:
    """A frame that would do, with up to three things in it changed."""
    frame = json.loads(json.dumps(luck.choice(GOOD)))
    if "seen" in frame:
        frame["seen"] = dict(seen)
    frame["id"] = luck.choice((1, luck.randint(1, 2**31), luck.randint(1, 3_000)))
    for _ in range(luck.choice((0, 0, 1, 1, 2, 3))):
        holder: Any = frame
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = luck.choice(keys)
            if isinstance(holder[key], dict | list) and luck.random() < 0.7:
                holder = holder[key]
                continue
            how = luck.random()
            if how < 0.15:
                del holder[key]
            elif how < 0.25 and isinstance(holder, dict):
                holder[str(luck.choice(WILD))[:40]] = holder.pop(key)
            else:
                holder[key] = deepcopy(luck.choice(WILD))
            break
    return frame


def random_frame(luck: random.Random, seen: dict[str, int]) -> str | bytes:
    """A mutated frame, its bytes changed as well, or rubbish."""
    kind = luck.random()
    if kind < 0.1:
        return luck.randbytes(luck.choice((0, 1, 2, 30, 20_000)))
    text = json.dumps(mutated(luck, seen))
    if kind < 0.75:
        return text
    data = bytearray(text.encode())
    for _ in range(luck.randint(1, 4)):
        place = luck.randrange(len(data))
        piece = luck.choice((b"", b"[", b"}", b'"', b"\x00", b"\xff", b"9" * 30, b"[" * 3_000))
        data[place : place + luck.choice((0, 1, 5))] = piece
    if kind < 0.9:
        return bytes(data)
    return data.decode(errors="replace")


def taken(member: Member) -> list[dict[str, Any]]:
    """The frames that wait for a viewer."""
    frames = [json.loads(frame) for frame in member._frames]
    member._frames.clear()
    member._bytes = 0
    return frames


async def attack(seed: int, count: int) -> None:
    luck = random.Random(seed)
    limits = Limits(commands_a_second=10**6, burst=10**6, events_a_run=6_000)
    hub = Hub(
        MemoryArchive(99),
        read_scenarios(),
        limits,
        "test",
        lambda: 0.0,
        catalogue=read_catalogue(),
    )
    neighbour, visitor = hub.member(), hub.member()
    for member, token in ((neighbour, "n"), (visitor, "v")):
        join = {"type": "join", "id": 1, "room": None, "token": token * 16}
        await hub.receive(member, json.dumps(join))
        await hub.receive(member, json.dumps({"id": 2, **GOOD[0]}))
        assert member.room
    assert neighbour.room
    taken(neighbour), taken(visitor)
    untouched = hub.rooms[neighbour.room].room.fold.seq
    seen = dict(SEEN)
    for number in range(count):
        data = random_frame(luck, seen)
        before = visitor.room
        await hub.receive(visitor, data)
        frames = taken(visitor)
        where = f"seed={seed} frame={number} {data[:200]!r}"
        for frame in frames:
            if frame["type"] == "refused":
                for field in ("asked", "reason", "remedy"):
                    assert frame[field].strip(), where
                    assert frame[field][-1] in ".!?…", (frame, where)
                assert len(frame["reason"]) < 500, where
            assert frame["type"] != "stopped", where
            if frame["type"] == "state":
                seen = {"branch": frame["head"]["branch"], "at": frame["head"]["until"]}
        visitor.owed = False
        assert visitor.room == before, where
        assert not taken(neighbour), f"another room heard of it: {where}"
    assert hub.rooms[neighbour.room].room.fold.seq == untouched
    visitor.token = "w" * 16
    await hub.receive(visitor, json.dumps({"type": "reset", "id": 1}))
    last = [f for f in taken(visitor) if f["type"] in ("accepted", "refused")]
    assert last, "the room still answers"
    await hub.receive(neighbour, json.dumps({"id": 3, **GOOD[0]}))
    assert any(frame["type"] == "rows" for frame in taken(neighbour))


def test_any_frame_is_answered_in_words_and_stays_in_its_room() -> None:
    for first in range(0, FRAMES, A_HUB):
        asyncio.run(attack(first, min(A_HUB, FRAMES - first)))
