"""A lesson by its forms: step by step, nothing before its time, nobody in another's room."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from msgspec.structs import replace
from starlette.testclient import TestClient

PAGE = "/lessons/milk-and-bread"
JOIN = {"type": "join", "id": 1, "token": "a" * 16}
OPERATIONS = [
    {"type": "add", "client": "phone", "item": "milk", "write": "operation"},
    {"type": "add", "client": "laptop", "item": "bread", "write": "operation"},
]


def press(client: TestClient, do: str, choice: int = -1) -> str:
    answer = client.post(
        PAGE, data={"do": do, "choice": str(choice)}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200, answer.text
    text: str = answer.text
    return text


def room_of(client: TestClient) -> str:
    page = client.get(PAGE).text
    scene = page.split('id="scene">')[1].split("</script>")[0]
    room: str = json.loads(scene)["room"]
    return room


def frames(socket: Any, until: str) -> list[dict[str, Any]]:
    """Everything up to the first frame of that type."""
    got = [json.loads(socket.receive_text())]
    while got[-1]["type"] != until:
        got.append(json.loads(socket.receive_text()))
    return got


def to_the_question(client: TestClient) -> None:
    press(client, "worked")
    press(client, "predict")


def test_the_whole_way_through(client: TestClient) -> None:
    assert "Many people think" not in client.get(PAGE).text
    assert "Show me the question" in press(client, "worked")
    assert "Lock my answer" in press(client, "predict")
    assert "Run it" in press(client, "choose", 0)
    ran = press(client, "run")
    assert "What did the laptop’s last read show" in ran.replace("'", "’").replace("&#39;", "’")
    assert "Many people think" not in ran
    told = press(client, "choose", 2)
    assert "Many people think" in told
    assert "Only one of the two" in told
    assert "Laptop reads 2 versions: milk | bread." in told
    assert "Check my run" in press(client, "task")
    assert "Not yet." in press(client, "check")
    with client.websocket_connect("/live") as socket:
        code = room_of(client)
        socket.send_json({**JOIN, "room": code})
        head = frames(socket, "accepted")[-2]["head"]
        for number, step in enumerate(([OPERATIONS], [[{"type": "read", "client": "laptop"}]]), 2):
            seen = {"branch": head["branch"], "at": head["until"]}
            socket.send_json({"type": "act", "id": number, "seen": seen, "steps": step})
            head = frames(socket, "accepted")[-2]["head"]
    assert "Solved" in press(client, "check")
    press(client, "transfer")
    press(client, "choose", 1)
    assert "You are through" in press(client, "run")
    assert "done" in client.get("/lessons").text


def test_the_answer_is_locked_and_the_run_waits_for_it(client: TestClient) -> None:
    to_the_question(client)
    assert "You have not answered yet." in press(client, "run")
    press(client, "choose", 1)
    assert "The answers are in already." in press(client, "choose", 0)
    assert "Only one of the two" in client.get(PAGE).text


def test_i_dont_know_is_an_answer(client: TestClient) -> None:
    to_the_question(client)
    assert "I don’t know" in press(client, "choose", -1)
    assert "3 · What happened?" in press(client, "run")


def test_nothing_beyond_the_gate_leaves_the_server(app: FastAPI, client: TestClient) -> None:
    """Read off the raw frames of two viewers, one that was there and one that comes late."""
    to_the_question(client)
    code = room_of(client)
    asked = app.state.hub.rooms[code].room.fold.question
    assert asked.held
    assert asked.until > asked.at
    with client.websocket_connect("/live") as early:
        early.send_json({**JOIN, "room": code})
        before = frames(early, "accepted")
        press(client, "choose", 0)
        early.send_json({"type": "more", "id": 2, "seen": {"branch": asked.branch, "at": 0}})
        early.send_json({"type": "next", "id": 3, "seen": {"branch": asked.branch, "at": 0}})
        during = frames(early, "refused")
        with client.websocket_connect("/live") as late:
            late.send_json({**JOIN, "token": "b" * 16, "room": code})
            seen_late = frames(late, "accepted")
        page = client.get(PAGE).text
        scene = json.loads(page.split('id="scene">')[1].split("</script>")[0])
        sent = [*before, *during, *seen_late, *scene["rows"]]
        rows = [row for frame in sent if "rows" in frame for row in frame["rows"]]
        assert rows
        assert max(row[1] for row in rows) <= asked.at
        raw = json.dumps([*sent, scene["state"]])
        assert "operation_invoked" not in raw.split('"rows"', 1)[1]
        assert '"right": null' in raw
        assert '"commands": []' in raw
        press(client, "run")
        after = frames(early, "rows")[-1]
        assert max(row[1] for row in after["rows"]) > asked.at


STEPS = ("predict", "run", "task", "check", "hint", "solution", "transfer")
"""What may not come first; what else may not be after each press that goes on."""


def test_no_step_comes_before_its_turn(app: FastAPI, client: TestClient) -> None:
    """By a form of one's own, that is: the page offers none of these."""

    def refused(*steps: str) -> None:
        for step in steps:
            code = room_of(client)
            before = app.state.hub.rooms[code].room.fold.seq if code else 0
            assert 'role="alert"' in press(client, step), step
            if code:
                assert app.state.hub.rooms[code].room.fold.seq == before, step

    refused(*STEPS, "choose")
    press(client, "worked")
    refused("run", "choose", "task", "check", "hint", "solution", "transfer")
    press(client, "predict")
    refused("worked", "run", "task", "check", "hint", "solution", "transfer")
    press(client, "choose", 0)
    refused("choose", "worked", "task", "check", "hint", "solution", "transfer")
    press(client, "run")
    refused("predict", "run", "task", "check", "hint", "solution", "transfer")
    press(client, "choose", 2)
    refused("predict", "check", "hint", "solution", "transfer")
    press(client, "task")
    refused("predict", "solution", "transfer")


def test_the_websocket_is_no_way_round_the_lock(client: TestClient) -> None:
    """A learner drives the room of the lesson, and still sees no run before answering."""
    to_the_question(client)
    code = room_of(client)
    with client.websocket_connect("/live") as socket:
        socket.send_json({**JOIN, "room": code})
        assert frames(socket, "accepted")[0]["role"] == "drives"

        def no(number: int, **request: Any) -> str:
            socket.send_json({"id": number, **request})
            reason: str = frames(socket, "refused")[-1]["reason"]
            return reason

        show = {"type": "show", "question": "predict"}
        assert no(2, **show, what="run") == "You have not answered yet."
        assert no(3, **show, what="withdrawn") == "Your answer is locked."
        press(client, "choose", 0)
        assert no(4, type="vote", question="predict", choice=1) == "The answers are in already."
        press(client, "run")
        again = no(5, type="pose", question="predict")
        assert again == "It has been asked, and the first answer stays."
        about = {"type": "show", "question": "happened", "what": "answer"}
        assert no(6, **about) == "You have not answered yet."
    assert "You said: <b>Milk and bread</b>" in client.get(PAGE).text


def test_a_server_that_ended_between_the_run_and_the_next_question_goes_on(
    client: TestClient,
) -> None:
    """Running is two entries of the log. Between them the lesson offers the second."""
    to_the_question(client)
    press(client, "choose", 0)
    with client.websocket_connect("/live") as socket:
        socket.send_json({**JOIN, "room": room_of(client)})
        frames(socket, "accepted")
        socket.send_json({"type": "show", "id": 2, "question": "predict", "what": "run"})
        head = frames(socket, "accepted")[-2]["head"]
        seen = {"branch": head["branch"], "at": head["until"]}
        add = {"type": "add", "client": "phone", "item": "tea"}
        socket.send_json({"type": "act", "id": 3, "seen": seen, "steps": [[add]]})
        frames(socket, "accepted")
    assert "Go on" in client.get(PAGE).text
    assert "3 · What happened?" in press(client, "run")
    assert "Many people think" in press(client, "choose", 2), "the run that was predicted counts"


def test_a_lesson_that_has_changed_breaks_no_page(app: FastAPI, client: TestClient) -> None:
    to_the_question(client)
    press(client, "choose", 3)
    press(client, "run")
    lesson = app.state.hub.lessons["milk-and-bread"]
    predict = replace(lesson.front.predict, options=lesson.front.predict.options[:2])
    changed = replace(lesson, front=replace(lesson.front, predict=predict))
    app.state.hub.lessons["milk-and-bread"] = changed
    assert client.get(PAGE).status_code == 200
    assert "Start the lesson over." in press(client, "predict")
    assert "Show me this run" in press(client, "over")


def test_another_visitor_sees_a_lesson_of_their_own(app: FastAPI, client: TestClient) -> None:
    press(client, "worked")
    mine = room_of(client)
    with TestClient(app) as other:
        assert "Show me this run" in other.get(PAGE).text
        with other.websocket_connect("/live") as socket:
            socket.send_json({**JOIN, "room": mine})
            assert frames(socket, "accepted")[0] == {
                "type": "welcome",
                "role": "follows",
                "votes": {},
            }
            socket.send_json({"type": "reset", "id": 2})
            refused = frames(socket, "refused")[-1]
            assert refused["reason"] == "Only the presenter can change this run."
            to_the_question(client)
            vote = {"type": "vote", "id": 3, "question": "predict", "choice": 1}
            socket.send_json(vote)
            assert "Only the presenter" in frames(socket, "refused")[-1]["reason"]
            assert "You have not answered yet." in press(client, "run")


def test_starting_over_keeps_nothing_and_asks_for_it_by_a_button(client: TestClient) -> None:
    to_the_question(client)
    first = room_of(client)
    assert "Show me this run" in press(client, "over")
    assert room_of(client) != first


def test_the_worked_run_is_not_the_learners(client: TestClient) -> None:
    to_the_question(client)
    press(client, "choose", 0)
    press(client, "run")
    press(client, "choose", 0)
    press(client, "task")
    for _ in range(3):
        press(client, "hint")
    assert "Watch a worked run" in client.get(PAGE).text
    press(client, "solution")
    assert "This is a worked run, not yours." in press(client, "check")


@pytest.mark.parametrize("do", ["", "fly", "x" * 300])
def test_a_step_that_does_not_exist_is_refused_with_a_remedy(client: TestClient, do: str) -> None:
    assert "A lesson has no step" in press(client, do)


def test_without_script_a_press_leads_back_to_the_page(client: TestClient) -> None:
    answer = client.post(PAGE, data={"do": "worked"}, follow_redirects=False)
    assert answer.status_code == 303
    assert "Show it again" in client.get(PAGE).text


def test_the_cookie_is_anonymous_and_out_of_reach_of_scripts(client: TestClient) -> None:
    answer = client.post(PAGE, data={"do": "worked"}, headers={"HX-Request": "true"})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "set-cookie" not in client.get(PAGE).headers


def test_another_site_cannot_press(client: TestClient) -> None:
    answer = client.post(PAGE, data={"do": "worked"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_a_lesson_that_does_not_exist(client: TestClient) -> None:
    assert client.get("/lessons/no-such").status_code == 404
    assert client.post("/lessons/no-such", data={"do": "worked"}).status_code == 404
