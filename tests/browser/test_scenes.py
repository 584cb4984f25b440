"""Scenes and the lab as a visitor uses them: steps, settings while it runs, faults by button."""

import os

import pytest

from app.main import read_scenarios
from app.scenarios.scenario import Scenario
from tests.browser.conftest import NewVisit, Visit

GUIDED = [scene for scene in read_scenarios().values() if scene.guide and scene.name != "home"]
SCENES = GUIDED if "SEEDS" in os.environ else GUIDED[::8]
"""One scene in eight: what they show is proved by the engine, and here only that a page leads
through them. `make validate` walks all of them."""


def choose(v: Visit, cluster: str, setting: str, value: str) -> None:
    """Choose it, in its group, if that is closed; the browser's own tool would not see it there."""
    found = f"input[name='{cluster}-{setting}']"
    shut = v.page.locator(f"details.group-of-settings:not([open]):has({found}) > summary")
    if shut.count():
        shut.click()
    v.page.locator(f"{found}[value='{value}']").check()
    v.settle()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_step_by_step(visit: NewVisit, scene: Scenario) -> None:
    v = visit().open(f"/scenes/{scene.name}")
    for number, step in enumerate(scene.guide, 1):
        assert v.text("#guide-step") == f"{number} of {len(scene.guide)}"
        assert v.text("#guide-say") == step.say
        v.page.click("#guide-go")
        v.settle()
    assert v.text("#guide-say") == scene.ending
    assert v.axe() == []
    if any(door.button == "Next scene" for door in scene.doors):
        v.page.get_by_role("link", name="Next scene").click()
        v.page.wait_for_url("**/scenes/*")
        v.settle()


def test_the_list_of_scenes_leads_to_each(visit: NewVisit) -> None:
    v = visit().open("/scenes/fan-out")
    v.page.get_by_role("link", name="Scenes").first.click()
    v.page.wait_for_url("**/scenes")
    links = v.page.locator(".lesson-list a").all()
    assert links[0].get_attribute("href") == "/"
    assert len(links) == len([name for name in read_scenarios() if not name.startswith("lab-")])
    assert v.axe() == []


def test_a_scene_that_does_not_exist_is_a_sentence(visit: NewVisit) -> None:
    v = visit()
    v.page.goto(v.server.address + "/scenes/nowhere")
    assert "There is no such scene" in v.text("main")
    v.troubles.clear()


def test_settings_change_while_the_lab_runs(visit: NewVisit) -> None:
    v = visit().open("/lab")
    v.press("Add milk")
    v.page.locator("button.change[data-cluster=leader]").click()
    choose(v, "leader", "copies", "3")
    assert "OK after 3 of 5" in v.text("#settings-leader")
    assert "From now on: copies 3." in v.captions()[0]
    choose(v, "leader", "fencing", "on")
    assert "fencing" in v.text("#settings-leader")
    assert "/r/" in v.page.url


def test_what_cannot_work_together_is_refused_with_what_would(visit: NewVisit) -> None:
    v = visit().open("/lab")
    v.page.locator("button.change[data-cluster=leaderless]").click()
    v.page.locator("input[name=leaderless-quorum][value=sloppy]").click()
    v.settle()
    assert "Choose hints on as well" in v.text("#status")
    assert v.page.locator("input[name=leaderless-quorum][value=strict]").is_checked()
    choose(v, "leaderless", "hints", "on")
    choose(v, "leaderless", "quorum", "sloppy")
    assert "sloppy · hints" in v.text("#settings-leaderless")


@pytest.mark.parametrize("cluster", ["leader", "leaderless"])
def test_wipe_and_clock_by_button_and_undone_by_back(visit: NewVisit, cluster: str) -> None:
    v = visit().open("/lab")
    v.press("Add milk")
    v.page.locator(f"#node-{cluster}-n2").click()
    v.press("Set the clock of n2 10 s ahead")
    assert "Its clock is 10 s ahead." in v.text("#inspector")
    v.press("Wipe the disk of n2")
    assert "n2 lost its disk and starts again, empty." in v.captions()[0]
    v.press("Back")
    assert "Its clock is 10 s ahead." in v.text("#inspector")
    v.press("Back")
    assert "Its clock" not in v.text("#inspector")


def test_a_person_makes_a_node_the_leader_by_button(visit: NewVisit) -> None:
    v = visit().open("/lab")
    v.page.locator("button.change[data-cluster=leader]").click()
    for setting, value in (("pre_vote", "on"), ("step_down", "on"), ("priorities", "1-1-0")):
        choose(v, "leader", setting, value)
    assert "pre-vote · steps down · priorities 1-1-0" in v.text("#settings-leader")
    v.page.locator("#node-leader-n2").click()
    v.press("Make n2 the leader")
    assert "n2 leads term 2" in v.captions()[0]
    assert v.page.get_by_role("button", name="Make n2 the leader").count() == 0
    v.page.locator("#node-leader-n3").click()
    v.press("Make n3 the leader")
    assert "n3 has priority 0 and never leads" in v.captions()[0]
    v.page.locator("#node-leaderless-n2").click()
    assert v.page.get_by_role("button", name="Make n2 the leader").count() == 0
    assert v.axe() == []


def test_the_lab_on_a_phone_by_touch(visit: NewVisit) -> None:
    v = visit(360, 740, has_touch=True, is_mobile=True).open("/lab")
    wide = v.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 360, "nothing scrolls sideways"
    v.page.locator("#node-leader-n2").tap()
    v.page.get_by_role("button", name="Crash n2").tap()
    v.settle()
    assert "n2 crashed" in v.captions()[0]
    assert "n2 crashed" in v.captions()[1]


def test_a_fault_on_one_side_only(visit: NewVisit) -> None:
    v = visit().open("/lab")
    v.page.locator("#node-leader-n2").click()
    v.page.get_by_label("Faults on both sides").uncheck()
    v.press("Crash n2")
    assert "n2 crashed" in v.captions()[0]
    assert "n2 crashed" not in v.captions()[1]
    v.page.get_by_label("Faults on both sides").check()
    v.press("Restart n2")
    v.page.locator("#node-leaderless-n2").click()
    v.press("Crash n2")
    assert "Crashed" in (v.page.locator("#node-leader-n2").get_attribute("aria-label") or "")
