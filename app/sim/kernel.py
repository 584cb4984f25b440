"""The kernel of one cluster: a heap of what is to come, a trace of what has happened.

Total order: (at, order of scheduling). Everything in the heap and in the processes is data, so a
snapshot is bytes (`snapshot.py`) and a restored kernel goes on exactly as the original would.
"""

from collections.abc import Callable
from heapq import heappop, heappush

from app.sim.faults import Faults
from app.sim.luck import MASK, mix, name_hash, route_hash
from app.sim.network import (
    FAIR,
    MILLION,
    NOWHERE,
    Geography,
    Latency,
    NetworkSpec,
    link_name,
    sample,
    weather_delay,
)
from app.sim.node_out import NodeOut
from app.sim.process import Message, Process
from app.sim.slow_nodes import DELIVER, TIMER, WORK, Entry
from app.trace.events import MessageDropped, MessageSent, TraceEvent

HALF = MASK >> 1
QUARTER = MASK >> 2
"""Other salts than MASK, so that a link's losses, and second copies, are apart from the network's
losses."""
Watcher = Callable[[TraceEvent], None]


class Kernel(Faults):
    """Runs processes on a simulated network. `watchers` see every event as it is written; `helpers`
    are processes beside the nodes that hold no copy."""

    def __init__(
        self,
        name: str,
        seed: int,
        network: NetworkSpec,
        nodes: tuple[str, ...],
        processes: dict[str, Process],
        geography: Geography = NOWHERE,
        helpers: tuple[str, ...] = (),
        service_us: int = 0,
    ) -> None:
        self.name = name
        self.seed = seed
        self.network = network
        self.nodes = nodes
        self.helpers = helpers
        self.places = (*nodes, *helpers)
        self.processes = processes
        self.geography = geography
        self.service_us = service_us
        self.region_of = dict(geography.region_of)
        self.fair = network.weather == FAIR
        self.kinds = network.kinds
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
        self.skew: dict[str, int] = {}
        self.slowed: dict[str, int] = {}
        self.queued: dict[str, list[Entry]] = {}
        self.work: dict[str, tuple[int, int]] = {}
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
        heap = self.heap
        while heap and self._is_void(heap[0]):
            heappop(heap)
        return heap[0][0] if heap else None

    def _is_void(self, entry: Entry) -> bool:
        """A timer that was cancelled or set anew, or work that was forgotten or held."""
        _, order, what, node, name, _, _ = entry
        if what == TIMER:
            return self.timers.get((node, name)) != order
        return what == WORK and self.work.get(node, (0, 0))[0] != order

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
        if what == WORK:
            self.finish(at, node, order)
            return
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
        elif (self.slowed or self.service_us) and (time_us := self.time_for(node, message)):
            self.queue(entry, time_us)
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
        if self.kinds:
            latency = self.kinds.get(kind, latency)
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
        if network.duplicate_ppm:
            self._again(source, target, message, sent, mix(bits ^ QUARTER), latency)

    def _again(
        self, source: str, target: str, message: Message, sent: int, bits: int, latency: Latency
    ) -> None:
        """The same message a second time, in a row of its own, if the network is in the mood."""
        between = source in self.places and target in self.places
        if not between or bits * MILLION >> 64 >= self.network.duplicate_ppm:
            return
        times = self.slow.get(link_name(source, target), 1)
        arrives_at = self.now + max(0, sample(latency, mix(bits ^ QUARTER))) * times
        cause, self.cause = self.cause, sent
        kind, carries = message.kind(), message.carries()
        twin = self.emit(MessageSent, source, target, kind, message.op, carries, arrives_at)
        self.cause = cause
        self.order += 1
        heappush(self.heap, (arrives_at, self.order, DELIVER, target, source, twin, message))

    def _way(self, source: str, target: str) -> Latency:
        """The delay's distribution on one way, looked up once: of the way itself, of the regions,
        or of its kind."""
        network, regions = self.network, self.region_of
        latency = network.links.get(f"{source}>{target}") or self.geography.between(
            regions.get(source, ""), regions.get(target, "")
        )
        if latency is None:
            between_nodes = source in self.places and target in self.places
            latency = network.nodes if between_nodes else network.clients
        self.ways[(source, target)] = latency
        return latency

    def move(self, name: str, region: str) -> None:
        """What is sent to and from here from now on takes the ways of another region."""
        self.region_of[name] = region
        self.ways.clear()

    def set_timer(self, node: str, name: str, delay_us: int) -> None:
        self.order += 1
        self.timers[(node, name)] = self.order
        heappush(self.heap, (self.now + delay_us, self.order, TIMER, node, name, self.cause, None))
