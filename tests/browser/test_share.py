"""Share: a run saved as a file and opened again, a link for a class and what it leaves out."""

from pathlib import Path

import pytest

from tests.browser.conftest import NewVisit, Visit

PHONE = {"has_touch": True, "is_mobile": True}


def test_a_run_is_saved_and_opened_again_from_the_list_of_scenes(
    visit: NewVisit, tmp_path: Path
) -> None:
    v = visit(accept_downloads=True).open("/lab")
    v.press("Add milk")
    v.page.locator("#share summary").click()
    with v.page.expect_download() as download:
        v.page.get_by_role("link", name="Download the scene file").click()
    file = tmp_path / "lab.toml"
    download.value.save_as(file)
    at, ledger = v.moment(), v.ledger()
    assert download.value.suggested_filename == "lab.toml"
    other = visit()
    other.page.goto(other.server.address + "/scenes")
    assert other.axe() == []
    other.page.get_by_label("Scene file", exact=True).set_input_files(file)
    other.page.get_by_role("button", name="Open", exact=True).click()
    other.page.wait_for_url("**/r/*")
    other.settle()
    assert (other.moment(), other.ledger()) == (at, ledger)
    other.press("Add bread")


@pytest.mark.parametrize("wrong", [b"sede = 7", b"x" * 10_000_000], ids=["field", "10 MB"])
def test_a_wrong_file_is_told_beside_the_form(
    visit: NewVisit, tmp_path: Path, wrong: bytes
) -> None:
    file = tmp_path / "wrong.toml"
    file.write_bytes(wrong)
    v = visit()
    v.page.goto(v.server.address + "/scenes")
    v.page.get_by_label("Scene file", exact=True).set_input_files(file)
    v.page.get_by_role("button", name="Open", exact=True).click()
    v.page.locator("#refused").wait_for()
    assert v.text("#refused").startswith("Open this scene file. Refused: ")
    assert v.axe() == []
    v.troubles.clear()  # the browser reports the answer's status


def open_class_link(visit: NewVisit, query: str, **options: object) -> Visit:
    return visit(**options).open(f"/scenes/two-leaders{query}")


def test_hidden_tools_are_out_of_sight_of_the_tree_and_of_tab(visit: NewVisit) -> None:
    v = open_class_link(visit, "?show=log&lock=faults,settings,clients,time")
    tabs = v.page.get_by_role("tab").all_inner_texts()
    assert tabs == ["Log"]
    assert v.page.locator(".guide, .change, #more, #panel-ledger").filter(visible=True).count() == 0
    assert v.page.locator("#panel-log").is_visible()
    reached = set()
    for _ in range(30):
        v.page.keyboard.press("Tab")
        reached.add(v.page.evaluate("() => document.activeElement.id"))
    assert not reached & {"guide-go", "tab-ledger", "more", "next", "scrubber", "both"}
    assert "tab-log" in reached
    v.page.locator("#link-leader-n1-n3 .target").click()
    v.settle()
    assert v.text("#status").startswith("Faults are locked on this page by its class link.")
    v.page.locator("#node-leader-n2").click()
    assert "The inspector is not on this page" in v.text("#status")
    assert v.page.locator("#inspector").is_hidden()
    assert v.axe() == []


def test_the_guide_goes_on_where_acts_are_locked_and_the_link_stays(visit: NewVisit) -> None:
    query = "?show=ledger,guide&lock=faults,clients"
    v = open_class_link(visit, query)
    v.page.click("#guide-go")
    v.settle()
    assert v.page.url.endswith(query)
    assert v.page.get_by_role("button", name="Add milk").is_disabled()
    v.page.reload()
    v.settle()
    assert v.page.get_by_role("tab").all_inner_texts() == ["Told and true"]


def test_the_form_writes_a_class_link_that_does_what_it_says(visit: NewVisit) -> None:
    v = visit().open("/lab")
    v.page.locator("#share summary").click()
    v.page.get_by_role("checkbox", name="Log", exact=True).uncheck()
    v.page.get_by_role("checkbox", name="Faults", exact=True).check()
    assert v.axe() == []
    v.page.get_by_role("button", name="Write the link").click()
    v.page.locator("#class-address").wait_for()
    address = v.page.locator("#class-address").input_value()
    assert address.endswith(
        "/lab?show=ledger,spacetime,copies,branches,inspector,settings,counters,guide&lock=faults"
    )
    v.key("Escape")
    assert not v.page.locator("#share").evaluate("(menu) => menu.open")
    v.page.goto(address)
    v.settle()
    assert "Log" not in v.page.get_by_role("tab").all_inner_texts()
