"""What commands do and which make sense: faults carried out, names and settings checked."""

from itertools import groupby
from typing import Any, get_args

import msgspec

from app.errors import CommandRejected
from app.protocols.client_state import Retries
from app.protocols.leaderless.replica import Replica as LeaderlessReplica
from app.protocols.registry import DESIGNS
from app.scenarios.scenario import ClusterSpec, Scenario
from app.sim.kernel import Kernel
from app.trace.commands import (
    Add,
    AnyCommand,
    ClientCommand,
    Compact,
    Configure,
    ConfigureClient,
    Crash,
    CutLink,
    CutOff,
    CutOneWay,
    Delete,
    Fault,
    HealAll,
    HealEverything,
    HealLink,
    Increment,
    LoseOnLink,
    LosePower,
    PauseNode,
    PlacedCommand,
    Promote,
    Put,
    Read,
    Remove,
    Resolve,
    Restart,
    ResumeNode,
    RunRepair,
    SetWorkload,
    SkewClock,
    SlowLink,
    SlowNode,
    WipeNode,
)
from app.trace.events import FaultIgnored, UpkeepStarted
from app.trace.levels import SERIAL_LEVELS
from app.trace.types import TYPES
from app.trace.values import CART


def effect_of(scenario: Scenario, command: Configure) -> str:
    """When the change takes effect: next_operation, at_once or new_run."""
    spec = scenario.cluster(command.cluster)
    assert spec is not None, "checked before"
    return DESIGNS[spec.design].effects[command.setting]


def check_settings(scenario: Scenario, commands: tuple[PlacedCommand, ...]) -> None:
    """Raise CommandRejected if some moment of the run has settings that cannot work together."""
    changes: list[Configure] = []
    for _, together in groupby(commands, key=lambda placed: placed.at):
        now = [placed.command for placed in together if isinstance(placed.command, Configure)]
        changes += now
        for name in dict.fromkeys(change.cluster for change in now):
            spec = scenario.cluster(name)
            if spec is not None:
                settings_of(scenario, spec, tuple(changes))


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
    settings.validate(len(scenario.nodes), scenario.nodes)
    return settings


def carry_out(kernel: Kernel, command: AnyCommand) -> None:
    """A fault, in one cluster; where what it is about does not exist, it is written down."""
    missing = [name for name in _about(command) if name not in kernel.places]
    if missing:
        kernel.emit(FaultIgnored, f"act on {missing[0]}", f"there is no {missing[0]} here")
        return
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
            kernel.cut_off(node)
        case HealAll():
            kernel.heal_all()
        case HealEverything():
            kernel.heal_everything()
        case Crash(node):
            kernel.crash(node)
        case LosePower(node):
            kernel.lose_power(node)
        case Restart(node):
            kernel.restart(node)
        case PauseNode(node):
            kernel.pause(node)
        case ResumeNode(node):
            kernel.resume(node)
        case WipeNode(node):
            kernel.wipe(node)
        case SkewClock(node, milliseconds):
            kernel.skew_clock(node, milliseconds * 1_000)
        case SlowNode(node, milliseconds):
            kernel.slow_node(node, milliseconds)
        case Compact(node):
            _tend(kernel, node, "compact")
        case RunRepair(node):
            _tend(kernel, node, "repair")


def _tend(kernel: Kernel, node: str, what: str) -> None:
    """What an operator starts at a node."""
    process = kernel.processes[node]
    if not isinstance(process, LeaderlessReplica):
        kernel.emit(FaultIgnored, f"{what} at {node}", "a log has nothing of the kind")
    elif node in kernel.down or node in kernel.paused:
        kernel.emit(FaultIgnored, f"{what} at {node}", f"{node} does not run")
    else:
        kernel.cause = kernel.emit(UpkeepStarted, node, what)
        process.on_upkeep(kernel.outs[node], what)


def _about(command: AnyCommand) -> tuple[str, ...]:
    """The nodes, or processes beside them, that the fault names."""
    match command:
        case CutLink(a, b) | CutOneWay(a, b) | HealLink(a, b) | SlowLink(a, b) | LoseOnLink(a, b):
            return a, b
        case CutOff(node) | Crash(node) | Restart(node) | PauseNode(node) | ResumeNode(node):
            return (node,)
    return ()


def check_command(scenario: Scenario, command: AnyCommand) -> None:
    """Raise CommandRejected when the command names something that is not in the scenario."""
    if isinstance(command, Fault) and command.only:
        _known("cluster", command.only, tuple(spec.name for spec in scenario.clusters))
    match command:
        case CutLink(a, b) | CutOneWay(a, b) | HealLink(a, b) | SlowLink(a, b) | LoseOnLink(a, b):
            for node in (a, b):
                _known("node", node, (*scenario.nodes, *helper_names(scenario)))
            if a == b:
                raise CommandRejected(
                    f"Change {a}–{b}.", "A node has no link to itself.", "Name two different nodes."
                )
        case CutOff(node) | Crash(node) | Restart(node) | PauseNode(node) | ResumeNode(node):
            _known("node", node, (*scenario.nodes, *helper_names(scenario)))
        case LosePower(node) | WipeNode(node) | SkewClock(node) | Promote(node) | SlowNode(node):
            _known("node", node, scenario.nodes)
        case Compact(node) | RunRepair(node):
            _known("node", node, scenario.nodes)
        case Add() | Remove() | Put() | Increment() | Delete() | Read() | Resolve():
            _known("shopper", command.client, tuple(spec.name for spec in scenario.clients))
            _known("key", command.key, tuple(scenario.types))
            _fits_type(scenario.types[command.key], command)
            _fits_level(command)
        case Configure(name, setting, value):
            _known("cluster", name, tuple(spec.name for spec in scenario.clusters))
            spec = scenario.cluster(name)
            assert spec is not None
            _known("setting", setting, tuple(s.name for s in spec.settings))
            options = next(s.options for s in spec.settings if s.name == setting)
            _known(f"value of {setting}", value, tuple(option.value for option in options))
        case ConfigureClient(client, setting, value):
            _known("shopper", client, tuple(spec.name for spec in scenario.clients))
            choices = client_choices(scenario)
            _known("setting of a shopper", setting, tuple(choices))
            _known(f"value of {setting}", value, choices[setting])
        case SetWorkload():
            if scenario.workload is None:
                raise CommandRejected(
                    "Switch the background clients.",
                    "This scene has no background workload.",
                    "Choose a scene that has one, such as the lab.",
                )
        case HealAll() | HealEverything():
            pass


def helper_names(scenario: Scenario) -> tuple[str, ...]:
    """What may stand beside the nodes of some cluster, whatever its settings are."""
    return tuple(name for spec in scenario.clusters for name in DESIGNS[spec.design].helper_names)


def client_choices(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """What can be set on a shopper, and to what."""
    choices = {"entry": scenario.nodes, "retries": get_args(Retries)}
    if scenario.regions:
        choices["region"] = tuple(region.name for region in scenario.regions)
    return choices


def _fits_type(kind: str, command: ClientCommand) -> None:
    """Raise CommandRejected when such a key knows no such change."""
    key, action = command.key, type(command).__name__.lower()
    actions = TYPES[kind].actions
    if isinstance(command, Delete) and kind == "counter":
        raise CommandRejected(
            f"Delete {key}.", "A counter always has a number.", "Change it by its amount instead."
        )
    if action not in ("read", "resolve", "delete", *actions):
        raise CommandRejected(
            f"{action.capitalize()} on {key}.",
            f"{key} is a {kind}.",
            f"Choose one of: {', '.join((*actions, 'read', 'resolve'))}.",
        )
    if isinstance(command, Put) and command.write == "operation":
        raise CommandRejected(
            f"Put a value into {key} as an operation.",
            "A new value is no change of the old one.",
            "Choose a whole write or compare-and-set.",
        )
    if isinstance(command, Increment) and not command.by:
        raise CommandRejected(
            f"Change {key} by 0.", "It would stay as it is.", "Give another number."
        )
    if isinstance(command, Resolve) and command.keep == "both" and kind != CART:
        raise CommandRejected(
            f"Keep both versions of {key}.",
            f"A {kind} has one value.",
            "Give one to keep by its id.",
        )


def _fits_level(command: ClientCommand) -> None:
    """Raise CommandRejected for a plain write at a serial level."""
    compares = isinstance(command, Read) or getattr(command, "write", "") == "compare"
    if command.level in SERIAL_LEVELS and not compares:
        raise CommandRejected(
            f"Write {command.key} at level {str(command.level).upper()}.",
            "Rounds decide a write only if it compares.",
            "Choose compare-and-set, or another level.",
        )


def _known(what: str, name: str, names: tuple[str, ...]) -> None:
    if name not in names:
        raise CommandRejected(
            f"Use the {what} {name}.",
            f"There is no such {what} in this scene.",
            f"Choose one of: {', '.join(names)}.",
        )
