"""Scene files over HTTP: one is sent and opens a room, a room's run is saved as one."""

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from app.errors import CommandRejected
from app.rooms.hub import Hub
from app.rooms.starts import OPEN_FILE
from app.web.pages import scenes_page
from app.web.security import same_origin

router = APIRouter()
FORM_BYTES = 4_096
"""What a form has around its file."""
MOST_UNREAD = 32_000_000
"""So much of a file that is too long is taken and thrown away: a browser that may not finish
sending shows its own error instead of ours."""


@router.post("/scenes")
async def open_file(request: Request) -> Response:
    """A scene file by form: to its room, or the list of scenes with what is wrong with the file."""
    hub: Hub = request.app.state.hub
    try:
        if not same_origin(request.headers):
            refused = CommandRejected(OPEN_FILE, "The form comes from another site.", "Use ours.")
            return scenes_page(request, refused, 403)
        if not await _is_short(request, hub.limits.file_bytes + FORM_BYTES):
            reason = f"It has more than {hub.limits.file_bytes // 1_000} kB."
            return scenes_page(
                request, CommandRejected(OPEN_FILE, reason, "Give a shorter one."), 413
            )
        opened = await hub.open_file(await _file(request))
    except CommandRejected as no:
        return scenes_page(request, no, 422)
    return RedirectResponse(f"/r/{opened.code}", 303)


@router.get("/file/{code}")
async def save(request: Request, code: str) -> Response:
    """What the room shows as a scene file; 422 with a sentence when it does not fit into one."""
    hub: Hub = request.app.state.hub
    try:
        name, text = await hub.file_of(code)
    except CommandRejected as no:
        return PlainTextResponse(str(no), 422)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="application/toml", headers=disposition)


async def _is_short(request: Request, most: int) -> bool:
    """Is the body within its limit? One that is not is read to its end, but kept nowhere."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) <= most:
        return True
    unread = 0
    async for piece in request.stream():
        unread += len(piece)
        if unread > MOST_UNREAD:
            break
    return False


async def _file(request: Request) -> bytes:
    """The bytes of the one file in the form; raises CommandRejected."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        reason = "What was sent is not a form with a file."
        raise CommandRejected(OPEN_FILE, reason, "Choose a file in the form of this page.")
    try:
        async with request.form(max_files=1, max_fields=1) as fields:
            sent = fields.get("file")
            data = await sent.read() if isinstance(sent, UploadFile) else None
    except HTTPException as error:
        reason = "The form cannot be read."
        raise CommandRejected(OPEN_FILE, reason, "Choose one file and send it again.") from error
    if data is None:
        raise CommandRejected(OPEN_FILE, "There is no file in the form.", "Choose one.")
    if not data.strip():
        raise CommandRejected(OPEN_FILE, "The file is empty.", "Choose another one.")
    return data
