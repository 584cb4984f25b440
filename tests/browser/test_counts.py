"""Counters beside each cluster and the operations behind them; the marks of a stale read."""

import pytest

from tests.browser.conftest import NewVisit, Visit

COLOUR = "(e) => getComputedStyle(e).color"


def counts(v: Visit, side: str) -> list[str]:
    return v.text(f"#counts-{side}").split("\n")


def shopped(v: Visit) -> Visit:
    return v.open().press("Cut n1–n3").press("Both shop at once")


def stale_scene(v: Visit, steps: int) -> Visit:
    v.open("/scenes/stale-read")
    for _ in range(steps):
        v.page.click("#guide-go")
        v.settle()
    return v


def test_what_is_counted_on_one_side_stands_on_both(visit: NewVisit) -> None:
    v = visit().open()
    assert v.page.locator(".counts:visible").count() == 0
    v.press("Add milk")
    assert counts(v, "leader") == ["Lost 0", "Stale 0", "All…"]
    v.press("Reset").press("Cut n1–n3").press("Both shop at once")
    assert counts(v, "leader") == ["Lost 0", "Stale 0", "Refused 1", "All…"]
    assert counts(v, "leaderless") == ["Lost 0", "Stale 0", "Refused 0", "All…"]
    assert v.page.locator("#counts-leaderless-refused").is_disabled()


def test_a_counter_leads_to_its_operations_and_each_to_its_moment(visit: NewVisit) -> None:
    v = shopped(visit())
    end = v.moment()
    v.press("Refused 1, with a leader: show which")
    case = v.page.locator("#inspector .case")
    assert "Laptop adds bread: Refused, n3 cannot reach the leader." in case.inner_text()
    case.click()
    v.settle()
    assert v.moment() < end
    lit = v.page.locator("#panel-ledger tr.lit")
    assert lit.count() == 1
    assert "Laptop adds bread" in lit.inner_text()
    assert counts(v, "leader")[2] == "Refused 1"
    v.page.get_by_role("tab", name="Log").click()
    assert v.page.locator("#panel-log li.lit").count() == 1
    assert v.axe() == []
    v.press(f"Back to {end / 1e6:.3f} s")
    assert v.moment() == end
    assert v.page.locator("#inspector .go-back").count() == 0


def test_scrubbing_counts_to_the_head_and_no_further(visit: NewVisit) -> None:
    v = shopped(visit())
    after = counts(v, "leader")
    v.press("All… counts, with a leader")
    v.page.get_by_label("Moment of the run").focus()
    v.key("Home")
    assert v.page.locator(".counts:visible").count() == 0
    assert v.page.locator("#inspector .case").count() == 0
    v.key("End")
    assert counts(v, "leader") == after
    assert v.page.locator("#inspector .case").count() == 1


def test_counters_by_keyboard_and_the_focus_comes_back(visit: NewVisit) -> None:
    v = shopped(visit())
    v.page.locator("#counts-leader-refused").focus()
    v.key("Enter")
    for _ in range(12):
        if "case" in v.page.evaluate("() => document.activeElement.className"):
            break
        v.page.keyboard.press("Tab")
    v.key("Enter")
    assert v.page.locator("#panel-ledger tr.lit").count() == 1
    focused = v.page.evaluate("() => document.activeElement.getAttribute('aria-current')")
    assert focused == "true"
    v.key("Escape")
    assert v.page.locator("#inspector").is_hidden()
    assert v.page.evaluate("() => document.activeElement.id") == "counts-leader-refused"
    assert v.page.locator(".lit").count() == 0


def test_every_counter_is_two_taps_away_on_a_phone(visit: NewVisit) -> None:
    v = shopped(visit(390, 844, has_touch=True, is_mobile=True))
    assert counts(v, "leaderless") == ["Lost 0", "Stale 0", "All…"]
    for name in ("Lost 0", "Stale 0", "Refused 0", "No answer 0", "Latency"):
        v.page.locator("#counts-leaderless-all").tap()
        choice = v.page.locator("#inspector").get_by_role("button", name=name, exact=True)
        assert choice.bounding_box()["height"] >= 44  # type: ignore[index]
        choice.tap()
        assert choice.get_attribute("aria-pressed") == "true"
        v.press("Close")
    v.page.locator("#counts-leader-all").tap()
    case = v.page.locator("#inspector .case").first
    assert "Laptop adds bread: Refused" in case.inner_text()
    case.tap()
    v.settle()
    stage = v.page.locator("#stage").bounding_box()
    assert stage is not None
    assert 0 <= stage["y"] < 120
    assert v.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert v.axe() == []


def test_a_percentile_leads_to_the_operation_that_took_so_long(visit: NewVisit) -> None:
    v = visit().open("/lab").press("All at once").press("All at once")
    found = v.page.evaluate(
        "() => quorate.pictures.leaderless.counted.answers.filter((a) => a.outcome === 'ok')"
        ".map((a) => [a.took, a.at, a.op]).sort((x, y) => x[0] - y[0])"
    )
    assert len(found) == 6
    words = [f"{(found[place][0] + 500) // 1000}" for place in (2, 5, 5)]
    latency = counts(v, "leaderless")[-1]
    assert latency == f"p50 {words[0]} · p95 {words[1]} · p99 {words[2]} ms"
    v.page.locator("#counts-leaderless-latency").click()
    v.press(f"{words[2]} ms, p99, all: show it")
    assert v.moment() == found[5][1]
    lit = v.page.locator("#inspector .lit")
    assert f"{words[2]} ms" in lit.inner_text()


def test_names_say_side_and_number(visit: NewVisit) -> None:
    v = visit().open("/lab").press("All at once")
    names = {
        str(button.get_attribute("aria-label")) for button in v.page.locator(".count:visible").all()
    }
    assert "Refused 0, with a leader" in names
    assert "No answer 0, without a leader" in names
    assert any(
        name.endswith("ms, without a leader: latency of 3 answered OK, show which")
        for name in names
    )


def test_vermilion_is_for_broken_promises_alone(visit: NewVisit) -> None:
    v = shopped(visit())
    ink = v.page.locator("#counts-leader-all").evaluate(COLOUR)
    assert v.page.locator("#counts-leader-refused").evaluate(COLOUR) == ink
    v = stale_scene(visit(), 2)
    assert v.page.locator("#counts-leader-stale").evaluate(COLOUR) == "rgb(190, 52, 0)"


def test_a_stale_read_has_a_line_to_the_newer_copy_and_a_fresh_one_has_none(
    visit: NewVisit,
) -> None:
    v = stale_scene(visit(), 2)
    for side in ("leader", "leaderless"):
        line = v.page.locator(f"[data-side={side}] .newer")
        assert (line.get_attribute("data-client"), line.get_attribute("data-node")) == (
            "laptop",
            "n1",
        )
    assert v.ledger()[0][1] == "OK: empty cart → , now old"
    v.page.click("#guide-go")
    v.settle()
    assert v.page.locator(".newer").count() == 0
    assert v.ledger()[0][1].endswith("fresh")
    v.page.locator("#panel-ledger .now", has_text="fresh").first.click()
    assert "is missing from it" in v.text("#inspector")
    assert v.page.locator("#inspector .log li").count() == 2


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_ticks_of_a_quorum_fill_in_160_ms_unless_motion_is_reduced(
    visit: NewVisit, motion: str
) -> None:
    v = visit(reduced_motion=motion).open()
    v.page.evaluate(
        "() => { window.filled = []; new MutationObserver(() => filled.push(...[...document"
        ".querySelectorAll('.filling')].map((e) => getComputedStyle(e).animationDuration)))"
        ".observe(document.getElementById('drawing'), {childList: true}); }"
    )
    v.press("Add milk")
    seen = set(v.page.evaluate("() => filled"))
    assert seen == ({"0.16s"} if motion == "no-preference" else set())
    assert v.page.evaluate(
        "() => [...document.querySelectorAll('.filling')].every((e) => e.getAnimations()"
        ".every((a) => a.effect.getTiming().iterations === 1))"
    )
