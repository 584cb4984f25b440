"""The lab at its largest, 12 nodes with the background workload on: `design.md` §8 again."""

import asyncio
import json
import re
import time
import urllib.request
from typing import NamedTuple

from playwright.async_api import Page, async_playwright

from app.main import read_scenarios
from app.rooms.timeline import Timeline
from app.trace.commands import PlacedCommand, SetWorkload
from bench.server import Viewer, percentile, resident, server, viewer
from scripts.browser import ARGUMENTS, executable

SCENE = "lab-12"
LOAD = {"type": "set_workload", "on": True}
CYCLE = (
    {"type": "cut_link", "a": "n1", "b": "n12"},
    {"type": "add", "client": "phone", "item": "milk"},
    {"type": "heal_everything"},
    {"type": "read", "client": "laptop"},
)
ROOMS_MEASURED = 10
EVENTS = 10_000
FRAMES_SEEN = 240
FRAMES = (
    "(count) => new Promise((done) => { const frames = []; let last = performance.now();"
    " const tick = (now) => { frames.push(now - last); last = now;"
    " if (frames.length < count) requestAnimationFrame(tick); else done(frames); };"
    " requestAnimationFrame(tick); })"
)


class Figures(NamedTuple):
    """Milliseconds; rows a second of simulating, judging and encoding; bytes."""

    command_p50: float
    command_p99: float
    events: int
    frame_p50: float
    frame_p99: float
    rows_a_second: float
    bytes_a_room: float


def _speed() -> float:
    """Rows a second of one timeline over four seconds of the run: simulated, judged, encoded."""
    begun = time.process_time()
    load = (PlacedCommand(1, SetWorkload(True)),)
    timeline = Timeline(read_scenarios()[SCENE], 7, load)
    timeline.run_until(4_000_000)
    return timeline.event_count / (time.process_time() - begun)


def _run_of_page(address: str) -> str:
    """The link that the page of the scene joins with."""
    page = urllib.request.urlopen(address).read().decode()
    found = re.search(r'id="scene">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    run: str = json.loads(found[1])["run"]
    return run


async def _commands(someone: Viewer) -> list[float]:
    await someone.act(LOAD)
    return [await someone.act(command) for command in CYCLE * 15]


async def _fill(someone: Viewer) -> None:
    await someone.act(LOAD)
    while someone.events < EVENTS:
        await someone.say("play", seen=someone.seen, speed=100)
        seen = {"branch": someone.head["branch"], "at": someone.head["until"]}
        await someone.say("pause", seen=seen)


async def _frames(page: Page, address: str) -> list[float]:
    """The lab plays, shoppers shop, the background works; ms a frame."""
    await page.goto(f"{address}/lab?nodes=12")
    await page.wait_for_function("() => window.quorate && quorate.live.socket.readyState === 1")
    await page.evaluate("() => quorate.act([[{type: 'set_workload', on: true}]])")
    await page.wait_for_function("() => !quorate.head.moving && !quorate.live.busy")
    await page.click("#both")
    frames: list[float] = await page.evaluate(FRAMES, FRAMES_SEEN)
    await page.wait_for_function("() => !quorate.head.moving && !quorate.live.busy")
    await page.click("#play")
    frames += await page.evaluate(FRAMES, FRAMES_SEEN)
    return frames


async def _measure(port: int, process_id: int) -> Figures:
    run = _run_of_page(f"http://127.0.0.1:{port}/lab?nodes=12")
    async with viewer(port, 1, run) as someone:
        times = await _commands(someone)
        events = someone.events
    before = resident(process_id)
    for number in range(ROOMS_MEASURED):
        async with viewer(port, 100 + number, run) as someone:
            await _fill(someone)
    a_room = (resident(process_id) - before) / ROOMS_MEASURED
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        frames = (await _frames(page, f"http://127.0.0.1:{port}"))[2:]
        await browser.close()
    ms = 1_000
    return Figures(
        percentile(times, 0.5) * ms,
        percentile(times, 0.99) * ms,
        events,
        percentile(frames, 0.5),
        percentile(frames, 0.99),
        _speed(),
        a_room,
    )


def measure() -> Figures:
    with server(QUORATE_COMMANDS_A_SECOND="100000", QUORATE_BURST="100000") as (port, pid, _):
        return asyncio.run(_measure(port, pid))
