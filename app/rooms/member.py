"""One viewer's end of a room: frames to send, in order, never waited for.

`offer` is the seam between a room and its viewers: it takes a frame or says no. A viewer that
does not keep up loses its queue and is owed one snapshot (all rows it lacks and the state), so it
is late but never wrong, and nobody else waits for it.
"""

import asyncio
from collections import deque

from app.rooms.keys import voter_of
from app.rooms.limits import Limits


class Gone(Exception):
    """The viewer is to be dropped."""


class Member:
    """The queue of one viewer. `room` is the code of the room it watches, if any."""

    def __init__(self, limits: Limits, now: float) -> None:
        self.limits = limits
        self.room: str | None = None
        self.token = ""
        self.run = ""
        self.key = ""
        self.learner = ""
        self.owed = False
        self.gone = False
        self.allowance = float(limits.burst)
        self.asked_at = now
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()

    @property
    def voter(self) -> str:
        """The same person after a reload where there is a cookie, the same page where not."""
        return voter_of(self.learner or self.token)

    def offer(self, frame: bytes) -> bool:
        """Queue a frame for sending; False when the viewer is behind and is owed a snapshot."""
        if self.owed:
            return False
        if self._bytes + len(frame) > self.limits.queued_bytes or (
            len(self._frames) >= self.limits.queued_frames
        ):
            self.owed = True
            self._frames.clear()
            self._bytes = 0
            self._wake.set()
            return False
        self._frames.append(frame)
        self._bytes += len(frame)
        self._wake.set()
        return True

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
