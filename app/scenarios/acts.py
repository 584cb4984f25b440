"""What commands do and which make sense: faults carried out, names and settings checked."""

from typing import Any

import msgspec

from app.errors import CommandRejected
from app.protocols.registry import DESIGNS
from app.scenarios.scenario import ClusterSpec, Scenario
from app.sim.kernel import Kernel
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutLink,
    CutOff,
    CutOneWay,
    Fault,
    HealAll,
    HealLink,
    LoseOnLink,
    PauseNode,
    PlacedCommand,
    Promote,
    Read,
    Remove,
    Resolve,
    Restart,
    ResumeNode,
    SkewClock,
    SlowLink,
    WipeNode,
)


def effect_of(scenario: Scenario, command: Configure) -> str:
    """When the change takes effect: next_operation, at_once or new_run."""
    spec = scenario.cluster(command.cluster)
    assert spec is not None, "checked before"
    return DESIGNS[spec.design].effects[command.setting]


def check_settings(scenario: Scenario, commands: tuple[PlacedCommand, ...]) -> None:
    """Raise CommandRejected if some moment of the run has settings that cannot work together."""
    changes: list[Configure] = []
    for placed in commands:
        if isinstance(placed.command, Configure):
            changes.append(placed.command)
            spec = scenario.cluster(placed.command.cluster)
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
    settings.validate(len(scenario.nodes))
    return settings


def carry_out(kernel: Kernel, command: AnyCommand) -> None:
    """A fault, in one cluster."""
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
        case WipeNode(node):
            kernel.wipe(node)
        case SkewClock(node, milliseconds):
            kernel.skew_clock(node, milliseconds * 1_000)


def check_command(scenario: Scenario, command: AnyCommand) -> None:
    """Raise CommandRejected when the command names something that is not in the scenario."""
    if isinstance(command, Fault) and command.only:
        _known("cluster", command.only, tuple(spec.name for spec in scenario.clusters))
    match command:
        case CutLink(a, b) | CutOneWay(a, b) | HealLink(a, b) | SlowLink(a, b) | LoseOnLink(a, b):
            for node in (a, b):
                _known("node", node, scenario.nodes)
            if a == b:
                raise CommandRejected(
                    f"Change {a}–{b}.", "A node has no link to itself.", "Name two different nodes."
                )
        case (
            CutOff(node)
            | Crash(node)
            | Restart(node)
            | PauseNode(node)
            | ResumeNode(node)
            | WipeNode(node)
            | SkewClock(node)
            | Promote(node)
        ):
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
