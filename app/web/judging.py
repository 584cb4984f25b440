"""Histories from elsewhere over HTTP: a file is sent, and the page says what the judge made of it.

The file is read and judged in a process of its own; nothing of it is kept.
"""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from app.errors import CommandRejected
from app.histories.read import FORMATS, MOST_BYTES
from app.histories.report import Report, Sent, judged_file
from app.rooms.pool import Pool
from app.web.identity import visitor_of
from app.web.security import same_origin
from app.web.templates import Templates
from app.web.uploads import FORM_BYTES, is_short, sent_file

router = APIRouter()
ASKED = "Judge this history."
SECONDS = 60.0
LONGEST_INITIAL = 200
MENDED = "Mend the file and send it again."


@router.api_route("/judge", methods=["GET", "HEAD"])
async def page(request: Request) -> HTMLResponse:
    return _page(request)


@router.post("/judge")
async def judge(request: Request) -> HTMLResponse:
    """The same page with the verdict, or with what is wrong with the file."""
    pool: Pool = request.app.state.pool
    visitor = visitor_of(request)
    try:
        if not same_origin(request.headers):
            no = CommandRejected(ASKED, "The form comes from another site.", "Use ours.")
            return _page(request, no, 403)
        if not await is_short(request, MOST_BYTES + FORM_BYTES):
            reason = f"The file has more than {MOST_BYTES >> 20} MB."
            no = CommandRejected(ASKED, reason, "Judge it in pieces, key by key.")
            return _page(request, no, 413)
        pool.check(visitor, ASKED)
        sent = await sent_file(request, ASKED, ("initial",))
        initial = sent["initial"].decode(errors="replace").strip()
        if len(initial) > LONGEST_INITIAL:
            reason = f"What keys hold at first has more than {LONGEST_INITIAL} characters."
            raise CommandRejected(ASKED, reason, "Give a shorter one, or none.")
        job = Sent(sent["file"], initial)
        found = await pool.run(visitor, judged_file, job, ASKED, SECONDS)
        if isinstance(found, str):
            raise CommandRejected(ASKED, found, MENDED)
    except CommandRejected as no:
        return _page(request, no, 422)
    return _page(request, found=found)


def _page(
    request: Request,
    refused: CommandRejected | None = None,
    status: int = 200,
    found: Report | None = None,
) -> HTMLResponse:
    templates: Templates = request.app.state.templates
    return templates.page(
        "judge.html",
        status,
        refused=refused,
        found=found,
        formats=FORMATS,
        most_mb=MOST_BYTES >> 20,
        seconds=round(SECONDS),
        page="judge",
    )
