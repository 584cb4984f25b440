"""The laboratory's pages: runs that come while they work, end in words, and open on the stage."""

import asyncio
import html
import re
from collections.abc import Iterator

import msgspec
import pytest
from fastapi import FastAPI
from msgspec.structs import replace
from starlette.testclient import TestClient

from app.experiments.lab.entries import ENTRIES
from app.experiments.lab.fields import usual
from app.main import create_app, read_published
from app.rooms.limits import Limits
from app.rooms.pool import Pool
from app.settings import Settings
from app.web.laboratory import Laboratory, Run

ELECTION = ENTRIES["election"]
FORM = {"servers": "3", "low": "100", "network": "near", "logs": "equal", "trials": "10"}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """One for all: each test has a visitor of its own."""
    return create_app(Settings(replace(Limits(), workers=1)))


@pytest.fixture(scope="module")
def server(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as made:
        yield made


@pytest.fixture
def client(server: TestClient) -> TestClient:
    server.cookies.clear()
    return server


def words(text: str) -> str:
    main = text[text.index('<main id="main"') :] if "<main" in text else text
    plain = re.sub(r"<script.*?</script>|<[^>]+>", " ", main, flags=re.DOTALL)
    return " ".join(html.unescape(plain).split())


def chart(text: str) -> dict:  # type: ignore[type-arg]
    found = re.search(r'class="chart-data">(.*?)</script>', text, re.DOTALL)
    assert found
    return msgspec.json.decode(found[1])  # type: ignore[no-any-return]


def begin(client: TestClient, name: str = "election", **more: str) -> str:
    """The address of a run that has begun."""
    client.get(f"/experiments/{name}")
    given = FORM | more if name == "election" else more
    answer = client.post(f"/experiments/{name}", data=given, follow_redirects=False)
    assert answer.status_code == 303, words(answer.text)
    return str(answer.headers["location"])


def result(client: TestClient, run: str) -> str:
    """What the run came to."""
    laboratory: Laboratory = client.app.state.laboratory  # type: ignore[attr-defined]

    async def end() -> None:
        task = laboratory.runs[run.rpartition("/")[2]].task
        assert task
        await asyncio.wait([task])

    assert client.portal
    client.portal.call(end)
    return client.get(f"{run}/result").text


def test_a_run_is_drawn_told_saved_and_opened(client: TestClient) -> None:
    listed = client.get("/experiments").text
    for name, one in ENTRIES.items():
        assert f'href="/experiments/{name}"' in listed
        assert one.question.split()[0] in listed
    run = begin(client)
    done = result(client, run)
    assert "Done: 90 of 90 trials." in words(done)
    assert "95 % band: order statistics, exact binomial." in words(done)
    drawn = chart(done)
    assert [line["title"] for line in drawn["lines"]] == [
        "half of the elections", "99 % of the elections"
    ]  # fmt: skip
    x, middle, low, high = drawn["lines"][0]["points"][3]
    assert low <= middle <= high
    assert len(drawn["dots"][0]["dots"]) == 90
    page = client.get(run)
    assert "data-poll" not in page.text
    assert 'value="100"' in page.text
    points = client.get(f"{run}/points.csv").text.splitlines()
    engine = client.get("/health").json()["engine"]
    assert points[:3] == ["# experiment: election", f"# engine: {engine}", "# servers: 3"]
    assert f"half of the elections,{x // 1_000},{middle:.6g}," in "\n".join(points)
    trials = client.get(f"{run}/trials.csv").text.splitlines()
    assert len(trials) == 7 + 90
    _, value, seed = drawn["dots"][0]["dots"][-1]
    assert f"downtime,300000,{seed},{value}" in trials
    opened = client.get(f"{drawn['open']}&x=300000&seed={seed}&series=downtime")
    assert opened.status_code == 200
    assert opened.url.path.startswith("/run/")
    assert "The leader crashes" in opened.text
    assert client.get(f"{run}/else.csv").status_code == 404
    assert "Choose points or trials." in words(client.get(f"{run}/else.csv").text)


def test_the_same_seeds_give_the_same_numbers(client: TestClient) -> None:
    first, second = (chart(result(client, begin(client))) for _ in range(2))
    assert first == second


def test_what_cannot_be_run_is_refused_in_words(client: TestClient) -> None:
    for more, said in (
        ({"servers": "4000"}, "Nodes: '4000' is not a whole number from 3 to 7."),
        ({"low": "-5"}, "is not a whole number from 50 to 500."),
        ({"network": "<b>"}, "there is no choice '<b>'. Choose one of: raft, near, far."),
        ({"trials": "9999999"}, "Trials a point: '9999999' is not a whole number from 10 to 2000."),
        ({"trials": ""}, "Trials a point: '' is not"),
    ):
        answer = client.post("/experiments/election", data=FORM | more)
        assert answer.status_code == 422
        assert said in words(answer.text), words(answer.text)[:600]
        assert "<b>" not in answer.text
    asked = client.get("/experiments/election?low=x")
    assert asked.status_code == 422
    foreign = client.post("/experiments/election", data=FORM, headers={"Origin": "https://a.b"})
    assert "another site" in words(foreign.text)
    long = client.post("/experiments/election", data={"low": "1" * 3_000})
    assert "The form is too long." in words(long.text)
    assert "There is no such experiment." in words(client.get("/experiments/elections").text)
    assert "It is not kept here" in words(client.get("/experiments/election/runs/none").text)
    for query, said in (
        ("x=0&seed=-1&series=downtime", "Seed: '-1' is not a whole number"),
        ("x=7&seed=1&series=downtime", "There is no such point on this curve."),
        ("x=0&seed=1&series=uptime", "There is no line 'uptime'."),
    ):
        answer = client.get(f"/experiments/election/open?{query}")
        assert said in words(answer.text)


def test_settings_that_cannot_work_together_stop_a_run_in_words(client: TestClient) -> None:
    run = begin(client, "availability", n="2", r="3", trials="10")
    stopped = words(result(client, run))
    assert "R=3 of N=2 was asked for." in stopped
    assert "0 of 100 trials." in stopped


def test_who_began_a_run_cancels_it_and_nobody_else(app: FastAPI, client: TestClient) -> None:
    run = begin(client, trials="2000")
    assert 'id="cancel"' in client.get(run).text
    again = begin(client, trials="2000")
    refused = client.post("/experiments/election", data=FORM)
    assert "2 runs of yours are going already. Cancel one" in words(refused.text)
    mine = dict(client.cookies)
    client.cookies.clear()
    assert 'id="cancel"' not in client.get(run).text
    assert "Somebody else began it." in words(client.post(f"{run}/cancel").text)
    client.cookies.clear()
    client.cookies.update(mine)
    for one in (run, again):
        assert client.post(f"{one}/cancel").status_code == 200
        cancelled = result(client, one)
        assert "Cancelled." in words(cancelled)
        assert 'data-state="cancelled"' in cancelled
        assert int(words(cancelled).split(" of 18000")[0].split()[-1]) < 18_000


def test_the_model_draws_at_once_and_the_engine_agrees(client: TestClient) -> None:
    page = client.get("/experiments/staleness?n=2&r=1&w=1")
    assert "by a vectorised model of the engine, from 50,000 trials" in words(page.text)
    drawn = chart(page.text)
    assert len(drawn["lines"][0]["points"]) == 201
    assert [line["title"] for line in drawn["lines"]] == ["R=1 W=1"]
    x, _, seed = drawn["dots"][0]["dots"][0]
    opened = client.get(f"{drawn['open']}&x={x}&seed={seed}&series=stale")
    assert opened.url.path.startswith("/run/")
    live = client.get("/experiments/staleness/live?n=2&r=1&w=2")
    assert [line["title"] for line in chart(live.text)["lines"]] == ["R=1 W=2", "R=1 W=1"]
    assert max(y for _, y, *_ in chart(live.text)["lines"][0]["points"]) == 0
    wrong = client.get("/experiments/staleness/live?n=99")
    assert wrong.status_code == 422
    assert "is not a whole number from 1 to 5" in words(wrong.text)
    assert "Run the engine." in words(client.get("/experiments/election/live").text)
    run = begin(client, "staleness", n="2", trials="10")
    done = chart(result(client, run))
    assert done["expected"]["title"] == "the vectorised model, 50,000 trials"
    assert done["expected"]["lines"][0][0][1] == pytest.approx(
        drawn["lines"][0]["points"][0][1], abs=1e-3
    )


# ---- without HTTP: processes that end, and people who go away -----------------------------------


def laboratory_run(limits: Limits, clock: list[float], *, kill: bool = False) -> Run:
    """A run to its end; `kill`: its first process is ended once while it works."""

    async def go() -> Run:
        pool = Pool(limits)
        laboratory = Laboratory(pool, read_published(), limits, lambda: clock[0])
        try:
            values = usual(ELECTION.fields) | {"network": "near", "logs": "equal", "servers": 3}
            run = laboratory.start("ada", ELECTION, values, 20)
            if kill:
                while pool.slots[0].process is None:
                    await asyncio.sleep(0)
                pool.slots[0].process.kill()
            clock[0] += 1_000 if clock[0] else 0
            assert run.task
            await run.task
            return run
        finally:
            pool.close()

    return asyncio.run(go())


def test_a_process_that_ends_costs_a_run_nothing() -> None:
    limits = replace(Limits(), workers=1)
    run, whole = (laboratory_run(limits, [0.0], kill=kill) for kill in (True, False))
    assert run.state == whole.state == "done"
    assert {x: s.values for x, s in run.samples.items()} == {
        x: s.values for x, s in whole.samples.items()
    }


def test_what_nobody_looks_at_any_more_stops() -> None:
    run = laboratory_run(replace(Limits(), workers=1), [1.0])
    assert run.state == "stopped"
    assert "Nobody has looked at it for a while. Run it again" in run.said
    assert run.done < run.total


def test_a_share_that_is_used_up_ends_a_run_in_words() -> None:
    run = laboratory_run(replace(Limits(), workers=1, work_seconds=0, work_share=0.001), [0.0])
    assert run.state == "stopped"
    assert "You have used the 0 s of the processor" in run.said
