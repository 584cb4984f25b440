"""The page that searches for a bad run: what it takes, what it refuses, and a search to its end."""

import re

from starlette.testclient import TestClient

from app.main import read_misconceptions
from app.rooms.links import LinkedRun, read_link, write_link
from app.rooms.searches import Search
from app.trace.commands import Configure, ConfigureClient, PlacedCommand, Put
from app.web.find_bad import Choice, hunt_of, subject_of


def begun(client: TestClient, **fields: str) -> Search:
    """A search that was begun by the form."""
    answer = client.post("/find-bad", data=fields, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    name = answer.headers["location"].removeprefix("/find-bad/")
    return client.app.state.searches.find(name)  # type: ignore[attr-defined,no-any-return]


def test_a_search_finds_a_run_that_opens_and_another_one_ends_when_told_to(
    client: TestClient,
) -> None:
    searches = client.app.state.searches  # type: ignore[attr-defined]
    page = client.get("/find-bad?misconception=6").text
    assert '<option value="two_leaders" selected>' in page
    assert '<option value="leader" selected>' in page
    run = re.findall(r'name="run" value="([^"]+)"', page)[0]
    assert read_link(run).scenario == "m06-two-histories"

    search = begun(client, run=run, side="leader", promise="two_leaders")
    client.portal.call(searches.over, search)  # type: ignore[union-attr]
    assert search.state == "found"
    found = client.get(f"/find-bad/{search.id}").text
    assert f"Run {search.found.number + 1} breaks it" in found
    assert "as leader of term 1 while" in found
    assert "<td>cut off: n1</td>" in found
    link = re.findall(r'href="/run/([^"]+)"', found)[0]
    assert read_link(link).at == search.found.at
    opened = client.get(f"/run/{link}")
    assert opened.status_code == 200
    assert '"two_leaders","broken"' in opened.text

    endless = begun(client, scene="lab", promise="two_leaders", side="leaderless")
    told = client.post(
        "/find-bad", data={"scene": "lab", "promise": "stale_reads"}, follow_redirects=False
    )
    assert told.status_code == 422
    assert "A search of yours is under way." in told.text
    assert 'data-state="running"' in client.get(f"/find-bad/{endless.id}/result").text
    stranger = TestClient(client.app).post(f"/find-bad/{endless.id}/cancel")
    assert "Somebody else began it." in stranger.text
    client.post(f"/find-bad/{endless.id}/cancel")
    client.portal.call(searches.over, endless)  # type: ignore[union-attr]
    assert endless.state == "ended"
    assert f"Ended after {endless.tried} runs" in client.get(f"/find-bad/{endless.id}").text


REFUSED: tuple[tuple[dict[str, str], str], ...] = (
    ({"promise": "honesty"}, "There is no promise honesty."),
    ({"side": "left"}, "There is no side left."),
    ({"faults": "none"}, "There is no choice of faults none."),
    ({"seed": "-1"}, "The seed is no whole number from 0 to"),
    ({"window_us": "1e9"}, "The time is no whole number from 0 to"),
    ({"run": "AAAA"}, "Open this link."),
    ({"run": "A" * 3_000}, "It is longer than any link of ours."),
    ({"run": "A" * 9_000}, "The form is too long."),
)


def test_what_cannot_be_searched_is_refused(client: TestClient) -> None:
    for fields, told in REFUSED:
        answer = client.post("/find-bad", data=fields)
        assert (answer.status_code, told in answer.text) == (422, True), told
    assert client.get("/find-bad?run=AAAA").status_code == 404
    assert "It is not kept any more." in client.get("/find-bad/nothing").text
    headers = {"origin": "http://elsewhere.example"}
    answer = client.post("/find-bad", data={"scene": "lab"}, headers=headers)
    assert "The form comes from another site." in answer.text


def test_the_settings_of_a_run_hold_and_its_requests_do_not(client: TestClient) -> None:
    hub = client.app.state.hub  # type: ignore[attr-defined]
    commands = (
        PlacedCommand(0, Configure("leader", "copies", "1")),
        PlacedCommand(10, Put(client="phone", key="price", value="1")),
        PlacedCommand(20, Configure("leader", "copies", "3")),
        PlacedCommand(30, ConfigureClient("phone", "entry", "n2")),
    )
    run = write_link(LinkedRun("lab", 7, "", 40, commands))
    subject = subject_of(hub, run)
    assert subject.given == (
        Configure("leader", "copies", "3"), ConfigureClient("phone", "entry", "n2"),
    )  # fmt: skip
    hunt = hunt_of(subject, Choice(run, "leader", "stale_reads"))
    hunt.check()
    assert "copies 3, entry n2." in client.get(f"/find-bad?run={run}").text
    page = client.get("/scenes").text
    for one in read_misconceptions()[0]:
        assert (f'/find-bad?misconception={one.number}"' in page) == (one.bad_run is not None)
