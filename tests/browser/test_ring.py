"""The ring on the stage: it can be read where most lies on it, and a node's own view by one key."""

from tests.browser.conftest import NewVisit
from tests.browser.test_crowded import OVERLAPS, act

RING = (
    "[{type: 'configure', cluster: 'leaderless', setting: 'n', value: '3'},"
    " {type: 'configure', cluster: 'leaderless', setting: 'placement', value: 'partitions'},"
    " {type: 'configure', cluster: 'leaderless', setting: 'spares', value: '1'}]"
)


def test_the_ring_is_read_and_the_cluster_seen_as_one_node_sees_it(visit: NewVisit) -> None:
    v = visit(1280, 800).open("/scenes/join-under-load")
    v.page.locator(".ring-at").first.wait_for(state="attached")
    assert v.page.evaluate(OVERLAPS, 12) == []
    assert v.page.locator(".ring-place text").all_text_contents() == ["1", "2", "3"]
    assert v.page.locator(".ring-key").count() == 39
    spoken = str(v.page.locator(".ring[role=img]").get_attribute("aria-label"))
    assert spoken.startswith("Ring of 11 nodes with 88 ranges. k01 lies at n")
    v.page.locator("#node-leaderless-n12").focus()
    v.key("j")
    assert v.page.locator(".ring-moves").count() == 7
    assert v.page.locator(".ring-place.gains text").all_text_contents() == ["+"]
    assert v.page.evaluate(OVERLAPS, 12) == []

    v.page.set_viewport_size({"width": 360, "height": 780})
    v.open("/lab?nodes=6")
    act(v, RING)
    act(v, "[{type: 'crash', node: 'n5'}]", "[{type: 'read', client: 'phone'}]")
    assert v.page.locator(".ring-at").count() == 1, v.text("#status")
    assert v.page.evaluate(OVERLAPS, 12) == []
    v.page.locator("#node-leaderless-n2").focus()
    v.key("v")
    v.page.locator(".sees").first.wait_for(state="attached")
    assert "shown as n2 sees it" in v.text("#status")
    assert v.troubles == []
