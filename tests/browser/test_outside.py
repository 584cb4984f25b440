"""What stands beside the nodes, on the page: its words, its links and its buttons."""

import os

from tests.browser.conftest import NewVisit
from tests.browser.test_scenes import choose

SHOTS = os.environ.get("SHOTS", "")


def test_the_watcher_is_cut_off_from_a_leader_and_named_beside_the_nodes(visit: NewVisit) -> None:
    v = visit().open("/lab")
    v.page.locator("button.change[data-cluster=leader]").click()
    choose(v, "leader", "failover", "observer")
    assert "failover by a watcher" in v.text("#settings-leader")
    v.page.locator("#node-leader-n1").click()
    v.page.get_by_text("The watcher beside the nodes").click()
    assert "It watches n1." in v.text("#inspector")
    if SHOTS:
        v.page.screenshot(path=f"{SHOTS}/watcher.png")
    v.press("Cut watcher–n1")
    assert v.page.get_by_role("button", name="Heal watcher–n1").count() == 1
    assert "there is no watcher here" in v.captions()[1]
    v.press("Crash n1")
    heard = v.captions()[0]
    v.press("Next")
    v.press("Next")
    if SHOTS:
        v.page.screenshot(path=f"{SHOTS}/watcher-crash.png")
    assert "watcher" in heard + v.captions()[0]
    assert v.axe() == []
    assert v.troubles == []


def test_without_the_lock_nobody_leads(visit: NewVisit) -> None:
    v = visit(390, 844).open("/lab")
    v.page.locator("button.change[data-cluster=leader]").click()
    choose(v, "leader", "failover", "lease")
    v.page.locator("#node-leader-n1").click()
    v.page.get_by_text("The lock beside the nodes").click()
    assert "It is held by n1." in v.text("#inspector")
    v.press("Crash the lock")
    if SHOTS:
        v.page.screenshot(path=f"{SHOTS}/lock-phone.png")
    assert "leaves office" in v.text("#caption-leader")
    assert "It is down." in v.text("#inspector")
    v.press("Restart the lock")
    assert v.troubles == []
