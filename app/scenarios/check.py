"""What a scenario says must be so beyond its shape: names exist and are unique, numbers can work.
Each function raises Misfit with the path of what is wrong."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec
from msgspec import inspect as types

from app.errors import CommandRejected
from app.protocols.registry import DESIGNS
from app.scenarios.acts import check_command, effect_of, settings_of
from app.scenarios.scenario import (
    MAX_US,
    Caption,
    ClusterSpec,
    Counted,
    Door,
    GuideStep,
    Scenario,
)
from app.scenarios.shape import Misfit, Path, fits, nearest, shown
from app.sim.latency import Latency
from app.sim.network import MILLION, NetworkSpec
from app.trace.commands import CLIENT_COMMANDS, AnyCommand, Configure, Fault
from app.trace.sentences import MESSAGE_WORDS

MIN_HEARTBEAT_US = 10_000
MIN_SLICE_US = 1_000
BESIDE = tuple(name for design in DESIGNS.values() for name in design.helper_names)
MAX_SLOW_PERCENT = 10_000
ACTIONS = tuple(kind.__name__.lower() for kind in CLIENT_COMMANDS)
NODE_FIELDS = ("a", "b", "source", "target", "node")


def check(scenario: Scenario) -> None:
    """Raise Misfit for the first thing in the file that cannot work."""
    _unique(scenario.nodes, ("nodes",), "node")
    _unique([key.name for key in scenario.keys], ("keys",), "key", "name")
    _clients(scenario)
    _clusters(scenario)
    _network(scenario, scenario.network)
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
        _known(claim.cluster, clusters, (name, place, "cluster"), "cluster")


def _known(name: str, names: Iterable[str], path: Path, what: str) -> None:
    if name not in (known := list(names)):
        raise Misfit(path, f"There is no {what} {shown(name)}.", nearest(name, known))


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
        _known(client.entry, scenario.nodes, ("clients", place, "entry"), "node")
        registers = [name for name, kind in scenario.types.items() if kind == "register"]
        for key in client.puts:
            _known(key, registers, ("clients", place, "puts"), "register")


# ---- the two sides ------------------------------------------------------------------------------


def _clusters(scenario: Scenario) -> None:
    for place, spec in enumerate(scenario.clusters):
        _known(spec.design, DESIGNS, ("clusters", place, "design"), "design")
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
            _known(name, DESIGNS[spec.design].effects, (*path, "offers"), "setting")


def _values(spec: ClusterSpec, path: Path) -> None:
    kinds = _setting_types(spec)
    for name, value in spec.values.items():
        if name not in kinds:
            wrong = f"{shown(name)[1:-1]} is not a setting of {spec.design}."
            raise Misfit((*path, "values"), wrong, nearest(name, kinds), name)
        _value(spec, name, value, (*path, "values", name))


def _setting_types(spec: ClusterSpec) -> dict[str, types.Type]:
    info = types.type_info(DESIGNS[spec.design].settings_type)
    assert isinstance(info, types.StructType)
    return {one.encode_name: one.type for one in info.fields}


def _value(spec: ClusterSpec, name: str, value: str | int, path: Path) -> None:
    """The value of one setting, alone: its type, and for a time its bounds."""
    kind = _setting_types(spec)[name]
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
        _bounds(taken, low, MAX_US, path)


def _settings(spec: ClusterSpec, path: Path) -> None:
    kinds = _setting_types(spec)
    start = msgspec.to_builtins(
        msgspec.convert(spec.values, DESIGNS[spec.design].settings_type, strict=False)
    )
    _unique([one.name for one in spec.settings], (*path, "settings"), "setting", "name")
    for place, setting in enumerate(spec.settings):
        at: Path = (*path, "settings", place)
        _known(setting.name, kinds, (*at, "name"), "setting")
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


# ---- the wires ----------------------------------------------------------------------------------


def _bounds(value: int, low: int, high: int, path: Path) -> None:
    if not low <= value <= high:
        wrong = f"{shown(value)} is out of range."
        raise Misfit(path, wrong, f"Give a whole number from {low} to {high}.")


def _network(scenario: Scenario, network: NetworkSpec) -> None:
    _latency(network.nodes, ("network", "nodes"))
    _latency(network.clients, ("network", "clients"))
    _bounds(network.loss_ppm, 0, MILLION, ("network", "loss_ppm"))
    at: Path = ("network", "weather")
    weather = network.weather
    _bounds(weather.slice_us, MIN_SLICE_US, MAX_US, (*at, "slice_us"))
    _bounds(weather.slow_ppm, 0, MILLION, (*at, "slow_ppm"))
    _bounds(weather.slow_percent, 1, MAX_SLOW_PERCENT, (*at, "slow_percent"))
    _bounds(weather.loss_ppm, 0, MILLION, (*at, "loss_ppm"))
    ends = [*scenario.nodes, *BESIDE, *(client.name for client in scenario.clients)]
    for way, latency in network.links.items():
        source, arrow, target = way.partition(">")
        at = ("network", "links", way)
        if not arrow or source == target:
            raise Misfit(at, f"{shown(way)} is not a way.", 'Give two names: "n1>n2".')
        _known(source, ends, at, "node or client")
        _known(target, ends, at, "node or client")
        _latency(latency, at)
    for kind, latency in network.kinds.items():
        at = ("network", "kinds", kind)
        _known(kind, MESSAGE_WORDS, at, "kind of message")
        _latency(latency, at)


def _latency(latency: Latency, path: Path) -> None:
    least = {"least_us": 0, "high_us": getattr(latency, "low_us", 1)}
    for name in latency.__struct_fields__:
        _bounds(getattr(latency, name), least.get(name, 1), MAX_US, (*path, name))


def _guide_step(scenario: Scenario, step: GuideStep, path: Path) -> None:
    check_steps(scenario, step.steps, (*path, "steps"))
    for name in step.shows:
        _known(name, [spec.name for spec in scenario.clusters], (*path, "shows"), "cluster")
    done, at = step.done, (*path, "done")
    if done is None:
        return
    clients = [client.name for client in scenario.clients]
    if not (done.cut or done.answered or done.read):
        raise Misfit(at, "Nothing makes this step done.", "Give cut, answered or read.")
    if done.cut and len(set(done.cut)) != 2:
        raise Misfit((*at, "cut"), "A link has two ends.", "Give two nodes.")
    for place, node in enumerate(done.cut):
        _known(node, scenario.nodes, (*at, "cut", place), "node")
    for place, (client, action) in enumerate(done.answered):
        _known(client, clients, (*at, "answered", place, 0), "client")
        _known(action, ACTIONS, (*at, "answered", place, 1), "action")
    if done.read:
        _known(done.read, clients, (*at, "read"), "client")


def _door(scenario: Scenario, door: Door, path: Path) -> None:
    if sum(map(bool, (door.steps, door.lesson, door.scene))) != 1:
        wrong = "A door gives commands, or leads to a lesson or a scene, one of the three."
        raise Misfit(path, wrong, "Give steps, lesson or scene.")
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
            _known(value, names[name][1], (*path, name), names[name][0])
    if isinstance(command, Configure):
        spec = scenario.cluster(command.cluster)
        assert spec is not None
        options = {one.name: [o.value for o in one.options] for one in spec.settings}
        # A side that lists no settings offers all that its design has.
        offered = options or DESIGNS[spec.design].effects
        _known(command.setting, offered, (*path, "setting"), f"setting of {spec.name}")
        if not options:
            return _value(spec, command.setting, command.value, (*path, "value"))
        values = options[command.setting]
        _known(command.value, values, (*path, "value"), f"value of {command.setting}")
    try:
        check_command(scenario, command)
    except CommandRejected as rejected:
        raise Misfit(path, _why(rejected), rejected.remedy) from rejected


def _why(rejected: CommandRejected) -> str:
    return f"{rejected.asked} {rejected.reason}"
