"""Writing to viewers at once: whole frames of every size, and a stuck one that delays nobody.

Real sockets throughout: what is held here is uvicorn's and the kernel's behaviour as well as ours.
"""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import uvicorn
from websockets.sync.client import ClientConnection, connect

from app.main import create_app
from app.rooms.member import Batch, text_frame
from app.rooms.open_room import OpenRoom
from app.settings import Settings
from app.web.fanout import EXTENSION, HIGH_WATER, Fanout
from tests.rooms.test_survival import Driver, running
from tests.server_process import Server

SIZES = (0, 1, 10, 125, 126, 127, 65_535, 65_536, 200_000)
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@contextmanager
def serving(app: Any, **settings: Any) -> Iterator[int]:
    """The port of uvicorn serving this ASGI application with our protocol, in a thread."""
    fixed = {"ws": Fanout, "ws_per_message_deflate": False, "log_level": "error"}
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, **fixed | settings))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


def shaken_hands(port: int, path: str) -> socket.socket:
    """A bare websocket with a tiny window: nothing reads it but the test."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    made.connect(("127.0.0.1", port))
    made.settimeout(20)
    made.sendall(
        f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += made.recv(1)
    return made


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

    with serving(app) as port, shaken_hands(port, "/") as slow:
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


@pytest.mark.parametrize("fill", ["behind", "a little unsent"])
def test_who_never_reads_is_let_go(monkeypatch: pytest.MonkeyPatch, fill: str) -> None:
    """Also one that holds so little that it does not count as behind, and answers no ping."""
    monkeypatch.setattr("app.web.fanout.STALLED_SECONDS", 0.1)
    gone = Event()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        fanout = scope["extensions"][EXTENSION]
        frame = text_frame(b"x" * 1_000)
        while fanout.write(frame) and (
            fill == "behind" or not fanout.transport.get_write_buffer_size()
        ):
            await asyncio.sleep(0)
        assert fanout.writable.is_set() == (fill != "behind")
        while (await receive())["type"] != "websocket.disconnect":
            pass
        gone.set()

    pings = {"ws_ping_interval": None if fill == "behind" else 0.1, "ws_ping_timeout": 0.1}
    with serving(app, **pings) as port, shaken_hands(port, "/"):
        assert gone.wait(20)


def test_who_asks_without_listening_is_not_read_from() -> None:
    """Each frame is refused with an answer; the answers wait in the sender's own buffers."""
    sizes: list[int] = []
    behind = Event()

    class Watched(Fanout):
        def pause_writing(self) -> None:
            super().pause_writing()
            behind.set()

        def write(self, frames: bytes, always: bool = False) -> bool:
            taken = super().write(frames, always)
            sizes.append(self.transport.get_write_buffer_size())
            return taken

    app, asked = create_app(Settings()), 20_000
    with serving(app, ws=Watched) as port, shaken_hands(port, "/live") as rude:
        rude.sendall((b"\x81\x81\0\0\0\0{") * asked)
        assert behind.wait(20)
        with connect(f"ws://127.0.0.1:{port}/live") as polite:
            for _ in range(100):
                polite.send("{")
                polite.recv(20)
        assert max(sizes) < 2 * HIGH_WATER
        heard, rest = 0, b""
        while heard < asked:
            *whole, rest = (rest + rude.recv(1 << 20)).split(b'"type":"refused"')
            heard += len(whole)
        assert max(sizes) < 2 * HIGH_WATER


JOIN = {"type": "join", "id": 1, "token": "a" * 16}
ACT = {"type": "act", "id": 2, "seen": {"branch": 0, "at": 0}, "steps": [[{"type": "heal_all"}]]}


def hear(client: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = json.loads(client.recv(20))
        if frame["type"] == kind:
            return frame


@pytest.mark.parametrize("protocol", [Fanout, "websockets-sansio"])
def test_with_and_without_our_protocol_viewers_see_the_same_and_leave(protocol: Any) -> None:
    app = create_app(Settings())
    rooms: dict[str, OpenRoom] = app.state.hub.rooms
    with serving(app, ws=protocol) as port, connect(f"ws://127.0.0.1:{port}/live") as driver:
        driver.send(json.dumps(JOIN | {"room": None}))
        driver.send(json.dumps(ACT))
        state = hear(driver, "state")
        with connect(f"ws://127.0.0.1:{port}/live") as follower:
            follower.send(json.dumps(JOIN | {"room": state["room"], "token": "b" * 16}))
            assert hear(follower, "state")["head"] == state["head"]
            assert len(rooms[state["room"]].members) == 2
            driver.send(json.dumps({"type": "reset", "id": 3}))
            assert hear(follower, "state")["seq"] == hear(driver, "state")["seq"]
        for number in range(4, 500):
            if len(rooms[state["room"]].members) == 1:
                break
            driver.send(json.dumps({"type": "back", "id": number, "seen": {"branch": 0, "at": 0}}))
            hear(driver, "refused")
        assert len(rooms[state["room"]].members) == 1


class Stuck:
    """A viewer of a room that stops reading after it has joined, and later reads again."""

    def __init__(self, server: Server, room: str) -> None:
        self.socket = shaken_hands(server.port, "/live")
        self.data = b""
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
