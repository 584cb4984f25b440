"""The laboratory in a browser: sliders redraw, a run fills the chart, a dot opens on the stage."""

import os

from tests.browser.conftest import NewVisit

SHOTS = os.environ.get("SHOTS", "")


def test_a_slider_redraws_a_run_fills_the_chart_and_a_dot_opens(visit: NewVisit) -> None:
    v = visit(reduced_motion="reduce")
    page = v.page
    page.goto(f"{v.server.address}/experiments/staleness?n=2&trials=10")
    page.locator("#chart canvas").wait_for()
    assert page.inner_text("#result thead").count("R=1 W=1") == 1
    page.locator("input[data-for=field-w]").evaluate(
        "(s) => { s.value = 2; s.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    page.locator("#legend").get_by_text("R=1 W=2").wait_for()
    assert "w=2" in page.url
    page.locator("#field-w").fill("1")
    page.locator("#field-trials").fill("10")
    page.get_by_role("button", name="Run the engine").click()
    page.locator(".progress[data-state=done]").wait_for()
    assert page.inner_text("#state") == "Done: 110 of 110 trials."
    assert page.locator("#cancel").count() == 0
    assert v.axe() == []
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/experiment.png")
    # The dots of the last point: at 60 ms nearly all reads are fresh, at the foot of the chart.
    box = page.locator("#chart .u-over").bounding_box()
    assert box
    x, y = box["x"] + box["width"] * (1.02 / 1.04), box["y"] + box["height"] * (104 / 108)
    page.mouse.move(x, y)
    assert "Press to open it on the stage." in page.inner_text("#dot")
    page.mouse.click(x, y)
    page.wait_for_url("**/run/**")
    v.settle()
    assert "One trial of an experiment." in page.inner_text("body")
    assert "Laptop reads" in page.inner_text("#panel-ledger")


def test_experiments_fit_a_phone(visit: NewVisit) -> None:
    v = visit(360, 740)
    v.page.goto(f"{v.server.address}/experiments/latency")
    v.page.locator("#field-trials").fill("10")
    v.page.get_by_role("button", name="Run the engine").click()
    v.page.locator(".progress[data-state=done]").wait_for()
    assert v.page.evaluate("() => document.documentElement.scrollWidth") <= 360
    v.page.goto(f"{v.server.address}/judge")
    assert v.page.evaluate("() => document.documentElement.scrollWidth") <= 360
    assert v.axe() == []
