"""One viewer's end of a room: frames to send, in order, never waited for.

`offer` is the seam between a room and its viewers: it takes frames or says no. A viewer that does
not keep up is owed one snapshot (all rows it lacks and the state), so it is late but never wrong,
gets no backlog, and nobody else waits for it.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import cached_property

from app.rooms.keys import voter_of
from app.rooms.limits import Limits


class Gone(Exception):
    """The viewer is to be dropped."""


def text_frame(payload: bytes) -> bytes:
    """The websocket frame of a text from a server (RFC 6455 §5.2): no mask, in one piece."""
    length = len(payload)
    if length < 126:
        return bytes((0x81, length)) + payload
    if length < 65_536:
        return b"\x81\x7e" + length.to_bytes(2, "big") + payload
    return b"\x81\x7f" + length.to_bytes(8, "big") + payload


class Batch:
    """Frames that belong together, and their bytes on the wire, made once for all viewers."""

    def __init__(self, *payloads: bytes) -> None:
        self.payloads = payloads

    @cached_property
    def wire(self) -> bytes:
        return b"".join(map(text_frame, self.payloads))

    @property
    def size(self) -> int:
        return sum(map(len, self.payloads))


Write = Callable[[bytes, bool], bool]
"""Writes to the socket now, if it keeps up (or in any case: the second argument)."""


class Member:
    """One viewer. `room` is the code of the room it watches, if any.

    With `direct` set its frames are written at once; without it they queue for `wait`.
    """

    def __init__(self, limits: Limits, now: float) -> None:
        self.limits = limits
        self.room: str | None = None
        self.token = ""
        self.run = ""
        self.key = ""
        self.learner = ""
        self.owed = False
        self.gone = False
        self.direct: Write | None = None
        self.allowance = float(limits.burst)
        self.asked_at = now
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()

    @property
    def voter(self) -> str:
        """The same person after a reload where there is a cookie, the same page where not."""
        return voter_of(self.learner or self.token)

    def offer(self, batch: Batch) -> bool:
        """Send frames, all or none; False when the viewer is behind and is owed a snapshot."""
        if self.owed:
            return False
        if self.direct is not None:
            self.owed = not self.direct(batch.wire, False)
            return not self.owed
        # An empty queue takes anything, or a snapshot larger than the limit would be owed for ever.
        full = self._bytes + batch.size > self.limits.queued_bytes
        if self._frames and (full or len(self._frames) >= self.limits.queued_frames):
            self._fall_behind()
            return False
        self._queue(batch)
        return True

    def answer(self, frame: bytes) -> None:
        """Send the answer to the viewer's own request, even to one that is behind: it waits for it.
        Who asks without listening piles up no answers: it is not read from, or loses its queue."""
        batch = Batch(frame)
        if self.direct is not None:
            self.direct(batch.wire, True)
            return
        if len(self._frames) >= self.limits.queued_frames:
            self._fall_behind()
        self._queue(batch)

    def _fall_behind(self) -> None:
        self.owed = True
        self._frames.clear()
        self._bytes = 0
        self._wake.set()

    def _queue(self, batch: Batch) -> None:
        self._frames.extend(batch.payloads)
        self._bytes += batch.size
        self._wake.set()

    def drop(self) -> None:
        """Let go of the viewer."""
        self.gone = True
        self._wake.set()

    def may_ask(self, now: float) -> bool:
        """Takes one request from the viewer's allowance: a steady rate with bursts."""
        rate = self.limits.commands_a_second
        self.allowance = min(self.limits.burst, self.allowance + (now - self.asked_at) * rate)
        self.asked_at = now
        if self.allowance < 1:
            return False
        self.allowance -= 1
        return True

    async def wait(self) -> bytes | None:
        """The next frame, or None when the viewer is owed a snapshot; raises Gone."""
        while not self._frames:
            if self.gone:
                raise Gone
            if self.owed:
                self.owed = False
                return None
            self._wake.clear()
            await self._wake.wait()
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        return frame
