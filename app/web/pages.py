"""Pages to read and the home scene. `GET` makes no room."""

import contextlib

import msgspec
from fastapi import APIRouter, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from app.errors import CommandRejected
from app.rooms.hub import Hub
from app.rooms.links import MAX_LINK
from app.rooms.starts import HOME
from app.scenarios.scenario import Scenario
from app.scenarios.sizes import LAB, LABS, lab_asked
from app.vocabulary import NOT_MODELLED, TERMS
from app.web.offered import LOCK, SHOW, offered
from app.web.preset_choice import preset_choices
from app.web.scene import scene_json
from app.web.templates import Templates, json_in_html

router = APIRouter()
ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" '
    b'rx="3" fill="#1B1F24"/><path d="M3 5h4M3 11h4M9 5h4M9 11h4" stroke="#FBFAF7" '
    b'stroke-width="2"/></svg>'
)


async def _home(request: Request, code: str | None, run: str, preset: str = "") -> HTMLResponse:
    hub: Hub = request.app.state.hub
    templates: Templates = request.app.state.templates
    offer = offered(request.query_params)
    scene = await hub.scene(code, run)
    presets = preset_choices(scene.scenario, request.app.state.catalogue.presets, preset)
    return templates.page(
        "home.html",
        scene=json_in_html(scene_json(scene, run, presets=presets)),
        scenario=scene.scenario,
        room=code or "",
        other_engine=scene.other_engine,
        offer=offer,
        show=SHOW,
        lock=LOCK,
        page="lab" if scene.scenario.name in LABS else "home",
        # The first page is calm: its counters show what there is to say, and All….
        counts="short" if scene.scenario.name == HOME else "full",
    )


@router.api_route("/", methods=["GET", "HEAD"])
async def home(request: Request) -> HTMLResponse:
    return await _home(request, None, "")


@router.api_route("/r/{code}", methods=["GET", "HEAD"])
async def room(request: Request, code: str) -> HTMLResponse:
    return await _home(request, code, "")


@router.api_route("/run/{link}", methods=["GET", "HEAD"])
async def linked_run(request: Request, link: str) -> HTMLResponse:
    """A shared run: shown as it was, a room of one's own at the first act."""
    if len(link) > MAX_LINK:
        raise CommandRejected(
            "Open this link.", "It is longer than any link of ours.", "Open the start page."
        )
    return await _home(request, None, link)


@router.api_route("/scenes", methods=["GET", "HEAD"])
async def scenes(request: Request) -> Response:
    """Every prepared scene, in the order in which their doors lead on, and the misconceptions."""
    return scenes_page(request, None)


def scenes_page(request: Request, refused: CommandRejected | None, status: int = 200) -> Response:
    """The list, with what is wrong with a file that was sent, if one was."""
    hub: Hub = request.app.state.hub
    templates: Templates = request.app.state.templates
    return templates.page(
        "scenes.html",
        status,
        scenes=in_order(request.app.state.listed),
        misconceptions=[
            (one, [(v.title, hub.starts.start_of(one.scene, v.commands)) for v in one.variants])
            for one in request.app.state.misconceptions
        ],
        most_kb=hub.limits.file_bytes // 1_000,
        refused=refused,
        page="scenes",
    )


@router.api_route("/scenes/{name}", methods=["GET", "HEAD"])
async def scene(request: Request, name: str) -> HTMLResponse:
    """A scene at its start: a run with no commands yet, and a room at the first act."""
    hub: Hub = request.app.state.hub
    if name not in hub.scenarios:
        raise CommandRejected(
            f"Open the scene {name[:40]}.",
            "There is no such scene.",
            f"Choose one of: {', '.join(hub.scenarios)}.",
        )
    return await _home(request, None, hub.starts.start_of(name))


@router.api_route("/lab", methods=["GET", "HEAD"])
async def lab(request: Request, nodes: str = "", preset: str = "") -> HTMLResponse:
    """The lab with 3, 5, 6 or 12 nodes; 5 unless asked otherwise. `preset`: open on it."""
    hub: Hub = request.app.state.hub
    return await _home(request, None, hub.starts.start_of(lab_asked(nodes)), preset)


def in_order(scenarios: dict[str, Scenario]) -> list[Scenario]:
    """From the home scene along the doors, then whatever no door leads to; the lab last, once."""
    ordered: list[Scenario] = []
    for first in (HOME, *(name for name in scenarios if name not in LABS), LAB):
        here: str | None = first
        while here is not None and scenarios[here] not in ordered:
            ordered.append(scenarios[here])
            ways = (door.scene for door in scenarios[here].doors if door.scene not in ("", LAB))
            here = next(ways, None)
    return ordered


@router.api_route("/glossary", methods=["GET", "HEAD"])
async def glossary(request: Request) -> HTMLResponse:
    templates: Templates = request.app.state.templates
    return templates.page("glossary.html", terms=TERMS, page="glossary")


@router.get("/link/{code}")
async def link(request: Request, code: str) -> PlainTextResponse:
    """The text of a link to what the room shows; 422 with a sentence if it is too long for one."""
    hub: Hub = request.app.state.hub
    try:
        return PlainTextResponse(await hub.link_of(code))
    except CommandRejected as no:
        return PlainTextResponse(str(no), 422)


@router.api_route("/limits", methods=["GET", "HEAD"])
async def limits(request: Request, room: str = "") -> HTMLResponse:
    """`room`: whose run is attached to the lines for a report."""
    state = request.app.state
    templates: Templates = state.templates
    run = ""
    if room:
        hub: Hub = state.hub
        with contextlib.suppress(CommandRejected):
            run = await hub.link_of(room)
    return templates.page(
        "limits.html",
        not_modelled=NOT_MODELLED,
        version=state.version,
        engine=state.engine,
        run=run,
        page="limits",
    )


@router.get("/health")
async def health(request: Request) -> Response:
    state = request.app.state
    data = {"version": state.version, "engine": state.engine, "rooms": len(state.hub.rooms)}
    return Response(msgspec.json.encode(data), media_type="application/json")


@router.get("/favicon.ico")
async def icon() -> Response:
    return Response(ICON, media_type="image/svg+xml")


@router.get("/robots.txt")
async def robots() -> PlainTextResponse:
    return PlainTextResponse("User-agent: *\nDisallow: /r/\nDisallow: /run/\n")


def add_error_pages(app: FastAPI) -> None:
    """What was asked, why not, what to do instead: for whatever a browser may ask for."""

    def page(request: Request, status: int, refused: CommandRejected) -> HTMLResponse:
        templates: Templates = request.app.state.templates
        return templates.page("error.html", status, refused=refused, page="error")

    @app.exception_handler(CommandRejected)
    async def rejected(request: Request, refused: CommandRejected) -> HTMLResponse:
        return page(request, 404, refused)

    @app.exception_handler(HTTPException)
    async def not_found(request: Request, error: HTTPException) -> HTMLResponse:
        refused = CommandRejected(
            f"Open {request.url.path[:80]}.",
            f"{error.detail}: there is nothing to see under this address.",
            "Open the start page.",
        )
        return page(request, error.status_code, refused)
