"""Who is who without accounts: an anonymous name in a cookie, made when something is to be kept."""

import re
import secrets
import string

from starlette.requests import HTTPConnection
from starlette.responses import Response

COOKIE = "learner"
LETTERS = string.ascii_lowercase + string.digits
WELL_FORMED = re.compile(r"^[a-z0-9]{24}$")
YEAR_SECONDS = 365 * 24 * 3600


def learner_of(connection: HTTPConnection) -> str:
    """The name in the cookie; "" when there is none that we made."""
    name = connection.cookies.get(COOKIE, "")
    return name if WELL_FORMED.match(name) else ""


def new_learner() -> str:
    """124 bits: nobody can guess another's."""
    return "".join(secrets.choice(LETTERS) for _ in range(24))


def keep(response: Response, learner: str) -> None:
    """Put the name into the cookie; scripts cannot read it, and other sites do not get it.

    Without `secure`, since a class runs over plain http on its own network.
    """
    response.set_cookie(COOKIE, learner, max_age=YEAR_SECONDS, httponly=True, samesite="lax")


def visitor_of(connection: HTTPConnection) -> str:
    """Whose share of the processor it is: the cookie's, or the address's where there is none."""
    host = connection.client.host if connection.client else "nobody"
    return learner_of(connection) or f"at {host}"
