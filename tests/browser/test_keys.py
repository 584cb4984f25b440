"""Several keys on the page: one is in focus, and the shoppers' buttons do what fits it."""

from tests.browser.conftest import NewVisit


def test_the_key_in_focus_decides_what_is_shown_and_done(visit: NewVisit) -> None:
    page = visit().open("/scenes/lab")
    till = page.page.locator(".add[data-client=till]")
    assert till.inner_text() == "Add eggs"
    page.page.get_by_label("cart", exact=True).focus()
    page.key("ArrowRight")
    assert page.page.get_by_label("price", exact=True).is_checked()
    assert till.inner_text() == "Set to 15"
    till.click()
    page.settle()
    page.page.get_by_label("stock", exact=True).check()
    assert till.inner_text() == "Take 1"
    page.press("All at once")
    told = [line[0] for line in page.ledger()]
    assert any("Till sets the price to 15" in line for line in told)
    assert sum("changes the stock by −1" in line for line in told) == 3
    node = page.page.locator("#node-leader-n1")
    assert "holds −" in (node.get_attribute("aria-label") or "")
    page.page.get_by_label("price", exact=True).check()
    assert "holds 15" in (node.get_attribute("aria-label") or "")
    assert page.axe() == []


def test_one_key_needs_no_choice(visit: NewVisit) -> None:
    assert visit().open("/").page.locator("input[name=focus-key]").count() == 0
