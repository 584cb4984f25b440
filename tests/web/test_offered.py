"""A link for a class hides and locks what it names, and nothing is passed over in silence."""

import re

import pytest
from starlette.testclient import TestClient

from app.errors import CommandRejected
from app.web.offered import LOCK, SHOW, Offered, offered


def test_nothing_named_is_nothing_hidden() -> None:
    assert offered({}) == Offered()


def test_what_is_not_shown_is_hidden() -> None:
    assert offered({"show": "ledger, guide", "lock": "faults"}) == Offered(
        ("spacetime", "copies", "log", "promises", "branches", "inspector", "settings", "counters"),
        ("faults",),
    )
    assert offered({"show": ""}).hidden == tuple(SHOW)
    assert offered({"lock": ",".join(LOCK)}).locked == tuple(LOCK)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"show": "legder"}, "Did you mean ledger?"),
        ({"lock": "fault"}, "Did you mean faults?"),
        ({"lock": "ledger"}, "Choose one of: faults, settings, clients, time."),
        ({"show": "<script>" * 50}, "“<script><script><script><scrip” in show="),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest_right_one(
    query: dict[str, str], says: str
) -> None:
    with pytest.raises(CommandRejected) as refused:
        offered(query)
    assert says in str(refused.value)


@pytest.mark.parametrize("path", ["/", "/lab", "/scenes/two-leaders"])
def test_every_page_with_a_stage_of_ones_own_carries_it(client: TestClient, path: str) -> None:
    page = client.get(f"{path}?show=ledger,guide&lock=time").text
    body = re.search(r"<body [^>]*>", page)
    assert body
    assert 'data-locked="time"' in body[0]
    assert (
        'data-hidden="spacetime copies log promises branches inspector settings counters"'
        in body[0]
    )
    wrong = client.get(f"{path}?show=legder")
    assert wrong.status_code == 404
    assert "Did you mean ledger?" in wrong.text


def test_every_name_is_a_part_of_the_page() -> None:
    """A name in the table that the page does not know would hide nothing."""
    from app.main import ROOT

    css = (ROOT / "static" / "css" / "panels.css").read_text()
    for name in SHOW:
        assert f'[data-hidden~="{name}"]' in css
    js = (ROOT / "static" / "js" / "model" / "offer.js").read_text()
    for name in LOCK:
        assert f"{name}: " in js
