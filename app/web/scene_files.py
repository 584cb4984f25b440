"""Scene files over HTTP: one is sent and opens a room, a room's run is saved as one."""

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from app.errors import CommandRejected
from app.rooms.hub import Hub
from app.rooms.starts import OPEN_FILE
from app.web.pages import scenes_page
from app.web.security import same_origin
from app.web.uploads import FORM_BYTES, is_short, sent_file

router = APIRouter()


@router.post("/scenes")
async def open_file(request: Request) -> Response:
    """A scene file by form: to its room, or the list of scenes with what is wrong with the file."""
    hub: Hub = request.app.state.hub
    try:
        if not same_origin(request.headers):
            refused = CommandRejected(OPEN_FILE, "The form comes from another site.", "Use ours.")
            return scenes_page(request, refused, 403)
        if not await is_short(request, hub.limits.file_bytes + FORM_BYTES):
            reason = f"It has more than {hub.limits.file_bytes // 1_000} kB."
            return scenes_page(
                request, CommandRejected(OPEN_FILE, reason, "Give a shorter one."), 413
            )
        opened = await hub.open_file((await sent_file(request, OPEN_FILE))["file"])
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
