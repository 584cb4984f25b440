"""Writing to viewers at once: whole frames of every size, and a stuck one that delays nobody.

Real sockets throughout: what is held here is uvicorn's and the kernel's behaviour as well as ours.
"""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from websockets.sync.client import connect

from app.rooms.member import Batch, text_frame
from app.web.fanout import EXTENSION, HIGH_WATER, Fanout
from tests.rooms.test_survival import Driver, running
from tests.server_process import Server

SIZES = (0, 1, 10, 125, 126, 127, 65_535, 65_536, 200_000)
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@contextmanager
def serving(app: Any) -> Iterator[int]:
    """The port of uvicorn serving this ASGI application with our protocol, in a thread."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(app, ws=Fanout, ws_per_message_deflate=False, log_level="error")
        server = uvicorn.Server(config)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


async def sizes(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """An application that writes a text of each size straight to the socket, then all in one."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    fanout = scope["extensions"][EXTENSION]
    texts = [("é" * size)[:size].encode()[:size].decode(errors="ignore") for size in SIZES]
    for text in texts:
        fanout.write(text_frame(text.encode()), True)
    fanout.write(Batch(*(text.encode() for text in texts)).wire, True)
    await receive()


def test_frames_of_every_size_arrive_whole_one_by_one_and_together() -> None:
    texts = [("é" * size)[:size].encode()[:size].decode(errors="ignore") for size in SIZES]
    with serving(sizes) as port, connect(f"ws://127.0.0.1:{port}", max_size=None) as client:
        assert [client.recv(10) for _ in SIZES] == texts
        assert [client.recv(10) for _ in SIZES] == texts


def test_a_socket_that_is_closed_takes_nothing_and_breaks_nothing() -> None:
    written: list[bool] = []

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        fanout = scope["extensions"][EXTENSION]
        while (await receive())["type"] != "websocket.disconnect":
            pass
        written.append(fanout.write(text_frame(b"too late"), True))

    with serving(app) as port, connect(f"ws://127.0.0.1:{port}") as client:
        client.close()
    assert written == [False]


def test_who_does_not_read_is_skipped_and_called_when_drained() -> None:
    """Half a megabyte is offered to a peer with a tiny window: most of it is refused, not kept."""
    taken: list[bool] = []
    drained = asyncio.Event()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        fanout = scope["extensions"][EXTENSION]
        fanout.on_drained = drained.set
        frame = text_frame(b"x" * 1_000)
        for _ in range(500):
            taken.append(fanout.write(frame, False))
            await asyncio.sleep(0)
        fanout.write(text_frame(b"answer"), True)
        await drained.wait()
        fanout.write(text_frame(b"snapshot"), False)
        await receive()

    with serving(app) as port, socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        slow.connect(("127.0.0.1", port))
        slow.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        slow.settimeout(10)
        heard = b""
        while b"snapshot" not in heard:
            # Peeking at nothing until the application has offered all: it waits for us.
            while len(taken) < 500:
                slow.recv(0)
            heard += slow.recv(65_536)
    assert not all(taken)
    kept = taken.count(True) * 1_004
    assert kept < 12 * HIGH_WATER, "a backlog piled up"
    assert heard.index(b"answer") < heard.index(b"snapshot")
    assert heard.endswith(text_frame(b"snapshot"))


class Stuck:
    """A viewer of a room that stops reading after it has joined, and later reads again."""

    def __init__(self, server: Server, room: str) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        self.socket.connect(("127.0.0.1", server.port))
        self.socket.settimeout(20)
        self.socket.sendall(
            b"GET /live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self.data = b""
        while b"\r\n\r\n" not in self.data:
            self.data += self.socket.recv(4_096)
        self.data = self.data.split(b"\r\n\r\n", 1)[1]
        join = {"type": "join", "id": 1, "room": room, "token": "s" * 16}
        text = json.dumps(join).encode()
        self.socket.sendall(bytes([0x81, 0x80 | len(text)]) + b"\0\0\0\0" + text)

    def frames(self, until_seq: int) -> list[dict[str, Any]]:
        """Everything up to the state with this seq."""
        found: list[dict[str, Any]] = []
        place = 0
        while True:
            head = self.data[place : place + 10]
            start, length = 2, head[1] & 0x7F if len(head) > 1 else 0
            if length == 126:
                start, length = 4, int.from_bytes(head[2:4], "big")
            elif length == 127:
                start, length = 10, int.from_bytes(head[2:10], "big")
            if len(head) < start or len(self.data) < place + start + length:
                self.data += self.socket.recv(65_536)
                continue
            payload = self.data[place + start : place + start + length]
            place += start + length
            if head[0] & 0x0F != 1:
                continue  # a ping
            found.append(json.loads(payload))
            if found[-1]["type"] == "state" and found[-1]["seq"] >= until_seq:
                return found


def test_a_stuck_viewer_delays_nobody_and_is_brought_up_to_date_by_state(tmp_path: Path) -> None:
    server = Server(tmp_path / "quorate.db")
    with running(server):
        driver = Driver(server, "d")
        driver.add()
        room = driver.state["room"]
        others = [Driver(server, token, room) for token in "efgh"]
        stuck = Stuck(server, room)
        end = driver.state["head"]["until"]
        for number in range(400):
            seen = {"branch": 0, "at": end - number % 2}
            assert driver.ask("seek", seen=seen)["type"] == "accepted"
        seq = driver.state["seq"]
        for other in others:
            other.up_to(seq)
            assert other.rows == driver.rows
        frames = stuck.frames(seq)
        assert frames[-1]["head"] == driver.state["head"]
        states = [frame["seq"] for frame in frames if frame["type"] == "state"]
        assert states == sorted(states)
        assert len(states) < 250, "it was sent a backlog"
        last = {frame["cluster"]: frame for frame in frames if frame["type"] == "rows"}
        assert {name: frame["rows"] for name, frame in last.items()} == driver.rows
        assert all(frame["start"] == 0 for frame in last.values())
        stuck.socket.close()
        for one in (driver, *others):
            one.close()


@pytest.mark.parametrize("size", SIZES)
def test_a_batch_is_its_frames_in_order(size: int) -> None:
    assert Batch(b"a", b"b" * size).wire == text_frame(b"a") + text_frame(b"b" * size)
