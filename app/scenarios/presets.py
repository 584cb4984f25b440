"""A preset: settings of one design that behave like a database people run, each with its source.

A preset is data. No protocol knows its name; a scenario's cluster names it and may override values.
What the product documents stands with its `source`; what we chose says why; what a preset leaves
out has the model's own value, and the page says so.
"""

from collections.abc import Mapping
from types import MappingProxyType
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


class Variant(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Another way in which the product is run: an older version, a switch, a tool beside it; and
    the fields that are different then. A cluster names it beside the preset."""

    name: Name
    title: Annotated[str, Meta(min_length=3, max_length=60)]
    says: Says
    source: Source
    fields: Annotated[tuple[Field, ...], Meta(min_length=1)]


class Try(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A scene that runs on this preset, and what it shows."""

    scene: Name
    says: Says


class Preset(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`product` names the version that the facts are about; `nodes`: how many it is shown with;
    `missing`: what of the product is not modelled."""

    name: Name
    title: Annotated[str, Meta(min_length=3, max_length=60)]
    product: Annotated[str, Meta(min_length=3, max_length=80)]
    design: Name
    nodes: Annotated[int, Meta(ge=1, le=12)]
    summary: Says
    fields: Annotated[tuple[Field, ...], Meta(min_length=1)]
    surprises: Annotated[tuple[Fact, ...], Meta(min_length=1)]
    incident: Fact | None = None
    missing: tuple[Says, ...] = ()
    tries: tuple[Try, ...] = ()
    variants: tuple[Variant, ...] = ()

    def variant(self, name: str) -> dict[str, str | int]:
        """The values that a variant of this name changes; raises KeyError for another name."""
        fields = {one.name: one.fields for one in self.variants}[name]
        return {field.setting: field.value for field in fields}

    @property
    def values(self) -> dict[str, str | int]:
        return {field.setting: field.value for field in self.fields}


NO_PRESETS: Mapping[str, Preset] = MappingProxyType({})


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
    known = DESIGNS[preset.design].settings_type.__struct_fields__
    for fields in (preset.fields, *(variant.fields for variant in preset.variants)):
        given = [field.setting for field in fields]
        for setting in given:
            if setting not in known:
                wrong = f"{setting} is not a setting of {preset.design}."
                raise ScenarioError(f"{source}: {wrong} {nearest(setting, known)}")
            if given.count(setting) > 1:
                raise ScenarioError(f"{source}: {setting} is there twice. Keep one of them.")
    settings_of_preset(preset, source)
    for variant in preset.variants:
        settings_of_preset(preset, source, variant.name)
    return preset


def settings_of_preset(preset: Preset, source: str, variant: str = "") -> Any:
    """The design's settings that the preset, or a variant, stands for; raises ScenarioError."""
    settings_type = DESIGNS[preset.design].settings_type
    values = {**preset.values, **(preset.variant(variant) if variant else {})}
    try:
        settings = msgspec.convert(values, settings_type, strict=False)
        settings.validate(preset.nodes)
    except (msgspec.ValidationError, CommandRejected) as error:
        raise ScenarioError(f"{source}: {error} Give values that work together.") from error
    return settings


def left_out(preset: Preset, source: str) -> dict[str, str]:
    """Settings that the preset does not speak of, with the model's own values."""
    settings = msgspec.to_builtins(settings_of_preset(preset, source))
    return {name: str(value) for name, value in settings.items() if name not in preset.values}


def with_presets(scenario: Scenario, presets: Mapping[str, Preset]) -> Scenario:
    """The scenario with the values of the presets that its clusters name; their own come first.

    Raises Misfit for a preset that does not exist or is of the other design.
    """
    clusters = tuple(
        _filled(spec, presets, place) if spec.preset or spec.variant else spec
        for place, spec in enumerate(scenario.clusters)
    )
    return replace(scenario, clusters=clusters)


def _filled(spec: ClusterSpec, presets: Mapping[str, Preset], place: int) -> ClusterSpec:
    path = ("clusters", place, "preset")
    if not spec.preset:
        variant = ("clusters", place, "variant")
        raise Misfit(variant, "It is a variant of no preset.", "Give preset, too, or leave it out.")
    preset = presets.get(spec.preset)
    if preset is None:
        raise Misfit(path, f"There is no preset {spec.preset}.", nearest(spec.preset, presets))
    if preset.design != spec.design:
        wrong = f"The preset {spec.preset} is of the design {preset.design}."
        raise Misfit(path, wrong, f"Give one of {spec.design}.")
    changed: dict[str, str | int] = {}
    if spec.variant:
        names = [one.name for one in preset.variants]
        if spec.variant not in names:
            wrong = f"The preset {spec.preset} has no variant {spec.variant}."
            remedy = nearest(spec.variant, names) if names else "Leave it out."
            raise Misfit(("clusters", place, "variant"), wrong, remedy)
        changed = preset.variant(spec.variant)
    return replace(spec, values={**preset.values, **changed, **spec.values})
