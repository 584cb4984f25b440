"""Whatever a scenario file holds: a scenario that runs, or a sentence with file and remedy.

`SEEDS=100000` tries so many files.
"""

import os
import re
import tomllib
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import ScenarioError
from app.rooms.log import configured
from app.scenarios.read import load_scenario
from app.scenarios.scenario import Scenario
from app.scenarios.simulation import Simulation
from app.scenarios.write import toml_text
from tests.home import HOME_FILE
from tests.rooms.test_claims import FULL_FILE
from tests.scenarios.random_scenarios import mutate

FILES = (HOME_FILE.read_bytes(), FULL_FILE.read_bytes())
EXAMPLES = int(os.environ.get("SEEDS", "300"))
SECOND = 1_000_000
TOLD = re.compile(
    r"^fuzz\.toml(:\d+)?: .+[.?”] "
    r"(Give|Choose|Did you mean|Leave|Swap|Let|Name|Correct)\b.+[.?]$",
    re.DOTALL,
)


@st.composite
def mutated_bytes(draw: st.DrawFn) -> bytes:
    """A valid file with bytes changed, put in, taken out, or a piece put elsewhere."""
    data = bytearray(draw(st.sampled_from(FILES)))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(data) - 1))
        length = draw(st.sampled_from((0, 1, 1, 2, 30)))
        piece = draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from((b"9", b"[", b"]", b'"', b"\n", b"=", b"0x", b"-", b"[[x]]\n")),
            )
        )
        data[place : place + length] = piece
    return bytes(data)


@st.composite
def mutated_fields(draw: st.DrawFn) -> bytes:
    """A valid file with fields dropped, renamed, retyped, repeated, or of wild values."""
    values: dict[str, Any] = tomllib.loads(draw(st.sampled_from(FILES)).decode())
    for _ in range(draw(st.integers(1, 3))):
        mutate(draw, values)
    return toml_text(values).encode()


def play(scenario: Scenario) -> None:
    """One second of the run, with the script's commands in it."""
    simulation = Simulation(scenario, scenario.seed, configured(scenario.script))
    simulation.start()
    for placed in scenario.script:
        if placed.at <= SECOND:
            simulation.do(placed.at, [placed.command])
    simulation.run_until(SECOND)


def told(data: bytes) -> str:
    """What is said of the file; empty when it is a scenario, which then ran for a second."""
    try:
        scenario = load_scenario(data, "fuzz.toml")
    except ScenarioError as error:
        return str(error)
    play(scenario)
    return ""


@given(data=st.one_of(mutated_bytes(), mutated_fields()))
@settings(max_examples=EXAMPLES)
def test_any_file_is_a_scenario_that_runs_or_a_sentence(data: bytes) -> None:
    if said := told(data):
        assert TOLD.match(said), said
        assert len(said) < 1_500


def test_what_is_fuzzed_loads_and_runs_as_it_is() -> None:
    for data in FILES:
        assert told(data) == ""
    assert msgspec.toml.decode(FILES[1])["script"]
