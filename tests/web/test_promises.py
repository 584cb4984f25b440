"""What is asked about a moment: the rest of the promises, with the order found, and measures."""

import html
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.rooms.guided import guided_run
from app.settings import Settings


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings())) as made:
        yield made


def asked(client: TestClient, **query: str | int) -> str:
    page = client.get("/promises", params=query)
    assert page.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_a_run_is_asked_about_at_a_moment_that_was_seen(client: TestClient) -> None:
    hub = client.app.state.hub  # type: ignore[attr-defined]
    room = guided_run(hub.scenarios["home"], None, hub.engine).room
    link, at = hub.link(room), room.fold.head.until
    told = asked(client, run=link, branch=0, at=at)
    assert "Linearizable holds . In this order: Phone writes a, Laptop reads a." in told
    assert "broken . Laptop reads [a b], which are several values at once." in told
    assert "Least k 1: it is linearizable." in told
    assert "Converged, cart holds . n1, n2 and n3 hold the same since" in told
    assert "Answered through n3 Laptop: 1 of 1 reads OK; 0 of 1 writes OK; p50" in told
    assert "Nodes came to hold versions side by side" in told
    early = asked(client, run=link, branch=0, at=1)
    assert "Linearizable holds" in early
    assert "Answered" not in early
    assert "has not been reached yet" in asked(client, run=link, branch=0, at=at + 1)
    assert "no branch 3" in asked(client, run=link, branch=3, at=0)
    assert "Refused" in asked(client, run=link, branch="x", at=0)
    assert "Refused" in asked(client, room="nowhere", branch=0, at=0)
