"""A run being simulated: both clusters on one clock, under the same commands.

The clusters never touch each other: each has its own kernel, heap and trace. What they share is
the seed, the network's description and the moments of the commands.
"""

from typing import Any, cast

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from app.protocols.client import Client
from app.protocols.intents import Intent
from app.protocols.registry import DESIGNS, Design, Helper, Invariants, Replica
from app.scenarios.acts import carry_out, settings_of
from app.scenarios.clients import as_taken, change_client, clients_of, say_workload, tell_clients
from app.scenarios.scenario import ClusterSpec, Scenario
from app.scenarios.workload import Load, load_keys
from app.sim.kernel import Kernel
from app.sim.process import Process
from app.sim.snapshot import restore, snapshot
from app.trace.commands import (
    CLIENT_COMMANDS,
    WRITE_COMMANDS,
    Add,
    AnyCommand,
    ClientCommand,
    Configure,
    ConfigureClient,
    Delete,
    Fault,
    Increment,
    Promote,
    Put,
    Read,
    Remove,
    Resolve,
    SetWorkload,
)
from app.trace.events import (
    ClusterStarted,
    FaultIgnored,
    PromotionAsked,
    PromotionRefused,
    SettingChanged,
    TraceEvent,
)
from app.trace.values import CART, letter


class Cluster:
    """One kernel with its design's processes, clients and invariants."""

    def __init__(self, scenario: Scenario, spec: ClusterSpec, seed: int, settings: Any) -> None:
        self.spec = spec
        self.design: Design = DESIGNS[spec.design]
        self.settings = settings
        keys = (*scenario.types, *dict(load_keys(scenario.workload)))
        regions = scenario.geography.region_of
        self.shards = self.design.shards(scenario.nodes, settings, keys)
        processes: dict[str, Process] = {}
        for node in scenario.nodes:
            processes[node] = self.design.replica(node, scenario.nodes, settings, keys, regions)
        helpers = self.design.helpers(scenario.nodes, settings, keys)
        processes.update(helpers)
        processes.update(clients_of(scenario, settings))
        self.kernel = Kernel(
            spec.name, seed, scenario.network, scenario.nodes, processes,
            scenario.geography.of(processes), tuple(helpers), scenario.service_us,
        )  # fmt: skip
        self.invariants: Invariants = self.design.invariants(spec.name, scenario.nodes, settings)
        self.kernel.watchers.append(self.invariants.observe)

    def configure(self, change: Configure) -> None:
        """A setting changes while the cluster runs; each node hears of it at once."""
        kernel = self.kernel
        values = {**msgspec.to_builtins(self.settings), change.setting: change.value}
        settings = msgspec.convert(values, self.design.settings_type, strict=False)
        if settings == self.settings:
            fault = f"set {change.setting} to {change.value}"
            kernel.emit(FaultIgnored, fault, f"{change.setting} is {change.value} already")
            return
        self.settings = settings
        kernel.cause = kernel.emit(SettingChanged, change.setting, change.value)
        for name in kernel.places:
            if name not in kernel.down:
                self._part(name).on_configure(kernel.outs[name], settings)
            else:
                self._part(name).configure(settings)
        tell_clients(self.kernel, settings)

    def promote(self, node: str) -> None:
        """Failover by hand: the node itself knows what is to be done; a reason why not is shown."""
        kernel, replica = self.kernel, cast(Replica, self.kernel.processes[node])
        halted = "down" if node in kernel.down else "paused" if node in kernel.paused else ""
        reason = f"{node} is {halted}" if halted else replica.refuses_promotion()
        if reason:
            kernel.emit(PromotionRefused, node, reason)
            return
        kernel.cause = kernel.emit(PromotionAsked, node)
        replica.on_promote(kernel.outs[node])

    def ask(self, client: str, intent: Intent) -> None:
        """The client's person, or the workload, wants something."""
        self.kernel.cause = None
        self.client(client).on_intent(self.kernel.outs[client], as_taken(self.settings, intent))

    def client(self, name: str) -> Client:
        found = self.kernel.processes[name]
        assert isinstance(found, Client)
        return found

    def configure_all(self, settings: Any) -> None:
        """After a restore: the nodes know these settings already."""
        self.settings = settings
        for name in self.kernel.places:
            self._part(name).configure(settings)
        tell_clients(self.kernel, settings)

    def _part(self, name: str) -> Helper:
        return cast(Helper, self.kernel.processes[name])

    def start(self, scenario: Scenario) -> None:
        self.kernel.emit(
            ClusterStarted,
            self.spec.design,
            scenario.nodes,
            tuple((client.name, client.entry) for client in scenario.clients),
            tuple((n, str(v)) for n, v in msgspec.to_builtins(self.settings).items()),
            (*scenario.types.items(), *load_keys(scenario.workload)),
            tuple((one.name, one.retries) for one in scenario.clients if one.retries != "off"),
            tuple(self.kernel.geography.region_of.items()),
            scenario.background,
            self.kernel.helpers,
            scenario.capacity,
            self.shards,
        )
        self.kernel.start()


class SimulationState(Struct, frozen=True):
    """A snapshot: the clusters' kernels and invariants, the counts that name operations, and of the
    workload whether it is on and the number of its next operation."""

    kernels: dict[str, bytes]
    invariants: dict[str, bytes]
    settings: dict[str, Raw]
    written: int
    intents: dict[str, int]
    load: tuple[bool, int]


class Simulation:
    """`configured`: the Configure commands of moment 0, taken in before the start; `do` gives all
    other commands."""

    def __init__(
        self, scenario: Scenario, seed: int, configured: tuple[Configure, ...] = ()
    ) -> None:
        self.scenario = scenario
        self.seed = seed
        self.configured = configured
        self.written = 0
        self.intents = {client.name: 0 for client in scenario.clients}
        self.load = Load(scenario.workload, seed)
        self.clusters = {
            spec.name: Cluster(scenario, spec, seed, settings_of(scenario, spec, configured))
            for spec in scenario.clusters
        }

    def start(self) -> None:
        for cluster in self.clusters.values():
            cluster.start(self.scenario)
            if self.load.on:
                say_workload(cluster.kernel, self.load, True)
            cluster.kernel.run_until(0)

    @property
    def now(self) -> int:
        return max(cluster.kernel.now for cluster in self.clusters.values())

    def traces(self) -> dict[str, list[TraceEvent]]:
        return {name: cluster.kernel.trace for name, cluster in self.clusters.items()}

    def next_at(self) -> int | None:
        """The moment of the next thing to happen in either cluster."""
        first = self.load.next_at()
        for cluster in self.clusters.values():
            at = cluster.kernel.next_at()
            if at is not None and (first is None or at < first):
                first = at
        return first

    def run_until(self, until: int) -> None:
        """Bring both clusters to `until`, all events of that moment included.

        An operation of the workload comes after what happens at its moment, before any command.
        """
        while (at := self.load.next_at()) is not None and at <= until:
            self._run_kernels(at)
            client, intent = self.load.take()
            for cluster in self.clusters.values():
                cluster.ask(client, intent)
        self._run_kernels(until)

    def _run_kernels(self, until: int) -> None:
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
            self.clusters[command.cluster].configure(command)
            return
        if isinstance(command, SetWorkload):
            switched = self.load.switch(command.on, self.now)
            for cluster in self.clusters.values():
                say_workload(cluster.kernel, self.load, switched)
            return
        intent = self._intent(command) if isinstance(command, CLIENT_COMMANDS) else None
        for cluster in self.clusters.values():
            kernel = cluster.kernel
            kernel.cause = None
            if intent is not None and isinstance(command, CLIENT_COMMANDS):
                cluster.ask(command.client, replace(intent, level=command.level or ""))
            elif isinstance(command, ConfigureClient):
                change_client(kernel, cluster.client(command.client), command)
            elif isinstance(command, Fault) and command.only not in ("", cluster.spec.name):
                continue
            elif isinstance(command, Promote):
                cluster.promote(command.node)
            else:
                carry_out(kernel, command)

    def _intent(self, command: ClientCommand) -> Intent:
        self.intents[command.client] += 1
        op = f"{command.client}-{self.intents[command.client]}"
        label = ""
        if isinstance(command, WRITE_COMMANDS):
            label = letter(self.written)
            self.written += 1
        key = command.key
        kind = self.scenario.types[key]
        match command:
            case Add(_, item, write):
                return Intent(op, "add", item, label, "", write, key, kind)
            case Remove(_, item, write):
                return Intent(op, "remove", item, label, "", write, key, kind)
            case Put():
                return Intent(op, "put", command.value, label, "", command.write, key, kind)
            case Increment():
                return Intent(op, "increment", str(command.by), label, "", command.write, key, kind)
            case Resolve(_, keep):
                item = "" if kind == CART else keep
                return Intent(op, "resolve", item, label, keep, "whole", key, kind)
            case Read() | Delete():
                action = type(command).__name__.lower()
                return Intent(op, action, "", label, "", "whole", key, kind)

    def snapshot(self) -> bytes:
        """Everything but the traces, as bytes."""
        pack = msgspec.msgpack.encode
        return pack(
            SimulationState(
                kernels={name: snapshot(c.kernel) for name, c in self.clusters.items()},
                invariants={name: pack(c.invariants.state) for name, c in self.clusters.items()},
                settings={n: Raw(pack(c.settings)) for n, c in self.clusters.items()},
                written=self.written,
                intents=self.intents,
                load=self.load.state,
            )
        )

    def restore(self, data: bytes) -> None:
        """Go back (or forward) to a snapshot of a run with the same scenario, seed and settings.

        The traces are empty afterwards; new rows go on at the right seq.
        """
        state = msgspec.msgpack.decode(data, type=SimulationState)
        self.written = state.written
        self.intents = dict(state.intents)
        self.load.state = state.load
        for name, cluster in self.clusters.items():
            settings_type = cluster.design.settings_type
            cluster.configure_all(msgspec.msgpack.decode(state.settings[name], type=settings_type))
            restore(cluster.kernel, state.kernels[name], cluster.design.message_type)
            cluster.invariants.state = msgspec.msgpack.decode(
                state.invariants[name], type=type(cluster.invariants.state)
            )
