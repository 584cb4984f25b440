"""The settings of the lab by mouse and by keyboard: every kind of control; presets."""

import pytest

from tests.browser.conftest import FULL, NewVisit

CONTROLS = [
    ("leader", "copies", "1", "now"),
    ("leader", "durability", "local", "now"),
    ("leader", "failover", "lease", "start"),
    ("leader", "lock_loop_us", "50000", "start"),
    ("leaderless", "request_timeout_us", "100000", "now"),
]
"""Side, setting, choice; one of each: plain or in a group, acting now or from the start."""


@pytest.mark.parametrize("width", [pytest.param(1280, marks=FULL), 390])
def test_each_kind_of_setting_is_found_by_words_and_chosen_by_keys(
    visit: NewVisit, width: int
) -> None:
    v = visit(width, 844).open("/lab")
    opened = ""
    for cluster, setting, value, when in CONTROLS:
        if opened != cluster:
            v.page.locator(f"button.change[data-cluster={cluster}]").focus()
            v.key("Enter")
            opened = cluster
        field = v.page.locator(f"input[name='{cluster}-{setting}'][value='{value}']")
        words = field.locator("xpath=ancestor::fieldset").locator("legend").text_content() or ""
        title, effect = words.split(" · ")
        assert (effect.startswith("from the start")) is (when == "start"), words
        find = v.page.get_by_label("Find a setting")
        if find.count():
            find.fill(title)
            assert v.page.locator(f"fieldset:has([name='{cluster}-{setting}'])").is_visible()
            assert v.page.locator("fieldset[data-words]").filter(visible=True).count() < 15
        field.focus()
        v.key("Space")
        assert field.is_checked()
        focused = v.page.evaluate(
            "() => [document.activeElement.name, document.activeElement.value]"
        )
        assert focused == [f"{cluster}-{setting}", value]
    assert v.axe() == []
    assert v.page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_a_preset_is_one_act_and_a_refusal_stands_at_its_control(visit: NewVisit) -> None:
    v = visit().open("/lab?nodes=3&preset=etcd")
    assert "For etcd 7 settings change: " in v.text(".preset-says")
    assert "How long a fenced leader answers" in v.text(".preset-says")
    v.press("Change these 7 settings")
    assert v.text(".preset-says").startswith("All settings are as for etcd already.")
    assert "7 settings hold from the start of the run." in v.text("#status")
    v.page.get_by_label("Find a setting").fill("fenced leader")
    v.page.locator("input[name='leader-lease_us'][value='9000000']").click()
    v.settle()
    field = v.page.locator("fieldset:has([name='leader-lease_us'])")
    refusal = "A lease of 9 s was asked for."
    assert field.locator(".refusal").inner_text().startswith(refusal)
    assert field.locator("input[value='900000']").is_checked()
    assert v.axe() == []
    v.page.get_by_label("Find a setting").fill("no such words")
    assert "No setting has these words." in v.text(".none-found")
    v.press("Back")
    assert "For etcd 7 settings change: " in v.text(".preset-says")


def test_presets_of_another_size_are_a_link_away(visit: NewVisit) -> None:
    v = visit().open("/lab")
    assert v.page.get_by_label("Show background").count() == 0, "nobody works there yet"
    v.page.locator("button.change[data-cluster=leader]").click()
    v.page.get_by_role("link", name="the lab with 3 nodes").click()
    v.page.wait_for_url("**/lab?nodes=3")
    v.settle()
