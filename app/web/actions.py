"""Forms: the same acts as by click, posted by htmx, answered with a sentence."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from markupsafe import escape
from msgspec import Meta
from starlette.responses import HTMLResponse

from app.errors import CommandRejected
from app.rooms.frames import Act, Refused, RoomCode, Seen, Token
from app.rooms.hub import Hub
from app.rooms.links import MAX_LINK
from app.web.faults import command_of, done_words
from app.web.identity import learner_of
from app.web.security import same_origin

router = APIRouter()
MAX_FORM_BYTES = 4_096
MAX_FIELDS = 14


class FormFields(msgspec.Struct, frozen=True):
    """What every form carries, kept current by the page. `room` is empty before the first act;
    `run` is the link that the page was opened with, if any."""

    token: Token
    id: int
    branch: int
    at: int
    room: str = ""
    key: str = ""
    run: Annotated[str, Meta(max_length=MAX_LINK)] = ""


class FaultForm(FormFields, frozen=True, kw_only=True):
    """The fields of "Do a fault"; each fault takes those it needs. `side` empty: both sides."""

    kind: str
    node: str = ""
    other: str = ""
    amount: str = ""
    side: str = ""


class SettingForm(FormFields, frozen=True, kw_only=True):
    cluster: str
    setting: str
    value: str


@router.post("/actions/fault")
async def fault(request: Request) -> HTMLResponse:
    """Any fault, on one side or both."""
    form = await _read(request, FaultForm)
    if isinstance(form, HTMLResponse):
        return form
    asked = (form.kind, form.node, form.other, form.amount, form.side)
    try:
        command = command_of(*asked)
    except CommandRejected as no:
        return _refusal(422, no.asked, no.reason, no.remedy)
    return await _act(request, form, command, done_words(*asked))


@router.post("/actions/setting")
async def setting(request: Request) -> HTMLResponse:
    """Change a setting of one side, from the start of the run."""
    form = await _read(request, SettingForm)
    if isinstance(form, HTMLResponse):
        return form
    command = {
        "type": "configure",
        "cluster": form.cluster,
        "setting": form.setting,
        "value": form.value,
    }
    return await _act(request, form, command, "The setting holds from the start of the run.")


async def _read(request: Request, kind: type[Any]) -> Any:
    """The form's fields, or the answer that says what is wrong with them."""
    if not same_origin(request.headers):
        return _refusal(403, "Send this form.", "It comes from another site.", "Use our page.")
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MAX_FORM_BYTES:
        return _refusal(413, "Send this form.", "It is too long.", "Reload the page.")
    async with request.form(max_files=0, max_fields=MAX_FIELDS) as fields:
        values = dict(fields.items())
    try:
        form: FormFields = msgspec.convert(values, kind, strict=False)
        if form.room:
            msgspec.convert(form.room, RoomCode)
    except msgspec.ValidationError as error:
        return _refusal(422, "Send this form.", f"{error}.", "Reload the page and try again.")
    return form


async def _act(
    request: Request, form: FormFields, command: dict[str, Any], done: str
) -> HTMLResponse:
    data = {
        "type": "act",
        "id": form.id,
        "seen": {"branch": form.branch, "at": form.at},
        "steps": [[command]],
    }
    try:
        act = msgspec.convert(data, Act)
    except msgspec.ValidationError as error:
        return _refusal(422, "Do this.", f"{error}.", "Choose from what the form offers.")
    assert isinstance(act.seen, Seen)
    hub: Hub = request.app.state.hub
    learner = learner_of(request)
    reply = await hub.request(form.room or None, form.token, act, form.key, learner, form.run)
    if isinstance(reply.answer, Refused):
        no = reply.answer
        return _refusal(422, no.asked, no.reason, no.remedy)
    trigger = msgspec.json.encode({"room-made": {"room": reply.room}}).decode()
    return HTMLResponse(f"<p>{escape(done)}</p>", headers={"HX-Trigger": trigger})


def _refusal(status: int, asked: str, reason: str, remedy: str) -> HTMLResponse:
    text = f"<p>{escape(asked)} Refused: {escape(reason)} {escape(remedy)}</p>"
    return HTMLResponse(text, status)
