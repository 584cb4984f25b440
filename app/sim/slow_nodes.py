"""Nodes that need time for each message that brings work: one after another, first come first
served. Noise (heartbeats, gossip) and a node's own timers are not held up.

Two things take time. A *slow* node needs a fixed time for every message but noise. A node of
bounded *capacity* needs time for each operation on its own copy of the data, a client's or a
replicated one alike (`Process.is_work` tells which messages those are); to forward, to count and to
answer is free.
"""

from heapq import heappush
from typing import Any

from app.sim.process import Message, Process
from app.trace.events import FaultIgnored, NodeSlowed, QueueChanged, TraceEvent
from app.trace.ranks import NOISE_KINDS

DELIVER, TIMER, WORK = 0, 1, 2
Entry = tuple[int, int, int, str, Any, Any, Any]
"""(at, order, DELIVER, target, source, sent seq, message),
(at, order, TIMER, node, name, cause, None) or
(at, order, WORK, node, "", None, None): the end of the work on the node's first message."""


class SlowNodes:
    """Mixed into Kernel, which owns all of these.

    `slowed`: µs a message; `service_us`: µs an operation, 0 where capacity has no bound. `queued`:
    what the node has not done, in the order it came; it works on the first. `work`: (order, due at)
    of the entry that ends that; while the node is paused (0, µs left).
    """

    now: int
    order: int
    cause: int | None
    heap: list[Entry]
    paused: dict[str, list[Entry]]
    service_us: int
    processes: dict[str, Process]
    outs: dict[str, Any]
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

    def time_for(self, node: str, message: Message) -> int:
        """How many µs the node needs for the message, as things are now."""
        kind = message.kind()
        time_us = self.slowed.get(node, 0) if kind not in NOISE_KINDS else 0
        if self.service_us and self.processes[node].is_work(message):
            time_us += self.service_us
        return time_us

    def queue(self, entry: Entry, time_us: int) -> None:
        """A message that needs time has come to a node."""
        node = entry[3]
        waiting = self.queued.setdefault(node, [])
        waiting.append(entry)
        if len(waiting) == 1:
            self._work(node, time_us)
        self._say_queue(node)

    def finish(self, at: int, node: str, order: int) -> None:
        """The node has done the work on its first message, unless it forgot it or stands still.
        What is known by now (a copy that was sent again) needs no time any more."""
        if self.work.get(node, (0, 0))[0] != order:
            return
        self.now = at
        del self.work[node]
        waiting = self.queued[node]
        time_us = 0
        while waiting and not time_us:
            _, _, _, _, source, self.cause, message = waiting.pop(0)
            self.processes[node].on_message(self.outs[node], source, message)
            time_us = self.time_for(node, waiting[0][6]) if waiting else 0
        if waiting:
            self._work(node, time_us)
        else:
            del self.queued[node]
        self._say_queue(node)

    def _say_queue(self, node: str) -> None:
        """How much waits, where capacity is bounded."""
        if self.service_us:
            self.emit(QueueChanged, node, len(self.queued.get(node, ())))

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
