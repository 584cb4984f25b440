"""The load process: many devices in one class, each a bare socket that only notes when it hears.

Run by `classroom.py` as `python -m bench.crowd PORT CODE COUNT follow|vote`. It says "ready" when
all have the room's state, and at the end of its input writes what they heard as one line of JSON.
"""

import asyncio
import base64
import json
import os
import re
import sys
import time
from array import array

SEQ = re.compile(rb'"seq":(\d+)')
ANSWERS = re.compile(rb'"answers":(\d+)')


def frame(payload: bytes) -> bytes:
    """A masked text frame; the mask is zeros, so that the payload needs no work."""
    assert len(payload) < 65_536
    if len(payload) < 126:
        return bytes([0x81, 0x80 | len(payload)]) + b"\0\0\0\0" + payload
    return bytes([0x81, 0x80 | 126]) + len(payload).to_bytes(2, "big") + b"\0\0\0\0" + payload


class Device(asyncio.Protocol):
    """One observer. `heard`: for each state frame its seq and the moment, two arrays."""

    def __init__(self, number: int, code: str) -> None:
        self.code = code
        self.token = f"{number:016d}"
        self.buffer = bytearray()
        self.open = False
        self.joined = asyncio.get_running_loop().create_future()
        self.accepted: asyncio.Future[float] | None = None
        self.seqs = array("l")
        self.moments = array("d")
        self.bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Upgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def send(self, message: dict[str, object]) -> None:
        self.transport.write(frame(json.dumps(message).encode()))

    def data_received(self, data: bytes) -> None:
        self.bytes += len(data)
        buffer = self.buffer
        buffer += data
        if not self.open:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            assert buffer.startswith(b"HTTP/1.1 101"), bytes(buffer[:80])
            del buffer[: end + 4]
            self.open = True
            self.send({"type": "join", "id": 1, "room": self.code, "token": self.token})
        while (payload := self._next()) is not None:
            self._take(payload)

    def _next(self) -> bytes | None:
        buffer = self.buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 0x7F, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4], "big"), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10], "big"), 10
        if len(buffer) < start + length:
            return None
        payload = bytes(buffer[start : start + length])
        del buffer[: start + length]
        return payload

    def _take(self, payload: bytes) -> None:
        if payload.startswith(b'{"type":"state"'):
            found = SEQ.search(payload)
            assert found
            self.seqs.append(int(found[1]))
            self.moments.append(time.monotonic())
            if not self.joined.done():
                self.joined.set_result(time.monotonic())
        elif payload.startswith(b'{"type":"accepted"') and self.accepted is not None:
            self.accepted.set_result(time.monotonic())
            self.accepted = None
        elif payload.startswith(b'{"type":"refused"'):
            raise SystemExit(payload.decode())

    async def vote(self, number: int) -> float:
        """Milliseconds from the vote to the word that it is kept."""
        self.accepted = asyncio.get_running_loop().create_future()
        begun = time.monotonic()
        self.send({"type": "vote", "id": 2, "question": "predict", "choice": number % 5 - 1})
        return (await self.accepted - begun) * 1000


async def page(port: int, code: str) -> None:
    """What a device opens first; its scripts and styles are left out."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /c/{code} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 200"), answer[:80]
    assert b"</html>" in answer[-20:]
    writer.close()


async def main(port: int, code: str, count: int, what: str) -> None:
    loop = asyncio.get_running_loop()
    devices: list[Device] = []
    joins: list[float] = []

    async def join(number: int) -> None:
        begun = time.monotonic()
        if what == "vote":
            await page(port, code)
        _, device = await loop.create_connection(lambda: Device(number, code), "127.0.0.1", port)
        await device.joined
        joins.append((time.monotonic() - begun) * 1000)
        devices.append(device)

    begun = time.monotonic()
    for start in range(0, count, 50):
        await asyncio.gather(*(join(n) for n in range(start, min(count, start + 50))))
    print(json.dumps({"joined_in": time.monotonic() - begun, "joins": joins}), flush=True)
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    votes: list[float] = []
    begun = time.monotonic()
    if what == "vote":
        await lines.readline()
        begun = time.monotonic()
        votes = list(await asyncio.gather(*(d.vote(n) for n, d in enumerate(devices))))
        print(json.dumps({"votes": votes, "voted_in": time.monotonic() - begun}), flush=True)
    await lines.read()
    heard = [[list(d.seqs), list(d.moments)] for d in devices]
    print(json.dumps({"heard": heard, "bytes": sum(d.bytes for d in devices)}), flush=True)


if __name__ == "__main__":
    given = sys.argv
    asyncio.run(main(int(given[1]), given[2], int(given[3]), given[4]))
