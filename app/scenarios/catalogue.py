"""The settings a person may change, in words, filled in where a scene lists none of its own."""

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from app.errors import CommandRejected, ScenarioError
from app.protocols.registry import DESIGNS
from app.scenarios.acts import settings_of
from app.scenarios.scenario import ClusterSpec, Option, Scenario, Setting
from app.trace.commands import Configure


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
    settings: tuple[Described, ...]


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
        options = tuple(
            option
            for option in setting.options
            if spec.settings or _thinkable(scenario, spec, setting.name, option.value)
        )
        if len(options) > 1:
            kept.append(replace(setting, options=options, effect=effects[setting.name]))
    return replace(spec, settings=tuple(kept))


def _thinkable(scenario: Scenario, spec: ClusterSpec, name: str, value: str) -> bool:
    """Can the choice work here at all, by itself or together with hints?"""
    alone = (Configure(spec.name, name, value),)
    helped = (*alone, Configure(spec.name, "hints", "on"))
    for changes in (alone, helped):
        try:
            settings_of(scenario, spec, changes)
        except CommandRejected:
            continue
        return True
    return False
