"""A class: starting, joining, presenting, following, projecting, taking over.

The presenter's secret is in no page that others can get: it is shown once to whoever starts or
takes over the class, and travels from then on in the part of the address that is never sent.
"""

import io
from ipaddress import ip_address
from urllib.parse import urlsplit

import segno
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.errors import CommandRejected
from app.rooms.classroom import Classroom, Keys
from app.rooms.hub import Hub
from app.rooms.keys import voter_of
from app.web.forms import sent_fields
from app.web.identity import keep, learner_of, new_learner
from app.web.parts import hub_of, templates_of
from app.web.scene import scene_json
from app.web.templates import json_in_html

router = APIRouter()
MAX_FORM_BYTES = 500
MAX_FIELDS = 4


@router.api_route("/class", methods=["GET", "HEAD"])
async def begin(request: Request) -> HTMLResponse:
    """Start a class, join one, or take one over."""
    return _begin(request, None)


def _begin(request: Request, refused: CommandRejected | None) -> HTMLResponse:
    return templates_of(request).page(
        "class.html",
        422 if refused else 200,
        lessons=hub_of(request).lessons.values(),
        refused=refused,
        local=_is_local(request),
        page="class",
    )


@router.post("/class")
async def start(request: Request) -> HTMLResponse:
    """A new class; the answer is the only page that shows its secrets."""
    try:
        fields = await sent_fields(request, "Send this form.", MAX_FORM_BYTES, MAX_FIELDS)
        keys = await Classroom(hub_of(request)).start(fields.get("lesson", ""))
    except CommandRejected as no:
        return _begin(request, no)
    return _keys(request, keys)


@router.post("/class/recover")
async def recover(request: Request) -> HTMLResponse:
    """New secrets for whoever has the recovery code."""
    try:
        fields = await sent_fields(request, "Send this form.", MAX_FORM_BYTES, MAX_FIELDS)
        code = _code(fields.get("code", ""))
        keys = await Classroom(hub_of(request)).recover(code, fields.get("recovery", "")[:40])
    except CommandRejected as no:
        return _begin(request, no)
    return _keys(request, keys)


@router.get("/join")
async def join(request: Request, code: str = "") -> Response:
    """From the form with the code to the class."""
    try:
        await Classroom(hub_of(request)).find(_code(code))
    except CommandRejected as no:
        return _begin(request, no)
    return RedirectResponse(f"/c/{_code(code)}", 303)


@router.api_route("/c/{code}", methods=["GET", "HEAD"])
async def audience(request: Request, code: str) -> Response:
    """The page of those who follow."""
    return await _page(request, _code(code), "follow")


@router.api_route("/class/{code}/present", methods=["GET", "HEAD"])
async def present(request: Request, code: str) -> Response:
    """The presenter's stage; who has not the secret follows there as well."""
    return await _page(request, _code(code), "present")


@router.api_route("/class/{code}/projector", methods=["GET", "HEAD"])
async def projector(request: Request, code: str) -> Response:
    """For the wall: the stage, the question, how to join."""
    return await _page(request, _code(code), "projector")


@router.get("/class/{code}/qr.svg")
async def qr(request: Request, code: str) -> Response:
    """The audience's address as a QR code."""
    await Classroom(hub_of(request)).find(_code(code))
    out = io.BytesIO()
    segno.make(_audience(request, _code(code)), error="m").save(
        out, kind="svg", border=3, light="#fff", xmldecl=False, svgclass=None, lineclass=None
    )
    return Response(out.getvalue(), media_type="image/svg+xml")


async def _page(request: Request, code: str, use: str) -> Response:
    hub = hub_of(request)
    opened = await Classroom(hub).find(code)
    scene = await hub.scene(code, "")
    learner = learner_of(request) or new_learner()
    page = templates_of(request).page(
        "room.html",
        scene=json_in_html(scene_json(scene, "", _class_data(hub, code, learner))),
        scenario=scene.scenario,
        lesson=opened.room.lesson,
        code=code,
        use=use,
        join=_audience(request, code),
        page="room",
    )
    if learner != learner_of(request):
        keep(page, learner)
    return page


def _class_data(hub: Hub, code: str, learner: str) -> dict[str, object]:
    """What the page of a class knows besides the scene: its questions by name, one's own votes."""
    room = hub.rooms[code].room
    voter = voter_of(learner)
    votes = {n: asked.votes[voter] for n, asked in room.fold.asked.items() if voter in asked.votes}
    return {"code": code, "questions": ["predict", "happened", "transfer"], "votes": votes}


def _keys(request: Request, keys: Keys) -> HTMLResponse:
    page = templates_of(request).page(
        "class_keys.html",
        keys=keys,
        join=_audience(request, keys.code),
        local=_is_local(request),
        page="class",
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _audience(request: Request, code: str) -> str:
    """The address that the class types or scans."""
    given: str = request.app.state.address
    return f"{given or str(request.base_url).rstrip('/')}/c/{code.upper()}"


def _is_local(request: Request) -> bool:
    """Would the audience's address lead other devices nowhere?"""
    host = urlsplit(_audience(request, "")).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _code(typed: str) -> str:
    """As typed, in capitals or with spaces: the code as rooms have it."""
    return "".join(typed.split()).lower()[:12]
