"""The home scene in a real browser: the beats, by every means, and what must hold at rest."""

import re

import pytest

from tests.browser.conftest import FULL, NewVisit, Server, Visit

AFTER_SHOPPING = [
    ["b Laptop adds bread", "Refused → never stored", "OK → kept as sibling"],
    ["a Phone adds milk", "OK → kept", "OK → kept as sibling"],
]


def ledger_of(visit: Visit) -> list[list[str]]:
    """The ledger without the words that only screen readers hear, in a fixed order."""
    rows = [[" ".join(c.replace(", now ", " ").split()) for c in row] for row in visit.ledger()]
    return sorted(rows, key=lambda row: row[0], reverse=True)


def beats(visit: Visit) -> None:
    """The four beats, each checked."""
    assert visit.text("#guide-say") == "Same shoppers, two databases. Cut the link n1–n3."
    visit.press("Cut n1–n3")
    left, right = visit.captions()
    assert "n3 no longer hears the leader." in left
    assert right == "n3 still reaches n2. There is no leader to miss."
    visit.press("Both shop at once")
    left, right = visit.captions()
    assert "Refused, n3 cannot reach the leader." in left
    assert "n2 now holds 2 versions." in right
    visit.press("Heal and read")
    left, right = visit.captions()
    assert "Laptop reads milk." in left
    assert "Laptop reads 2 versions: milk | bread." in right
    assert visit.page.get_by_role("button", name="Cut n3 off completely").is_visible()
    visit.press("Keep both")
    assert "Laptop settles the versions: OK." in visit.captions()[1]
    visit.press("Cut n3 off completely")
    visit.press("Both at once")
    right = visit.captions()[1]
    assert "Laptop adds bread: Refused, n3 cannot reach enough nodes." in right


def test_the_beats_by_mouse(visit: NewVisit) -> None:
    beats(visit(reduced_motion="no-preference").open())


def test_the_beats_by_touch_on_a_phone(visit: NewVisit) -> None:
    beats(visit(390, 844, has_touch=True, is_mobile=True).open())


def test_the_ledgers_columns_differ_after_two_clicks(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3").press("Both shop at once")
    assert ledger_of(v) == AFTER_SHOPPING
    assert v.page.evaluate("() => performance.now()") < 10_000


def test_the_story_by_keyboard_alone_in_at_most_fifteen_presses(visit: NewVisit) -> None:
    v = visit().open()
    presses = 0
    while v.page.evaluate("() => document.activeElement.id") != "guide-go":
        v.page.keyboard.press("Tab")
        presses += 1
    for _ in range(3):
        v.key("Enter")
        presses += 1
    assert "Laptop reads 2 versions" in v.captions()[1]
    assert v.page.evaluate("() => document.activeElement.textContent") == "Cut n3 off completely"
    v.key("Enter")
    assert presses + 1 <= 15
    assert v.page.evaluate("() => quorate.pictures.leader.cut.size") == 2


def test_links_and_nodes_by_arrow_keys(visit: NewVisit) -> None:
    v = visit().open()
    v.page.locator("#link-leader-n1-n2").focus()
    v.page.keyboard.press("ArrowRight")
    assert v.page.evaluate("() => document.activeElement.id") == "link-leader-n1-n3"
    v.key("Enter")
    assert v.page.evaluate("() => quorate.pictures.leaderless.cut.has('n1–n3')")
    assert v.page.evaluate("() => document.activeElement.id") == "link-leader-n1-n3"
    v.key("Enter")
    assert not v.page.evaluate("() => quorate.pictures.leaderless.cut.size")


def test_one_click_on_a_link_cuts_it_and_one_on_a_node_selects_it(visit: NewVisit) -> None:
    v = visit().open()
    v.page.locator("#link-leaderless-n2-n3 .target").click()
    v.settle()
    assert v.page.evaluate("() => quorate.pictures.leader.cut.has('n2–n3')")
    v.page.locator("#node-leader-n2").click()
    assert v.text("#inspector h2") == "n2, with a leader"
    v.press("Heal n2–n3")
    assert not v.page.evaluate("() => quorate.pictures.leader.cut.size")


def test_a_link_by_the_form(visit: NewVisit) -> None:
    v = visit().open()
    v.page.get_by_role("button", name="More…").click()
    v.page.get_by_role("combobox", name="Node").select_option("n2")
    v.page.get_by_role("button", name="Do it", exact=True).click()
    v.page.get_by_text("Cut a link: n2–n3, on both sides.").first.wait_for()
    v.settle()
    v.page.wait_for_url(re.compile("/r/"))
    assert v.page.evaluate("() => quorate.pictures.leader.cut.has('n2–n3')")


def test_back_undoes_and_next_shows_again(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3").press("Both shop at once")
    after, end = ledger_of(v), v.moment()
    v.press("Back")
    assert v.ledger() == []
    v.press("Back")
    assert v.moment() == 0
    assert not v.page.evaluate("() => quorate.pictures.leader.cut.size")
    for _ in range(20):
        if v.moment() == end:
            break
        v.press("Next")
    assert ledger_of(v) == after


def test_scrubbing_there_and_back_is_exact(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3").press("Both shop at once").press("Heal and read")
    after, captions = ledger_of(v), v.captions()
    scrubber = v.page.get_by_label("Moment of the run")
    scrubber.focus()
    v.key("Home")
    assert v.ledger() == []
    v.key("End")
    assert (ledger_of(v), v.captions()) == (after, captions)


def test_an_act_in_the_past_starts_another_line(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3").press("Both shop at once").press("Back")
    v.press("Add milk")
    assert "A new line of history" in v.text("#status")
    assert [row[0] for row in v.ledger()] == ["a Phone adds milk"]


def test_play_and_pause_and_reset(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3")
    v.page.get_by_role("button", name="Play").click()
    v.settle()
    assert "Nothing more happens until somebody acts." in v.text("#status")
    v.press("Reset")
    assert v.moment() == 0
    assert v.text("#guide-step") == "1 of 3"


def test_automatic_failover_from_the_door(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3").press("Both shop at once").press("Heal and read")
    v.press("Turn automatic failover on")
    assert "failover by election" in v.text("#settings-leader")
    assert "done again at the same moments" in v.text("#status")
    v.press("Both at once")
    assert v.ledger()


def test_a_setting_by_radio_button(visit: NewVisit) -> None:
    v = visit().open()
    v.page.get_by_role("button", name="Change… Without a leader").click()
    v.page.get_by_label(re.compile("^W 1")).check()
    v.settle()
    assert "W 1" in v.text("#settings-leaderless")


def test_a_lost_write_is_struck_through_and_the_evidence_is_one_press_away(
    visit: NewVisit,
) -> None:
    v = visit().open().press("Both at once")
    assert ledger_of(v)[1] == ["a Phone adds milk", "OK → lost", "OK → kept as sibling"]
    assert v.page.locator("#half-phone-leader .strike").count() == 1
    v.press("Lost 1, with a leader: show which")
    assert "without having read milk" in v.text("#inspector")
    assert v.page.locator("#inspector .proof li").count() >= 2


def test_two_visitors_do_not_see_each_other(visit: NewVisit) -> None:
    one, two = visit().open(), visit().open()
    one.press("Cut n1–n3")
    assert two.settle().moment() == 0
    two.press("Add milk")
    assert one.page.url != two.page.url
    assert one.ledger() == []


def test_two_tabs_on_one_room_act_for_each_other(visit: NewVisit) -> None:
    one = visit().open().press("Cut n1–n3")
    two = Visit(one.page.context.new_page(), one.server).open("/r/" + one.page.url.split("/r/")[1])
    two.press("Add milk")
    one.settle().press("Add bread")
    two.settle()
    assert sorted(row[0] for row in two.ledger()) == ["a Phone adds milk", "b Laptop adds bread"]
    assert two.troubles == []


def test_a_reload_shows_the_same_moment(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3").press("Both shop at once")
    before = (v.moment(), ledger_of(v), v.text("#guide-step"))
    v.page.reload()
    v.settle()
    assert (v.moment(), ledger_of(v), v.text("#guide-step")) == before


def test_a_shared_link_shows_the_run_and_leads_to_a_room_of_ones_own(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3").press("Both shop at once")
    room = v.page.url.rsplit("/", 1)[1]
    link = v.page.evaluate(f"async () => (await fetch('/link/{room}')).text()")
    other = visit().open(f"/run/{link}")
    assert ledger_of(other) == ledger_of(v)
    other.press("Heal and read")
    assert room not in other.page.url
    assert "/r/" in other.page.url


def test_a_lost_connection_leaves_the_past_readable_and_comes_back(
    visit: NewVisit, server: Server
) -> None:
    v = visit().open().press("Cut n1–n3").press("Both shop at once")
    v.page.evaluate("() => { quorate.live.open = () => {}; quorate.live.socket.close(); }")
    v.page.locator("#offline").wait_for(state="visible")
    assert v.page.get_by_role("button", name="Add milk").is_disabled()
    v.page.get_by_role("button", name="Back", exact=True).click()
    assert v.ledger() == []
    v.page.evaluate("() => { delete quorate.live.open; quorate.live.open(); }")
    v.page.locator("#offline").wait_for(state="hidden")
    v.settle().press("Both shop at once")
    assert ledger_of(v) == AFTER_SHOPPING


def test_a_request_cut_off_midway_is_done_once(visit: NewVisit) -> None:
    v = visit().open().press("Cut n1–n3")
    v.page.evaluate(
        "() => { quorate.act([[{type: 'add', client: 'phone', item: 'milk'}]]);"
        " quorate.live.socket.close(); }"
    )
    v.page.locator("#offline").wait_for(state="hidden")
    v.settle()
    assert [row[0] for row in v.ledger()] == ["a Phone adds milk"]
    assert v.page.evaluate("() => quorate.state.commands.length") == 2


def test_reduced_motion_shows_stills(visit: NewVisit) -> None:
    v = visit(reduced_motion="reduce").open()
    v.page.evaluate(
        "() => { window.seen = new Set(); const d = quorate.canvas.draw.bind(quorate.canvas);"
        " quorate.canvas.draw = (...a) => { seen.add(a[2]); d(...a); }; }"
    )
    v.press("Cut n1–n3")
    assert v.page.evaluate("() => seen.size") <= 4


@pytest.mark.parametrize(
    ("width", "height", "options"),
    [
        pytest.param(1280, 800, {}, marks=FULL),
        (1280, 800, {"color_scheme": "dark"}),
        pytest.param(390, 844, {"has_touch": True, "is_mobile": True}, marks=FULL),
        (360, 640, {"has_touch": True, "is_mobile": True, "color_scheme": "dark"}),
        pytest.param(1920, 1080, {}, marks=FULL),
    ],
)
def test_no_violation_of_wcag_and_nothing_scrolls_sideways(
    visit: NewVisit, width: int, height: int, options: dict[str, object]
) -> None:
    v = visit(width, height, **options).open()
    assert v.axe() == []
    v.press("Cut n1–n3").press("Both shop at once").press("Heal and read")
    assert v.axe() == []
    assert v.page.evaluate("() => document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["/glossary", "/limits", "/r/nosuchroom22"])
def test_the_other_pages_have_no_violation_either(visit: NewVisit, path: str) -> None:
    v = visit()
    v.page.goto(v.server.address + path)
    assert v.axe() == []
    v.troubles[:] = [t for t in v.troubles if "404" not in t]


def test_at_rest_the_page_is_calm(visit: NewVisit) -> None:
    v = visit().open()
    v.page.evaluate(
        "() => { window.changes = 0; new MutationObserver((m) => { changes += m.length; })"
        ".observe(document.body, {subtree: true, childList: true, attributes: true}); }"
    )
    v.page.wait_for_timeout(700)
    assert v.page.evaluate("() => changes") == 0
    # What is on the screen: without words for screen readers and the closed list of speeds.
    v.page.evaluate(
        "() => document.querySelectorAll('.out-of-sight, option').forEach((e) => e.remove())"
    )
    words = "\n".join(v.text(s) for s in (".bar", ".guide", ".stage", ".timebar")).split()
    assert len([word for word in words if re.search("[a-z]", word, re.IGNORECASE)]) <= 60
    assert v.page.locator("button.filled:visible").count() == 1
    assert v.page.locator(".panel:visible").count() == 1
    outside = v.page.evaluate(
        "() => [...document.querySelectorAll('a, button, input, select, summary, [tabindex]')]"
        ".filter((e) => !e.disabled && e.tabIndex >= 0 && !e.closest('#drawing')"
        " && e.checkVisibility()).length"
    )
    assert outside <= 16


def test_a_projector_shows_the_stage_alone_until_more_is_asked_for(visit: NewVisit) -> None:
    v = visit(1920, 1080).open("/?display=projector")
    assert v.page.locator(".guide, .lower").filter(visible=True).count() == 0
    v.page.locator("#link-leader-n1-n3 .target").click()
    v.settle()
    v.page.get_by_text("Display", exact=True).click()
    v.page.get_by_label("Guide and ledger on the projector").check()
    assert v.text("#guide-step") == "2 of 3"
    assert v.axe() == []


def test_targets_on_a_phone_are_large_enough(visit: NewVisit) -> None:
    v = visit(390, 844, has_touch=True, is_mobile=True).open()
    small = v.page.evaluate(
        "() => [...document.querySelectorAll('.timebar button, .add, #guide-go, .link .target')]"
        ".filter((e) => e.checkVisibility()).map((e) => [e.id || e.textContent,"
        " e.getBoundingClientRect().height]).filter(([, h]) => h < 43.5)"
    )
    assert small == []


def test_a_link_is_slowed_and_made_lossy_by_its_nodes_buttons_and_healed_by_one(
    visit: NewVisit,
) -> None:
    v = visit().open()
    v.page.select_option("#speed", "400")
    v.page.locator("#node-leader-n1").dispatch_event("click")
    v.press("Slow n1–n3 ×10")
    v.press("Lose 30 % on n1–n3")
    for cluster in ("leader", "leaderless"):
        link = v.page.locator(f"#link-{cluster}-n1-n3")
        assert "whole, 10 times as slow, loses 30 %" in str(link.get_attribute("aria-label"))
        assert v.text(f"#caption-{cluster}") == "The link n1–n3 loses 30 messages in a hundred."
    v.press("Add milk")
    v.press("Heal n1–n3")
    assert "n1–n3, whole. Cut it" in str(
        v.page.locator("#link-leader-n1-n3").get_attribute("aria-label")
    )


def test_a_node_stands_still_and_goes_on(visit: NewVisit) -> None:
    v = visit().open()
    v.page.select_option("#speed", "400")
    v.page.locator("#node-leader-n1").dispatch_event("click")
    v.press("Pause n1")
    left, right = v.captions()
    assert left.startswith("n1 stands still. What reaches it waits.")
    assert "n1 stands still." in right
    assert "‖ Paused" in str(v.page.locator("#node-leaderless-n1").get_attribute("aria-label"))
    v.press("Let n1 go on")
    assert "messages and timers had waited." in v.captions()[0]
    v.press("Back")
    assert "‖ Paused" in str(v.page.locator("#node-leader-n1").get_attribute("aria-label"))


def test_marked_nodes_are_cut_off_by_one_act(visit: NewVisit) -> None:
    v = visit().open()
    v.page.select_option("#speed", "400")
    v.page.locator("#node-leader-n2").click(modifiers=["Shift"])
    v.page.locator("#node-leaderless-n3").focus()
    v.key("m")
    for cluster in ("leader", "leaderless"):
        for node in ("n2", "n3"):
            press = v.page.locator(f"#node-{cluster}-{node}")
            assert str(press.get_attribute("aria-label")).startswith(f"{node}, marked")
    assert v.page.evaluate("() => document.activeElement.id") == "node-leaderless-n3"
    assert v.axe() == []
    v.press("Cut off the marked nodes: n2, n3")
    assert v.page.evaluate("() => [...quorate.pictures.leader.cut].sort()") == ["n1–n2", "n1–n3"]
    assert v.page.get_by_text("No link leads from them to the others.").is_visible()
    v.press("Unmark")
    assert v.page.locator("#inspector").is_hidden()
    assert v.press("Back").moment() == 0
    assert not v.page.evaluate("() => quorate.pictures.leader.cut.size")


def test_a_node_is_marked_and_unmarked_by_its_worded_button(visit: NewVisit) -> None:
    v = visit().open()
    v.page.locator("#node-leader-n1").click()
    v.press("Mark n1")
    assert v.page.locator(".node.marked").count() == 2
    v.press("Unmark n1")
    assert v.page.locator(".node.marked").count() == 0


def test_a_one_way_cut_has_a_gap_and_an_arrowhead_the_living_way(visit: NewVisit) -> None:
    v = visit().open()
    v.page.select_option("#speed", "400")
    v.page.locator("#node-leader-n1").dispatch_event("click")
    v.press("Cut n1 to n3")
    # n1 stands above n3: what lives goes up, so the first point, the tip, is the highest.
    points = str(v.page.locator("#link-leader-n1-n3 .living").get_attribute("points"))
    heights = [float(point.split(",")[1]) for point in points.split()]
    assert heights[0] == min(heights) < max(heights)
    assert v.page.locator("#link-leader-n1-n3 line").count() == 2


def test_the_cards_are_where_the_layout_has_room_for_them(visit: NewVisit) -> None:
    for width in (1280, 390):
        v = visit(width, 800).open()
        wrong = v.page.evaluate(
            "() => { const stage = document.getElementById('stage').getBoundingClientRect();"
            " return Object.entries(quorate.layout.cards).filter(([name, card]) => {"
            " const box = document.querySelector(`.shopper[data-client=${name}]`)"
            ".getBoundingClientRect();"
            " const is = [box.x - stage.x, box.y - stage.y, box.width, box.height];"
            " return is.some((n, i) => Math.abs(n / quorate.scale - card[i]) > 1); }); }"
        )
        assert wrong == []
