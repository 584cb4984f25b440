"""Rooms outlive their server: killed at any moment, on a full disk, beside another process.

Real servers in processes of their own, real websockets, one SQLite file.
"""

import json
import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.server_process import Server

ADD = {"type": "add", "client": "phone", "item": "milk"}


class Driver:
    """A visitor with a websocket; remembers what was acknowledged."""

    def __init__(self, server: Server, token: str, room: str | None = None, key: str = "") -> None:
        self.token = token * 16
        self._open = ExitStack()
        address = server.address.replace("http", "ws") + "/live"
        self.socket: ClientConnection = self._open.enter_context(connect(address))
        self.counter = 0
        self.state: dict[str, Any] = {"room": room, "seq": 0}
        self.rows: dict[str, list[Any]] = {}
        self.accepted: list[tuple[int, int]] = []
        self.ask("join", room=room, token=self.token, key=key)

    def ask(self, kind: str, **fields: Any) -> dict[str, Any]:
        self.counter += 1
        self.socket.send(json.dumps({"type": kind, "id": self.counter, **fields}))
        if kind == "join" and fields["room"] is None:
            return {}
        answer = self.until(lambda f: f["type"] in ("accepted", "refused") and f["id"])
        if answer["type"] == "accepted" and kind != "join":
            self.accepted.append((self.counter, answer["seq"]))
        return answer

    def until(self, fits: Any) -> dict[str, Any]:
        while True:
            frame: dict[str, Any] = json.loads(self.socket.recv(20))
            if frame["type"] == "state":
                self.state = frame
            if frame["type"] == "rows":
                held = self.rows.setdefault(frame["cluster"], [])
                held[frame["start"] :] = frame["rows"]
            if fits(frame):
                return frame

    @property
    def seen(self) -> dict[str, int]:
        head = self.state.get("head", {"branch": 0, "until": 0})
        return {"branch": head["branch"], "at": head["until"]}

    def add(self) -> dict[str, Any]:
        return self.ask("act", seen=self.seen, steps=[[ADD]])

    def up_to(self, seq: int) -> "Driver":
        """Listen until the room's state has this many entries."""
        if self.state["seq"] < seq:
            self.until(lambda f: f["type"] == "state" and f["seq"] >= seq)
        return self

    def close(self) -> None:
        self._open.close()


@contextmanager
def running(*servers: Server) -> Iterator[None]:
    try:
        for server in servers:
            server.start()
        yield
    finally:
        for server in servers:
            server.stop()


def log_of(file: Path, room: str) -> list[tuple[int, dict[str, Any]]]:
    with sqlite3.connect(file) as connection:
        found = connection.execute(
            "SELECT seq, data FROM entry WHERE room = ? ORDER BY seq", (room,)
        ).fetchall()
    return [(seq, json.loads(data)) for seq, data in found]


@pytest.mark.parametrize("seed", range(3))
def test_what_was_acknowledged_before_a_kill_is_there_after_it(tmp_path: Path, seed: int) -> None:
    """Four visitors act as fast as they can; the server is killed after a random number of acts."""
    luck = random.Random(seed)
    server = Server(tmp_path / "quorate.db")
    server.start()
    drivers: list[Driver] = []
    doomed = luck.randint(5, 60)

    def drive(token: str) -> None:
        with_luck = random.Random(f"{seed}{token}")
        driver = Driver(server, token)
        drivers.append(driver)
        try:
            for _ in range(400):
                if with_luck.random() < 0.1:
                    driver.ask("reset")
                else:
                    driver.add()
                if sum(len(one.accepted) for one in drivers) >= doomed:
                    server.process.kill()  # type: ignore[union-attr]
        except (ConnectionClosed, OSError, TimeoutError):
            return

    threads = [Thread(target=drive, args=(token,)) for token in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.stop(kill=True)
    acknowledged = sum(len(one.accepted) for one in drivers)
    assert acknowledged >= doomed, f"seed={seed}"
    with running(server):
        for before in drivers:
            if before.state["room"] is None:
                continue
            room = before.state["room"]
            log = log_of(server.data, room)
            assert [seq for seq, _ in log] == list(range(len(log))), f"seed={seed}: a gap"
            kept = {(e["sender"], e["counter"]) for _, e in log if e["sender"]}
            lost = [a for a in before.accepted if (before.token, a[0]) not in kept]
            assert not lost, f"seed={seed}: acknowledged and gone: {lost}"
            after = Driver(server, "z", room)
            assert after.state["seq"] == len(log)
            if after.state["seq"] == before.state["seq"]:
                assert after.state["head"] == before.state["head"]
                assert after.rows == before.rows
            assert after.add()["type"] == "accepted", "and it goes on"
            after.close()


def test_two_servers_on_one_file_serve_the_same_room_with_identical_bytes(tmp_path: Path) -> None:
    file = tmp_path / "quorate.db"
    first, second = Server(file), Server(file)
    with running(first), running(second):
        one = Driver(first, "a")
        one.add()
        room = one.state["room"]
        two = Driver(second, "b", room)
        assert (two.state["head"], two.rows) == (one.state["head"], one.rows)
        # In turns, each on what the other did; either process may find itself behind.
        for driver, other in ((two, one), (one, two), (two, one), (one, two)):
            assert driver.add()["type"] == "accepted"
            other.up_to(driver.state["seq"])
        # At once, on what both see: one is first, the other hears of it or comes after.
        answers = [one.add(), two.add()]
        assert "accepted" in [answer["type"] for answer in answers]
        newest = max(one.state["seq"], two.state["seq"])
        one.up_to(newest), two.up_to(newest)
        late = [Driver(first, "c", room), Driver(second, "d", room)]
        texts = {json.dumps([d.state["head"], d.state["commands"], d.rows]) for d in late}
        assert len(texts) == 1
        assert {json.dumps(d.rows) for d in (one, two)} == {json.dumps(late[0].rows)}
        log = log_of(file, room)
        assert [seq for seq, _ in log] == list(range(len(log)))
        for driver in (one, two, *late):
            driver.close()


def test_a_full_disk_refuses_says_why_and_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "quorate.db"
    small = Server(file, QUORATE_DATA_BYTES="65536")
    with running(small):
        one = Driver(small, "a")
        answer: dict[str, Any] = {"type": "accepted"}
        for _ in range(600):
            answer = one.add()
            if answer["type"] == "refused":
                break
        assert answer["reason"] == "The server's disk is full."
        assert answer["remedy"].startswith("Nothing was changed.")
        room, seq, rows = one.state["room"], one.state["seq"], one.rows
        again = Driver(small, "b", room)
        assert (again.state["seq"], again.rows) == (seq, rows), "what is there can be read"
        assert again.add()["type"] == "refused"
        again.close()
        one.close()
    with running(large := Server(file)):
        back = Driver(large, "c", room)
        assert (back.state["seq"], back.rows) == (seq, rows)
        assert back.add()["type"] == "accepted"
        back.close()


def test_a_lesson_goes_on_where_it_was_after_a_kill(tmp_path: Path) -> None:
    """By its forms, with a cookie; an answer stays locked, and what was hidden stays hidden."""
    server = Server(tmp_path / "quorate.db")
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = f"{server.address}/lessons/milk-and-bread"

    def press(**fields: str) -> str:
        text: str = browser.open(page, urlencode(fields).encode()).read().decode()
        return text

    server.start()
    press(do="worked")
    press(do="predict")
    assert "You said" in press(do="choose", choice="1")
    server.stop(kill=True)
    with running(server):
        text = browser.open(page).read().decode()
        assert "You said: <b>Only one of the two</b>" in text
        assert "Many people think" not in text
        assert "The answers are in already." not in press(do="run")
        assert "3 · What happened?" in browser.open(page).read().decode()


def test_a_class_stands_where_it_was_after_a_kill(tmp_path: Path) -> None:
    server = Server(tmp_path / "quorate.db")
    server.start()
    form = urlencode({"lesson": "milk-and-bread"}).encode()
    keys = build_opener().open(f"{server.address}/class", form).read().decode()
    found = re.search(r'href="/class/(\w+)/present#(\w+)"', keys)
    assert found
    code, key = found[1], found[2]
    presenter = Driver(server, "p", code, key)
    presenter.ask("pose", question="predict")
    voter = Driver(server, "v", code)
    assert voter.ask("vote", question="predict", choice=2)["type"] == "accepted"
    presenter.ask("show", question="predict", what="split")
    before = presenter.state["phase"]
    server.stop(kill=True)
    with running(server):
        again = Driver(server, "q", code, key)
        assert again.state["phase"] == before
        assert before["split"] == [0, 0, 1, 0, 0]
        assert again.ask("show", question="predict", what="run")["type"] == "accepted"
        again.close()
    presenter.close()
    voter.close()
