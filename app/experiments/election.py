"""One leader election after another, by the engine's own nodes: a set-up and a seed give a time.

Nothing here knows how an election goes. Nodes are put in place with logs and timers as the set-up
says, the kernel runs, and the trace says who took office when. The same seed gives the same time
on any machine, whoever asks and in whatever order.
"""

from typing import Any, Literal

from msgspec import Struct

from app.protocols.leader_follower.invariants import Invariants
from app.protocols.leader_follower.replica import Replica
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import LogEntry, ReplicaState
from app.sim.kernel import Kernel
from app.sim.luck import draw
from app.sim.network import NetworkSpec
from app.trace.events import ElectionStarted, LeaderElected, LeaderHeard, TraceEvent

FIRST_TERM = 2
"""All begin in term 1, whose leader is gone."""


class Setup(Struct, frozen=True):
    """`servers` of which `down` arbitrary ones never run; all timers start at moment 0.

    `logs`: all equal, or of lengths 1, 2, 3 … in random order. `crash_within_us`: the leader of
    term 1 crashed at a random moment so long after its last heartbeat, which was at moment 0; times
    count from the crash. `measure`: when the leader that stays took office; when all others had
    heard it; or 1 if the first term elected nobody, else 0. `limit_us`: no longer than that.
    """

    servers: int
    down: int
    logs: Literal["equal", "differ"]
    network: NetworkSpec
    settings: LeaderFollowerSettings
    crash_within_us: int = 0
    measure: Literal["office", "heard", "split"] = "office"
    limit_us: int = 600_000_000


class Job(Struct, frozen=True):
    """A part of a curve: seeds `first` … `first + count − 1`; `setup` as the experiment has it."""

    curve: str
    setup: Any
    first: int
    count: int


def work(job: Job) -> list[int]:
    """What the seeds of one job give, in their order."""
    return [elect(job.setup, seed) for seed in range(job.first, job.first + job.count)]


class Watch:
    """Reads off the trace who leads, and since when.

    A leader stays when every other node that runs has heard it in the newest term there is: no
    message of a later term is under way then, and its heartbeats come before any time-out.
    """

    def __init__(self, others: int) -> None:
        self.others = others
        self.newest = FIRST_TERM - 1
        self.elected_first = False
        self.office_at = 0
        self.heard = 0
        self.stays_since = -1

    def observe(self, event: TraceEvent) -> None:
        match event:
            case ElectionStarted():
                if event.term > self.newest:
                    self.newest, self.heard = event.term, 0
            case LeaderElected():
                self.elected_first |= event.term == FIRST_TERM
                if event.term == self.newest:
                    self.office_at = event.at
            case LeaderHeard():
                if event.term == self.newest:
                    self.heard += 1
                    if self.heard == self.others:
                        self.stays_since = event.at


def elect(setup: Setup, seed: int) -> int:
    """Microseconds (or 0 and 1), as `setup.measure` says; `limit_us` if it is not over by then."""
    kernel, watch, running = place_nodes(setup, seed)
    for node in running:
        kernel.processes[node].on_restart(kernel.outs[node])
    if setup.measure == "split":
        while not watch.elected_first and watch.newest <= FIRST_TERM:
            kernel.step()
        return 0 if watch.elected_first else 1
    while watch.stays_since < 0 and kernel.now < setup.limit_us:
        kernel.step()
    if watch.stays_since < 0:
        return setup.limit_us
    crashed_at = draw(seed, "leader", "crash", 0, setup.crash_within_us)
    over_at = watch.office_at if setup.measure == "office" else watch.stays_since
    return over_at - crashed_at


def place_nodes(setup: Setup, seed: int) -> tuple[Kernel, Watch, list[str]]:
    """A kernel with every node in place and its watch, and the nodes that run."""
    nodes = tuple(f"n{number + 1}" for number in range(setup.servers))
    lengths = dict.fromkeys(nodes, 1)
    if setup.logs == "differ":
        lengths = dict(zip(shuffled(nodes, seed, "log"), range(1, setup.servers + 1), strict=True))
    states = {node: ReplicaState() for node in nodes}
    for node, state in states.items():
        state.disk.log = [LogEntry(1, f"entry-{n + 1}", None) for n in range(lengths[node])]
    processes = {node: Replica(node, nodes, setup.settings, states[node]) for node in nodes}
    kernel = Kernel("experiment", seed, setup.network, nodes, {**processes})
    invariants = Invariants("experiment", nodes)
    for node, state in states.items():
        invariants.state.logs[node] = [(entry.term, entry.op) for entry in state.disk.log]
    running = shuffled(nodes, seed, "down")[setup.down :]
    for node in nodes:
        if node not in running:
            kernel.crash(node)
    watch = Watch(len(running) - 1)
    kernel.watchers += [invariants.observe, watch.observe]
    return kernel, watch, [node for node in nodes if node in running]


def shuffled(names: tuple[str, ...], seed: int, what: str) -> list[str]:
    """Every order as likely as any other (Fisher and Yates)."""
    order = list(names)
    for place in range(len(order) - 1, 0, -1):
        other = draw(seed, what, f"place {place}", 0, place)
        order[place], order[other] = order[other], order[place]
    return order
