"""What a scene says it will show is asserted by running it, on its own seed and on others."""

from functools import lru_cache

import pytest

from app.main import read_scenarios
from app.rooms.frames import MOST_STEPS
from app.rooms.guided import GuidedRun, guided_run, through_door
from app.rooms.transcript import rows
from app.scenarios.acts import check_command
from app.scenarios.scenario import Scenario
from app.trace.commands import Configure
from app.trace.sentences import sentence

SCENES = read_scenarios()
CAPTIONS = [
    (scene.name, number, cluster, said)
    for scene in SCENES.values()
    for number, step in enumerate(scene.guide)
    for cluster, sentences in step.shows.items()
    for said in sentences
]
DOORS = [
    (scene.name, number)
    for scene in SCENES.values()
    for number, door in enumerate(scene.doors)
    if door.shows
]


@lru_cache(maxsize=4)
def shown_by(name: str, seed: int | None) -> tuple[GuidedRun, list[tuple[int, str, str]]]:
    """The run, and (moment, cluster, sentence) of its rows: one for all captions of a scene."""
    run = guided_run(SCENES[name], seed, "test")
    designs = {spec.name: spec.design for spec in SCENES[name].clusters}
    said = [
        (at, where, sentence(designs[where], row, SCENES[name].types))
        for at, where, _, _, row in rows(run)
    ]
    return run, said


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
@pytest.mark.parametrize(("name", "number", "cluster", "said"), CAPTIONS)
def test_a_scene_shows_what_it_says(
    name: str, number: int, cluster: str, said: str, seed: int | None
) -> None:
    scene = SCENES[name]
    run, all_said = shown_by(name, seed)
    begin = run.chapters[number - 1][1] if number else -1
    end = run.chapters[number][1]
    shown = [words for at, where, words in all_said if where == cluster and begin <= at <= end]
    assert said in shown, f"replay: python -m app simulate {name} --seed {seed or scene.seed}"


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize(("name", "number"), DOORS)
def test_a_door_shows_what_it_says(name: str, number: int, seed: int | None) -> None:
    scene = SCENES[name]
    run = through_door(scene, seed, "test", number)
    for cluster, sentences in scene.doors[number].shows.items():
        design = next(spec.design for spec in scene.clusters if spec.name == cluster)
        shown = [
            sentence(design, row, scene.types)
            for _, where, _, _, row in rows(run)
            if where == cluster
        ]
        assert not [said for said in sentences if said not in shown], (
            f"{scene.doors[number].button}"
        )


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_scene_can_be_followed_and_left(scene: Scenario) -> None:
    assert scene.summary
    assert scene.guide == () or scene.doors
    assert all(len(step.say) <= 90 for step in scene.guide)
    assert all(1 <= len(step.steps) <= MOST_STEPS for step in scene.guide)


def test_every_setting_says_when_it_takes_effect_and_what_it_costs() -> None:
    for spec in SCENES["lab"].clusters:
        assert len(spec.settings) >= 4
        for setting in spec.settings:
            assert setting.effect in ("next_operation", "at_once", "new_run")
            assert len(setting.options) > 1
            assert all(option.promise and option.cost for option in setting.options)


def test_a_choice_is_offered_where_it_can_work_after_other_changes() -> None:
    """On three nodes a sloppy quorum takes N 2; N 5 cannot be had at all."""

    def offered(scene: str, name: str) -> list[str]:
        spec = SCENES[scene].cluster("leaderless")
        assert spec is not None
        found = [setting for setting in spec.settings if setting.name == name]
        return [option.value for setting in found for option in setting.options]

    for scene, n in (("lab", ["2", "3", "5"]), ("fan-out", ["2", "3"])):
        assert offered(scene, "quorum") == ["strict", "sloppy"]
        assert offered(scene, "n") == n


def test_every_choice_of_the_lab_can_be_taken() -> None:
    for spec in SCENES["lab"].clusters:
        for setting in spec.settings:
            for option in setting.options:
                check_command(SCENES["lab"], Configure(spec.name, setting.name, option.value))
