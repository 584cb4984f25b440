"""How shoppers ask, set by mouse, by keyboard and on a phone; the background workload."""

import re
from pathlib import Path

from tests.browser.conftest import NewVisit, Visit
from tests.server_process import Server


def words(v: Visit) -> str:
    return " ".join(v.captions())


def test_entry_and_retries_by_mouse_from_the_shoppers_name(visit: NewVisit) -> None:
    v = visit().open("/lab")
    v.page.locator("#name-laptop").click()
    assert v.page.evaluate("() => document.activeElement.name") == "laptop-entry"
    v.page.locator("select[name=phone-entry]").select_option("n3")
    v.settle()
    assert "Phone now enters at n3." in words(v)
    assert "goes through n3" in v.text("#client-phone")
    v.page.locator("input[name=phone-retries][value=with_id]").check()
    v.settle()
    assert "asks again, by id." in words(v)
    v.press("Add milk")
    assert (
        v.page.evaluate("() => [...quorate.pictures.leader.ops.values()][0].invoked.entry") == "n3"
    )
    v.press("Back")
    v.press("Back")
    v.press("Back")
    assert v.page.locator("select[name=phone-entry]").input_value() == "n1"
    assert v.axe() == []


def test_retries_by_keyboard(visit: NewVisit) -> None:
    v = visit().open("/lab")
    v.page.locator("#more").focus()
    v.key("Enter")
    v.page.locator("input[name=laptop-retries][value=off]").focus()
    v.key("ArrowDown")
    assert "From now on Laptop asks again, blindly." in words(v)
    assert v.page.locator("input[name=laptop-retries][value=blind]").is_checked()


def test_the_workload_is_judged_and_hidden_until_asked_for(visit: NewVisit) -> None:
    v = visit().open("/lab")
    v.press("Add milk")
    v.page.locator("#more").click()
    v.page.locator("input[name=workload]").check()
    v.settle()
    assert "4 background clients begin, 20 a second." in words(v)
    v.press("Add bread")
    v.page.get_by_role("button", name="Close", exact=True).click()
    assert [row[0] for row in v.ledger()] == ["b Laptop adds bread", "a Phone adds milk"]
    v.page.get_by_label("Show background").check()
    assert any(re.search(r"\bB[1-4] (reads|puts|sets)", row[0]) for row in v.ledger()), v.ledger()
    v.page.get_by_label("Show background").uncheck()
    assert len(v.ledger()) == 2
    assert v.axe() == []


def test_clients_on_a_phone(visit: NewVisit) -> None:
    v = visit(390, 844, has_touch=True, is_mobile=True).open("/lab")
    v.page.locator("#more").tap()
    v.page.locator("select[name=phone-entry]").select_option("n2")
    v.settle()
    assert "Phone now enters at n2." in words(v)
    wide = v.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 390, "nothing scrolls sideways"


def test_a_run_that_is_full_stands_still_and_says_so(visit: NewVisit, tmp_path: Path) -> None:
    server = Server(tmp_path / "small.db", QUORATE_EVENTS_A_RUN="2500")
    server.start()
    v = visit()
    v.server = server
    v.open("/lab")
    v.page.evaluate("() => quorate.act([[{type: 'set_workload', on: true}]])")
    v.settle()
    v.page.get_by_role("button", name="Play", exact=True).click()
    v.page.wait_for_function("() => document.getElementById('status').textContent.includes('full')")
    v.settle()
    assert "This run is full: it holds 2,500 events" in v.text("#status")
    assert v.page.evaluate("() => quorate.state.head.playing") is False
    at = v.moment()
    v.page.reload()
    v.settle()
    assert v.moment() == at
    v.press("Reset")
    assert v.moment() == 0
    v.page.close()  # before its server goes: it would call for it
    server.stop()
