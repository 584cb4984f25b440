"""The kernel of one cluster: a heap of what is to come, a trace of what has happened.

Total order: (at, order of scheduling). Everything in the heap and in the processes is data, so a
snapshot is bytes (`snapshot.py`) and a restored kernel goes on exactly as the original would.
"""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from operator import itemgetter
from typing import Any

from app.sim.luck import MASK, mix, name_hash, route_hash
from app.sim.network import (
    FAIR,
    MILLION,
    Latency,
    NetworkSpec,
    link_name,
    sample,
    weather_delay,
)
from app.sim.node_out import NodeOut
from app.sim.process import Message, Process
from app.trace.events import (
    FaultIgnored,
    LinkCut,
    LinkCutOneWay,
    LinkHealed,
    LinkMadeLossy,
    LinkSlowed,
    MessageDropped,
    MessageSent,
    NodeCrashed,
    NodePaused,
    NodeRestarted,
    NodeResumed,
    TraceEvent,
)

DELIVER, TIMER = 0, 1
HALF = MASK >> 1
"""Another salt than MASK, so that a link's losses are apart from the network's."""
Entry = tuple[int, int, int, str, Any, Any, Any]
"""(at, order, DELIVER, target, source, sent seq, message) or
(at, order, TIMER, node, name, cause, None)."""

Watcher = Callable[[TraceEvent], None]


class Kernel:
    """Runs processes on a simulated network. `watchers` see every event as it is written."""

    def __init__(
        self,
        name: str,
        seed: int,
        network: NetworkSpec,
        nodes: tuple[str, ...],
        processes: dict[str, Process],
    ) -> None:
        self.name = name
        self.seed = seed
        self.network = network
        self.nodes = nodes
        self.processes = processes
        self.fair = network.weather == FAIR
        self.now = 0
        self.order = 0
        self.seq = 0
        self.heap: list[Entry] = []
        self.timers: dict[tuple[str, str], int] = {}
        self.cut: dict[str, bool] = {}
        self.one_way: dict[tuple[str, str], bool] = {}
        self.slow: dict[str, int] = {}
        self.lossy: dict[str, int] = {}
        self.down: dict[str, bool] = {}
        self.paused: dict[str, list[Entry]] = {}
        self.trace: list[TraceEvent] = []
        self.watchers: list[Watcher] = []
        self.ways: dict[tuple[str, str], Latency] = {}
        self.cause: int | None = None
        self.outs = {node: NodeOut(self, node) for node in processes}

    # ---- running ------------------------------------------------------------------------------

    def start(self) -> None:
        """Let every process start, at moment 0."""
        for node, process in self.processes.items():
            self.cause = None
            process.on_start(self.outs[node])

    def next_at(self) -> int | None:
        """The moment of the next thing to happen, or None when nothing is pending."""
        heap, timers = self.heap, self.timers
        while heap and heap[0][2] == TIMER and timers.get((heap[0][3], heap[0][4])) != heap[0][1]:
            heappop(heap)
        return heap[0][0] if heap else None

    def run_moment(self) -> None:
        """Run everything that happens at the next moment; all events of one `at` are one step."""
        at = self.next_at()
        if at is None:
            return
        while self.heap and self.heap[0][0] == at:
            self.step()

    def run_until(self, until: int) -> None:
        """Run everything up to and including `until`, and let the clock stand there."""
        while self.heap and self.heap[0][0] <= until:
            self.step()
        self.now = max(self.now, until)

    def step(self) -> None:
        """Pop one entry and carry it out; a cancelled timer passes in silence."""
        entry = heappop(self.heap)
        at, order, what, node, first, cause, message = entry
        if self.paused and node in self.paused:
            self.now = at
            self.paused[node].append(entry)
            return
        if what == TIMER:
            if self.timers.get((node, first)) != order:
                return
            del self.timers[(node, first)]
            self.now = at
            self.cause = cause
            self.processes[node].on_timer(self.outs[node], first)
            return
        self.now = at
        self.cause = cause
        if self.down and node in self.down:
            self.emit(MessageDropped, first, node, message.kind(), message.op, "crashed")
        else:
            self.processes[node].on_message(self.outs[node], first, message)

    # ---- what processes wish ------------------------------------------------------------------

    def emit(self, kind: type[TraceEvent], *fields: object) -> int:
        seq = self.seq
        event = kind(self.now, seq, self.cause, *fields)
        self.seq = seq + 1
        self.trace.append(event)
        for watch in self.watchers:
            watch(event)
        return seq

    def send(self, source: str, target: str, message: Message) -> None:
        kind, op, now, network = message.kind(), message.op, self.now, self.network
        bits = mix(name_hash(op) ^ route_hash(self.seed, source, target, kind, message.attempt))
        latency = self.ways.get((source, target)) or self._way(source, target)
        delay = sample(latency, bits)
        if not self.fair:
            delay = weather_delay(network.weather, self.seed, source, target, now, delay)
        lost = delay < 0
        if self.slow or self.lossy:
            link = link_name(source, target)
            delay *= self.slow.get(link, 1)
            lost = lost or mix(bits ^ HALF) * 100 >> 64 < self.lossy.get(link, 0)
        if network.loss_ppm and mix(bits ^ MASK) * MILLION >> 64 < network.loss_ppm:
            lost = True
        arrives_at = now + delay if delay > 0 else now
        sent = self.emit(MessageSent, source, target, kind, op, message.carries(), arrives_at)
        severed = bool(self.one_way) and (source, target) in self.one_way
        if lost or severed or (self.cut and link_name(source, target) in self.cut):
            cause, self.cause = self.cause, sent
            self.emit(MessageDropped, source, target, kind, op, "loss" if lost else "cut")
            self.cause = cause
            return
        self.order += 1
        heappush(self.heap, (arrives_at, self.order, DELIVER, target, source, sent, message))

    def _way(self, source: str, target: str) -> Latency:
        """The delay's distribution on one way, looked up once."""
        network = self.network
        latency = network.links.get(f"{source}>{target}")
        if latency is None:
            between_nodes = source in self.nodes and target in self.nodes
            latency = network.nodes if between_nodes else network.clients
        self.ways[(source, target)] = latency
        return latency

    def set_timer(self, node: str, name: str, delay_us: int) -> None:
        self.order += 1
        self.timers[(node, name)] = self.order
        heappush(self.heap, (self.now + delay_us, self.order, TIMER, node, name, self.cause, None))

    # ---- what people do to it -----------------------------------------------------------------

    def reaches(self, node: str) -> tuple[str, ...]:
        """The other nodes to which this one still has a link."""
        others = (other for other in self.nodes if other != node)
        return tuple(other for other in others if link_name(node, other) not in self.cut)

    def cut_link(self, a: str, b: str) -> None:
        """Nothing passes any more; what is under way dies at the gap."""
        link = link_name(a, b)
        if link in self.cut:
            self.emit(FaultIgnored, f"cut {link}", f"{link} is cut already")
            return
        self.cut[link] = True
        cut = self.emit(LinkCut, a, b, self.reaches(a), self.reaches(b))
        self._drop_under_way({(a, b), (b, a)})
        self.cause = cut

    def cut_one_way(self, source: str, target: str) -> None:
        """Nothing passes in this direction any more; what is under way dies at the gap."""
        if (source, target) in self.one_way or link_name(source, target) in self.cut:
            reason = f"nothing passes from {source} to {target} already"
            self.emit(FaultIgnored, f"cut {source} to {target}", reason)
            return
        self.one_way[(source, target)] = True
        cut = self.emit(LinkCutOneWay, source, target)
        self._drop_under_way({(source, target)})
        self.cause = cut

    def _drop_under_way(self, ways: set[tuple[str, str]]) -> None:
        def dies(entry: Entry) -> bool:
            return entry[2] == DELIVER and (entry[4], entry[3]) in ways

        dying = sorted((entry for entry in self.heap if dies(entry)), key=itemgetter(0, 1))
        self.heap = [entry for entry in self.heap if not dies(entry)]
        heapify(self.heap)
        for _, _, _, target, source, self.cause, message in dying:
            self.emit(MessageDropped, source, target, message.kind(), message.op, "cut")

    def slow_link(self, a: str, b: str, times: int) -> None:
        """What is under way arrives as it would have."""
        self.slow[link_name(a, b)] = times
        self.cause = self.emit(LinkSlowed, a, b, times)

    def lose_on_link(self, a: str, b: str, percent: int) -> None:
        """Which messages are lost is their own luck, as their delay is."""
        self.lossy[link_name(a, b)] = percent
        self.cause = self.emit(LinkMadeLossy, a, b, percent)

    def troubled_links(self) -> list[str]:
        """Every link that is cut, either way or one, slow or lossy, each once."""
        one_way = (link_name(*way) for way in self.one_way)
        return list(dict.fromkeys((*self.cut, *one_way, *self.slow, *self.lossy)))

    def heal_link(self, a: str, b: str) -> None:
        link = link_name(a, b)
        if link not in self.troubled_links():
            self.emit(FaultIgnored, f"heal {link}", f"{link} is whole")
            return
        for trouble in (self.cut, self.slow, self.lossy):
            trouble.pop(link, None)
        for way in ((a, b), (b, a)):
            self.one_way.pop(way, None)
        self.cause = self.emit(LinkHealed, a, b)

    def crash(self, node: str) -> None:
        """Memory is lost, timers stop, messages to it fall on deaf ears; the disk stays."""
        if node in self.down:
            self.emit(FaultIgnored, f"crash {node}", f"{node} is down already")
            return
        self.down[node] = True
        waiting = self.paused.pop(node, [])
        for _, _, what, target, source, self.cause, message in waiting:
            if what == DELIVER:
                self.emit(MessageDropped, source, target, message.kind(), message.op, "crashed")
        self.cause = None
        for key in [key for key in self.timers if key[0] == node]:
            del self.timers[key]
        self.processes[node].on_crash()
        self.emit(NodeCrashed, node)

    def restart(self, node: str) -> None:
        if node not in self.down:
            self.emit(FaultIgnored, f"restart {node}", f"{node} is running")
            return
        del self.down[node]
        self.cause = self.emit(NodeRestarted, node)
        self.processes[node].on_restart(self.outs[node])

    def pause(self, node: str) -> None:
        """The node does nothing; its messages and timers wait in the order they come."""
        if node in self.down or node in self.paused:
            state = "down" if node in self.down else "paused already"
            self.emit(FaultIgnored, f"pause {node}", f"{node} is {state}")
            return
        self.paused[node] = []
        self.emit(NodePaused, node)

    def resume(self, node: str) -> None:
        """All that waited happens now, first come first served; a cancelled timer passes."""
        if node not in self.paused:
            self.emit(FaultIgnored, f"resume {node}", f"{node} is not paused")
            return
        waiting = self.paused.pop(node)
        self.emit(NodeResumed, node, len(waiting))
        for _, order, what, target, first, cause, message in waiting:
            if what == TIMER and self.timers.get((target, first)) != order:
                continue
            self.order += 1
            if what == TIMER:
                self.timers[(target, first)] = self.order
            heappush(self.heap, (self.now, self.order, what, target, first, cause, message))
