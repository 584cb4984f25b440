"""One write and one read beside it, by the engine's own nodes; and a twin that only adds up.

WARS (Bailis et al. 2012): a coordinator sends a write to all N replicas; W[i] and A[i] are what the
way out and the way back take. Another sends a read, with R[i] and S[i]. No repair, no hints.

The engine runs coordinators, replicas and clients on its network. The twin takes the same draws,
message by message, and computes what must come of them; thousands of times as fast, and checked
against the engine in every run. The engine's unit of time stands for 10 ns here, so that rounding
to whole units is far below what is compared.
"""

from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from app.protocols.client import Client
from app.protocols.intents import Intent
from app.protocols.leaderless.replica import Replica
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.kernel import Kernel
from app.sim.latency import Constant, Exponential, Latency, Mixture, Pareto, Uniform, sample
from app.sim.luck import draw, mix, name_hash, route_hash
from app.sim.network import NetworkSpec
from app.sim.process import Process
from app.trace.events import OperationReturned

UNITS = 100_000
"""Of the engine's time, in a millisecond."""
NEVER = 10**18
"""No time-out ends anything here."""
SEED = 0
"""Of all trials; they differ in the names of their operations, from which luck comes as well."""
WRITER, READER = "writer", "reader"


class Wars(Struct, frozen=True):
    """`away`: on top for messages to and from another data centre, one replica in each; in which
    one writer and reader are is drawn, each by itself, every trial."""

    n: int
    w: Latency
    a: Latency
    r: Latency
    s: Latency
    away: int = 0

    def nodes(self) -> tuple[str, ...]:
        """The replicas; coordinators come after them."""
        return tuple(f"n{number + 1}" for number in range(self.n))


class Outcome(Struct, frozen=True):
    """`writes[k]`: when a write with W = k + 1 returns, `reads[k]`: the same of reads. `lags[k]`:
    of the first k + 1 replicas to reply, the least by which the write comes after the read, if
    both were sent at once."""

    writes: tuple[int, ...]
    reads: tuple[int, ...]
    lags: tuple[int, ...]

    def visible_after(self, r: int, w: int) -> int:
        """How long after the write returned a read must begin to see it."""
        return max(0, self.lags[r - 1] - self.writes[w - 1])


def regions(wars: Wars, number: int) -> tuple[int, int]:
    """In whose data centre the writer and the reader are; (−1, −1): all are in one."""
    if not wars.away:
        return -1, -1
    trial = f"trial {number}"
    last = wars.n - 1
    return draw(SEED, WRITER, trial, 0, last), draw(SEED, READER, trial, 0, last)


class Twin:
    """What the engine must answer, from the draws alone."""

    def __init__(self, wars: Wars) -> None:
        self.wars = wars
        nodes = wars.nodes()
        self.w = [route_hash(SEED, WRITER, node, "replicate", 0) for node in nodes]
        self.a = [route_hash(SEED, node, WRITER, "ack", 0) for node in nodes]
        self.r = [route_hash(SEED, READER, node, "read_request", 0) for node in nodes]
        self.s = [route_hash(SEED, node, READER, "read_reply", 0) for node in nodes]

    def outcome(self, number: int) -> Outcome:
        wars = self.wars
        written, read = name_hash(f"w{number}"), name_hash(f"r{number}")
        w = [sample(wars.w, mix(written ^ route)) for route in self.w]
        a = [sample(wars.a, mix(written ^ route)) for route in self.a]
        r = [sample(wars.r, mix(read ^ route)) for route in self.r]
        s = [sample(wars.s, mix(read ^ route)) for route in self.s]
        if away := wars.away:
            writer, reader = regions(wars, number)
            for place in range(wars.n):
                if place != writer:
                    w[place] += away
                    a[place] += away
                if place != reader:
                    r[place] += away
                    s[place] += away
        writes = sorted([out + back for out, back in zip(w, a, strict=True)])
        # Of replies at the same moment the one that was sent first arrives first.
        replies = sorted([(r[place] + s[place], r[place], place) for place in range(wars.n)])
        lags, least = [], NEVER
        for _, out, place in replies:
            least = min(least, w[place] - out)
            lags.append(least)
        return Outcome(tuple(writes), tuple([reply[0] for reply in replies]), tuple(lags))


def further(latency: Latency, by: int) -> Latency:
    """The same delay and `by` on top."""
    match latency:
        case Constant(us):
            return Constant(us + by)
        case Uniform(low, high):
            return Uniform(low + by, high + by)
        case Exponential():
            return later(latency, by)
        case Pareto():
            return later(latency, by)
        case Mixture(ppm, first, second):
            return Mixture(ppm, later(first, by), later(second, by))


Tail = TypeVar("Tail", Exponential, Pareto)


def later(latency: Tail, by: int) -> Tail:
    """What has a least time of its own, with `by` on top of that."""
    return replace(latency, least_us=latency.least_us + by)


def network(wars: Wars, number: int) -> NetworkSpec:
    """The wires of one trial: each way between a coordinator and a replica carries one leg."""
    writer, reader = regions(wars, number)
    links: dict[str, Latency] = {}
    for place, node in enumerate(wars.nodes()):
        to_writer = 0 if place == writer else wars.away
        to_reader = 0 if place == reader else wars.away
        links[f"{WRITER}>{node}"] = further(wars.w, to_writer)
        links[f"{node}>{WRITER}"] = further(wars.a, to_writer)
        links[f"{READER}>{node}"] = further(wars.r, to_reader)
        links[f"{node}>{READER}"] = further(wars.s, to_reader)
    return NetworkSpec(clients=Constant(0), links=links)


class Answer(Struct, frozen=True):
    """What the engine's clients were told, and when: times from the invocation."""

    write: int
    read: int
    fresh: bool


def ask(wars: Wars, number: int, r: int, w: int, after: int) -> Answer:
    """A write by the engine, and a read that begins `after` the write has returned."""
    settings = LeaderlessSettings(
        n=wars.n,
        r=r,
        w=w,
        read_repair="off",
        heartbeat_us=NEVER,
        silence_us=2 * NEVER,
        request_timeout_us=NEVER,
    )
    nodes = (*wars.nodes(), WRITER, READER)
    writing, reading = Client("writes", WRITER, NEVER), Client("reads", READER, NEVER)
    processes: dict[str, Process] = {node: Replica(node, nodes, settings) for node in nodes}
    processes |= {"writes": writing, "reads": reading}
    kernel = Kernel("experiment", SEED, network(wars, number), nodes, processes)
    writing.on_intent(kernel.outs["writes"], Intent(f"w{number}", "add", "milk", "a", ""))
    written = _returned(kernel)
    kernel.run_until(written.at + after)
    kernel.cause = None
    reading.on_intent(kernel.outs["reads"], Intent(f"r{number}", "read", "", "", ""))
    read = _returned(kernel)
    fresh = [value.id for value in read.values] == [f"w{number}"]
    return Answer(written.at, read.at - written.at - after, fresh)


def _returned(kernel: Kernel) -> OperationReturned:
    """Run until a client has its answer."""
    seen = len(kernel.trace)
    while True:
        for event in kernel.trace[seen:]:
            if isinstance(event, OperationReturned):
                assert event.outcome == "ok"
                return event
        seen = len(kernel.trace)
        kernel.step()


def agree(wars: Wars, number: int, r: int, w: int, outcome: Outcome) -> bool:
    """Does the engine answer as the twin says: both times, and a read that is fresh from that very
    moment on and stale just before it?"""
    after = outcome.visible_after(r, w)
    expected = Answer(outcome.writes[w - 1], outcome.reads[r - 1], True)
    if ask(wars, number, r, w, after) != expected:
        return False
    return after == 0 or not ask(wars, number, r, w, after - 1).fresh
