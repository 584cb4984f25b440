"""The page in a real Chromium: bytes, first paint on a slow phone, how busy the animation is."""

import asyncio
from typing import NamedTuple

from playwright.async_api import Browser, CDPSession, Page, async_playwright

from bench.server import percentile, server
from scripts.browser import ARGUMENTS, executable

SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
FRAMES = (
    "() => { window.frames_ = []; let last = performance.now();"
    " const tick = (now) => { frames_.push(now - last); last = now;"
    " if (frames_.length < 4000) requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"
)
CROWD = (
    "() => new Promise((done) => { const q = quorate, frames = []; let last = performance.now();"
    " const some = Array.from({length: 500}, (_, i) => ({at: 0, arrives_at: 120, source: 'n1',"
    " target: i % 2 ? 'n2' : 'n3', kind: 'replicate', carries: ['x'], noise: false,"
    " dropped: null}));"
    " const values = {leader: new Map([['x', {label: 'a'}]]), leaderless: new Map()};"
    " const tick = (now) => { frames.push(now - last); last = now;"
    " const flights = {leader: some, leaderless: []};"
    " q.canvas.draw(q.layout, flights, frames.length % 120, -1, values, false);"
    " if (frames.length < 240) requestAnimationFrame(tick); else done(frames); };"
    " requestAnimationFrame(tick); })"
)
QUIET = "() => window.quorate && !quorate.head.moving && !quorate.live.busy"


class Figures(NamedTuple):
    """Bytes, and milliseconds or shares of one core's time. `busy` is the processor time of the
    page's main thread, so that others on the machine do not count."""

    page_bytes: int
    foreign_hosts: int
    first_paint: float
    usable: float
    frame_p99: float
    busy: float
    slow_frame_p99: float
    crowd_frame_p99: float


async def _settle(page: Page) -> None:
    while not await page.evaluate(QUIET):
        await page.evaluate("() => new Promise(requestAnimationFrame)")


async def _ready(page: Page) -> None:
    """Until the last module is there."""
    while not await page.evaluate("() => Boolean(window.quorate)"):
        await page.evaluate("() => new Promise(requestAnimationFrame)")


async def _first_page(browser: Browser, address: str) -> tuple[int, int, float, float]:
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.emulateNetworkConditions", SLOW)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    hosts: list[str] = []
    page.on("response", lambda response: hosts.append(response.url))
    await page.goto(address, wait_until="load")
    await _ready(page)
    usable = await page.evaluate("() => performance.now()")
    paint = await page.evaluate(
        "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    size = await page.evaluate(
        "() => ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type))"
        ".reduce((sum, entry) => sum + entry.decodedBodySize, 0)"
    )
    foreign = sum(1 for url in hosts if not url.startswith(address))
    await context.close()
    return size, foreign, paint, usable


async def _busy(session: CDPSession) -> float:
    got = await session.send("Performance.getMetrics")
    return next(m["value"] for m in got["metrics"] if m["name"] == "TaskDuration")


async def _crowd(browser: Browser, address: str) -> float:
    """99th percentile of a frame in ms with 500 messages on their way at once."""
    page = await browser.new_page(viewport={"width": 1280, "height": 800})
    await page.goto(address)
    await _ready(page)
    frames = await page.evaluate(CROWD)
    await page.close()
    return percentile(frames[2:], 0.99)


async def _animation(browser: Browser, address: str, slow: int) -> tuple[float, float]:
    """(99th percentile of a frame in ms, share of time the main thread is busy)."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})
    await page.goto(address)
    await _ready(page)
    await page.click("#guide-go")
    await _settle(page)
    if slow > 1:
        await session.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    await page.evaluate(FRAMES)
    before, begun = await _busy(session), await page.evaluate("() => performance.now()")
    await page.click("#guide-go")
    await _settle(page)
    spent = (await page.evaluate("() => performance.now()")) - begun
    busy = (await _busy(session) - before) * 1_000 / spent
    frames = await page.evaluate("() => frames_")
    await context.close()
    return percentile(frames, 0.99), busy


async def _measure(port: int) -> Figures:
    address = f"http://127.0.0.1:{port}/"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        size, foreign, paint, usable = await _first_page(browser, address)
        p99, busy = await _animation(browser, address, 1)
        slow_p99, _ = await _animation(browser, address, 4)
        crowd = await _crowd(browser, address)
        await browser.close()
    return Figures(size, foreign, paint, usable, p99, busy, slow_p99, crowd)


def measure() -> Figures:
    with server() as (port, _, _):
        return asyncio.run(_measure(port))
