"""A scenario written as a file loads to an equal one."""

from hypothesis import given, settings

from app.scenarios.read import load_scenario
from app.scenarios.scenario import Scenario
from app.scenarios.write import to_toml
from tests.home import home
from tests.rooms.test_claims import FULL
from tests.scenarios.random_scenarios import scenarios


@given(scenario=scenarios())
@settings(max_examples=200)
def test_a_scenario_comes_back_from_its_file(scenario: Scenario) -> None:
    text = to_toml(scenario)
    assert load_scenario(text.encode(), "random.toml") == scenario, text


def test_ours_come_back_and_read_well() -> None:
    for scenario in (home(), FULL):
        assert load_scenario(to_toml(scenario).encode(), "ours.toml") == scenario
    text = to_toml(FULL)
    assert 'nodes = ["n1", "n2", "n3"]\n' in text
    assert '"n1>n2" = { type = "constant", us = 10000 }\n' in text
    script = '[[script]]\nat_us = 100000\ncommand = { type = "cut_link", a = "n1", b = "n3" }\n'
    assert script in text
