"""Words keep to their places: long settings end on their own side."""

from app.main import read_presets
from tests.browser.conftest import NewVisit


def test_long_settings_end_before_the_shoppers_and_can_be_read_in_full(visit: NewVisit) -> None:
    v = visit().open("/scenes/psa")
    line = v.page.locator(".head-leader p").bounding_box()
    shoppers = v.page.locator(".shopper").first.bounding_box()
    assert line
    assert shoppers
    assert line["x"] + line["width"] < shoppers["x"]
    assert "steps down" in str(v.page.get_attribute("#settings-leader", "title"))
    v.page.get_by_role("button", name="Change… With a leader").click()
    assert v.page.locator("#inspector").is_visible()


def test_no_page_of_a_system_is_wider_than_a_narrow_phone(visit: NewVisit) -> None:
    v = visit(360, 740)
    for name in read_presets():
        v.page.goto(f"{v.server.address}/systems/{name}")
        assert v.page.evaluate("() => document.documentElement.scrollWidth") <= 360, name
