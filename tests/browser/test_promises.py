"""The promises beside each cluster, and the evidence of one: bars, words, the stage, the ledger."""

from tests.browser.conftest import NewVisit
from tests.browser.test_counts import stale_scene


def test_a_broken_promise_leads_to_its_operations_and_they_to_their_moment(
    visit: NewVisit,
) -> None:
    v = stale_scene(visit(), 2)
    v.page.get_by_role("tab", name="Promises").click()
    line = v.page.locator("#panel-promises tr", has_text="Linearizable")
    assert [cell.inner_text() for cell in line.locator("td").all()] == ["broken", "broken"]
    v.press("Linearizable, with a leader: broken")
    inspector = v.page.locator("#inspector")
    assert "Linearizable: broken" in inspector.inner_text()
    assert "though Phone writes a was over before" in inspector.inner_text()
    drawn = v.page.locator("#inspector svg.bars")
    assert "would have to come after it" in (drawn.get_attribute("aria-label") or "")
    cases = [case.inner_text() for case in v.page.locator("#inspector .case").all()]
    assert [case.partition(" s ")[2].partition(" s ")[2] for case in cases] == [
        "Phone writes a",
        "Laptop reads nothing",
    ]
    end = v.moment()
    v.page.locator("#inspector .case").first.click()
    v.settle()
    assert v.moment() < end
    v.page.get_by_role("tab", name="Told and true").click()
    assert "Phone adds" in v.page.locator("#panel-ledger tr.lit").first.inner_text()
    v.page.get_by_role("tab", name="Promises").click()
    # At that moment nothing was broken yet.
    assert [cell.inner_text() for cell in line.locator("td").all()] == ["holds", "holds"]
    assert v.axe() == []
    v.page.click(".ask-form button")
    v.page.wait_for_selector("#promises-asked table")
    assert "In this order: Phone writes a" in v.text("#promises-asked")
