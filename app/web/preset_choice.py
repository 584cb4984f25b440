"""The presets that a lab can be set to, as values for the page; each stands for a node count."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.errors import CommandRejected
from app.scenarios.presets import Preset, settings_of_preset
from app.scenarios.scenario import Scenario
from app.scenarios.shape import nearest
from app.scenarios.sizes import LABS


def preset_choices(
    scenario: Scenario, presets: Mapping[str, Preset], chosen: str = ""
) -> dict[str, Any] | None:
    """`choices`: those of as many nodes as are here, with the value of every setting; `elsewhere`:
    the other node counts and what stands for them. None where no preset can be chosen.

    Raises CommandRejected when `chosen` is no preset.
    """
    if chosen and chosen not in presets:
        raise CommandRejected(
            f"Set the lab to {chosen[:40]}.", "There is no such preset.", nearest(chosen, presets)
        )
    if scenario.name not in LABS:
        return None
    choices: list[dict[str, Any]] = []
    elsewhere: dict[tuple[str, int], list[str]] = {}
    for preset in presets.values():
        cluster = next(spec.name for spec in scenario.clusters if spec.design == preset.design)
        if preset.nodes != len(scenario.nodes):
            elsewhere.setdefault((cluster, preset.nodes), []).append(preset.title)
            continue
        settings = msgspec.to_builtins(settings_of_preset(preset, preset.name))
        values = {name: str(value) for name, value in settings.items()}
        found = {"name": preset.name, "title": preset.title, "cluster": cluster, "values": values}
        choices.append(found)
    others = [
        {"cluster": cluster, "nodes": nodes, "titles": titles}
        for (cluster, nodes), titles in elsewhere.items()
    ]
    return {"choices": choices, "elsewhere": others, "chosen": chosen}
