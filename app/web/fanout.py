"""A websocket that can be written to at once, without a task a viewer: uvicorn's own, with a door.

A frame for a thousand viewers is built once (server frames carry no mask, so their bytes are the
same for all) and written to each socket that keeps up. One that does not is skipped, says so when
it has drained, and is let go after half a minute. Leans on uvicorn's insides: its version is
pinned, and `tests/web/test_fanout.py` holds what is used here.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

EXTENSION = "quorate.fanout"
HIGH_WATER = 16_384
"""Bytes that may wait in this process, and in the kernel unsent, before a viewer counts as behind:
large kernel buffers would hide a stalled reader for minutes."""
STALLED_SECONDS = 30
TCP_NOTSENT_LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", 25)


class Fanout(WebSocketsSansIOProtocol):
    """`on_drained` is called when a viewer that was behind can take frames again."""

    on_drained: Callable[[], None] | None = None
    _given_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=HIGH_WATER)
        with contextlib.suppress(OSError, AttributeError):
            # A twin of the socket, since an event loop may lend only a stand-in for it.
            number = self.transport.get_extra_info("socket").fileno()
            with socket.socket(fileno=os.dup(number)) as twin:
                twin.setsockopt(socket.IPPROTO_TCP, TCP_NOTSENT_LOWAT, HIGH_WATER)

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            # The application's task has been made but does not run before we return.
            extensions: dict[str, Any] = {EXTENSION: self}
            self.scope["extensions"].update(extensions)

    def write(self, frames: bytes, always: bool = False) -> bool:
        """Write whole websocket frames now; False when the viewer is behind or gone.

        `always`: behind or not, for the few bytes that answer the viewer's own request.
        """
        if self.disconnected or self.close_sent or self.transport.is_closing():
            return False
        if not always and not self.writable.is_set():
            return False
        self.transport.write(frames)
        return True

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._given_up is None:
            self._given_up = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._calm()
        if self.on_drained is not None:
            self.on_drained()

    def keepalive_timeout(self) -> None:
        """A polite close waits until all is sent, which may be never: the peer does not answer."""
        super().keepalive_timeout()
        self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        super().connection_lost(exc)

    def _calm(self) -> None:
        if self._given_up is not None:
            self._given_up.cancel()
            self._given_up = None
