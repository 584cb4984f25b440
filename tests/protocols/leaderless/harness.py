"""A recording Out for one node, a small world on the real kernel, and replayable seeds."""

import os
from collections.abc import Callable
from typing import TypeVar

from app.protocols.client import Client
from app.protocols.intents import Intent
from app.protocols.leaderless.invariants import Invariants
from app.protocols.leaderless.library import ROUTED, RoutedClient
from app.protocols.leaderless.replica import Replica
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.kernel import Kernel
from app.sim.network import NetworkSpec
from app.sim.process import Message, Process
from app.trace.events import OperationInvoked, OperationReturned, TraceEvent

MS = 1_000

M = TypeVar("M", bound=Message)
E = TypeVar("E", bound=TraceEvent)


class Recorder:
    """Writes down what a process wishes, in order."""

    def __init__(self) -> None:
        self.now = 0
        self.sent: list[tuple[str, Message]] = []
        self.events: list[tuple[type[TraceEvent], tuple[object, ...]]] = []
        self.timers: dict[str, int] = {}

    @property
    def clock(self) -> int:
        """A clock that is right."""
        return self.now

    def send(self, target: str, message: Message) -> None:
        self.sent.append((target, message))

    def set_timer(self, name: str, delay_us: int) -> None:
        self.timers[name] = self.now + delay_us

    def cancel_timer(self, name: str) -> None:
        self.timers.pop(name, None)

    def emit(self, kind: type[TraceEvent], *fields: object) -> int:
        kind(self.now, len(self.events), None, *fields)  # as many fields as the row has
        self.events.append((kind, fields))
        return len(self.events) - 1

    def draw(self, name: str, low: int, high: int) -> int:
        return low

    def of(self, kind: type[TraceEvent]) -> list[tuple[object, ...]]:
        """The fields of all events of one kind."""
        return [fields for each, fields in self.events if each is kind]

    def sent_of(self, kind: type[M]) -> list[tuple[str, M]]:
        """Targets and messages of one kind."""
        return [(target, message) for target, message in self.sent if isinstance(message, kind)]


class World:
    """A leaderless cluster with shoppers, invariants on."""

    def __init__(
        self,
        seed: int,
        nodes: tuple[str, ...],
        clients: dict[str, str],
        settings: LeaderlessSettings | None = None,
        network: NetworkSpec | None = None,
    ) -> None:
        settings = settings or LeaderlessSettings()
        settings.validate(len(nodes))
        self.replicas = {node: Replica(node, nodes, settings) for node in nodes}
        timeout_us = 2 * settings.request_timeout_us
        self.clients: dict[str, Client] = {
            name: Client(name, entry, timeout_us) for name, entry in clients.items()
        }
        if settings.coordinator in ROUTED:
            self.clients = {
                name: RoutedClient(name, entry, timeout_us, "off", nodes, settings, (), {})
                for name, entry in clients.items()
            }
        processes: dict[str, Process] = {**self.replicas, **self.clients}
        self.kernel = Kernel("leaderless", seed, network or NetworkSpec(), nodes, processes)
        invariants = Invariants("leaderless", nodes)
        invariants.state.sloppy = settings.quorum == "sloppy"
        if settings.conflict != "siblings":
            invariants.state.rules["conflict"] = settings.conflict
        self.kernel.watchers.append(invariants.observe)
        self.counts = dict.fromkeys(clients, 0)
        self.kernel.start()

    def ask(
        self,
        client: str,
        action: str,
        item: str = "",
        keep: str = "",
        level: str = "",
        write: str = "whole",
        key: str = "cart",
    ) -> str:
        """The shopper wants something now; returns the op id. A key that is no cart is called after
        its type."""
        self.counts[client] += 1
        op = f"{client}-{self.counts[client]}"
        self.kernel.cause = None
        intent = Intent(op, action, item, "a", keep, write, key, key, level)
        self.clients[client].on_intent(self.kernel.outs[client], intent)
        return op

    def run(self, us: int) -> None:
        self.kernel.run_until(self.kernel.now + us)

    def done(self, client: str, action: str, item: str = "", **more: str) -> OperationReturned:
        """Ask, with what `ask` takes besides, run until the answer is there, and return it."""
        op = self.ask(client, action, item, **more)
        while True:
            for event in reversed(self.kernel.trace):
                if isinstance(event, OperationReturned) and event.op == op:
                    return event
            self.run(MS)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.kernel.trace if isinstance(event, kind)]

    def held(self, node: str) -> tuple[str, ...]:
        """Ids of what the node holds."""
        versions = self.replicas[node].state.disk.versions.get("cart", ())
        return tuple(version.stored.value.id for version in versions)


def replaced_by(trace: list[TraceEvent]) -> dict[str, set[str]]:
    """For each write: itself and all that its shopper had read, from the history alone."""
    known: dict[str, set[str]] = {}
    for event in trace:
        if isinstance(event, OperationInvoked) and event.kind == "write":
            known[event.op] = {event.op}.union(*(known[value] for value in event.context))
    return known


def seeds(count: int) -> range:
    """`SEED` runs one seed alone, `SEEDS` so many; otherwise `count`, from 0."""
    if "SEED" in os.environ:
        return range(int(os.environ["SEED"]), int(os.environ["SEED"]) + 1)
    return range(int(os.environ.get("SEEDS", count)))


def for_each_seed(test: str, count: int, check: Callable[[int], None]) -> None:
    """Run the check; a failure names its seed and the command that replays it."""
    for seed in seeds(count):
        try:
            check(seed)
        except Exception as error:
            file = f"tests/protocols/leaderless/{test}"
            replay = f"SEED={seed} python -m pytest -q '{file}'"
            raise AssertionError(f"seed={seed} {error!r} replay: {replay}") from error
