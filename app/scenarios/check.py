"""What a scenario says must be so beyond its shape: names exist and are unique, numbers can work.
Each function raises Misfit with the path of what is wrong."""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

import msgspec
from msgspec import inspect as types

from app.errors import CommandRejected
from app.protocols.registry import DESIGNS
from app.scenarios.acts import check_command, effect_of, settings_of
from app.scenarios.check_network import bounds, check_network, known_name
from app.scenarios.scenario import (
    ALL,
    BESIDE,
    MAX_SETTING_US,
    Caption,
    ClusterSpec,
    Counted,
    Door,
    GuideStep,
    Scenario,
)
from app.scenarios.shape import Misfit, Path, fits, nearest, shown
from app.trace.commands import CLIENT_COMMANDS, AnyCommand, Configure, Fault

MIN_HEARTBEAT_US = 10_000
ACTIONS = tuple(kind.__name__.lower() for kind in CLIENT_COMMANDS)
NODE_FIELDS = ("a", "b", "source", "target", "node")


def check(scenario: Scenario) -> None:
    """Raise Misfit for the first thing in the file that cannot work."""
    _unique(scenario.nodes, ("nodes",), "node")
    _unique([key.name for key in scenario.keys], ("keys",), "key", "name")
    _clients(scenario)
    _clusters(scenario)
    check_network(scenario, scenario.network)
    for place, step in enumerate(scenario.guide):
        _guide_step(scenario, step, ("guide", place))
    for place, door in enumerate(scenario.doors):
        _door(scenario, door, ("doors", place))
    _script(scenario)
    _claims(scenario, scenario.captions, "captions")
    _claims(scenario, scenario.verdicts, "verdicts")
    for place, counted in enumerate(scenario.verdicts):
        if counted.lost is None and counted.stale is None:
            raise Misfit(("verdicts", place), "It counts nothing.", "Give lost or stale, or both.")


def _claims(scenario: Scenario, claims: Sequence[Caption | Counted], name: str) -> None:
    _in_order([claim.at_us for claim in claims], name)
    clusters = [spec.name for spec in scenario.clusters]
    for place, claim in enumerate(claims):
        known_name(claim.cluster, clusters, (name, place, "cluster"), "cluster")


def _unique(names: Sequence[str], path: Path, what: str, key: str = "") -> None:
    for place, name in enumerate(names):
        if name in names[:place]:
            at = (*path, place, key) if key else (*path, place)
            raise Misfit(at, f"The {what} {name} is there twice.", "Give each another name.")


def _in_order(moments: list[int], name: str) -> None:
    for place, (before, at) in enumerate(pairwise(moments), 1):
        if at < before:
            raise Misfit(
                (name, place, "at_us"),
                f"{at} comes after {before} in the file and before it in time.",
                "Give them in the order of time.",
            )


def _clients(scenario: Scenario) -> None:
    _unique([client.name for client in scenario.clients], ("clients",), "client", "name")
    for place, client in enumerate(scenario.clients):
        if client.name in scenario.nodes or client.name in BESIDE:
            what = "a node already" if client.name in scenario.nodes else "beside the nodes already"
            at = ("clients", place, "name")
            raise Misfit(at, f"{client.name} is {what}.", "Give each another name.")
        known_name(client.entry, scenario.nodes, ("clients", place, "entry"), "node")
        registers = [name for name, kind in scenario.types.items() if kind == "register"]
        for key in client.puts:
            known_name(key, registers, ("clients", place, "puts"), "register")


# ---- the two sides ------------------------------------------------------------------------------


def _clusters(scenario: Scenario) -> None:
    for place, spec in enumerate(scenario.clusters):
        known_name(spec.design, DESIGNS, ("clusters", place, "design"), "design")
    designs = sorted(spec.design for spec in scenario.clusters)
    if designs != sorted(DESIGNS):
        raise Misfit(
            ("clusters",),
            f"It has {len(designs)}: {', '.join(designs)[:80]}.",
            f"Give exactly {len(DESIGNS)}, one of each design: {', '.join(DESIGNS)}.",
        )
    _unique([spec.name for spec in scenario.clusters], ("clusters",), "cluster", "name")
    for place, spec in enumerate(scenario.clusters):
        path = ("clusters", place)
        _values(spec, path)
        try:
            settings_of(scenario, spec, ())
        except CommandRejected as rejected:
            raise Misfit((*path, "values"), _why(rejected), rejected.remedy) from rejected
        _settings(spec, path)
        for name in spec.offers:
            known_name(name, (*DESIGNS[spec.design].effects, ALL), (*path, "offers"), "setting")


def _values(spec: ClusterSpec, path: Path) -> None:
    kinds = _setting_types(spec.design)
    for name, value in spec.values.items():
        if name not in kinds:
            wrong = f"{shown(name)[1:-1]} is not a setting of {spec.design}."
            raise Misfit((*path, "values"), wrong, nearest(name, kinds), name)
        _value(spec, name, value, (*path, "values", name))


@cache
def _setting_types(design: str) -> Mapping[str, types.Type]:
    """The type of each setting: looked up once a design, for that takes longer than the rest."""
    info = types.type_info(DESIGNS[design].settings_type)
    assert isinstance(info, types.StructType)
    return {one.encode_name: one.type for one in info.fields}


def _value(spec: ClusterSpec, name: str, value: str | int, path: Path) -> None:
    """The value of one setting, alone: its type, and for a time its bounds."""
    kind = _setting_types(spec.design)[name]
    if isinstance(kind, types.LiteralType):
        fits(value, kind, path)
    try:
        number = msgspec.convert({name: value}, DESIGNS[spec.design].settings_type, strict=False)
    except msgspec.ValidationError as error:
        fits(value, kind, path)
        raise Misfit(path, f"{shown(value)} does not fit.", "Give another value.") from error
    taken = getattr(number, name)
    if name.endswith("_us") and isinstance(taken, int):
        low = MIN_HEARTBEAT_US if name.startswith("heartbeat") else 0
        bounds(taken, low, MAX_SETTING_US, path)


def _settings(spec: ClusterSpec, path: Path) -> None:
    kinds = _setting_types(spec.design)
    start = msgspec.to_builtins(
        msgspec.convert(spec.values, DESIGNS[spec.design].settings_type, strict=False)
    )
    _unique([one.name for one in spec.settings], (*path, "settings"), "setting", "name")
    for place, setting in enumerate(spec.settings):
        at: Path = (*path, "settings", place)
        known_name(setting.name, kinds, (*at, "name"), "setting")
        values = [option.value for option in setting.options]
        _unique(values, (*at, "options"), "value", "value")
        for number, value in enumerate(values):
            _value(spec, setting.name, value, (*at, "options", number, "value"))
        if str(start[setting.name]) not in values:
            raise Misfit(
                (*at, "options"),
                f"The cluster starts with {setting.name} = {start[setting.name]}, which is not "
                "among them.",
                "Give it as an option too, or start with one that is there.",
            )


def _guide_step(scenario: Scenario, step: GuideStep, path: Path) -> None:
    check_steps(scenario, step.steps, (*path, "steps"))
    _shows(scenario, step, path)
    done, at = step.done, (*path, "done")
    if done is None:
        return
    clients = [client.name for client in scenario.clients]
    if not (done.cut or done.answered or done.read):
        raise Misfit(at, "Nothing makes this step done.", "Give cut, answered or read.")
    if done.cut and len(set(done.cut)) != 2:
        raise Misfit((*at, "cut"), "A link has two ends.", "Give two nodes.")
    for place, node in enumerate(done.cut):
        known_name(node, scenario.nodes, (*at, "cut", place), "node")
    for place, (client, action) in enumerate(done.answered):
        known_name(client, clients, (*at, "answered", place, 0), "client")
        known_name(action, ACTIONS, (*at, "answered", place, 1), "action")
    if done.read:
        known_name(done.read, clients, (*at, "read"), "client")


def _shows(scenario: Scenario, step: GuideStep | Door, path: Path) -> None:
    for name in step.shows:
        known_name(name, [spec.name for spec in scenario.clusters], (*path, "shows"), "cluster")


def _door(scenario: Scenario, door: Door, path: Path) -> None:
    if sum(map(bool, (door.steps, door.lesson, door.scene))) != 1:
        wrong = "A door gives commands, or leads to a lesson or a scene, one of the three."
        raise Misfit(path, wrong, "Give steps, lesson or scene.")
    if door.shows and not door.steps:
        wrong = "It gives no commands here that could show anything."
        raise Misfit((*path, "shows"), wrong, "Give steps, or leave shows out.")
    _shows(scenario, door, path)
    check_steps(scenario, door.steps, (*path, "steps"))


def check_steps(scenario: Scenario, steps: Sequence[Sequence[AnyCommand]], path: Path) -> None:
    """Raise Misfit for the first command that names something that is not in the scenario."""
    for place, step in enumerate(steps):
        for number, command in enumerate(step):
            _command(scenario, command, (*path, place, number))


def _script(scenario: Scenario) -> None:
    _in_order([entry.at_us for entry in scenario.entries], "script")
    configured: list[Configure] = []
    for place, entry in enumerate(scenario.entries):
        path: Path = ("script", place)
        _command(scenario, entry.command, (*path, "command"))
        if not isinstance(entry.command, Configure):
            continue
        if entry.at_us and effect_of(scenario, entry.command) == "new_run":
            raise Misfit((*path, "at_us"), "It acts from the start of the run.", "Give at_us = 0.")
        configured.append(entry.command)
        spec = scenario.cluster(entry.command.cluster)
        assert spec is not None
        try:
            settings_of(scenario, spec, tuple(configured))
        except CommandRejected as rejected:
            raise Misfit((*path, "command"), _why(rejected), rejected.remedy) from rejected


def _command(scenario: Scenario, command: AnyCommand, path: Path) -> None:
    # What stands beside the nodes can be cut off and can crash; which faults fit is said below.
    places = (*scenario.nodes, *(BESIDE if isinstance(command, Fault) else ()))
    names = dict.fromkeys(NODE_FIELDS, ("node", places))
    names["client"] = ("client", tuple(client.name for client in scenario.clients))
    names["key"] = ("key", tuple(scenario.types))
    names["cluster"] = names["only"] = ("cluster", tuple(one.name for one in scenario.clusters))
    for name in command.__struct_fields__:
        value = getattr(command, name)
        if name in names and (value or name != "only"):
            known_name(value, names[name][1], (*path, name), names[name][0])
    if isinstance(command, Configure):
        spec = scenario.cluster(command.cluster)
        assert spec is not None
        options = {one.name: [o.value for o in one.options] for one in spec.settings}
        # A side that lists no settings offers all that its design has.
        offered = options or DESIGNS[spec.design].effects
        known_name(command.setting, offered, (*path, "setting"), f"setting of {spec.name}")
        if not options:
            return _value(spec, command.setting, command.value, (*path, "value"))
        values = options[command.setting]
        known_name(command.value, values, (*path, "value"), f"value of {command.setting}")
    try:
        check_command(scenario, command)
    except CommandRejected as rejected:
        raise Misfit(path, _why(rejected), rejected.remedy) from rejected


def _why(rejected: CommandRejected) -> str:
    return f"{rejected.asked} {rejected.reason}"
