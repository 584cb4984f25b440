"""A run being simulated: both clusters on one clock, under the same commands.

The clusters never touch each other: each has its own kernel, heap and trace. What they share is
the seed, the network's description and the moments of the commands.
"""

from typing import Any

import msgspec
from msgspec import Struct

from app.errors import CommandRejected, InvariantViolation
from app.protocols.client import Client, Intent
from app.protocols.registry import DESIGNS, Design, Invariants
from app.scenarios.scenario import ClusterSpec, Scenario
from app.sim.kernel import Kernel
from app.sim.process import Process
from app.sim.snapshot import restore, snapshot
from app.trace.commands import (
    WRITE_COMMANDS,
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutLink,
    CutOff,
    CutOneWay,
    HealAll,
    HealLink,
    LoseOnLink,
    PauseNode,
    PlacedCommand,
    Read,
    Remove,
    Resolve,
    Restart,
    ResumeNode,
    SlowLink,
)
from app.trace.events import ClusterStarted, TraceEvent


class Cluster:
    """One kernel with its design's processes, clients and invariants."""

    def __init__(self, scenario: Scenario, spec: ClusterSpec, seed: int, settings: Any) -> None:
        self.spec = spec
        self.design: Design = DESIGNS[spec.design]
        self.settings = settings
        processes: dict[str, Process] = {
            node: self.design.replica(node, scenario.nodes, settings) for node in scenario.nodes
        }
        for client in scenario.clients:
            processes[client.name] = Client(client.name, client.entry, scenario.client_timeout_us)
        self.kernel = Kernel(spec.name, seed, scenario.network, scenario.nodes, processes)
        self.invariants: Invariants = self.design.invariants(spec.name, scenario.nodes)
        self.kernel.watchers.append(self.invariants.observe)

    def start(self, scenario: Scenario) -> None:
        values = msgspec.to_builtins(self.settings)
        self.kernel.emit(
            ClusterStarted,
            self.spec.design,
            scenario.nodes,
            tuple((client.name, client.entry) for client in scenario.clients),
            tuple((name, str(value)) for name, value in values.items()),
        )
        self.kernel.start()


class SimulationState(Struct, frozen=True):
    """A snapshot: the clusters' kernels and invariants, and the counts that name operations."""

    kernels: dict[str, bytes]
    invariants: dict[str, bytes]
    written: int
    intents: dict[str, int]


class Simulation:
    """`configured` is taken in before the start; `do` gives all other commands."""

    def __init__(
        self, scenario: Scenario, seed: int, configured: tuple[Configure, ...] = ()
    ) -> None:
        self.scenario = scenario
        self.seed = seed
        self.configured = configured
        self.written = 0
        self.intents = {client.name: 0 for client in scenario.clients}
        self.clusters = {
            spec.name: Cluster(scenario, spec, seed, settings_of(scenario, spec, configured))
            for spec in scenario.clusters
        }

    def start(self) -> None:
        for cluster in self.clusters.values():
            cluster.start(self.scenario)
            cluster.kernel.run_until(0)

    @property
    def now(self) -> int:
        return max(cluster.kernel.now for cluster in self.clusters.values())

    def traces(self) -> dict[str, list[TraceEvent]]:
        return {name: cluster.kernel.trace for name, cluster in self.clusters.items()}

    def next_at(self) -> int | None:
        """The moment of the next thing to happen in either cluster."""
        pending = [cluster.kernel.next_at() for cluster in self.clusters.values()]
        return min((at for at in pending if at is not None), default=None)

    def waiting(self, clients: list[str]) -> bool:
        """Does any of these clients wait for an answer, in any cluster?"""
        for cluster in self.clusters.values():
            for name in clients:
                client = cluster.kernel.processes[name]
                if isinstance(client, Client) and client.state.busy is not None:
                    return True
        return False

    def run_until(self, until: int) -> None:
        """Bring both clusters to `until`, all events of that moment included."""
        for cluster in self.clusters.values():
            cluster.kernel.run_until(until)

    def do(self, at: int, commands: list[AnyCommand]) -> None:
        """Let the commands act at `at`, in order, after all events of that moment."""
        self.run_until(at)
        for command in commands:
            self._do(command)
            # What the command makes happen at this very moment comes before the next command.
            self.run_until(at)

    def _do(self, command: AnyCommand) -> None:
        if isinstance(command, Configure):
            return
        intent: Intent | None = None
        if isinstance(command, Add | Remove | Read | Resolve):
            intent = self._intent(command)
        for cluster in self.clusters.values():
            kernel = cluster.kernel
            kernel.cause = None
            if intent is not None and isinstance(command, Add | Remove | Read | Resolve):
                client = kernel.processes[command.client]
                assert isinstance(client, Client)
                client.on_intent(kernel.outs[command.client], intent)
            else:
                _fault(kernel, command)

    def _intent(self, command: Add | Remove | Read | Resolve) -> Intent:
        self.intents[command.client] += 1
        op = f"{command.client}-{self.intents[command.client]}"
        label = ""
        if isinstance(command, WRITE_COMMANDS):
            label = letter(self.written)
            self.written += 1
        match command:
            case Add(_, item, write):
                return Intent(op, "add", item, label, "", write)
            case Remove(_, item, write):
                return Intent(op, "remove", item, label, "", write)
            case Resolve(_, keep):
                return Intent(op, "resolve", "", label, keep)
            case Read():
                return Intent(op, "read", "", "", "")

    def snapshot(self) -> bytes:
        """Everything but the traces, as bytes."""
        pack = msgspec.msgpack.encode
        return pack(
            SimulationState(
                kernels={name: snapshot(c.kernel) for name, c in self.clusters.items()},
                invariants={name: pack(c.invariants.state) for name, c in self.clusters.items()},
                written=self.written,
                intents=self.intents,
            )
        )

    def restore(self, data: bytes) -> None:
        """Go back (or forward) to a snapshot of a run with the same scenario, seed and settings.

        The traces are empty afterwards; new rows go on at the right seq.
        """
        state = msgspec.msgpack.decode(data, type=SimulationState)
        self.written = state.written
        self.intents = dict(state.intents)
        for name, cluster in self.clusters.items():
            restore(cluster.kernel, state.kernels[name], cluster.design.message_type)
            cluster.invariants.state = msgspec.msgpack.decode(
                state.invariants[name], type=type(cluster.invariants.state)
            )


def letter(count: int) -> str:
    """a, b … z, then a2, b2 …: the mark of the count-th written value."""
    again, place = divmod(count, 26)
    return chr(ord("a") + place) + (str(again + 1) if again else "")


def settings_of(scenario: Scenario, spec: ClusterSpec, configured: tuple[Configure, ...]) -> Any:
    """The settings one cluster starts with; raises CommandRejected when they cannot work."""
    values: dict[str, object] = dict(spec.values)
    values.update((c.setting, c.value) for c in configured if c.cluster == spec.name)
    settings_type = DESIGNS[spec.design].settings_type
    try:
        settings = msgspec.convert(values, settings_type, strict=False)
    except msgspec.ValidationError as error:
        raise CommandRejected(
            f"Set {spec.title.lower()} to {values}.",
            f"{error}.",
            "Choose one of the listed options.",
        ) from error
    settings.validate(len(scenario.nodes))
    return settings


def _fault(kernel: Kernel, command: AnyCommand) -> None:
    match command:
        case CutLink(a, b):
            kernel.cut_link(a, b)
        case CutOneWay(a, b):
            kernel.cut_one_way(a, b)
        case SlowLink(a, b, times):
            kernel.slow_link(a, b, times)
        case LoseOnLink(a, b, percent):
            kernel.lose_on_link(a, b, percent)
        case HealLink(a, b):
            kernel.heal_link(a, b)
        case CutOff(node):
            for other in kernel.reaches(node):
                kernel.cut_link(node, other)
        case HealAll():
            for link in kernel.troubled_links():
                a, b = link.split("–")
                kernel.heal_link(a, b)
        case Crash(node):
            kernel.crash(node)
        case Restart(node):
            kernel.restart(node)
        case PauseNode(node):
            kernel.pause(node)
        case ResumeNode(node):
            kernel.resume(node)


def check_command(scenario: Scenario, command: AnyCommand) -> None:
    """Raise CommandRejected when the command names something that is not in the scenario."""
    match command:
        case CutLink(a, b) | CutOneWay(a, b) | HealLink(a, b) | SlowLink(a, b) | LoseOnLink(a, b):
            for node in (a, b):
                _known("node", node, scenario.nodes)
            if a == b:
                raise CommandRejected(
                    f"Change {a}–{b}.", "A node has no link to itself.", "Name two different nodes."
                )
        case CutOff(node) | Crash(node) | Restart(node) | PauseNode(node) | ResumeNode(node):
            _known("node", node, scenario.nodes)
        case Add(client) | Remove(client) | Read(client) | Resolve(client):
            _known("shopper", client, tuple(spec.name for spec in scenario.clients))
        case Configure(name, setting, value):
            _known("cluster", name, tuple(spec.name for spec in scenario.clusters))
            spec = scenario.cluster(name)
            assert spec is not None
            _known("setting", setting, tuple(s.name for s in spec.settings))
            options = next(s.options for s in spec.settings if s.name == setting)
            _known(f"value of {setting}", value, tuple(option.value for option in options))
        case HealAll():
            pass


def _known(what: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise CommandRejected(
            f"Use the {what} {name}.",
            f"There is no such {what} in this scene.",
            f"Choose one of: {', '.join(names)}.",
        )


__all__ = ["Cluster", "InvariantViolation", "PlacedCommand", "Simulation", "check_command"]
