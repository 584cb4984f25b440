"""Headers for every answer, and who may post: pages of ours, nobody else."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
FILES_KEPT = "public, max-age=31536000, immutable"


class SecurityHeaders:
    """ASGI middleware: adds HEADERS, and lets browsers keep static files that carry a hash."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                # Browsers honour this only on a safe connection, and complain elsewhere.
                if scope["scheme"] == "https":
                    headers["Cross-Origin-Opener-Policy"] = "same-origin"
                hashed = scope["query_string"].startswith(b"v=")
                if scope["path"].startswith("/static/"):
                    headers["Cache-Control"] = FILES_KEPT if hashed else "no-cache"
            await send(message)

        await self.app(scope, receive, with_headers)


def same_origin(headers: Headers) -> bool:
    """Does the request come from a page of this host (or from no page at all)?"""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")
