"""Many nodes in every state, on a laptop and on small phones: nothing lies on anything else, all
text can be read, every node is found by one press."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import FULL, NewVisit, Visit

OVERLAPS = (Path(__file__).parent / "crowded.js").read_text()
PHONE = {"has_touch": True, "is_mobile": True}
SCREENS = [
    (12, 1280, 800, {}),
    pytest.param(6, 390, 844, PHONE, marks=FULL),
    (6, 360, 640, PHONE),
    pytest.param(5, 1280, 800, {}, marks=FULL),
]
LEAST_PX = 12


def act(v: Visit, *steps: str) -> Visit:
    """Steps of commands as a JavaScript list; `n` are the nodes."""
    v.page.evaluate(
        f"() => {{ const n = quorate.scenario.nodes; quorate.act([{','.join(steps)}]); }}"
    )
    return v.settle()


def overlaps(v: Visit) -> list[str]:
    found: list[str] = v.page.evaluate(OVERLAPS, LEAST_PX)
    return found


SHOP = "quorate.scenario.clients.map(({name, item}) => ({type: 'add', client: name, item}))"
EACH = "n.map((node) => ({{type: '{}', node}}))"
STATES: dict[str, tuple[str, ...]] = {
    "at rest": (),
    "one version": ("[{type: 'add', client: 'phone', item: 'milk'}]",),
    "versions side by side": (SHOP, SHOP),
    "crashed": (SHOP, EACH.format("crash")),
    "paused": (SHOP, EACH.format("pause_node")),
    "wiped": (SHOP, EACH.format("wipe_node")),
    "slow": (SHOP, "n.map((node) => ({type: 'slow_node', node, milliseconds: 1000}))"),
    "slower": ("n.map((node) => ({type: 'slow_node', node, milliseconds: 250}))", SHOP),
    "skewed": (SHOP, "n.map((node) => ({type: 'skew_clock', node, milliseconds: -60000}))"),
    "cut": ("n.slice(1).map((b) => ({type: 'cut_link', a: n[0], b}))", SHOP),
    "one way, slow and lossy": (
        "n.slice(1).flatMap((b) => [{type: 'cut_one_way', source: n[0], target: b},"
        " {type: 'slow_link', a: n[0], b, times: 100},"
        " {type: 'lose_on_link', a: n[0], b, percent: 99}])",
    ),
    "a mixture": (
        SHOP,
        "[{type: 'crash', node: n[0]}, {type: 'pause_node', node: n[1]},"
        " {type: 'slow_node', node: n[2], milliseconds: 50}]",
        "[{type: 'restart', node: n[0]}]",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("nodes", "width", "height", "options"), SCREENS, ids=lambda value: str(value)[:4]
)
def test_nothing_lies_on_anything_in_any_state(
    visit: NewVisit, nodes: int, width: int, height: int, options: dict[str, Any]
) -> None:
    v = visit(width, height, **options).open(f"/lab?nodes={nodes}")
    troubles: dict[str, list[str]] = {}
    for name, steps in STATES.items():
        if steps:
            act(v, *steps)
        for moment in ("as it stops", "marked"):
            if moment == "marked":
                v.page.evaluate(
                    "() => quorate.scenario.nodes.forEach((node) => quorate.mark(node))"
                )
            if found := overlaps(v):
                troubles[f"{name}, {moment}"] = found
        v.page.evaluate("() => quorate.unmark()")
        if steps:
            v.page.evaluate("() => quorate.ask({type: 'reset'})")
            v.settle()
    assert troubles == {}
    assert v.page.evaluate("() => document.documentElement.scrollWidth") <= width


PAIRS = "n.flatMap((a, i) => n.slice(i + 1).map((b) => [a, b]))"
EVERY_LINK = (
    f"{PAIRS}.flatMap(([a, b]) => [{{type: 'cut_one_way', source: a, target: b}},"
    " {type: 'slow_link', a, b, times: 100}, {type: 'lose_on_link', a, b, percent: 99}])"
)
EVERY_CUT = f"{PAIRS}.map(([a, b]) => ({{type: 'cut_link', a, b}}))"


@pytest.mark.parametrize(
    ("width", "options"), [(1280, {}), pytest.param(390, PHONE, marks=FULL), (360, PHONE)]
)
def test_words_of_three_nodes_and_all_their_links_lie_on_nothing(
    visit: NewVisit, width: int, options: dict[str, Any]
) -> None:
    v = visit(width, 800, **options).open("/lab?nodes=3")
    act(v, EVERY_LINK, SHOP)
    assert overlaps(v) == []
    words = v.page.locator("#drawing .cut-word").all_text_contents()
    assert all(word.startswith(("no n", "×100", "99 %")) for word in words)
    if width == 1280:
        # A phone has less room: there a link may say no more than its arrow does.
        assert len(words) == 6
        assert words.count("no n1→n3 · ×100 · 99 %") == 2
    assert sum("no n2→n3" in word for word in words) == 2
    act(v, EVERY_CUT)
    assert overlaps(v) == []
    cut = v.page.locator("#drawing .cut-word").all_text_contents()
    assert sum(word.startswith("cut") for word in cut) >= 4


@pytest.mark.parametrize(("nodes", "width"), [(12, 1280), (6, 360)])
def test_every_node_is_found_by_its_name_and_selected_by_one_press(
    visit: NewVisit, nodes: int, width: int
) -> None:
    v = visit(width, 800).open(f"/lab?nodes={nodes}")
    for side in ("leader", "leaderless"):
        for number in range(1, nodes + 1):
            press = v.page.locator(f"#node-{side}-n{number}")
            assert str(press.get_attribute("aria-label")).split(",")[0] == f"n{number}"
            press.click()
            assert v.text("#inspector h2").startswith(f"n{number}, ")
