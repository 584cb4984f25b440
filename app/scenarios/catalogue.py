"""The settings a person may change, in words, filled in where a scene lists none of its own."""

from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from app.errors import CommandRejected, ScenarioError
from app.protocols.registry import DESIGNS
from app.scenarios.acts import settings_of
from app.scenarios.presets import Preset
from app.scenarios.scenario import ALL, ClusterSpec, Option, Scenario, Setting
from app.scenarios.toml import read_ours
from app.trace.commands import Configure

Changes = tuple[tuple[str, str], ...]
LONG: Changes = (
    ("election_high_us", "11500000"),
    ("election_low_us", "10000000"),
    ("silence_us", "10000000"),
    ("lease_us", "9000000"),
)
HELP: dict[str, tuple[Changes, ...]] = {
    "leader_follower": (
        (("election_high_us", "11500000"),),
        LONG,
        (("vote_write_high_us", "10000"),),
        (("lock_ttl_us", "1000000"),),
        (("lock_ttl_us", "30000000"),),
        (("failover", "lease"),),
        (("failover", "none"),),
    ),
    "leaderless": (
        (("hints", "on"),),
        (("conflict", "server_vectors"),),
        (("conflict", "last_write"),),
        (("silence_us", "18400000"),),
        (("silence_us", "60000000"),),
        (("read_fanout", "needed"),),
        (("compare", "rounds"),),
        (("notfound", "fails"),),
        *(((("n", n),)) for n in ("2", "3", "5")),
        *((("hints", "on"), ("n", n)) for n in ("2", "3", "5")),
    ),
}
"""What else may have to be changed so that a choice can work at all."""


class Described(Struct, frozen=True, forbid_unknown_fields=True):
    """One setting of one design, with every choice there is.

    `expert`: only a cluster that asks for it (`offers`) has it. `group`: what it stands with on
    the page.
    """

    design: str
    name: str
    title: str
    options: tuple[Option, ...]
    expert: bool = False
    group: Annotated[str, Meta(max_length=60)] = ""


class Catalogue(Struct, frozen=True, forbid_unknown_fields=True):
    """Every setting in words, and the presets by name."""

    settings: tuple[Described, ...]
    presets: dict[str, Preset] = field(default_factory=dict)


def load_catalogue(data: bytes, source: str) -> Catalogue:
    """Read the TOML file; raises ScenarioError when it and the designs do not agree."""
    found = read_ours(data, Catalogue, source)
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
        Setting(setting.name, setting.title, setting.options, group=_group(setting))
        for setting in catalogue.settings
        if setting.design == spec.design and (not setting.expert or _asked(setting.name, spec))
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


def _asked(name: str, spec: ClusterSpec) -> bool:
    return name in spec.offers or ALL in spec.offers


def _group(setting: Described) -> str:
    return setting.group or ("Others" if setting.expert else "")


def _thinkable(scenario: Scenario, spec: ClusterSpec, name: str, value: str) -> bool:
    """Can the choice work here at all, by itself or together with others?"""
    alone = Configure(spec.name, name, value)
    for helpers in ((), *HELP[spec.design]):
        changes = [Configure(spec.name, *help) for help in helpers if help[0] != name]
        try:
            settings_of(scenario, spec, (*changes, alone))
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
    if setting.name == "replicas":
        # As many as there are nodes is all of them once more.
        found = {value: option for value, option in found.items() if int(value) < nodes}
    return tuple(found.values())


def _fill(text: str, words: dict[str, str]) -> str:
    for name, word in words.items():
        text = text.replace(name, word)
    return text
