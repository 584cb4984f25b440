"""The one websocket of a viewer: a task that reads and a task that writes."""

import asyncio
import contextlib

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from app.rooms.hub import Hub
from app.rooms.member import Gone, Member
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
    writer = asyncio.create_task(_write(hub, member, websocket))
    try:
        while True:
            message = await websocket.receive()
            if message["type"] == "websocket.disconnect":
                break
            data = message.get("text")
            await hub.receive(member, message.get("bytes") or b"" if data is None else data)
    finally:
        hub.leave(member)
        writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writer


async def _write(hub: Hub, member: Member, websocket: WebSocket) -> None:
    """Send what is queued; a peer that takes nothing for half a minute is let go."""
    with contextlib.suppress(Gone, WebSocketDisconnect, RuntimeError, TimeoutError):
        while True:
            frame = await hub.next_frame(member)
            async with asyncio.timeout(SEND_SECONDS):
                await websocket.send_text(frame.decode())
    member.drop()
