"""From the lab to a bad run on the stage, by the page that searches for it."""

from tests.browser.conftest import NewVisit


def test_a_search_from_the_lab_ends_on_the_stage(visit: NewVisit) -> None:
    v = visit(width=390, height=844).open("/lab")
    assert not v.page.locator(".bar-right > .find-bad-link").is_visible()
    v.press("Add milk")
    v.page.locator("#display summary").click()
    v.page.get_by_role("link", name="Find a bad run").click()
    v.page.wait_for_url("**/find-bad?room=*")
    assert v.axe() == []
    v.page.select_option("#promise", "linearizable")
    v.page.select_option("#side", "leaderless")
    v.page.get_by_role("button", name="Find a bad run").click()
    v.page.locator("[data-state=found]").wait_for(timeout=60_000)
    assert v.page.locator("#cancel").count() == 0
    assert v.axe() == []
    v.page.goto(v.server.address + "/find-bad?misconception=6")
    v.page.get_by_role("button", name="Find a bad run").click()
    v.page.get_by_role("link", name="Open it at that moment").click()
    v.page.wait_for_url("**/run/*")
    v.settle()
    assert "n1 acknowledged a write as leader of term 1" in v.page.content()
