"""What the judge does not follow by itself, asked about a moment: a fragment of the promises panel.

Only what was seen can be asked about: no row beyond the frontier of a branch is looked at.
"""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request
from msgspec import Meta
from starlette.responses import HTMLResponse

from app.errors import CommandRejected
from app.rooms.asked import Line, Moment, answer
from app.rooms.frames import BranchId, RoomCode, Seen
from app.rooms.hub import Hub
from app.rooms.pool import Pool
from app.trace.commands import Moment as At
from app.web.identity import visitor_of
from app.web.templates import Templates

router = APIRouter()
ASKED = "Ask about this moment."
SECONDS = 10.0


class Question(msgspec.Struct, frozen=True):
    """A moment of a branch of a room; `run`: the link that the page was opened by, without one."""

    branch: BranchId
    at: At
    room: str = ""
    run: Annotated[str, Meta(max_length=4_000)] = ""


@router.get("/promises")
async def ask(request: Request) -> HTMLResponse:
    """The answers for both clusters, or why there are none."""
    hub: Hub = request.app.state.hub
    pool: Pool = request.app.state.pool
    try:
        question = msgspec.convert(dict(request.query_params), Question, strict=False)
        if question.room:
            msgspec.convert(question.room, RoomCode)
    except msgspec.ValidationError as error:
        return _page(request, CommandRejected(ASKED, f"{error}.", "Reload the page and try again."))
    moment = Seen(question.branch, question.at)
    try:
        seen = await hub.rows_until(question.room or None, question.run, moment, ASKED)
        visitor = visitor_of(request)
        told = {
            title: await pool.run(visitor, answer, Moment(rows), ASKED, SECONDS)
            for title, rows in seen
        }
    except CommandRejected as no:
        return _page(request, no)
    return _page(request, None, question.at, told)


def _page(
    request: Request,
    refused: CommandRejected | None,
    at: int = 0,
    told: dict[str, list[Line]] | None = None,
) -> HTMLResponse:
    """A line a title, with what each side says of it."""
    templates: Templates = request.app.state.templates
    sides = told or {}
    titles = dict.fromkeys(line.title for lines in sides.values() for line in lines)
    by_title = [{line.title: line for line in lines} for lines in sides.values()]
    rows = [(title, [side.get(title) for side in by_title]) for title in titles]
    # Whoever asked by htmx shows a refusal in the same place, so it is no error to it.
    return templates.page("promises.html", refused=refused, at=at, sides=list(sides), rows=rows)
