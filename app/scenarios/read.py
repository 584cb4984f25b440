"""Bytes of a scenario file → Scenario. Every fault names file, line, field and remedy."""

import re
import tomllib
from typing import Any

import msgspec
from msgspec import inspect as types

from app.errors import CommandRejected, ScenarioError
from app.scenarios.check import check
from app.scenarios.lines import line_of
from app.scenarios.places import check_places
from app.scenarios.scenario import Scenario
from app.scenarios.shape import Misfit, Path, fits

MAX_BYTES = 256 * 1024
MAX_DOTS = 100
"""In one line, outside of texts. The parser keeps every beginning of a dotted key: one key of
250 kB would take gigabytes."""
GUIDE = "See docs/scenarios.md."
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"?|\'[^\']*\'?')
_SHAPE = types.type_info(Scenario)


def load_scenario(data: bytes, source: str) -> Scenario:
    """Read one TOML file; raises ScenarioError with file, line, what is wrong and the remedy."""
    if len(data) > MAX_BYTES:
        raise ScenarioError(
            f"{source}: The file has more than {MAX_BYTES} bytes. Give a shorter one. {GUIDE}"
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ScenarioError(
            f"{source}:{line}: The file is not UTF-8. Give it in UTF-8. {GUIDE}"
        ) from error
    for number, one in enumerate(text.split("\n"), 1):
        if _TEXT.sub("", one).count(".") > MAX_DOTS:
            raise ScenarioError(
                f"{source}:{number}: The line has more than {MAX_DOTS} dots. Give fewer. {GUIDE}"
            )
    values = _parse(text, source)
    try:
        fits(values, _SHAPE)
        scenario = msgspec.convert(values, Scenario)
        check(scenario)
        check_places(scenario)
    except Misfit as misfit:
        raise ScenarioError(_told(misfit, text, source)) from misfit
    except (msgspec.ValidationError, CommandRejected) as error:
        raise ScenarioError(f"{source}: {error} Give what fits. {GUIDE}") from error
    return scenario


def _parse(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{source}:{line[1]}" if line else source
        raise ScenarioError(f"{where}: {str(error)[:200]}. Give valid TOML 1.0. {GUIDE}") from error
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits, lists in lists in lists.
        raise ScenarioError(
            f"{source}: A value is too long or too deep to be read. Give shorter ones. {GUIDE}"
        ) from error


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
