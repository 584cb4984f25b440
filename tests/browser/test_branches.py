"""Branches as a visitor uses them: named, listed, shown, renamed; Back and Redo between them."""

import re

import pytest

from tests.browser.conftest import FULL, NewVisit, Visit


def forked(visit: Visit) -> Visit:
    """The first two steps of the guide; back before the second, and n2 crashed instead."""
    visit.open().press("Cut n1–n3").press("Both shop at once").press("Back")
    visit.page.locator("#node-leader-n2").dispatch_event("click")
    return visit.press("Crash n2")


def listed(v: Visit) -> list[str]:
    v.page.get_by_role("tab", name="Branches").click()
    return v.page.locator(".branches b").all_inner_texts()


@pytest.mark.parametrize("phone", [pytest.param(False, marks=FULL), True])
def test_a_fork_has_a_name_and_the_old_line_can_be_shown(visit: NewVisit, phone: bool) -> None:
    size = (390, 844) if phone else (1280, 800)
    v = forked(visit(*size)).press("Back")
    bottom = "() => Math.max(...['back', 'redo', 'next', 'play', 'reset'].map((id) =>"
    bottom += " document.getElementById(id).getBoundingClientRect().bottom))"
    assert v.page.evaluate(bottom) <= size[1], "the time bar keeps to its lines"
    v.press("Redo")
    first, second = listed(v)
    assert first == "The first run"
    assert re.fullmatch(r"Crash n2 at \d\.\d{3} s", second)
    assert v.page.locator(".branches [aria-current]").count() == 1
    assert v.axe() == []
    v.press("Show The first run")
    assert v.text("#status") == "Shown now: The first run."
    assert v.ledger() == []
    v.page.get_by_role("tab", name="Told and true").click()
    assert len(v.ledger()) == 2
    assert v.page.evaluate("() => document.documentElement.scrollWidth") <= size[0]


def test_a_branch_is_renamed_by_keyboard_alone(visit: NewVisit) -> None:
    v = forked(visit())
    v.page.get_by_role("tab", name="Told and true").focus()
    v.key("ArrowLeft")
    assert v.page.evaluate("() => document.activeElement.id") == "tab-branches"
    for _ in range(20):
        if v.page.evaluate("() => document.activeElement.id") == "rename-1":
            break
        v.page.keyboard.press("Tab")
    v.key("Enter")
    assert v.page.evaluate("() => document.activeElement.id") == "branch-name"
    v.page.keyboard.type("Without n2")
    v.key("Enter")
    assert v.page.locator(".branches b").all_inner_texts()[1] == "Without n2"
    assert v.page.evaluate("() => document.activeElement.id") == "rename-1"
    v.key("Enter")
    v.page.keyboard.type("thrown away")
    v.key("Escape")
    assert listed(v)[1] == "Without n2"
    v.page.reload()
    v.settle()
    assert listed(v)[1] == "Without n2"


def test_redo_goes_forward_to_what_back_came_from(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3").press("Both shop at once")
    end, ledger = v.moment(), v.ledger()
    redo = v.page.locator("#redo")
    assert not redo.is_visible()
    v.press("Back").press("Back").press("Redo").press("Redo")
    assert (v.moment(), v.ledger()) == (end, ledger)
    assert not redo.is_visible()


def test_back_undoes_a_setting_and_a_reset_and_redo_does_them_again(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3").press("Both shop at once")
    ledger = v.ledger()
    v.page.get_by_role("button", name="Change… With a leader").click()
    v.page.locator("input[name='leader-failover'][value='election']").check()
    v.settle()
    assert "failover by election" in v.text("#settings-leader")
    v.press("Back")
    assert "no failover" in v.text("#settings-leader")
    assert v.ledger() == ledger
    v.press("Redo")
    assert "failover by election" in v.text("#settings-leader")
    v.press("Back").press("Reset")
    assert v.moment() == 0
    v.press("Back")
    assert v.ledger() == ledger
    v.press("Redo")
    assert v.moment() == 0
