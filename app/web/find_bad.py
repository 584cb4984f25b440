"""Find a bad run over HTTP: what is to be broken is chosen, and the page says what was found.

The search works in the pool (`rooms/searches.py`); a page that is left open asks how far it is.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from msgspec import Struct
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.errors import CommandRejected
from app.experiments.bad_runs.draw import FAULT_WORDS, Space
from app.experiments.bad_runs.jobs import Part
from app.experiments.bad_runs.promises import PROMISES
from app.experiments.bad_runs.search import ASKED, BadRun, Hunt
from app.rooms.hub import Hub
from app.rooms.links import MAX_LINK, LinkedRun, read_link, write_link
from app.rooms.searches import Search, Searches
from app.scenarios.misconceptions import Misconception
from app.scenarios.scenario import MAX_SEED, Scenario
from app.scenarios.sizes import LAB
from app.trace.commands import AnyCommand, Configure, ConfigureClient
from app.web.forms import check_began, sent_fields
from app.web.identity import keep, learner_of, new_learner, visitor_of
from app.web.parts import hub_of, templates_of

router = APIRouter()
MOST = 2_000
MOST_FORM = 6_000
MOST_FIELDS = 10
SIDES = {"leader": "With a leader", "leaderless": "Without a leader"}


class Choice(Struct, frozen=True):
    """What a form says: the run whose scene and settings are searched, and what is sought there."""

    run: str
    side: str = "leaderless"
    promise: str = "lost_writes"
    faults: str = "usual"
    seed: int = 0
    window_us: int = 3_000_000


class Subject(Struct, frozen=True):
    """The scene of a link, the settings in force in it, and the file it comes from, if it does."""

    scenario: Scenario
    given: tuple[Configure | ConfigureClient, ...]
    file: str = ""


class About(Struct, frozen=True):
    """A search that was begun: what was chosen, and what it came to."""

    choice: Choice
    hunt: Hunt
    file: str


def part_of(about: About, first: int, count: int) -> Part:
    return Part(about.hunt, first, count)


@router.api_route("/find-bad", methods=["GET", "HEAD"])
async def form(request: Request) -> HTMLResponse:
    """`room`, `run` or `scene`: whose settings; `misconception`: its number; else the lab."""
    return _page(request, await _asked(request, request.query_params))


@router.post("/find-bad")
async def begin(request: Request) -> Response:
    """To the page of the search, or this one with why not."""
    choice = Choice(hub_of(request).starts.start_of(LAB))
    try:
        given = await sent_fields(request, ASKED, MOST_FORM, MOST_FIELDS)
        asked = await _asked(request, given)
        subject = subject_of(hub_of(request), asked.run)
        choice = asked
        hunt = hunt_of(subject, choice)
        hunt.check()
        about = About(choice, hunt, subject.file)
        search = _searches(request).start(visitor_of(request), about, MOST)
    except CommandRejected as no:
        return _page(request, choice, refused=no, status=422)
    return RedirectResponse(f"/find-bad/{search.id}", 303)


@router.api_route("/find-bad/{name}", methods=["GET", "HEAD"])
async def show(request: Request, name: str) -> HTMLResponse:
    search = _searches(request).find(name)
    return _page(request, search.about.choice, search)


@router.api_route("/find-bad/{name}/result", methods=["GET", "HEAD"])
async def result(request: Request, name: str) -> HTMLResponse:
    """The part of the page that changes while the search works."""
    search = _searches(request).find(name)
    return templates_of(request).page("find_bad_result.html", **_shown(request, search))


@router.post("/find-bad/{name}/cancel")
async def cancel(request: Request, name: str) -> Response:
    search = _searches(request).find(name)
    check_began(request, search.visitor, "End this search.")
    _searches(request).end(search)
    return RedirectResponse(f"/find-bad/{name}", 303)


# ---- what is asked ------------------------------------------------------------------------------


async def _asked(request: Request, fields: Mapping[str, str]) -> Choice:
    """The choice that an address or a form says; raises CommandRejected."""
    hub = hub_of(request)
    found = _sought(request, fields.get("misconception", ""))
    one = found.bad_run if found is not None else None
    choice = Choice("")
    if found is not None and one is not None:
        run = hub.starts.start_of(found.scene, one.commands)
        choice = Choice(run, one.cluster, one.promise, one.faults, window_us=one.window_us)
    run = choice.run
    if fields.get("room"):
        run = await hub.link_of(fields["room"])
    elif fields.get("run"):
        run = fields["run"]
    elif fields.get("scene") in hub.scenarios:
        run = hub.starts.start_of(fields["scene"])
    return Choice(
        run or hub.starts.start_of(LAB),
        fields.get("side", choice.side),
        fields.get("promise", choice.promise),
        fields.get("faults", choice.faults),
        _number(fields.get("seed", "0"), "seed", MAX_SEED),
        _number(fields.get("window_us", str(choice.window_us)), "time", 60_000_000),
    )


def _sought(request: Request, number: str) -> Misconception | None:
    index: tuple[Misconception, ...] = request.app.state.misconceptions
    return next((one for one in index if str(one.number) == number), None)


def _number(text: str, word: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 16 and int(text) <= most):
        reason = f"The {word} is no whole number from 0 to {most}."
        raise CommandRejected(ASKED, reason, "Give another one.")
    return int(text)


def subject_of(hub: Hub, run: str) -> Subject:
    """What a link is about; of its commands only the settings are kept, and hold from the start."""
    if len(run) > MAX_LINK:
        reason = "It is longer than any link of ours."
        raise CommandRejected(ASKED, reason, "Open the start page.")
    linked = read_link(run)
    if linked.file:
        scenario = hub.starts.read(linked.file.encode(), ASKED)
    elif linked.scenario in hub.scenarios:
        scenario = hub.scenarios[linked.scenario]
    else:
        reason = f"There is no scene {linked.scenario[:40]} here."
        raise CommandRejected(ASKED, reason, "Open the start page.")
    last: dict[tuple[str, str], Configure | ConfigureClient] = {}
    for placed in linked.commands:
        match placed.command:
            case Configure(cluster, setting) as command:
                last[(cluster, setting)] = command
            case ConfigureClient(client, setting) as command:
                last[(client, setting)] = command
    return Subject(scenario, tuple(last.values()), linked.file)


def hunt_of(subject: Subject, choice: Choice) -> Hunt:
    space = Space(
        subject.scenario,
        choice.side,
        subject.given,
        choice.faults,
        choice.seed,
        max(100_000, choice.window_us),
    )
    return Hunt(space, choice.promise)


# ---- what is shown ------------------------------------------------------------------------------


def _page(
    request: Request,
    choice: Choice,
    search: Search | None = None,
    refused: CommandRejected | None = None,
    status: int = 200,
) -> HTMLResponse:
    """With a cookie, so that the search is its visitor's."""
    subject = subject_of(hub_of(request), choice.run)
    page = templates_of(request).page(
        "find_bad.html",
        status,
        choice=choice,
        subject=subject,
        settings=[(one.setting, one.value) for one in subject.given],
        sides=SIDES,
        promises=PROMISES,
        faults=FAULT_WORDS,
        most=MOST,
        refused=refused,
        page="find-bad",
        **_shown(request, search),
    )
    if not learner_of(request):
        keep(page, new_learner())
    return page


def _shown(request: Request, search: Search | None) -> dict[str, Any]:
    if search is None:
        return {"search": None}
    shown: dict[str, Any] = {"search": search, "mine": search.visitor == visitor_of(request)}
    run: BadRun | None = search.found
    if run is None:
        return shown
    about: About = search.about
    scene = about.hunt.space.scenario
    linked = LinkedRun(
        scene.name, run.seed, hub_of(request).engine, run.at, run.commands, about.file
    )
    shown["lines"] = [(f"{one.at / 1e6:.3f} s", in_words(one.command)) for one in run.commands]
    try:
        shown["link"] = write_link(linked)
    except CommandRejected as no:
        shown["no_link"] = f"{no.reason} {no.remedy}"
    return shown


def in_words(command: AnyCommand) -> str:
    """`cut link: n1, n3`; what is as usual is left out."""
    values: dict[str, object] = msgspec.to_builtins(command)
    name = str(values.pop("type")).replace("_", " ")
    told = [str(value) for value in values.values() if value not in ("whole", "", None)]
    return f"{name}: {', '.join(told)}" if told else name


def _searches(request: Request) -> Searches:
    searches: Searches = request.app.state.searches
    return searches
