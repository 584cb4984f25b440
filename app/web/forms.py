"""What a form of ours sends, from no other site, and who may end what somebody began by one."""

from fastapi import Request

from app.errors import CommandRejected
from app.web.identity import visitor_of
from app.web.security import same_origin


async def sent_fields(
    request: Request, asked: str, most_bytes: int, most_fields: int
) -> dict[str, str]:
    """The fields by name; raises CommandRejected, in the words of `asked`."""
    if not same_origin(request.headers):
        raise CommandRejected(asked, "The form comes from another site.", "Use ours.")
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > most_bytes:
        raise CommandRejected(asked, "The form is too long.", "Reload the page.")
    async with request.form(max_files=0, max_fields=most_fields) as fields:
        return {name: str(value) for name, value in fields.items()}


def check_began(request: Request, visitor: str, asked: str) -> None:
    """Raise CommandRejected unless this visitor began it, and asks from our page."""
    if not same_origin(request.headers) or visitor != visitor_of(request):
        raise CommandRejected(asked, "Somebody else began it.", "Leave it; it ends by itself.")
