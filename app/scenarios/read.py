"""Bytes of a scenario file → Scenario. Every fault names file, line, field and remedy."""

from collections.abc import Mapping

import msgspec
from msgspec import inspect as types

from app.errors import CommandRejected, ScenarioError
from app.scenarios.check import check
from app.scenarios.lines import line_of
from app.scenarios.places import check_places
from app.scenarios.presets import NO_PRESETS, Preset, with_presets
from app.scenarios.scenario import Scenario
from app.scenarios.shape import Misfit, Path, fits
from app.scenarios.toml import Unreadable, text_of, values_of

GUIDE = "See docs/scenarios.md."
_SHAPE = types.type_info(Scenario)


def load_scenario(data: bytes, source: str, presets: Mapping[str, Preset] = NO_PRESETS) -> Scenario:
    """Read one TOML file; raises ScenarioError with file, line, what is wrong and the remedy."""
    try:
        text = text_of(data)
        values = values_of(text)
    except Unreadable as error:
        where = f"{source}:{error.line}" if error.line else source
        raise ScenarioError(f"{where}: {error.told} {GUIDE}") from error
    try:
        fits(values, _SHAPE)
        scenario = with_presets(msgspec.convert(values, Scenario), presets)
        check(scenario)
        check_places(scenario)
    except Misfit as misfit:
        raise ScenarioError(_told(misfit, text, source)) from misfit
    except (msgspec.ValidationError, CommandRejected) as error:
        raise ScenarioError(f"{source}: {error} Give what fits. {GUIDE}") from error
    return scenario


def _told(misfit: Misfit, text: str, source: str) -> str:
    line = line_of(text, (*misfit.path, misfit.key) if misfit.key else misfit.path)
    where = f"{source}:{line}" if line else source
    path = path_words(misfit.path)
    return f"{where}: {path + ': ' if path else ''}{misfit.wrong} {misfit.remedy}"


def path_words(path: Path) -> str:
    """`("clients", 0, "entry")` → `clients[0].entry`."""
    words = ""
    for part in path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else part
    return words
