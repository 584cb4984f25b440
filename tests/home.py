"""The home scene for tests."""

from pathlib import Path

from app.scenarios.read import load_scenario
from app.scenarios.scenario import Scenario
from app.trace.commands import Add, AnyCommand, CutLink

HOME_FILE = Path(__file__).parent.parent / "app" / "scenarios" / "home.toml"
CUT = CutLink("n1", "n3")
BOTH_SHOP: list[AnyCommand] = [Add("phone", "milk"), Add("laptop", "bread")]


def home() -> Scenario:
    return load_scenario(HOME_FILE.read_bytes(), "home.toml")
