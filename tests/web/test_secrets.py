"""The presenter's secrets and the QR code of a class, on a real server with a file and a log."""

import json
import re
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import segno

from app.rooms.keys import CLASS_LETTERS
from tests.rooms.test_survival import Driver, running
from tests.server_process import Server

AUDIENCE = ("/c/{}", "/class/{}/present", "/class/{}/projector", "/class/{}/qr.svg", "/r/{}")


def start(server: Server) -> tuple[str, str, str]:
    """Code, presenter's secret, recovery code."""
    form = urlencode({"lesson": "milk-and-bread"}).encode()
    page = urlopen(f"{server.address}/class", form).read().decode()
    found = re.search(r'href="/class/(\w+)/present#(\w+)"', page)
    recovery = re.search(r'id="recovery-code">([\w-]+)<', page)
    assert found
    assert recovery
    return found[1], found[2], recovery[1]


class Listener(Driver):
    """Keeps every byte that the server sent."""

    raw: str = ""

    def until(self, fits: object) -> dict[str, object]:
        while True:
            text = self.socket.recv(20)
            self.raw += str(text)
            frame = json.loads(text)
            if frame["type"] == "state":
                self.state = frame
            if fits(frame):  # type: ignore[operator]
                found: dict[str, object] = frame
                return found


def test_the_secrets_are_in_no_page_frame_log_or_file(tmp_path: Path) -> None:
    """Neither in what the audience gets nor in what the server keeps and says, refusals and the
    frames of the presenter included."""
    said = tmp_path / "said"
    server = Server(tmp_path / "data" / "quorate.db", said=said)
    with running(server):
        code, key, recovery = start(server)
        presenter, follower = Listener(server, "p", code, key), Listener(server, "f", code)
        presenter.ask("pose", question="predict")
        follower.ask("vote", question="predict", choice=0)
        for what in ("split", "run", "answer", "withdrawn"):
            presenter.ask("show", question="predict", what=what)
        presenter.ask("act", seen={"branch": 0, "at": 10**9}, steps=[[{"type": "heal_all"}]])
        follower.ask("reset")
        follower.socket.send(json.dumps({"type": "join", "id": 99, "key": key}))
        refused = follower.until(lambda frame: frame["type"] == "refused")
        assert refused["asked"] == "Read this frame."
        pages = [urlopen(server.address + path.format(code)).read().decode() for path in AUDIENCE]
        pages += [urlopen(f"{server.address}/limits?room={code}").read().decode()]
        taken = urlencode({"code": code, "recovery": recovery}).encode()
        fresh = urlopen(f"{server.address}/class/recover", taken).read().decode()
        assert key not in fresh
        for form in (taken, b"code=%00&recovery=" + recovery.encode()):
            try:
                urlopen(f"{server.address}/class/recover", form)
            except HTTPError as no:
                pages.append(no.read().decode())
        presenter.close()
        follower.close()
    kept = b"".join(file.read_bytes() for file in (tmp_path / "data").iterdir())
    assert code.encode() in kept
    assert len(said.read_bytes()) > 10
    seen = [presenter.raw.encode(), follower.raw.encode(), said.read_bytes(), kept]
    seen += [page.encode() for page in pages]
    for secret in (key, recovery, recovery.replace("-", "")):
        assert not [text[:80] for text in seen if secret.encode() in text]


def modules(svg: str) -> set[tuple[int, int]]:
    """(column, row) of the dark modules, read off the strokes of the drawing."""
    path = re.search(r'd="([^"]+)"[^>]*stroke="#000"', svg) or re.search(
        r'stroke="#000"[^>]*d="([^"]+)"', svg
    )
    assert path
    dark, x, y = set(), 0.0, 0.0
    for letter, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1]):
        values = [float(number) for number in numbers.split()]
        if letter == "M":
            x, y = values
        elif letter == "m":
            x, y = x + values[0], y + values[1]
        else:
            dark |= {(int(x) + step, int(y)) for step in range(int(values[0]))}
            x += values[0]
    return dark


def test_the_qr_code_holds_the_address_of_the_audience_and_nothing_else(tmp_path: Path) -> None:
    """Module by module the code of that address, whatever name the server was asked under."""
    address = "http://10.9.8.7:8765"
    with running(server := Server(tmp_path / "quorate.db", QUORATE_ADDRESS=address)):
        code, _, _ = start(server)
        with urlopen(Request(f"{server.address}/class/{code}/qr.svg")) as answer:
            svg = answer.read().decode()
        wanted = segno.make(f"{address}/c/{code.upper()}", error="m")
        found = modules(svg)
        border = 3
        assert found == {
            (column + border, row + border)
            for row, line in enumerate(wanted.matrix)
            for column, dark in enumerate(line)
            if dark
        }
        other = segno.make(f"{address}/c/{code.upper()}x", error="m")
        assert len(found) != sum(map(sum, other.matrix))


def test_a_code_has_no_letters_that_look_or_sound_like_others() -> None:
    assert not set(CLASS_LETTERS) & set("0o1il2e3a4u5689")
