"""A class under load: joins, votes, 1,000 observers. By itself: `python -m bench.classroom`."""

import asyncio
import contextlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from websockets.asyncio.client import connect

from bench.server import ROOT, SHOP, free_port, server

OBSERVERS = 1_000
MESSAGES = 100
A_SECOND = 10


class Figures(NamedTuple):
    """Milliseconds, shares, kB."""

    joined_in: float
    join_p99: float
    voted_in: float
    vote_p99: float
    observers: int
    p50: float
    p99: float
    cpu: float
    kb_a_viewer: float
    message_bytes: float
    reference_p99: float
    reference_cpu: float


class Crowd:
    """The devices, in a process of their own."""

    def __init__(self, port: int, code: str, count: int, what: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.crowd", str(port), code, str(count), what],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self) -> dict[str, Any]:
        assert self.process.stdout
        text = self.process.stdout.readline()
        if not text:
            raise SystemExit("The load process ended.")
        found: dict[str, Any] = json.loads(text)
        return found

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.close()
        found = self.line()
        self.process.wait()
        return found


def start_class(port: int) -> tuple[str, str]:
    """(code, secret) of a new class."""
    address = f"http://127.0.0.1:{port}/class"
    page = urllib.request.urlopen(address, b"lesson=milk-and-bread").read().decode()
    found = re.search(r'href="/class/(\w+)/present#(\w+)"', page)
    assert found
    return found[1], found[2]


class Presenter:
    """Drives the class over a real websocket; `sent` holds the moment of each request by seq."""

    def __init__(self, socket: Any) -> None:
        self.socket, self.counter, self.sent = socket, 0, dict[int, float]()
        self.head: dict[str, Any] = {"branch": 0, "until": 0}

    async def ask(self, kind: str, **fields: Any) -> None:
        self.counter += 1
        begun = time.monotonic()
        await self.socket.send(json.dumps({"type": kind, "id": self.counter, **fields}))
        while True:
            frame = json.loads(await self.socket.recv())
            if frame["type"] == "state":
                self.head = frame["head"]
            if frame["type"] == "refused":
                raise SystemExit(str(frame))
            if frame["type"] == "accepted":
                self.sent[frame["seq"]] = begun
                return

    @property
    def seen(self) -> dict[str, int]:
        return {"branch": self.head["branch"], "at": self.head["until"]}


async def _follow(port: int, pid: int) -> tuple[list[float], float, float, float]:
    """(latencies in ms, share of a core, kB a viewer, bytes a message)."""
    code, key = start_class(port)
    process = psutil.Process(pid)
    before = process.memory_info().rss
    crowd = Crowd(port, code, OBSERVERS, "follow")
    async with connect(f"ws://127.0.0.1:{port}/live", max_size=None) as socket:
        presenter = Presenter(socket)
        await presenter.ask("join", room=code, token="p" * 16, key=key)
        await presenter.ask("act", seen=presenter.seen, steps=[SHOP])
        await asyncio.to_thread(crowd.line)
        kb = (process.memory_info().rss - before) / 1_000 / OBSERVERS
        await asyncio.sleep(1)
        end = presenter.head["until"]
        used, begun = process.cpu_times(), time.monotonic()
        for number in range(MESSAGES):
            due = begun + number / A_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await presenter.ask("seek", seen={"branch": 0, "at": end - number % 2})
        wall, now = time.monotonic() - begun, process.cpu_times()
        cpu = (now.user + now.system - used.user - used.system) / wall
        await asyncio.sleep(1)
    heard = await asyncio.to_thread(crowd.end)
    latencies = [
        (moment - presenter.sent[seq]) * 1000
        for seqs, moments in heard["heard"]
        for seq, moment in zip(seqs, moments, strict=True)
        if seq in presenter.sent and moment > begun and presenter.sent[seq] >= begun
    ]
    assert len(latencies) >= OBSERVERS * MESSAGES * 0.99, f"only {len(latencies)} were heard"
    return latencies, cpu, kb, heard["bytes"] / OBSERVERS / MESSAGES


async def _reference(size: int) -> tuple[float, float]:
    """(p99 in ms, share of a core) of `websockets.broadcast` with frames of this size."""
    port, opened = free_port(), contextlib.AsyncExitStack()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.broadcast", str(port), str(size)], cwd=ROOT
    )
    try:
        while True:
            with contextlib.suppress(OSError):
                socket = await opened.enter_async_context(connect(f"ws://127.0.0.1:{port}"))
                break
            await asyncio.sleep(0.05)
        crowd = Crowd(port, "x", OBSERVERS, "follow")
        await asyncio.to_thread(crowd.line)
        await asyncio.sleep(1)
        watched, sent = psutil.Process(process.pid), dict[int, float]()
        used, begun = watched.cpu_times(), time.monotonic()
        for number in range(MESSAGES):
            await asyncio.sleep(max(0.0, begun + number / A_SECOND - time.monotonic()))
            at = time.monotonic()
            await socket.send('{"token":"driver"}')
            sent[json.loads(await socket.recv())["seq"]] = at
        wall, now = time.monotonic() - begun, watched.cpu_times()
        await asyncio.sleep(1)
        heard = await asyncio.to_thread(crowd.end)
    finally:
        await opened.aclose()
        process.terminate()
        process.wait()
    latencies = [
        (moment - sent[seq]) * 1000
        for seqs, moments in heard["heard"]
        for seq, moment in zip(seqs, moments, strict=True)
        if seq in sent
    ]
    return _p99(latencies), (now.user + now.system - used.user - used.system) / wall


async def _vote(port: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """200 devices join and vote, all from one address."""
    code, key = start_class(port)
    async with connect(f"ws://127.0.0.1:{port}/live", max_size=None) as socket:
        presenter = Presenter(socket)
        await presenter.ask("join", room=code, token="p" * 16, key=key)
        await presenter.ask("pose", question="predict")
        crowd = Crowd(port, code, 200, "vote")
        joined = await asyncio.to_thread(crowd.line)
        crowd.go()
        voted = await asyncio.to_thread(crowd.line)
        await presenter.ask("show", question="predict", what="split")
        crowd.end()
    return joined, voted


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


def measure() -> Figures:
    """Everything once, on a fresh server with its rooms on disk."""
    with tempfile.TemporaryDirectory() as folder:
        data = str(Path(folder) / "quorate.db")
        with server(QUORATE_DATA=data) as (port, pid, _):
            joined, voted = asyncio.run(_vote(port))
            latencies, cpu, kb, size = asyncio.run(_follow(port, pid))
    reference_p99, reference_cpu = asyncio.run(_reference(round(size)))
    return Figures(
        joined["joined_in"],
        _p99(joined["joins"]),
        voted["voted_in"],
        _p99(voted["votes"]),
        OBSERVERS,
        statistics.median(latencies),
        _p99(latencies),
        cpu,
        kb,
        size,
        reference_p99,
        reference_cpu,
    )


if __name__ == "__main__":
    for name, value in measure()._asdict().items():
        print(f"{name:<14} {value:,.3f}")
