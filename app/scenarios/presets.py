"""A preset: the settings of one design that behave like a database people run, each with its source.

A preset is data. No protocol knows its name; a scenario's cluster names it and may override values.
Every setting of the design is there: as documented (`source`), or chosen by us (`ours`, with why).
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from app.errors import CommandRejected, ScenarioError
from app.protocols.registry import DESIGNS
from app.scenarios.scenario import ClusterSpec, Scenario
from app.scenarios.shape import Misfit, nearest
from app.trace.commands import Name

Says = Annotated[str, Meta(min_length=10, max_length=320)]
Source = Annotated[str, Meta(min_length=3, max_length=200)]


class Fact(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sentence about the product and where it can be read."""

    says: Says
    source: Source


class Field(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One setting: its value, what that means in the product, and where it stands.

    `known_as`: the product's own name for it. Without a `source` it is a choice of ours, and `says`
    tells why.
    """

    setting: Name
    value: str | int
    says: Says
    known_as: str = ""
    source: str = ""

    @property
    def ours(self) -> bool:
        return not self.source


class Preset(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`product` names the version the facts are about; `scenes` open with this preset."""

    name: Name
    title: Annotated[str, Meta(min_length=3, max_length=60)]
    product: Annotated[str, Meta(min_length=3, max_length=80)]
    design: Name
    nodes: Annotated[int, Meta(ge=1, le=12)]
    summary: Says
    fields: tuple[Field, ...]
    surprises: Annotated[tuple[Fact, ...], Meta(min_length=1)]
    incident: Fact | None = None
    scenes: tuple[Name, ...] = ()

    @property
    def values(self) -> dict[str, str | int]:
        return {field.setting: field.value for field in self.fields}


def load_preset(data: bytes, source: str) -> Preset:
    """Read one TOML file; raises ScenarioError with the file, what is wrong and the remedy."""
    try:
        preset = msgspec.toml.decode(data, type=Preset)
    except msgspec.DecodeError as error:
        raise ScenarioError(f"{source}: {error}. Mend the file.") from error
    if preset.design not in DESIGNS:
        raise ScenarioError(
            f"{source}: There is no design {preset.design}. {nearest(preset.design, DESIGNS)}"
        )
    settings_type = DESIGNS[preset.design].settings_type
    known = settings_type.__struct_fields__
    given = [field.setting for field in preset.fields]
    for setting in given:
        if setting not in known:
            wrong = f"{setting} is not a setting of {preset.design}."
            raise ScenarioError(f"{source}: {wrong} {nearest(setting, known)}")
        if given.count(setting) > 1:
            raise ScenarioError(f"{source}: {setting} is there twice. Keep one of them.")
    for setting in known:
        if setting not in given:
            raise ScenarioError(f"{source}: {setting} is missing. Say its value and its source.")
    settings_for(preset, source)
    return preset


def settings_for(preset: Preset, source: str) -> Any:
    """The design's settings that the preset stands for."""
    settings_type = DESIGNS[preset.design].settings_type
    try:
        settings = msgspec.convert(preset.values, settings_type, strict=False)
        settings.validate(preset.nodes)
    except (msgspec.ValidationError, CommandRejected) as error:
        raise ScenarioError(f"{source}: {error} Give values that work together.") from error
    return settings


def with_presets(scenario: Scenario, presets: Mapping[str, Preset]) -> Scenario:
    """The scenario with the values of the presets that its clusters name; their own come first."""
    clusters = tuple(
        _filled(spec, presets, place) if spec.preset else spec
        for place, spec in enumerate(scenario.clusters)
    )
    return replace(scenario, clusters=clusters)


def _filled(spec: ClusterSpec, presets: Mapping[str, Preset], place: int) -> ClusterSpec:
    path = ("clusters", place, "preset")
    preset = presets.get(spec.preset)
    if preset is None:
        raise Misfit(path, f"There is no preset {spec.preset}.", nearest(spec.preset, presets))
    if preset.design != spec.design:
        wrong = f"The preset {spec.preset} is of the design {preset.design}."
        raise Misfit(path, wrong, f"Give one of {spec.design}.")
    return replace(spec, values={**preset.values, **spec.values})
