"""Rooms under load: a command, going back, many rooms at once, memory. All over real sockets."""

import asyncio
import contextlib
from typing import NamedTuple

from bench.server import CUT, SHOP, Viewer, percentile, resident, server, viewer

HEAL = {"type": "heal_all"}
ROOMS_MEASURED = 20
READ = {"type": "read", "client": "laptop"}


class Figures(NamedTuple):
    """Milliseconds, but for the memory figures, which are bytes."""

    command_p50: float
    command_p99: float
    long_p99: float
    long_events: int
    reset_p99: float
    rooms: int
    rooms_p99: float
    bytes_a_viewer: float
    bytes_a_room: float
    room_events: int
    start: float


async def _lesson(someone: Viewer, rounds: int) -> list[float]:
    """One visitor doing what a lesson does, over and over, each time from the start."""
    times = []
    for _ in range(rounds):
        times += [await someone.act(CUT), await someone.act(*SHOP), await someone.act(HEAL)]
        times.append(await someone.act(READ))
        await someone.say("reset")
    return times


async def _long_run(someone: Viewer) -> tuple[list[float], int]:
    """Commands 10,000 events into a run."""
    await someone.act(CUT)
    while someone.events < 10_000:
        await someone.say("play", seen=someone.seen, speed=100)
        await someone.say(
            "pause", seen={"branch": someone.head["branch"], "at": someone.head["until"]}
        )
    return [await someone.act(command) for command in [HEAL, READ, CUT] * 20], someone.events


async def _resets(someone: Viewer, rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        await someone.act(CUT)
        times.append(await someone.say("back", seen=someone.seen))
        times.append(await someone.say("reset"))
    return times


async def _many(port: int, count: int) -> list[float]:
    """`count` visitors in rooms of their own, each acting about twice a second."""
    async with contextlib.AsyncExitStack() as stack:
        everybody = [
            await stack.enter_async_context(viewer(port, 1_000 + number)) for number in range(count)
        ]
        times: list[float] = []

        async def play(someone: Viewer, delay: float) -> None:
            await asyncio.sleep(delay)
            await someone.act(CUT)
            for command in [READ, HEAL, READ, CUT, READ, HEAL]:
                times.append(await someone.act(command))
                await asyncio.sleep(0.5)

        await asyncio.gather(*(play(v, n / count) for n, v in enumerate(everybody)))
        return times


async def _memory(port: int, process_id: int) -> tuple[float, float, int]:
    """(bytes a viewer without a room, bytes a room, events in such a room)."""
    async with contextlib.AsyncExitStack() as stack:
        before = resident(process_id)
        everybody = [
            await stack.enter_async_context(viewer(port, 5_000 + number)) for number in range(300)
        ]
        await asyncio.sleep(0.5)
        joined = resident(process_id)
        for someone in everybody[:ROOMS_MEASURED]:
            await someone.act(CUT)
            while someone.events < 10_000:
                await someone.say("play", seen=someone.seen, speed=100)
                await someone.say("pause", seen={"branch": 0, "at": someone.head["until"]})
        acted = resident(process_id)
        events = everybody[0].events
    return (joined - before) / 300, (acted - joined) / ROOMS_MEASURED, events


async def _measure(port: int, process_id: int, start: float, rooms: int) -> Figures:
    # Rates are meant against abuse; one bench visitor is faster than any person.
    async with viewer(port, 1) as someone:
        lesson = await _lesson(someone, 25)
    async with viewer(port, 2) as someone:
        long, events = await _long_run(someone)
    async with viewer(port, 3) as someone:
        resets = await _resets(someone, 50)
    many = await _many(port, rooms)
    a_viewer, a_room, room_events = await _memory(port, process_id)
    ms = 1_000
    return Figures(
        percentile(lesson, 0.5) * ms,
        percentile(lesson, 0.99) * ms,
        percentile(long, 0.99) * ms,
        events,
        percentile(resets, 0.99) * ms,
        rooms,
        percentile(many, 0.99) * ms,
        a_viewer,
        a_room,
        room_events,
        start * ms,
    )


def measure(rooms: int = 200) -> Figures:
    """Start a server, drive it from this process, return the figures."""
    with server(QUORATE_COMMANDS_A_SECOND="100000", QUORATE_BURST="100000") as (port, pid, start):
        return asyncio.run(_measure(port, pid, start, rooms))
