"""A preset is data with a source for everything, and scenarios stand on it."""

from pathlib import Path

import pytest

from app.errors import ScenarioError
from app.main import read_catalogue, read_presets, read_scenarios
from app.protocols.registry import DESIGNS
from app.scenarios.presets import Preset, left_out, load_preset, settings_of_preset
from app.scenarios.read import load_scenario
from tests.home import HOME_FILE

ROOT = Path(__file__).parents[2]
PRESETS = read_presets()
FOLDER = ROOT / "app" / "scenarios" / "presets"
EACH = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


@EACH
def test_every_sentence_says_where_it_stands_or_that_it_is_ours(preset: Preset) -> None:
    documented = [field for field in preset.fields if field.source]
    assert len(documented) >= 4
    for one in preset.variants:
        documented += [field for field in one.fields if field.source]
    for said in (
        *documented,
        *preset.surprises,
        *preset.variants,
        *([preset.incident] if preset.incident else []),
    ):
        assert len(said.source) >= 8, said
        assert said.says.endswith("."), said


@EACH
def test_its_values_and_the_models_own_are_all_the_settings_there_are(preset: Preset) -> None:
    settings = settings_of_preset(preset, preset.name)
    rest = left_out(preset, preset.name)
    assert set(preset.values) | set(rest) == set(settings.__struct_fields__)
    assert not set(preset.values) & set(rest)


def test_no_protocol_knows_a_preset() -> None:
    words = {word for name in PRESETS for word in (name, name.split("-")[0])}
    for path in (ROOT / "app" / "protocols").rglob("*.py"):
        source = path.read_text()
        code = "\n".join(line.split("#")[0] for line in source.split('"""')[::2])
        assert not [word for word in words if word in code.lower()], path


def test_a_scene_takes_the_values_of_its_preset_and_its_own_come_first() -> None:
    side = read_scenarios()["wtimeout"].cluster("leader")
    assert side is not None
    assert side.values["reads"] == "leader_local"
    assert side.values["ack_timeout_us"] == 1_000_000
    assert PRESETS["mongodb"].values["ack_timeout_us"] == 0


def test_every_scene_that_is_to_be_tried_stands_on_its_preset_or_says_nothing_of_it() -> None:
    scenes = read_scenarios()
    used = {spec.preset for scene in scenes.values() for spec in scene.clusters if spec.preset}
    tried = {one.scene for preset in PRESETS.values() for one in preset.tries}
    assert used <= set(PRESETS)
    assert tried <= set(scenes)
    assert {"mysql-semisync", "postgres-sync", "mongodb"} <= used


WRONG = [
    ("mysql-semisynk", "leader_follower", r"Did you mean mysql-semisync\?"),
    ("mysql-async", "leaderless", "is of the design leader_follower"),
]


@pytest.mark.parametrize(("preset", "design", "told"), WRONG)
def test_a_wrong_preset_in_a_file_is_told_with_its_line(
    preset: str, design: str, told: str
) -> None:
    text = HOME_FILE.read_text()
    mark = f'design = "{design}"'
    line = text[: text.index(mark)].count("\n") + 2
    text = text.replace(mark, f'{mark}\npreset = "{preset}"', 1)
    with pytest.raises(ScenarioError, match=told) as refused:
        load_scenario(text.encode(), "mine.toml", read_catalogue().presets)
    assert str(refused.value).startswith(f"mine.toml:{line}: clusters[")


def test_a_variant_changes_the_presets_values_and_the_scenes_own_come_first() -> None:
    text = HOME_FILE.read_text()
    mark = 'design = "leader_follower"'
    presets = read_catalogue().presets

    def values(given: str) -> dict[str, str | int]:
        side = f'{mark}\npreset = "patroni"\n{given}'
        scene = load_scenario(text.replace(mark, side, 1).encode(), "mine.toml", presets)
        return scene.clusters[0].values

    assert values("")["failsafe"] == "off"
    assert values('variant = "failsafe"')["failsafe"] == "on"
    assert values('variant = "failsafe"')["failover"] == "none", "the file's own value"
    with pytest.raises(ScenarioError, match=r"no variant strikt.*Did you mean strict\?"):
        values('variant = "strikt"')
    alone = text.replace(mark, f'{mark}\nvariant = "strict"', 1)
    with pytest.raises(ScenarioError, match="a variant of no preset"):
        load_scenario(alone.encode(), "mine.toml", presets)


BROKEN = [
    ('setting = "copies"', 'setting = "copys"', r"Did you mean copies\?"),
    ("value = 1\n", "value = 9\n", "Choose from 1 to 3"),
    ('design = "leader_follower"', 'design = "leader"', "There is no design leader"),
    ('setting = "failover"', 'setting = "copies"', "copies is there twice"),
    ('title = "MySQL', 'titel = "MySQL', "titel"),
]


@pytest.mark.parametrize(("right", "wrong", "told"), BROKEN)
def test_a_broken_preset_is_told_with_its_remedy(right: str, wrong: str, told: str) -> None:
    text = (FOLDER / "mysql-async.toml").read_text()
    assert right in text
    with pytest.raises(ScenarioError, match=told):
        load_preset(text.replace(right, wrong, 1).encode(), "mysql-async.toml")


def test_every_design_of_a_preset_exists() -> None:
    assert {preset.design for preset in PRESETS.values()} <= set(DESIGNS)
