"""The one websocket of a viewer: a task that reads, and a way to write.

Frames are written straight to the socket where the server lets us (`fanout.py`); under another
server, or in a test without one, a second task takes them from the viewer's queue.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from app.rooms.hub import Hub
from app.rooms.member import Gone, Member
from app.web.fanout import EXTENSION, Fanout
from app.web.identity import learner_of
from app.web.security import same_origin

router = APIRouter()
WRONG_ORIGIN = 4403
SEND_SECONDS = 30


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    """Frames as in `rooms/frames.py`, until either side goes."""
    if not same_origin(websocket.headers):
        await websocket.close(WRONG_ORIGIN)
        return
    hub: Hub = websocket.app.state.hub
    await websocket.accept()
    member = hub.member(learner_of(websocket))
    fanout = websocket.scope.get("extensions", {}).get(EXTENSION)
    try:
        if isinstance(fanout, Fanout):
            _write_at_once(hub, member, fanout)
            await _read(hub, member, websocket, fanout.writable.wait)
        else:
            await _with_writer(hub, member, websocket)
    finally:
        hub.leave(member)


async def _read(
    hub: Hub, member: Member, websocket: WebSocket, listens: Callable[[], Awaitable[object]]
) -> None:
    """`listens` returns once the viewer takes what it was sent: until then it asks in vain, and
    its answers cannot pile up."""
    while True:
        await listens()
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        data = message.get("text")
        await hub.receive(member, message.get("bytes") or b"" if data is None else data)


def _write_at_once(hub: Hub, member: Member, fanout: Fanout) -> None:
    """A viewer that was skipped gets one snapshot as soon as its socket has drained."""
    snapshots: set[asyncio.Task[None]] = set()

    def drained() -> None:
        if member.owed and not snapshots:
            task = asyncio.create_task(hub.snapshot(member))
            snapshots.add(task)
            task.add_done_callback(snapshots.discard)

    member.direct = fanout.write
    fanout.on_drained = drained


async def _with_writer(hub: Hub, member: Member, websocket: WebSocket) -> None:
    writer = asyncio.create_task(_write(hub, member, websocket))
    try:
        await _read(hub, member, websocket, _at_once)
    finally:
        member.drop()
        writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writer


async def _at_once() -> None:
    """The queue is bounded by itself."""


async def _write(hub: Hub, member: Member, websocket: WebSocket) -> None:
    """Send what is queued; a peer that takes nothing for half a minute is let go."""
    with contextlib.suppress(Gone, WebSocketDisconnect, RuntimeError, TimeoutError):
        while True:
            frame = await hub.next_frame(member)
            async with asyncio.timeout(SEND_SECONDS):
                await websocket.send_text(frame.decode())
    member.drop()
