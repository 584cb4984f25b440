"""Pages and forms over HTTP: what is served, with which headers, and how bad input is refused."""

import re
from html import escape

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

TOKEN = "a" * 16
FORM = {"token": TOKEN, "id": "1", "branch": "0", "at": "0", "room": ""}
CUT = {**FORM, "kind": "cut_link", "node": "n1", "other": "n3"}


@pytest.mark.parametrize("path", ["/", "/glossary", "/limits", "/health", "/favicon.ico"])
def test_pages_answer_with_strict_headers_and_name_no_foreign_host(
    client: TestClient, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    hosts = set(re.findall(r"https?://([\w.-]+)", answer.text)) - {"www.w3.org"}
    assert hosts == set()


def test_a_get_makes_no_room(app: FastAPI, client: TestClient) -> None:
    client.get("/")
    client.head("/")
    assert app.state.hub.rooms == {}


@pytest.mark.parametrize(
    "path", ["/r/abcdefghjkmn", "/r/%2e%2e", "/run/rubbish", "/run/" + "A" * 5_000, "/nowhere"]
)
def test_what_is_not_there_says_so_with_a_way_on(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert 'href="/"' in answer.text


def test_the_first_page_is_small(client: TestClient) -> None:
    page = client.get("/").text
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    size = len(page.encode()) + sum(len(client.get(file).content) for file in files)
    assert size < 300_000


def test_static_files_with_a_hash_may_be_kept(client: TestClient) -> None:
    page = client.get("/").text
    named = re.search(r'href="(/static/css/tokens.css\?v=\w+)"', page)
    assert named
    assert "immutable" in client.get(named[1]).headers["Cache-Control"]
    assert client.get("/static/css/tokens.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/../app/main.py").status_code == 404


def test_a_form_cuts_a_link_and_says_where(app: FastAPI, client: TestClient) -> None:
    answer = client.post("/actions/fault", data=CUT)
    assert answer.status_code == 200
    assert "Cut a link: n1–n3, on both sides." in answer.text
    (code,) = app.state.hub.rooms
    assert code in answer.headers["HX-Trigger"]
    assert client.get(f"/r/{code}").status_code == 200


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"other": "n9"}, 422),
        ({"other": "n1"}, 422),
        ({"kind": "slow_node", "amount": "1001"}, 422),
        ({"kind": "slow_node", "amount": ""}, 422),
        ({"kind": "slow_node", "amount": "soon"}, 422),
        ({"kind": "add"}, 422),
        ({"side": "middle"}, 422),
        ({"run": "rubbish"}, 422),
        ({"node": "<script>"}, 422),
        ({"kind": "explode"}, 422),
        ({"at": "-1"}, 422),
        ({"at": "soon"}, 422),
        ({"id": "9" * 30}, 422),
        ({"token": "short"}, 422),
        ({"room": "../../etc"}, 422),
        ({"room": "abcdefghjkmn"}, 422),
        ({"node": "n" * 10_000}, 413),
    ],
)
def test_bad_forms_are_refused_in_words(
    app: FastAPI, client: TestClient, changed: dict[str, str], status: int
) -> None:
    answer = client.post("/actions/fault", data={**CUT, **changed})
    assert answer.status_code == status
    assert "Refused:" in answer.text
    assert "<script>" not in answer.text
    assert app.state.hub.rooms == {} or "room" not in changed


def test_another_sites_page_can_neither_post_nor_listen(client: TestClient) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    assert client.post("/actions/fault", data=CUT, headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/live", headers=headers):
        pass


def test_a_setting_by_form(client: TestClient) -> None:
    data = {**FORM, "cluster": "leader", "setting": "failover", "value": "election"}
    assert client.post("/actions/setting", data=data).status_code == 200
    assert client.post("/actions/setting", data={**data, "value": "x"}).status_code == 422


def test_a_room_gives_its_link_and_the_limits_page_attaches_it(
    app: FastAPI, client: TestClient
) -> None:
    client.post("/actions/fault", data=CUT)
    (code,) = app.state.hub.rooms
    link = client.get(f"/link/{code}").text
    assert client.get(f"/run/{link}").status_code == 200
    assert link in client.get(f"/limits?room={code}").text
    assert client.get("/link/abcdefghjkmn").status_code == 422


def test_the_glossary_has_every_term_once(client: TestClient) -> None:
    from app.vocabulary import TERMS

    words = [term.word for term in TERMS]
    assert len(words) == len(set(words))
    page = client.get("/glossary").text
    for term in TERMS:
        assert f"<dt>{term.word}</dt>" in page
        assert term.meaning.endswith(".")


def test_no_avoided_word_is_said_on_screen(client: TestClient) -> None:
    from app.trace.sentences import SENTENCES
    from app.vocabulary import NOT_MODELLED, TERMS

    avoided = {word for term in TERMS for word in term.avoid} | {"consistent"}
    said = [template.text for template in SENTENCES.values()] + list(NOT_MODELLED)
    said += [re.sub(r"<script.*?</script>|<[^>]*>", " ", client.get("/").text, flags=re.DOTALL)]
    for text in said:
        for word in avoided:
            assert not re.search(rf"\b{word}\b", text, re.IGNORECASE), (word, text)


def test_the_misconceptions_are_listed_with_their_runs(client: TestClient) -> None:
    page = client.get("/scenes").text
    for one in client.app.state.misconceptions:  # type: ignore[attr-defined]
        assert f">M{one.number}<" in page
        assert f'<a href="/scenes/{one.scene}">{escape(one.believed, quote=False)}</a>' in page
    runs = re.findall(r'href="(/run/[^"]+)"', page)
    assert len(runs) == sum(len(one.variants) for one in client.app.state.misconceptions)  # type: ignore[attr-defined]
    assert client.get("/scenes/m25-does-a-hint-count").status_code == 200
    assert client.get(runs[0]).status_code == 200
    # Its scene is in none of the doors, so the list of scenes does not have it twice.
    assert page.count("/scenes/m25-does-a-hint-count") == 1
