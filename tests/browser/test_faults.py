"""Every fault by mouse, by touch, by keyboard alone and by form: on either side, mirrored unless
unticked, seen on both, and undone by Back."""

from typing import Any, NamedTuple

import pytest

from tests.browser.conftest import FULL, NewVisit, Visit

# Everything that the drawing shows, but for the moment itself.
PICTURES = """() => JSON.stringify(quorate.pictures, (key, value) =>
  key === "at" ? undefined
    : value instanceof Map || value instanceof Set ? [...value] : value)"""


class Way(NamedTuple):
    """One fault: what comes before, its worded button at n1 (none: a press on the link), its key
    and where the focus stands, what the form is given, and what both pictures then show."""

    kind: str
    first: str
    button: str
    key: tuple[str, str]
    form: dict[str, str]
    shows: str


LINK, NODE = "link-{side}-n1-n3", "node-{side}-n1"
CUT = "[{type: 'cut_link', a: 'n1', b: 'n3'}]"
ENDS = {"node": "n1", "other": "n3"}
ONE = {"node": "n1"}
RING = ", ".join(
    f"[{{type: 'configure', cluster: 'leaderless', setting: '{name}', value: '{value}'}}]"
    for name, value in (("n", "2"), ("placement", "partitions"))
)
SPARE = "[{type: 'configure', cluster: 'leaderless', setting: 'spares', value: '1'}]"
LAST = "node-{side}-n3"
LAID = "p.design === 'leader_follower' || p.ring"
WAYS = (
    Way("cut_link", "", "", (LINK, "Enter"), ENDS, "p.cut.has('n1–n3')"),
    Way("cut_one_way", "", "Cut n1 to n3", (LINK, "1"), ENDS, "p.oneWay.has('n1→n3')"),
    Way(
        "slow_link", "", "Slow n1–n3 ×10", (LINK, "s"), {**ENDS, "amount": "10"},
        "p.slow.get('n1–n3') === 10",
    ),
    Way(
        "lose_on_link", "", "Lose 30 % on n1–n3", (LINK, "l"), {**ENDS, "amount": "30"},
        "p.lossy.get('n1–n3') === 30",
    ),
    Way("heal_link", CUT, "Heal n1–n3", (LINK, "u"), ENDS, "!p.cut.size"),
    Way("cut_off", "", "Cut n1 off", (NODE, "o"), ONE, "p.cut.size === 2"),
    Way("heal_all", CUT, "Heal all links", (NODE, "a"), {}, "!p.cut.size"),
    Way("crash", "", "Crash n1", (NODE, "x"), ONE, "p.nodes.n1.down"),
    Way(
        "restart", "[{type: 'crash', node: 'n1'}]", "Restart n1", (NODE, "x"), ONE,
        "!p.nodes.n1.down",
    ),
    Way("pause_node", "", "Pause n1", (NODE, "p"), ONE, "p.nodes.n1.paused"),
    Way(
        "resume_node", "[{type: 'pause_node', node: 'n1'}]", "Let n1 go on", (NODE, "p"), ONE,
        "!p.nodes.n1.paused",
    ),
    Way(
        "slow_node", "", "Slow n1: 50 ms a message", (NODE, "s"), {**ONE, "amount": "50"},
        "p.nodes.n1.slowed === 50",
    ),
    Way(
        "slow_node", "[{type: 'slow_node', node: 'n1', milliseconds: 50}]",
        "Let n1 work at full speed", (NODE, "s"), {**ONE, "amount": "0"}, "!p.nodes.n1.slowed",
    ),
    Way(
        "skew_clock", "", "Set the clock of n1 10 s ahead", (NODE, "k"), {**ONE, "amount": "10000"},
        "p.nodes.n1.skew === 10_000_000",
    ),
    Way("lose_power", "", "Cut the power of n1", (NODE, "b"), ONE, "p.nodes.n1.down"),
    Way(
        "promote", "[{type: 'promote', node: 'n2'}]", "Make n1 the leader", (NODE, "t"), ONE,
        "p.design === 'leaderless' || p.nodes.n1.role === 'leader'",
    ),
    Way("leave", RING, "Let n1 leave the ring", (NODE, "j"), ONE, LAID),
    Way("join", f"{RING}, {SPARE}", "Let n3 join the ring", (LAST, "j"), {"node": "n3"}, LAID),
    Way("wipe_node", "", "Wipe the disk of n1", (NODE, "w"), ONE, "p.nodes.n1.wiped"),
    Way(
        "heal_everything",
        "[{type: 'slow_node', node: 'n2', milliseconds: 50}, {type: 'cut_link', a: 'n1', b: 'n3'}]",
        "Heal everything", (NODE, "h"), {}, "!p.cut.size && !p.nodes.n2.slowed",
    ),
)  # fmt: skip
KINDS = {way.kind for way in WAYS}
UPKEEP = {"compact", "run_repair"}
"""No faults, and for the leaderless side alone: the form has them, and they have no button."""


def act(v: Visit, step: str) -> None:
    v.page.evaluate(f"() => quorate.act([{step}])")
    v.settle()


def picture(v: Visit) -> str:
    return str(v.page.evaluate(PICTURES))


def shown(v: Visit, expression: str) -> list[bool]:
    """Of both sides, leader side first."""
    test = f"(p) => Boolean({expression})"
    found: list[bool] = v.page.evaluate(f"() => Object.values(quorate.pictures).map({test})")
    return found


def through(v: Visit, do: Any) -> None:
    """Each fault: done, seen on both sides, undone by Back to the very picture before."""
    v.page.select_option("#speed", "400")
    for way in WAYS:
        if way.first:
            act(v, way.first)
        before = picture(v)
        do(way)
        v.settle()
        assert shown(v, way.shows) == [True, True], way.kind
        v.press("Back")
        assert picture(v) == before, f"{way.kind} is not undone"
        if way.first:
            v.press("Back")


def by_pointer(v: Visit, side: str, touch: bool) -> Any:
    def press(selector: Any) -> None:
        selector.tap() if touch else selector.click()

    def do(way: Way) -> None:
        if not way.button:
            press(v.page.locator("#" + LINK.format(side=side) + " .target"))
            return
        # Without a leader there is no button to make one.
        at = "leader" if way.kind == "promote" else side
        at = "leaderless" if way.kind in ("join", "leave") else at
        node = LAST if way.kind == "join" else NODE
        press(v.page.locator("#" + node.format(side=at)))
        press(v.page.get_by_role("button", name=way.button, exact=True))

    return do


def test_every_fault_by_mouse(visit: NewVisit) -> None:
    v = visit().open("/lab?nodes=3")
    through(v, by_pointer(v, "leader", touch=False))


def test_every_fault_by_touch_on_a_phone(visit: NewVisit) -> None:
    v = visit(390, 844, has_touch=True, is_mobile=True)
    v.open("/lab?nodes=3")
    through(v, by_pointer(v, "leaderless", touch=True))


def test_every_fault_by_a_key_on_the_drawing(visit: NewVisit) -> None:
    v = visit().open("/lab?nodes=3")
    side = iter(("leader", "leaderless") * len(WAYS))

    def do(way: Way) -> None:
        place, key = way.key
        v.page.locator("#" + place.format(side=next(side))).focus()
        v.page.keyboard.press(key)

    through(v, do)
    assert v.page.locator("#inspector").is_hidden(), "no fault by key opened anything"


@FULL
def test_every_fault_by_the_form_without_a_pointer(visit: NewVisit) -> None:
    v = visit().open("/lab?nodes=3")
    v.page.locator("#more").focus()
    v.key("Enter")
    form = v.page.get_by_role("form", name="Do a fault")

    def do(way: Way) -> None:
        form.get_by_label("Fault", exact=True).select_option(way.kind)
        for name, label in (("node", "Node"), ("other", "Other end")):
            if name in way.form:
                form.get_by_label(label, exact=True).select_option(way.form[name])
        if "amount" in way.form:
            form.get_by_label("How much").fill(way.form["amount"])
        form.get_by_role("button", name="Do it").focus()
        v.page.evaluate("() => { document.getElementById('fault-said').textContent = ''; }")
        moment = v.moment()
        v.page.keyboard.press("Enter")
        form.get_by_text("on both sides.").wait_for()
        v.page.wait_for_function(
            f"() => quorate.state.commands.at(-1)?.[1].type === '{way.kind}'"
            f" && quorate.state.head.until > {moment}"
        )

    through(v, do)
    assert v.axe() == []


def test_the_form_says_what_is_refused_where_it_was_asked(visit: NewVisit) -> None:
    v = visit().open("/lab?nodes=3")
    v.press("More…")
    form = v.page.get_by_role("form", name="Do a fault")
    form.get_by_label("Fault", exact=True).select_option("slow_node")
    assert form.get_by_label("How much").input_value() == "50", "a first idea"
    assert not form.get_by_label("Other end").is_visible()
    form.get_by_label("How much").fill("5000")
    form.get_by_role("button", name="Do it").click()
    said = form.get_by_text("Refused: 5000 is out of range.")
    said.wait_for()
    assert "Give a whole number from 0 to 1000 (ms)." in said.inner_text()
    assert v.moment() == 0
    form.get_by_label("Fault", exact=True).select_option("cut_link")
    form.get_by_label("Other end").select_option("n1")
    form.get_by_role("button", name="Do it").click()
    form.get_by_text("A node has no link to itself.").wait_for()
    v.troubles[:] = [t for t in v.troubles if "422" not in t]


def test_the_form_does_it_on_one_side_only(visit: NewVisit) -> None:
    v = visit().open("/lab?nodes=12")
    v.press("More…")
    form = v.page.get_by_role("form", name="Do a fault")
    form.get_by_label("Fault", exact=True).select_option("crash")
    form.get_by_label("Node", exact=True).select_option("n12")
    form.get_by_label("Where").select_option("without a leader only")
    form.get_by_role("button", name="Do it").click()
    v.page.wait_for_function("() => quorate.pictures.leaderless.nodes.n12.down")
    v.settle()
    assert shown(v, "p.nodes.n12.down") == [False, True]


def test_a_key_with_faults_on_one_side_only(visit: NewVisit) -> None:
    v = visit().open("/lab?nodes=3")
    v.page.locator("#node-leader-n2").click()
    v.page.get_by_label("Faults on both sides").uncheck()
    v.page.locator("#node-leader-n2").focus()
    v.key("s")
    assert shown(v, "p.nodes.n2.slowed") == [True, False]
    # The other way round there is nothing to do on the leader's side, and a person sees that.
    v.page.get_by_label("Faults on both sides").check()
    v.page.locator("#node-leaderless-n2").focus()
    v.key("s")
    assert shown(v, "p.nodes.n2.slowed") == [True, True]
    left, right = v.captions()
    assert "Nothing changes here: n2 needs 50 ms a message already." in left
    assert "n2 needs 50 ms for each message with work." in right


def test_a_slow_node_is_drawn_and_said(visit: NewVisit) -> None:
    for nodes, width in ((3, 1280), (12, 1280), (6, 390)):
        v = visit(width, 844).open(f"/lab?nodes={nodes}")
        v.page.locator("#node-leaderless-n2").click()
        v.press("Slow n2: 50 ms a message")
        for side in ("leader", "leaderless"):
            press = v.page.locator(f"#node-{side}-n2")
            assert "Slow 50 ms" in str(press.get_attribute("aria-label"))
            drawn = v.page.locator(f"#drawing [data-side={side}]")
            assert "Slow 50 ms" in str(drawn.text_content())
        assert "It needs 50 ms for each message with work." in v.text("#inspector")


def test_nothing_is_broken_is_told(visit: NewVisit) -> None:
    v = visit().open("/lab?nodes=3")
    v.press("More…").press("Heal everything")
    assert v.captions() == ("Nothing changes here: nothing is broken.",) * 2


def test_another_number_of_nodes_is_chosen_in_the_settings(visit: NewVisit) -> None:
    v = visit().open("/lab")
    v.page.locator("button.change[data-cluster=leader]").click()
    assert "5 nodes, as here" in v.text("#inspector")
    v.page.get_by_role("link", name="12 nodes").click()
    v.page.wait_for_url("**/lab?nodes=12")
    v.settle()
    v.page.locator("button.change[data-cluster=leader]").click()
    assert "7 copies, a majority" in v.text("#inspector")
    v.page.locator("input[name=leader-copies][value='7']").check()
    v.settle()
    assert "OK after 7 of 12" in v.text("#settings-leader")


@pytest.mark.parametrize("path", ["/lab?nodes=7", "/lab?nodes=lots"])
def test_a_wrong_number_of_nodes_is_a_sentence(visit: NewVisit, path: str) -> None:
    v = visit()
    v.page.goto(v.server.address + path)
    assert "Choose 3, 5, 6 or 12 nodes." in v.text("main")
    v.troubles.clear()


def test_every_fault_is_among_these() -> None:
    from app.web.faults import KINDS as ALL

    assert {kind.name for kind in ALL} == KINDS | UPKEEP
