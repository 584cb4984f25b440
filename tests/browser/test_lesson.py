"""The first lesson in a real Chromium: by mouse, by keyboard alone, on a phone, without motion, and
by a reader who has nothing but the accessibility tree."""

import re

import pytest

from tests.browser.conftest import FULL, NewVisit, Visit

PAGE = "/lessons/milk-and-bread"
LAST_STEP = "You are through"


def begin(visit: Visit) -> Visit:
    """The lesson at its start, to be watched at four times the speed."""
    visit.open(PAGE)
    visit.page.select_option("#speed", "400")
    return visit


def text_of(visit: Visit) -> str:
    return " ".join(visit.text("#lesson").split())


def swapped(visit: Visit, words: str) -> Visit:
    """Wait until the lesson's text has these words, then until nothing moves."""
    visit.page.locator("#lesson", has_text=words).wait_for()
    return visit.settle()


def do(visit: Visit, button: str, then: str) -> Visit:
    """Press, and wait for another text with the words: they may stand there before."""
    before = visit.text("#lesson")
    visit.page.get_by_role("button", name=button, exact=True).first.click()
    for _ in range(1_500):
        if visit.text("#lesson") != before:
            return swapped(visit, then)
        visit.page.evaluate("() => new Promise(requestAnimationFrame)")
    raise AssertionError(f"the text stays as it was after {button!r}: {before}")


def answer(visit: Visit, option: str, then: str) -> Visit:
    visit.page.get_by_role("radio", name=option, exact=True).check()
    return do(visit, "Lock my answer", then)


def to_the_task(visit: Visit) -> Visit:
    begin(visit)
    do(visit, "Show me this run", "2 · Your prediction")
    do(visit, "Show me the question", "Lock my answer")
    answer(visit, "Milk and bread", "You said: Milk and bread")
    do(visit, "Run it", "3 · What happened?")
    answer(visit, "Two versions: one with milk, one with bread", "4 · Why")
    return do(visit, "Start the task", "Check my run")


def solve(visit: Visit) -> Visit:
    visit.page.get_by_role("radio", name="operation", exact=True).check()
    visit.press("Both at once")
    visit.press("Laptop reads the cart")
    return do(visit, "Check my run", "Solved")


def finish(visit: Visit) -> Visit:
    do(visit, "Show me the question", "A wiki stores each page")
    answer(
        visit,
        "one of them, because each save replaced the whole page by what its author had in view",
        "Try it with a cart",
    )
    return do(visit, "Try it with a cart", LAST_STEP)


def test_by_mouse_to_the_end(visit: NewVisit) -> None:
    one = visit()
    one.open(PAGE)
    assert one.axe() == []
    to_the_task(one)
    said = text_of(one)
    assert "You had said: Milk and bread" in said
    assert "What happened: Only one of the two" in said
    lost = one.page.locator("#counts-leader-lost").text_content()
    assert lost == "Lost 0", "the task starts on an empty cart"
    do(one, "Check my run", "Not yet.")
    solve(one)
    assert one.axe() == []
    finish(one)
    assert one.axe() == []
    one.page.reload()
    swapped(one, LAST_STEP)


def test_the_run_is_behind_the_gate_until_the_answer_is_locked(visit: NewVisit) -> None:
    one = visit()
    begin(one)
    do(one, "Show me this run", "2 · Your prediction")
    do(one, "Show me the question", "Lock my answer")
    for button in ("#both", "#play", "#reset", ".add"):
        assert one.page.locator(button).first.is_disabled(), button
    rows = (
        "() => quorate.rows.cluster('leader').events"
        ".filter((r) => r.type === 'operation_invoked').length"
    )
    assert one.page.evaluate(rows) == 0
    answer(one, "I don’t know", "You said: I don’t know")
    do(one, "Run it", "3 · What happened?")
    assert one.page.evaluate(rows) == 3


def test_whole_lists_do_not_solve_it_and_the_hints_lead_there(visit: NewVisit) -> None:
    one = to_the_task(visit())
    one.press("Both at once")
    one.press("Laptop reads the cart")
    do(one, "Check my run", "without having read milk")
    for hint in ("What each shopper sent", "Kind of write", "works on both sides"):
        do(one, "A hint", hint)
    do(one, "Watch a worked run", "You have seen it done")
    do(one, "Check my run", "This is a worked run, not yours.")
    do(one, "Start it again", "Check my run")
    solve(one)


def test_on_a_phone_text_and_stage_are_stacked_and_never_overlap(visit: NewVisit) -> None:
    one = visit(width=390, height=844, has_touch=True, is_mobile=True)
    to_the_task(one)
    solve(one)
    finish(one)
    assert one.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    boxes = one.page.evaluate(
        "() => ['#lesson', '#stage-place'].map((q) => document.querySelector(q)"
        ".getBoundingClientRect()).map((r) => [r.top, r.bottom])"
    )
    assert boxes[0][1] <= boxes[1][0] or boxes[1][1] <= boxes[0][0]
    small = one.page.evaluate(
        "() => [...document.querySelectorAll('#lesson button, #lesson .question label')]"
        ".filter((e) => e.offsetParent && e.getBoundingClientRect().height < 43.5)"
        ".map((e) => e.textContent)"
    )
    assert small == []
    assert one.axe() == []


@pytest.mark.parametrize(
    "width", [1100, pytest.param(1280, marks=FULL), pytest.param(1600, marks=FULL)]
)
def test_side_by_side_the_text_never_covers_the_stage(visit: NewVisit, width: int) -> None:
    one = visit(width=width)
    one.open(PAGE)
    right, left = one.page.evaluate(
        "() => [document.querySelector('#lesson').getBoundingClientRect().right,"
        " document.querySelector('#stage-place').getBoundingClientRect().left]"
    )
    assert right <= left
    assert one.page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_in_the_dark_and_with_motion(visit: NewVisit) -> None:
    one = visit(color_scheme="dark", reduced_motion="no-preference")
    solve(to_the_task(one))
    assert one.axe() == []


class Keyboard:
    """Somebody without a mouse: Tab, arrows, Space and Enter, and what has the focus."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    def focused(self) -> str:
        words: str = self.visit.page.evaluate(
            "() => { const e = document.activeElement; if (!e) return '';"
            " const label = e.labels?.[0]?.textContent ?? e.getAttribute('aria-label');"
            " return (label ?? e.textContent).trim(); }"
        )
        return " ".join(words.split())

    def go_to(self, name: str) -> None:
        for _ in range(80):
            if self.focused() == name:
                return
            self.visit.page.keyboard.press("Tab")
        raise AssertionError(f"no way by Tab to {name!r}")

    def press(self, name: str, then: str) -> None:
        self.go_to(name)
        self.visit.page.keyboard.press("Enter")
        swapped(self.visit, then)

    def choose(self, group: str, name: str) -> None:
        """Radios are one stop for Tab; arrows move in the group."""
        for _ in range(80):
            if self.visit.page.evaluate("() => document.activeElement?.name") == group:
                break
            self.visit.page.keyboard.press("Tab")
        self.visit.page.keyboard.press("Space")
        for _ in range(8):
            if self.focused() == name:
                return
            self.visit.page.keyboard.press("ArrowDown")
        raise AssertionError(f"no way by arrows to {name!r}")


def test_by_keyboard_alone(visit: NewVisit) -> None:
    one = visit()
    begin(one)
    keys = Keyboard(one)
    keys.press("Show me this run", "2 · Your prediction")
    assert keys.focused() == "2 · Your prediction", "the next step has the focus"
    keys.press("Show me the question", "Lock my answer")
    keys.choose("choice", "Only one of the two")
    keys.press("Lock my answer", "You said: Only one of the two")
    keys.press("Run it", "3 · What happened?")
    keys.choose("choice", "Two versions: one with milk, one with bread")
    keys.press("Lock my answer", "4 · Why")
    keys.press("Start the task", "Check my run")
    keys.choose("kind", "operation")
    keys.go_to("Both at once")
    one.key("Enter")
    keys.go_to("Laptop reads the cart")
    one.key("Enter")
    keys.press("Check my run", "Solved")
    assert keys.focused() == "Solved"


def test_by_the_accessibility_tree_alone(visit: NewVisit) -> None:
    """Every step is found, and its outcome read, in snapshots of the tree: no pixel is seen."""
    one = visit()
    begin(one)

    def tree() -> str:
        return one.page.locator("main").aria_snapshot()

    def press(role: str, name: str) -> None:
        assert f'{role} "{name}"' in tree(), tree()
        one.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]
        one.settle()

    def until(pattern: str) -> str:
        """The tree, as soon as it says this: text and stage come by different ways."""
        for _ in range(1_000):
            found = one.settle().page.locator("main").aria_snapshot()
            if re.search(pattern, found):
                return found
        raise AssertionError(f"{pattern} is not in {found}")

    press("button", "Show me this run")
    until("Your prediction")
    until('button "n2, holds milk, bread"')
    press("button", "Show me the question")
    until("What does it see")
    press("radio", "Milk and bread")
    press("button", "Lock my answer")
    until("You said")
    press("button", "Run it")
    until("What happened")
    ran = until('cell "OK: bread , now fresh"')
    assert 'cell "OK: milk | bread , now fresh"' in ran
    assert 'button "lost"' in ran
    assert 'button "n2, holds 2 versions: milk | bread"' in ran
    press("radio", "Two versions: one with milk, one with bread")
    press("button", "Lock my answer")
    until("lost update")
    press("button", "Start the task")
    until("Check my run")
    press("radio", "operation")
    press("button", "Both at once")
    press("button", "Laptop reads the cart")
    press("button", "Check my run")
    solved = until("Compare-and-set is the other honest way")
    assert solved.count("Yes.") == 4
    assert 'button "n3, holds milk, bread"' in solved


def test_all_that_the_task_needs_is_beside_the_text_without_scrolling(visit: NewVisit) -> None:
    """At 1280 × 800: the kinds of write and the reads, with the time bar, below the stage."""
    one = to_the_task(visit())
    for selector in ("#drawing", "#play", "#kinds", ".read:last-of-type"):
        box = one.page.locator(selector).first.bounding_box()
        assert box, selector
        assert box["y"] > -1, selector
        assert box["y"] + box["height"] <= 800, selector
    kinds = one.page.locator("#kinds label").all()
    tops = {round((kind.bounding_box() or {"y": 0})["y"]) for kind in kinds}
    assert len(tops) == 1, "the three kinds stand in one line"
