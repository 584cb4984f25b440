"""Our server in a process of its own, and viewers that talk to it over real websockets."""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).parent.parent
CUT = {"type": "cut_link", "a": "n1", "b": "n3"}
SHOP = [
    {"type": "add", "client": "phone", "item": "milk"},
    {"type": "add", "client": "laptop", "item": "bread"},
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server(**environment: str) -> Iterator[tuple[int, int, float]]:
    """(port, process id, seconds to the first answer) of a server that ends with the block."""
    port = free_port()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "serve", "--port", str(port)],
        cwd=ROOT,
        env={"QUORATE_DATA": ":memory:", **os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health").read()
                break
            if process.poll() is not None or time.perf_counter() - begun > 30:
                raise SystemExit("The server did not start.")
            time.sleep(0.01)
        yield port, process.pid, time.perf_counter() - begun
    finally:
        process.terminate()
        process.wait()


class Viewer:
    """A browser tab: joins, acts, and waits until it is told that its request was accepted."""

    def __init__(self, socket: ClientConnection, number: int) -> None:
        self.socket, self.token, self.counter = socket, f"{number:016d}", 0
        self.head: dict[str, Any] = {"branch": 0, "until": 0}
        self.room: str | None = None
        self.held: dict[str, int] = {}

    @property
    def events(self) -> int:
        """How many rows of the run this viewer holds."""
        return sum(self.held.values())

    async def say(self, kind: str, **fields: Any) -> float:
        """Seconds from the request to the first new rows (or to the answer, if it brings none)."""
        self.counter += 1
        begun = time.perf_counter()
        first = 0.0
        await self.socket.send(json.dumps({"type": kind, "id": self.counter, **fields}))
        while True:
            frame = json.loads(await self.socket.recv())
            if frame["type"] == "rows" and frame["rows"] and not first:
                first = time.perf_counter() - begun
            if frame["type"] == "rows":
                self.held[frame["cluster"]] = frame["start"] + len(frame["rows"])
            if frame["type"] == "state":
                self.head, self.room = frame["head"], frame["room"]
            if frame["type"] == "refused":
                raise RuntimeError(frame)
            if frame["type"] == "accepted" and frame["id"] == self.counter:
                return first or time.perf_counter() - begun

    @property
    def seen(self) -> dict[str, int]:
        return {"branch": self.head["branch"], "at": self.head["until"]}

    async def act(self, *commands: dict[str, str]) -> float:
        return await self.say("act", seen=self.seen, steps=[list(commands)])


@contextlib.asynccontextmanager
async def viewer(port: int, number: int, run: str = "") -> AsyncIterator[Viewer]:
    """`run`: the link of the page this tab was opened by; without it, the home scene."""
    url = f"ws://127.0.0.1:{port}/live"
    async with connect(url, max_size=None, origin=None, compression=None) as socket:
        made = Viewer(socket, number)
        join = {"type": "join", "id": 1, "room": None, "token": made.token, "run": run}
        await socket.send(json.dumps(join))
        made.counter = 1
        yield made


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def resident(process_id: int) -> int:
    """Bytes of memory a process holds."""
    import psutil

    return int(psutil.Process(process_id).memory_info().rss)


async def gather_limited(tasks: list[Any], at_once: int) -> list[Any]:
    gate = asyncio.Semaphore(at_once)

    async def one(task: Any) -> Any:
        async with gate:
            return await task

    return await asyncio.gather(*(one(task) for task in tasks))
