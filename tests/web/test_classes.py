"""A class over HTTP and websockets: who may do what, what is hidden until shown, who presents."""

import json
import re
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from app import web
from app.rooms.frames import AnyRequest

SEEN = {"branch": 0, "at": 0}
CUT = [[{"type": "cut_link", "a": "n1", "b": "n3"}]]
REQUESTS: dict[str, dict[str, Any]] = {
    "act": {"seen": SEEN, "steps": CUT},
    "next": {"seen": SEEN},
    "back": {"seen": SEEN},
    "play": {"seen": SEEN, "speed": 100},
    "pause": {"seen": SEEN},
    "seek": {"seen": SEEN},
    "more": {"seen": SEEN},
    "reset": {},
    "visit": {"branch": 0},
    "redo": {"seen": SEEN},
    "rename": {"branch": 0, "name": "Mine"},
    "pose": {"question": "predict"},
    "show": {"question": "predict", "what": "run"},
}


class Keys:
    """What the page that starts a class shows."""

    def __init__(self, page: str) -> None:
        found = re.search(r'href="/class/(\w+)/present#(\w+)"', page)
        assert found
        self.code, self.key = found[1], found[2]
        recovery = re.search(r'id="recovery-code">([\w-]+)<', page)
        assert recovery
        self.recovery = recovery[1]


def start(client: TestClient) -> Keys:
    answer = client.post("/class", data={"lesson": "milk-and-bread"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return Keys(answer.text)


class Device:
    """One websocket in a class; hears everything up to the answer of what it asks."""

    def __init__(self, socket: Any, code: str, token: str, key: str = "") -> None:
        self.socket = socket
        self.counter = 0
        self.heard: list[dict[str, Any]] = []
        self.raw: list[str] = []
        join = {"room": code, "token": token * 16}
        self.answer = self.ask("join", **join, **({"key": key} if key else {}))

    def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        self.counter += 1
        self.socket.send_json({"type": kind, "id": self.counter, **fields})
        return self.until(lambda frame: frame["type"] in ("accepted", "refused"))

    def until(self, fits: Any) -> dict[str, Any]:
        while True:
            self.raw.append(self.socket.receive_text())
            self.heard.append(json.loads(self.raw[-1]))
            if fits(self.heard[-1]):
                return self.heard[-1]

    def phase(self, fits: Any) -> dict[str, Any]:
        """The question as it is once it fits."""
        frame = self.until(
            lambda f: f["type"] == "state" and f["phase"] is not None and fits(f["phase"])
        )
        phase: dict[str, Any] = frame["phase"]
        return phase


def test_every_kind_of_request_of_a_follower_but_the_vote_is_refused(client: TestClient) -> None:
    keys = start(client)
    kinds = {request.__struct_config__.tag for request in AnyRequest.__args__}  # type: ignore[attr-defined]
    assert kinds == {*REQUESTS, "vote", "join"}, "a new kind of request needs its line here"
    with client.websocket_connect("/live") as socket:
        follower = Device(socket, keys.code, "f")
        assert follower.heard[0]["role"] == "follows"
        before = follower.heard[-2]["seq"]
        for kind, fields in REQUESTS.items():
            answer = follower.ask(kind, **fields)
            assert answer["type"] == "refused", kind
            assert answer["reason"] == "Only the presenter can change this run."
        assert client.app.state.hub.rooms[keys.code].room.fold.seq == before  # type: ignore[attr-defined]


def test_a_form_of_a_follower_is_refused_too(client: TestClient) -> None:
    keys = start(client)
    form = {"token": "f" * 16, "id": "1", "branch": "0", "at": "0", "room": keys.code}
    answer = client.post(
        "/actions/fault", data={**form, "kind": "cut_link", "node": "n1", "other": "n3"}
    )
    assert answer.status_code == 422
    assert "Only the presenter" in answer.text
    allowed = {**form, "key": keys.key, "kind": "cut_link", "node": "n1", "other": "n3"}
    assert client.post("/actions/fault", data=allowed).status_code == 200


ROUTER = APIRouter()
FORMS = {
    "/actions/fault": {"kind": "cut_link", "node": "n1", "other": "n3", "amount": "", "side": ""},
    "/actions/setting": {"cluster": "leader", "setting": "copies", "value": "3"},
    "/lessons/{slug}": {"do": "worked"},
    "/class": {"lesson": "milk-and-bread"},
    "/class/recover": {"recovery": "bbbb-cccc-dddd"},
    "/scenes": {},
    "/judge": {},
    "/experiments/{name}": {},
    "/experiments/{name}/runs/{run}/cancel": {},
    "/find-bad": {},
    "/find-bad/{name}/cancel": {},
}
"""Every form there is, filled in by somebody of the audience who means harm."""


def test_no_form_lets_the_audience_change_the_class(client: TestClient) -> None:
    modules = [import_module(f"app.web.{found.name}") for found in iter_modules(web.__path__)]
    routes = [route for module in modules for route in getattr(module, "router", ROUTER).routes]
    posts = {route.path for route in routes if "POST" in (getattr(route, "methods", None) or ())}
    assert posts == set(FORMS), "a new form needs its line here"
    keys = start(client)
    fold = client.app.state.hub.rooms[keys.code].room.fold  # type: ignore[attr-defined]
    before = (fold.seq, fold.presenter, fold.recovery)
    who = {"token": "f" * 16, "id": "1", "branch": "0", "at": "0", "room": keys.code}
    for path, fields in FORMS.items():
        for key in ("", "x" * 24, keys.recovery):
            form = {**fields, "key": key, "code": keys.code}
            if "/actions/" in path:
                form = {**who, **fields, "key": key}
            address = path.replace("{slug}", "milk-and-bread")
            answer = client.post(address, data=form, headers={"HX-Request": "true"})
            assert answer.status_code < 500
            if "/actions/" in path:
                assert answer.status_code == 422
                assert "Only the presenter" in answer.text
            if path == "/class/recover":
                assert answer.status_code == 422
        assert (fold.seq, fold.presenter, fold.recovery) == before, path


def test_a_wrong_secret_drives_nothing(client: TestClient) -> None:
    keys = start(client)
    for wrong in ("", "x", keys.key[:-1], keys.key + "a", keys.recovery, "f" * 16):
        with client.websocket_connect("/live") as socket:
            device = Device(socket, keys.code, "f", wrong)
            assert device.heard[0]["role"] == "follows", wrong


def test_votes_and_the_key_are_hidden_until_shown(client: TestClient) -> None:
    keys = start(client)
    with (
        client.websocket_connect("/live") as one,
        client.websocket_connect("/live") as two,
        client.websocket_connect("/live") as three,
    ):
        presenter = Device(one, keys.code, "p", keys.key)
        follower = Device(two, keys.code, "f")
        assert presenter.heard[0]["role"] == "drives"
        assert presenter.ask("pose", question="predict")["type"] == "accepted"
        open_phase = follower.phase(lambda phase: True)
        assert open_phase["split"] is None
        assert open_phase["right"] is None
        assert open_phase["tempts"] == []
        assert follower.ask("vote", question="predict", choice=0)["type"] == "accepted"
        assert follower.ask("vote", question="predict", choice=1)["type"] == "accepted"
        other = Device(three, keys.code, "g")
        assert other.ask("vote", question="predict", choice=-1)["type"] == "accepted"
        counted = follower.phase(lambda phase: phase["answers"] == 2)
        assert counted["split"] is None
        refused = presenter.ask("vote", question="predict", choice=1)
        assert refused["reason"] == "You ask; the others answer."
        early = presenter.ask("show", question="predict", what="answer")
        assert early["reason"] == "Nobody has seen the run yet."
        presenter.ask("show", question="predict", what="closed")
        late = follower.ask("vote", question="predict", choice=2)
        assert late["reason"] == "The answers are in already."
        assert '"split":[' not in "".join(follower.raw)
        presenter.ask("show", question="predict", what="split")
        shown = follower.phase(lambda phase: phase["split"] is not None)
        assert shown["split"] == [0, 1, 0, 0, 1]
        assert shown["right"] is None
        presenter.ask("show", question="predict", what="run")
        assert '"right":1' not in "".join(follower.raw)
        presenter.ask("show", question="predict", what="answer")
        answer = follower.phase(lambda phase: phase["right"] is not None)
        assert answer["right"] == 1
        assert len(answer["tempts"]) == 4


def asked_in(raw: list[str]) -> str:
    """The frame that told of the open question."""
    return next(text for text in raw if '"phase":{' in text)


def test_nothing_beyond_the_gate_leaves_the_server(client: TestClient) -> None:
    keys = start(client)
    with client.websocket_connect("/live") as one, client.websocket_connect("/live") as two:
        presenter = Device(one, keys.code, "p", keys.key)
        presenter.ask("act", seen=SEEN, steps=[[{"type": "add", "client": "phone", "item": "tea"}]])
        presenter.ask("pose", question="predict")
        asked = client.app.state.hub.rooms[keys.code].room.fold.question  # type: ignore[attr-defined]
        late = Device(two, keys.code, "l")
        for kind in ("next", "play", "act", "reset", "visit"):
            fields = REQUESTS[kind] | ({"seen": {"branch": asked.branch, "at": asked.at}})
            if kind in ("reset", "visit"):
                fields = REQUESTS[kind]
            no = presenter.ask(kind, **fields)
            assert no["type"] == "refused", kind
            assert "question is open" in no["reason"], kind
        for page in (f"/c/{keys.code}", f"/class/{keys.code}/present", f"/r/{keys.code}"):
            text = client.get(page).text
            late.raw.append(text.split('id="scene">')[1].split("</script>")[0])
        assert client.get(f"/link/{keys.code}").status_code == 422
        assert "/run/" not in client.get(f"/limits?room={keys.code}").text
        beyond = {"branch": asked.branch, "at": asked.at + 1}
        for device in (presenter, late):
            for kind in ("seek", "pause", "more", "play", "next", "act"):
                assert device.ask(kind, **REQUESTS[kind] | {"seen": beyond})["type"] == "refused"
        # The presenter may look at what is there; asking for more simulates, and shows, nothing.
        assert presenter.ask("seek", seen={"branch": asked.branch, "at": asked.at})["type"] == (
            "accepted"
        )
        ahead = {"branch": asked.branch, "at": asked.at}
        presenter.socket.send_json({"type": "more", "id": 90, "seen": ahead})
        for branch in (0, asked.branch, asked.branch + 1, 9_999):
            for have in ({}, {"leader": 0, "leaderless": 0}, {"leader": 10**6, "leaderless": 1}):
                join = {"room": keys.code, "token": "m" * 16, "branch": branch, "have": have}
                late.counter += 1
                late.socket.send_json({"type": "join", "id": late.counter, **join})
                late.until(lambda frame: frame["type"] == "accepted")
        late.raw += presenter.raw[presenter.raw.index(asked_in(presenter.raw)) :]
        sent = [json.loads(text) for text in late.raw]
        frames = [frame for frame in sent if frame.get("type") == "rows"]
        frames += [frame for scene in sent if "legend" in scene for frame in scene["rows"]]
        rows = [row for frame in frames for row in frame["rows"]]
        assert rows
        assert max(row[1] for row in rows) <= asked.at
        assert all(placed.at > asked.at for placed in asked.held)
        states = [f for f in sent if f.get("type") == "state"]
        states += [scene["state"] for scene in sent if "legend" in scene]
        assert all(state["commands"] == [] for state in states)
        assert all(stop <= asked.at for state in states for stop in state["stops"])


def test_what_happened_is_asked_about_the_run_that_was_predicted(client: TestClient) -> None:
    """Also when the presenter has gone back in it, or done something else since."""
    keys = start(client)
    with client.websocket_connect("/live") as one:
        presenter = Device(one, keys.code, "p", keys.key)
        presenter.ask("pose", question="predict")
        for what in ("split", "run", "answer"):
            presenter.ask("show", question="predict", what=what)
        head = next(f["head"] for f in reversed(presenter.heard) if f["type"] == "state")
        presenter.ask("back", seen={"branch": head["branch"], "at": head["until"]})
        presenter.ask("reset")
        assert presenter.ask("pose", question="happened")["type"] == "accepted"
        presenter.ask("show", question="happened", what="answer")
        assert presenter.phase(lambda phase: phase["right"] is not None)["right"] == 2


def test_a_class_about_a_lesson_that_is_gone_says_so(client: TestClient) -> None:
    keys = start(client)
    hub = client.app.state.hub  # type: ignore[attr-defined]
    hub.rooms.clear()
    hub.lessons.clear()
    for path in ("/c/{}", "/class/{}/present", "/class/{}/projector"):
        answer = client.get(path.format(keys.code))
        assert answer.status_code == 404
        assert "which this version lacks.</p>\n  <p>Start a new class." in answer.text


def test_the_presenters_secrets_are_in_no_page_frame_or_log(client: TestClient) -> None:
    keys = start(client)
    with client.websocket_connect("/live") as one, client.websocket_connect("/live") as two:
        presenter = Device(one, keys.code, "p", keys.key)
        follower = Device(two, keys.code, "f")
        presenter.ask("pose", question="predict")
        follower.phase(lambda phase: True)
        seen = [*follower.raw, *presenter.raw]
    paths = ("/c/{}", "/class/{}/present", "/class/{}/projector", "/class/{}/qr.svg", "/r/{}")
    seen += [client.get(path.format(keys.code)).text for path in paths]
    seen += [client.get(path).text for path in ("/class", "/limits?room=" + keys.code)]
    archive = client.app.state.hub.archive  # type: ignore[attr-defined]
    seen.append(repr(archive._logs[keys.code]))
    for secret in (keys.key, keys.recovery):
        assert not any(secret in text for text in seen)


def test_the_recovery_code_makes_another_device_the_presenter(client: TestClient) -> None:
    keys = start(client)
    with client.websocket_connect("/live") as one, client.websocket_connect("/live") as two:
        lost = Device(one, keys.code, "p", keys.key)
        assert lost.ask("act", seen=SEEN, steps=CUT)["type"] == "accepted"
        wrong = client.post(
            "/class/recover", data={"code": keys.code, "recovery": "aaaa-bbbb-cccc"}
        )
        assert wrong.status_code == 422
        assert "not its recovery code" in wrong.text
        form = {"code": keys.code.upper(), "recovery": f" {keys.recovery.upper()} "}
        fresh = Keys(client.post("/class/recover", data=form).text)
        assert fresh.code == keys.code
        assert {fresh.key, fresh.recovery}.isdisjoint({keys.key, keys.recovery})
        told = lost.until(lambda frame: frame["type"] == "welcome")
        assert told["role"] == "follows"
        seen = {"branch": 0, "at": lost.heard[-1].get("at", 0)}
        assert lost.ask("seek", seen=seen)["type"] == "refused"
        found = Device(two, keys.code, "q", fresh.key)
        assert found.ask("seek", seen=seen)["type"] == "accepted"
        assert found.heard[-2]["commands"] != [], "the room is as it was left"
        assert client.post("/class/recover", data=form).status_code == 422, "a code works once"


def test_a_late_joiner_is_told_how_long_the_head_has_been_going(app: FastAPI) -> None:
    wall = [1_000.0]
    app.state.hub.wall = lambda: wall[0]
    with TestClient(app) as client:
        keys = start(client)
        with client.websocket_connect("/live") as one, client.websocket_connect("/live") as two:
            presenter = Device(one, keys.code, "p", keys.key)
            presenter.ask("act", seen=SEEN, steps=CUT)
            wall[0] += 2.5
            late = Device(two, keys.code, "l")
            state = next(frame for frame in late.heard if frame["type"] == "state")
            assert state["age"] == 2_500
            assert state["head"] == presenter.heard[-2]["head"]
            wall[0] -= 3_600
            with client.websocket_connect("/live") as three:
                later = Device(three, keys.code, "m")
                state = next(frame for frame in later.heard if frame["type"] == "state")
                assert state["age"] == 0, "a clock that jumped back loses nothing but the delay"
            assert presenter.ask("seek", seen=SEEN)["type"] == "accepted"


def test_a_vote_by_cookie_counts_once_however_often_the_page_is_loaded(client: TestClient) -> None:
    keys = start(client)
    client.get(f"/c/{keys.code}")
    with client.websocket_connect("/live") as one:
        presenter = Device(one, keys.code, "p", keys.key)
        presenter.ask("pose", question="predict")
        for token in ("a", "b", "c"):
            with client.websocket_connect("/live") as two:
                assert Device(two, keys.code, token).ask("vote", question="predict", choice=2)
        presenter.ask("show", question="predict", what="split")
        shown = presenter.phase(lambda phase: phase["split"] is not None)
        assert sum(shown["split"]) == 1
        page = client.get(f"/c/{keys.code}").text
        assert '"votes":{"predict":2}' in page


@pytest.mark.parametrize("code", ["zzzzz", "ABC", "<b>", "x" * 400])
def test_a_code_that_is_none_says_so(client: TestClient, code: str) -> None:
    answer = client.get("/join", params={"code": code})
    assert answer.status_code == 422
    assert "/class" in answer.text
    assert client.get(f"/c/{code[:12]}").status_code in (404, 422)


def test_the_code_is_found_however_it_is_typed(client: TestClient) -> None:
    keys = start(client)
    typed = f" {keys.code[:2].upper()} {keys.code[2:]} "
    answer = client.get("/join", params={"code": typed}, follow_redirects=False)
    assert answer.headers["location"] == f"/c/{keys.code}"


def test_a_visitors_own_room_is_no_class(client: TestClient) -> None:
    form = {"token": "f" * 16, "id": "1", "branch": "0", "at": "0", "room": ""}
    answer = client.post(
        "/actions/fault", data={**form, "kind": "cut_link", "node": "n1", "other": "n3"}
    )
    code = json.loads(answer.headers["HX-Trigger"])["room-made"]["room"]
    assert client.get(f"/c/{code}").status_code == 404
