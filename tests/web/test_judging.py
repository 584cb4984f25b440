"""A history is sent by form: the page says the model, the verdict and what shows it, or refuses."""

import html
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from msgspec.structs import replace
from starlette.testclient import TestClient

from app.histories.read import MOST_BYTES
from app.main import create_app
from app.rooms.limits import Limits
from app.settings import Settings

KEPT = """\
{:type :invoke, :process 0, :f :write, :value 3}
{:type :ok, :process 0, :f :write, :value 3}
{:type :invoke, :process 1, :f :read, :value nil}
{:type :ok, :process 1, :f :read, :value 3}
"""
STALE = (
    KEPT
    + """\
{:type :invoke, :process 1, :f :read, :value nil}
{:type :ok, :process 1, :f :read, :value nil}
"""
)


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """One for all: nothing of a file is kept."""
    return create_app(Settings(replace(Limits(), workers=1)))


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as made:
        yield made


def send(client: TestClient, data: bytes, **more: str):  # type: ignore[no-untyped-def]
    return client.post("/judge", files={"file": ("history", data)}, data=more)


def words(text: str) -> str:
    """The page as it reads."""
    main = text[text.index('<main id="main"') : text.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_verdicts_of_three_kinds_with_the_model_and_what_shows_them(client: TestClient) -> None:
    page = client.get("/judge")
    assert page.status_code == 200
    assert 'enctype="multipart/form-data"' in page.text
    kept = words(send(client, KEPT.encode()).text)
    assert "Holds: linearizable. Jepsen's EDN; 2 operations of 2 processes." in kept
    assert "Assumed: a register; at first nothing" in kept
    broken = words(send(client, STALE.encode()).text)
    assert "Broken: not linearizable." in broken
    assert "writes 3 lines 1 and 2" in broken
    assert "reads nothing lines 5 and 6" in broken
    assert "Every read shows one of the last 2 values written to its key." in broken
    assert "at first 3" in words(send(client, KEPT.encode(), initial="3").text)


def test_what_is_no_history_is_refused_in_words(client: TestClient) -> None:
    half = STALE.encode()[:-9]
    for data, status, said in (
        (b"\xff\xfe\x00garbage", 422, "byte 0 is not UTF-8"),
        (b"Dear diary,\nnothing happened.\n", 422, "The file is no history."),
        (half, 422, "Mend the file and send it again."),
        (b'{"process": "p1", "action": "wri', 422, "Line 1 is no whole line"),
        (b"  \n", 422, "The file is empty."),
    ):
        answer = send(client, data)
        assert answer.status_code == status, data
        assert "Judge this history. Refused:" in words(answer.text)
        assert said in words(answer.text), data
        assert "Holds" not in words(answer.text)
    long = send(client, KEPT.encode(), initial="1" * 300)
    assert "more than 200 characters" in words(long.text)
    assert client.post("/judge", content=b"x").status_code == 422
    foreign = client.post("/judge", headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    assert "The form comes from another site." in foreign.text


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(client: TestClient) -> None:
    headers = {"content-length": str(MOST_BYTES * 2), "content-type": "multipart/form-data"}
    answer = client.post("/judge", headers=headers, content=b"")
    assert answer.status_code == 413
    assert "The file has more than 64 MB. Judge it in pieces" in words(answer.text)


def test_what_a_file_says_is_shown_and_never_run(client: TestClient) -> None:
    evil = STALE.replace(":process 1", ':process "<script>x</script>"').encode()
    answer = send(client, evil)
    assert "Broken" in answer.text
    assert "<script>x" not in answer.text


def test_when_the_judge_has_no_time_it_says_so_and_the_server_goes_on(
    app: FastAPI, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.judging.SECONDS", 0.0)
    assert "It takes longer than 0 s." in words(send(client, KEPT.encode()).text)
    app.state.pool.quota.charge("at testclient", 1e6)
    assert "Wait" in words(send(client, KEPT.encode()).text)
    assert client.get("/health").status_code == 200
