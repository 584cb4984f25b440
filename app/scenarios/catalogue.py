"""The settings a person may change, in words, filled in where a scene lists none of its own."""

from itertools import combinations

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from app.errors import CommandRejected, ScenarioError
from app.protocols.registry import DESIGNS
from app.scenarios.acts import settings_of
from app.scenarios.presets import Preset
from app.scenarios.scenario import ClusterSpec, Option, Scenario, Setting
from app.trace.commands import Configure

HELP: dict[str, tuple[tuple[str, str], ...]] = {
    "leader_follower": (),
    "leaderless": (
        ("hints", "on"),
        ("placement", "partitions"),
        ("n", "2"),
        ("n", "3"),
        ("n", "5"),
    ),
}
"""What else may have to be changed so that a choice can work at all."""


class Described(Struct, frozen=True, forbid_unknown_fields=True):
    """One setting of one design, with every choice there is.

    `expert`: only a cluster that asks for it by name (`offers`) has it.
    """

    design: str
    name: str
    title: str
    options: tuple[Option, ...]
    expert: bool = False


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """Every setting in words, and the presets by name."""

    settings: tuple[Described, ...]
    presets: dict[str, Preset] = field(default_factory=dict)


def load_catalogue(data: bytes, source: str) -> Catalogue:
    """Read the TOML file; raises ScenarioError when it and the designs do not agree."""
    try:
        found = msgspec.toml.decode(data, type=Catalogue)
    except msgspec.DecodeError as error:
        raise ScenarioError(f"{source}: {error}. Mend the file.") from error
    named = {(setting.design, setting.name) for setting in found.settings}
    for name, design in DESIGNS.items():
        for setting in design.effects:
            if (name, setting) not in named:
                raise ScenarioError(
                    f"{source}: the setting {setting} of {name} is not described. Add it."
                )
    return found


def complete(scenario: Scenario, catalogue: Catalogue) -> Scenario:
    """The scenario with the settings of each cluster and when they take effect."""
    clusters = tuple(_with_settings(scenario, spec, catalogue) for spec in scenario.clusters)
    return replace(scenario, clusters=clusters)


def _with_settings(scenario: Scenario, spec: ClusterSpec, catalogue: Catalogue) -> ClusterSpec:
    effects = DESIGNS[spec.design].effects
    offered = spec.settings or tuple(
        Setting(setting.name, setting.title, setting.options)
        for setting in catalogue.settings
        if setting.design == spec.design and (not setting.expert or setting.name in spec.offers)
    )
    kept = []
    for setting in offered:
        options = setting.options
        if not spec.settings:
            options = tuple(
                option
                for option in _in_numbers(scenario, spec, setting)
                if _thinkable(scenario, spec, setting.name, option.value)
            )
        if len(options) > 1:
            kept.append(replace(setting, options=options, effect=effects[setting.name]))
    return replace(spec, settings=tuple(kept))


def _thinkable(scenario: Scenario, spec: ClusterSpec, name: str, value: str) -> bool:
    """Can the choice work here at all, by itself or together with one or two others?"""
    alone = Configure(spec.name, name, value)
    helpers = [Configure(spec.name, *help) for help in HELP[spec.design] if help[0] != name]
    tries = [(alone,), *((alone, one) for one in helpers)]
    tries += [(alone, one, two) for one, two in combinations(helpers, 2)]
    for changes in tries:
        try:
            settings_of(scenario, spec, changes)
        except CommandRejected:
            continue
        return True
    return False


def _in_numbers(scenario: Scenario, spec: ClusterSpec, setting: Setting) -> tuple[Option, ...]:
    """The choices for this many nodes; of two that come to the same the last says more."""
    nodes = len(scenario.nodes)
    majority = nodes // 2 + 1
    others = "another node" if majority == 2 else f"{majority - 1} other nodes"
    lease_us = getattr(settings_of(scenario, spec, ()), "lease_us", 0)
    words = {
        "{nodes}": str(nodes),
        "{majority}": str(majority),
        "{majority_more}": others,
        "{lease}": str(lease_us // 1_000),
    }
    values = {"majority": str(majority), "all": str(nodes)} if setting.name == "copies" else {}
    found: dict[str, Option] = {}
    for option in setting.options:
        filled = Option(
            values.get(option.value, option.value),
            _fill(option.label, words),
            _fill(option.promise, words),
            _fill(option.cost, words),
        )
        found[filled.value] = filled
    return tuple(found.values())


def _fill(text: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        text = text.replace(name, word)
    return text
