"""Nodes that need time for each message that brings work: one after another, first come first
served. Noise (heartbeats, gossip) and a node's own timers are not held up."""

from heapq import heappush
from typing import Any

from app.trace.events import FaultIgnored, NodeSlowed, TraceEvent
from app.trace.ranks import NOISE_KINDS

DELIVER, TIMER, WORK = 0, 1, 2
Entry = tuple[int, int, int, str, Any, Any, Any]
"""(at, order, DELIVER, target, source, sent seq, message),
(at, order, TIMER, node, name, cause, None) or
(at, order, WORK, node, "", None, None): the end of the work on the node's first message."""


class SlowNodes:
    """Mixed into Kernel, which owns all of these.

    `slowed`: µs a message. `queued`: what the node has not done, in the order it came; it works on
    the first. `work`: (order, due at) of the entry that ends that; while the node is paused
    (0, µs left).
    """

    now: int
    order: int
    cause: int | None
    heap: list[Entry]
    paused: dict[str, list[Entry]]
    slowed: dict[str, int]
    queued: dict[str, list[Entry]]
    work: dict[str, tuple[int, int]]

    def emit(self, kind: type[TraceEvent], *fields: object) -> int:
        raise NotImplementedError

    def slow_node(self, node: str, milliseconds: int) -> None:
        """What it works on takes as long as it would have; at speed, all that waits happens now."""
        if self.slowed.get(node, 0) == milliseconds * 1_000:
            state = f"needs {milliseconds} ms a message already" if milliseconds else "is at speed"
            self.emit(FaultIgnored, f"slow {node}", f"{node} {state}")
            return
        self.emit(NodeSlowed, node, milliseconds)
        if milliseconds:
            self.slowed[node] = milliseconds * 1_000
            return
        del self.slowed[node]
        waiting = self.forget_work(node)
        if node in self.paused:
            self.paused[node][:0] = waiting
            return
        for _, _, what, target, source, sent, message in waiting:
            self.order += 1
            heappush(self.heap, (self.now, self.order, what, target, source, sent, message))

    def is_held_up(self, node: str, kind: str) -> bool:
        return node in self.slowed and kind not in NOISE_KINDS

    def queue(self, entry: Entry) -> None:
        """A message has come to a slow node."""
        waiting = self.queued.setdefault(entry[3], [])
        waiting.append(entry)
        if len(waiting) == 1:
            self._work(entry[3], self.slowed[entry[3]])

    def finished(self, at: int, node: str, order: int) -> Entry | None:
        """The message that the node has done; None when it forgot the work, or stands still."""
        if self.work.get(node, (0, 0))[0] != order:
            return None
        self.now = at
        done = self.queued[node].pop(0)
        if self.queued[node]:
            self._work(node, self.slowed[node])
        else:
            del self.queued[node], self.work[node]
        return done

    def hold_work(self, node: str) -> None:
        """The node stands still, in the middle of its work if need be."""
        if node in self.work:
            self.work[node] = (0, self.work[node][1] - self.now)

    def go_on_working(self, node: str) -> None:
        if node in self.work:
            self._work(node, self.work[node][1])

    def forget_work(self, node: str) -> list[Entry]:
        """The queue is gone; it is handed to the caller."""
        self.work.pop(node, None)
        return self.queued.pop(node, [])

    def _work(self, node: str, time_us: int) -> None:
        self.order += 1
        self.work[node] = (self.order, self.now + time_us)
        heappush(self.heap, (self.now + time_us, self.order, WORK, node, "", None, None))
