"""A run is saved as a scene file and opened again; whatever else is sent is refused in words."""

import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.main import read_scenarios
from app.scenarios.write import to_toml

TOKEN = "a" * 16
LAB = to_toml(read_scenarios()["lab"]).encode()
START = "A TOML file of at most"


def send(client: TestClient, data: bytes, name: str = "mine.toml", **headers: str):  # type: ignore[no-untyped-def]
    files = {"file": (name, data, "application/toml")}
    return client.post("/scenes", files=files, headers=headers, follow_redirects=False)


def refusal(text: str) -> str:
    found = re.search(r'id="refused" role="alert">(.*?)</p>', text, re.DOTALL)
    assert found, text[:500]
    return found[1].replace("&#34;", '"').replace("&#39;", "'")


def acts(client: TestClient, join: dict[str, object], *steps: object) -> tuple[str, list[object]]:
    """A room after these acts: its code, and its rows."""
    rows: dict[str, list[object]] = {}
    with client.websocket_connect("/live") as socket:
        socket.send_json({"type": "join", "id": 1, "room": None, "token": TOKEN, **join})
        seen = {"branch": 0, "at": 0}
        state: dict[str, object] = {}
        for number, step in enumerate(steps, 2):
            socket.send_json({"type": "act", "id": number, "seen": seen, "steps": [step]})
            while True:
                frame = socket.receive_json()
                if frame["type"] == "rows":
                    rows.setdefault(frame["cluster"], [])[frame["start"] :] = frame["rows"]
                if frame["type"] == "state":
                    state = frame
                    seen = {"branch": frame["head"]["branch"], "at": frame["head"]["until"]}
                if frame["type"] in ("accepted", "refused"):
                    assert frame["type"] == "accepted", frame
                    break
        return str(state["room"]), [rows, state["head"]]


def rows_of(client: TestClient, code: str) -> dict[str, list[object]]:
    rows: dict[str, list[object]] = {}
    with client.websocket_connect("/live") as socket:
        socket.send_json({"type": "join", "id": 1, "room": code, "token": "b" * 16})
        while (frame := socket.receive_json())["type"] != "accepted":
            if frame["type"] == "rows":
                rows[frame["cluster"]] = frame["rows"]
    return rows


STEPS = (
    [{"type": "configure", "cluster": "leader", "setting": "failover", "value": "timeout"}],
    [{"type": "add", "client": "phone", "item": "milk"}],
    [{"type": "crash", "node": "n1"}],
    [{"type": "add", "client": "laptop", "item": "bread"}],
    [{"type": "configure", "cluster": "leaderless", "setting": "w", "value": "1"}],
    [{"type": "read", "client": "laptop"}],
)


def test_a_saved_run_opens_again_with_the_same_bytes_at_the_same_moment(
    client: TestClient,
) -> None:
    code, _ = acts(client, {"run": client.app.state.hub.starts.start_of("lab")}, *STEPS)  # type: ignore[attr-defined]
    saved = client.get(f"/file/{code}")
    assert saved.status_code == 200
    assert 'attachment; filename="lab.toml"' in saved.headers["content-disposition"]
    assert 'failover = "timeout"' in saved.text
    assert "[[script]]" in saved.text
    answer = send(client, saved.content)
    assert answer.status_code == 303
    again = answer.headers["location"].removeprefix("/r/")
    assert again != code
    assert rows_of(client, again) == rows_of(client, code)
    assert client.get(f"/file/{again}").text == saved.text, "and saves as the same file"
    hub = client.app.state.hub  # type: ignore[attr-defined]
    assert hub.rooms[again].room.fold.head.until == hub.rooms[code].room.fold.head.until


def test_an_opened_file_outlives_its_process(client: TestClient) -> None:
    code = send(client, LAB).headers["location"].removeprefix("/r/")
    before = rows_of(client, code)
    hub = client.app.state.hub  # type: ignore[attr-defined]
    hub.rooms.clear()
    assert rows_of(client, code) == before
    assert "The lab" in client.get(f"/r/{code}").text


def test_an_opened_file_is_shared_with_the_file_in_the_link_or_the_refusal_says_what_else(
    client: TestClient,
) -> None:
    code = send(client, LAB).headers["location"].removeprefix("/r/")
    room = client.app.state.hub.rooms[code].room  # type: ignore[attr-defined]
    told = client.get(f"/link/{code}")
    assert told.status_code == 422, "the settings in words make it long"
    assert "Download the scene file instead" in told.text
    short = client.get(f"/file/{code}").content
    code = send(client, short).headers["location"].removeprefix("/r/")
    link = client.get(f"/link/{code}")
    assert link.status_code == 200
    assert len(link.text) <= 2_000
    page = client.get(f"/run/{link.text}")
    assert page.status_code == 200
    assert room.scenario.title in page.text


def faulty(find: bytes, put: bytes) -> bytes:
    assert find in LAB
    return LAB.replace(find, put, 1)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The file is empty."),
        (b" \n\t", "The file is empty."),
        (b"\x00\xff\xfe\x80" * 100, "scene.toml:1: The file is not UTF-8."),
        (b"\x00" * 1_000, "scene.toml:1: "),
        (b"{}", "Give valid TOML 1.0"),
        (b"seed = 7", "scene.toml: The field name is missing."),
        (b"x = " + b"[" * 20_000, "too long or too deep"),
        (b"a." * 20_000 + b"b = 1", "more than 100 dots"),
        (faulty(b"seed = 7", b"sede = 7"), "sede is not a field here. Did you mean"),
        (faulty(b'entry = "n5"', b'entry = "n55"'), "clients[1].entry: There is no node “n55”."),
        (faulty(b'failover = "election"', b'failover = "elections"'), "Did you mean election?"),
        (faulty(b'name = "leaderless"', b'name = "right"'), "Give this name and design"),
        (LAB + b'\n[[doors]]\nbutton = "On"\nscene = "hom"\n', "There is no scene hom."),
        (LAB + b'\n[[doors]]\nbutton = "On"\nlesson = "x"\n', "There is no lesson x."),
        (b"#" * 70_000, "more than 64 kB"),
    ],
)
def test_every_fault_of_a_file_is_a_sentence(
    app: FastAPI, client: TestClient, data: bytes, says: str
) -> None:
    answer = send(client, data)
    assert answer.status_code in (413, 422)
    assert says in refusal(answer.text)
    assert START in answer.text, "with the form again"
    assert app.state.hub.rooms == {}


def test_ten_megabytes_are_refused_without_being_kept(app: FastAPI, client: TestClient) -> None:
    answer = send(client, b"x" * 10_000_000)
    assert answer.status_code == 413
    assert "It has more than 64 kB. Give a shorter one." in refusal(answer.text)


def test_what_is_no_form_of_ours_is_refused(app: FastAPI, client: TestClient) -> None:
    for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}):
        foreign = send(client, LAB, **headers)
        assert foreign.status_code == 403
        assert "another site" in refusal(foreign.text)
    sent = [
        client.post("/scenes", content=LAB, headers={"content-type": "application/toml"}),
        client.post("/scenes", data={"file": "x"}),
        client.post("/scenes", content=b"--x\r\n", headers={"content-type": "multipart/form-data"}),
        client.post(
            "/scenes",
            content=b"--x\r\nrubbish",
            headers={"content-type": "multipart/form-data; boundary=x"},
        ),
        client.post("/scenes", files={"other": ("a", b"b")}),
        client.post("/scenes", files=[("file", ("a", LAB[:99])), ("file", ("b", LAB[:99]))]),
        client.post("/scenes", content=b""),
    ]
    for answer in sent:
        assert answer.status_code == 422, answer.request.headers
        assert "Refused: " in answer.text
    assert app.state.hub.rooms == {}


def test_a_file_with_more_shoppers_than_the_stage_has_places_for(client: TestClient) -> None:
    more = b"".join(
        b'\n[[clients]]\nname = "s%d"\nentry = "n1"\nitem = "tea"\n' % n for n in range(4)
    )
    assert "places for 6 shoppers, not 7" in refusal(send(client, LAB + more).text)


def test_a_file_whose_run_is_too_large_is_refused_before_anything_is_kept(
    app: FastAPI, client: TestClient
) -> None:
    nodes = ", ".join(f'"n{number}"' for number in range(1, 13)).encode()
    busy = faulty(b'nodes = ["n1", "n2", "n3", "n4", "n5"]', b"nodes = [" + nodes + b"]")
    busy = busy.replace(b'failover = "election"', b'failover = "election", heartbeat_us = 20000')
    late = b'\n[[script]]\nat_us = 60000000\ncommand = { type = "heal_all" }\n'
    answer = send(client, busy + late)
    assert "Its run has more than 50000 events by" in refusal(answer.text)
    assert app.state.hub.rooms == {}


def test_a_link_to_a_run_that_is_too_large_is_refused_too(client: TestClient) -> None:
    from app.rooms.links import LinkedRun, write_link

    link = write_link(LinkedRun("home", 7, "abc", 3_600_000_000, ()))
    page = client.get(f"/run/{link}")
    assert page.status_code == 404
    assert "Its run has more than 50000 events" in page.text


def test_texts_of_a_file_are_shown_and_never_run(client: TestClient) -> None:
    evil = faulty(b'title = "The lab"', b'title = "</script><script>alert(1)</script>"')
    code = send(client, evil).headers["location"].removeprefix("/r/")
    assert "<script>alert" not in client.get(f"/r/{code}").text


def test_a_room_that_is_not_there_has_no_file(client: TestClient) -> None:
    answer = client.get("/file/abcdefghjkmn")
    assert answer.status_code == 422
    assert "There is no such room here" in answer.text
