"""A class in real Chromiums: one presenter, three observers, a projector; over plain http."""

from tests.browser.conftest import NewVisit, Visit


class Class:
    """A class that was started in a browser: its code, its recovery code, its presenter."""

    def __init__(self, presenter: Visit) -> None:
        page = presenter.page
        page.goto(presenter.server.address + "/class")
        page.get_by_role("button", name="Start a class", exact=True).click()
        page.locator("#present").wait_for()
        self.code = page.inner_text(".class-code").lower()
        self.recovery = page.inner_text("#recovery-code")
        self.secret = str(page.get_attribute("#present", "href")).split("#")[1]
        page.click("#present")
        self.presenter = presenter.settle()
        self.follower(presenter, "You drive: what you do here, everybody sees.")

    @staticmethod
    def follower(visit: Visit, words: str) -> Visit:
        """Wait for the strip to say this."""
        visit.page.locator("#class-say", has_text=words).wait_for()
        return visit.settle()

    def join(self, visit: Visit) -> Visit:
        visit.open(f"/c/{self.code.upper()}")
        return self.follower(visit, "You follow the presenter.")


def at(visit: Visit) -> tuple[int, int]:
    branch, moment = visit.page.evaluate("() => [quorate.state.head.branch, quorate.head.at]")
    return branch, moment


def together(*visits: Visit) -> None:
    """All show the same moment, and the same captions, once nothing moves."""
    first = visits[0].settle()
    for other in visits[1:]:
        here = "([branch, at]) => quorate.state.head.branch === branch && quorate.head.at === at"
        other.page.wait_for_function(here, arg=list(at(first)), polling=20)
        other.settle()
        assert at(other) == at(first)
        assert other.captions() == first.captions()


def test_observers_follow_look_around_and_come_back(visit: NewVisit) -> None:
    presenter = visit()
    class_ = Class(presenter)
    one = class_.join(visit())
    two = class_.join(visit(390, 844, has_touch=True, is_mobile=True))
    presenter.press("Both at once")
    together(presenter, one, two)
    three = visit(color_scheme="dark").open(f"/c/{class_.code}")
    together(presenter, three)
    presenter.page.locator("#roll", has_text="3 here").wait_for()

    one.press("Back")
    class_.follower(one, "You are looking around.")
    assert at(one)[1] < at(presenter)[1]
    presenter.press("Add milk")
    together(presenter, two, three)
    assert at(one)[1] < at(presenter)[1], "who looks around is left in peace"
    one.press("Back to the presenter")
    together(presenter, one)

    two.page.reload()
    two.settle()
    together(presenter, two)
    presenter.press("Back")
    together(presenter, one, two, three)
    assert one.axe() == []
    assert two.axe() == []


def test_an_observer_cannot_write_by_any_control(visit: NewVisit) -> None:
    presenter = visit()
    class_ = Class(presenter)
    one = class_.join(visit())
    for control in ("#both", ".add", ".change", "#play", "#reset"):
        assert one.page.locator(control).first.is_disabled(), control
    one.page.locator("#link-leader-n1-n3").dispatch_event("click")
    one.settle()
    assert "Only the presenter can change this run." in one.text("#status")
    assert presenter.page.evaluate("() => quorate.state.seq") == 1


def test_the_vote_is_hidden_until_shown_and_the_answer_comes_last(visit: NewVisit) -> None:
    presenter = visit()
    class_ = Class(presenter)
    devices = [class_.join(visit()) for _ in range(3)]
    wall = visit(1920, 1080).open(f"/class/{class_.code}/projector?display=projector")
    presenter.press("Ask about the prediction")
    for device, choice in zip(devices, ("#choice-0", "#choice-1", "#choice-4"), strict=True):
        class_.follower(device, "Choose your answer.")
        device.page.click(choice)
        class_.follower(device, "You may change it until the vote is closed.")
    for screen in (presenter, wall, *devices):
        screen.page.locator("#class-say", has_text="Choose").wait_for(state="detached")
        assert screen.page.locator("meter").count() == 0
    class_.follower(presenter, "3 answered")
    presenter.press("Close the vote")
    assert all(device.page.locator("meter").count() == 0 for device in devices)
    presenter.press("Show the split")
    for screen in (presenter, wall, *devices):
        screen.page.locator("meter").first.wait_for()
        shown = screen.page.locator(".share").all_inner_texts()
        assert [text.strip() for text in shown] == ["1", "1", "0", "0", "1"]
        assert screen.page.locator(".choice.right").count() == 0
    presenter.press("Run it")
    together(presenter, *devices, wall)
    assert "reads bread." in devices[0].captions()[0]
    assert devices[0].page.locator(".choice.right").count() == 0
    presenter.press("Show the answer")
    for screen in (presenter, wall, *devices):
        screen.page.locator(".choice.right", has_text="Only one of the two").wait_for()
    assert presenter.axe() == []
    assert devices[0].axe() == []
    assert wall.axe() == []
    presenter.press("Ask about what happened")
    class_.follower(devices[0], "Choose your answer.")


def test_a_lost_presenter_is_recovered_on_another_device(visit: NewVisit) -> None:
    presenter = visit()
    class_ = Class(presenter)
    one = class_.join(visit())
    presenter.press("Both at once")
    together(presenter, one)
    presenter.page.reload()
    presenter.settle()
    class_.follower(presenter, "You drive")
    presenter.page.goto("about:blank")

    other = visit(390, 844, has_touch=True, is_mobile=True)
    other.page.goto(other.server.address + "/class")
    other.page.fill("#take-code", class_.code)
    other.page.fill("#recovery", class_.recovery)
    other.page.get_by_role("button", name="Take over", exact=True).click()
    other.page.click("#present")
    class_.follower(other.settle(), "You drive")
    assert at(other) == at(one)
    other.press("Add milk")
    together(other, one)

    presenter.page.go_back()
    presenter.settle()
    class_.follower(presenter, "Another device presents now")
    together(other, presenter)


def test_the_secret_leaves_the_address_at_once(visit: NewVisit) -> None:
    presenter = visit()
    class_ = Class(presenter)
    assert class_.secret not in presenter.page.url
    assert class_.secret not in presenter.page.content()
    one = class_.join(visit())
    assert class_.secret not in one.page.content()


def test_a_lost_connection_shows_the_same_moment_when_it_is_back(visit: NewVisit) -> None:
    presenter = visit()
    class_ = Class(presenter)
    one = class_.join(visit())
    presenter.press("Add milk")
    together(presenter, one)
    one.page.evaluate("() => quorate.live.socket.close()")
    presenter.press("Both at once")
    together(presenter, one)


def test_by_keyboard_alone(visit: NewVisit) -> None:
    """Presenter and observer without a mouse: ask, answer, run."""
    presenter = visit()
    class_ = Class(presenter)
    one = class_.join(visit())

    def press(who: Visit, selector: str) -> None:
        for _ in range(60):
            if who.page.evaluate("(q) => document.activeElement?.matches(q)", selector):
                break
            who.page.keyboard.press("Tab")
        who.key("Enter")

    press(presenter, "#step")
    class_.follower(one, "Choose your answer.")
    press(one, "#choice-1")
    class_.follower(one, "You may change it")
    class_.follower(presenter, "1 answered")
    for words in ("The vote is closed.", "The split is shown"):
        press(presenter, "#step")
        class_.follower(presenter, words)
    press(presenter, "#step")
    together(presenter, one)
    press(presenter, "#step")
    class_.follower(one, "The answer is shown.")


def test_what_leads_back_stays_in_sight_while_one_looks_around(visit: NewVisit) -> None:
    presenter = visit()
    class_ = Class(presenter)
    phone = class_.join(visit(390, 844, has_touch=True, is_mobile=True))
    presenter.press("Both at once")
    together(presenter, phone)
    phone.press("Back")
    class_.follower(phone, "You are looking around.")
    phone.page.evaluate("() => window.scrollTo(0, document.body.scrollHeight)")
    back = phone.page.get_by_role("button", name="Back to the presenter", exact=True)
    box = back.bounding_box()
    assert box
    assert 0 <= box["y"] <= 100, "it is at the top, however far one has scrolled"
    assert phone.axe() == []
    back.click()
    together(presenter, phone)


def test_a_phone_that_slept_shows_the_moment_of_now(visit: NewVisit) -> None:
    """Frozen as a browser freezes a page behind the lock screen: no timer, no script runs."""
    presenter = visit()
    class_ = Class(presenter)
    phone = class_.join(visit(390, 844, has_touch=True, is_mobile=True))
    session = phone.page.context.new_cdp_session(phone.page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    presenter.press("Both at once")
    presenter.press("Add milk")
    presenter.press("Ask about the prediction")
    session.send("Page.setWebLifecycleState", {"state": "active"})
    class_.follower(phone, "Choose your answer.")
    together(presenter, phone)
    phone.page.click("#choice-1")
    class_.follower(presenter, "1 answered")


def test_the_wall_says_how_to_join_and_offers_nothing_to_press_in_the_run(visit: NewVisit) -> None:
    presenter = visit()
    class_ = Class(presenter)
    wall = visit(1920, 1080).open(f"/class/{class_.code}/projector?display=projector")
    class_.follower(wall, "Type this address or scan the QR code.")
    wall.press("QR code")
    assert wall.page.locator("#qr img").evaluate("(image) => image.naturalWidth") > 0
    wall.press("QR code")
    assert wall.page.locator("#qr").is_hidden()
    presenter.press("Both at once")
    together(presenter, wall)
    for side in ("leader", "leaderless"):
        assert not wall.text(f"#settings-{side}").endswith("·")
