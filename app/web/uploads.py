"""A file that is sent by a form: within its limit, and refused in words when it is none."""

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from app.errors import CommandRejected

FORM_BYTES = 4_096
"""What a form has around its file."""
MOST_UNREAD = 32_000_000
"""So much of a file that is too long is taken and thrown away: a browser that may not finish
sending shows its own error instead of ours."""


async def is_short(request: Request, most: int) -> bool:
    """Is the body within its limit? One that is not is read to its end, but kept nowhere."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) <= most:
        return True
    unread = 0
    async for piece in request.stream():
        unread += len(piece)
        if unread > most + MOST_UNREAD:
            break
    return False


async def sent_file(request: Request, asked: str, fields: tuple[str, ...] = ()) -> dict[str, bytes]:
    """The bytes of the one file in the form under "file", and of these fields under their names;
    raises CommandRejected."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        reason = "What was sent is not a form with a file."
        raise CommandRejected(asked, reason, "Choose a file in the form of this page.")
    try:
        async with request.form(max_files=1, max_fields=1 + len(fields)) as form:
            sent = form.get("file")
            data = await sent.read() if isinstance(sent, UploadFile) else None
            texts = {name: str(form.get(name, "")).encode() for name in fields}
    except HTTPException as error:
        reason = "The form cannot be read."
        raise CommandRejected(asked, reason, "Choose one file and send it again.") from error
    if data is None:
        raise CommandRejected(asked, "There is no file in the form.", "Choose one.")
    if not data.strip():
        raise CommandRejected(asked, "The file is empty.", "Choose another one.")
    return {"file": data, **texts}
