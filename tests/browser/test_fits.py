"""Words keep to their places: long carts in their halves, long settings on their own side."""

import pytest

from tests.browser.conftest import NewVisit

# How far anything of a cart or of an answer sticks out of its half, sideways; and lines per letter.
STICKS_OUT = """() => [...document.querySelectorAll('.half')].flatMap((half) => {
  const place = half.getBoundingClientRect();
  return [...half.querySelectorAll('.cart, .items, .version-mark, .answer')].filter((one) => {
    const { left, right, width, height } = one.getBoundingClientRect();
    return left < place.left - 1 || right > place.right + 1 || height > 4 * width;
  }).map((one) => `${half.id}: ${one.className} “${one.textContent}”`);
})"""
ITEMS = ("milk", "bread", "eggs", "tea", "rice", "salt", "figs", "corn")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (360, 640)])
@pytest.mark.parametrize("path", ["/", "/lab?nodes=3"])
def test_a_long_cart_of_many_parts_keeps_to_its_half(
    visit: NewVisit, path: str, width: int, height: int
) -> None:
    v = visit(width, height, reduced_motion="reduce").open(path)
    add = {"type": "add", "client": "phone", "write": "operation"}
    steps = [[{**add, "item": item}] for item in ITEMS]
    read = [{"type": "read", "client": client} for client in ("phone", "laptop")]
    v.page.evaluate("(steps) => quorate.act(steps)", [*steps, read])
    v.settle()
    whole = v.page.locator("#half-phone-leaderless .items")
    assert all(item in str(whole.get_attribute("title")) for item in ITEMS)
    assert v.page.evaluate(STICKS_OUT) == []
    assert v.page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_long_settings_end_before_the_shoppers_and_can_be_read_in_full(visit: NewVisit) -> None:
    v = visit(reduced_motion="reduce").open("/scenes/psa")
    line = v.page.locator(".head-leader p").bounding_box()
    shoppers = v.page.locator(".shopper").first.bounding_box()
    assert line
    assert shoppers
    assert line["x"] + line["width"] < shoppers["x"]
    assert "steps down" in str(v.page.get_attribute("#settings-leader", "title"))
    v.page.get_by_role("button", name="Change… With a leader").click()
    assert v.page.locator("#inspector").is_visible()
