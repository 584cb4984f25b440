"""Jinja2 with our few globals: no undefined name passes, everything is escaped."""

from hashlib import blake2b
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from app.web.faults import KINDS

LATER = (
    "classroom.js",
    "lesson.js",
    "display_first.js",
    "beside.js",
    "helper_words.js",
    "inspector.js",
    "clients.js",
    "settings.js",
    "experiments.js",
    "chart.js",
)
"""Fetched where they are needed, or by a script element of their own."""


class Templates:
    """Renders pages. Static files are named with a hash, so that browsers may keep them."""

    def __init__(self, folder: Path, static: Path) -> None:
        self.static = static
        self._hashes: dict[str, str] = {}
        self.environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals["static_url"] = self.static_url
        self.environment.globals["modules"] = self.modules
        self.environment.globals["fault_kinds"] = KINDS

    def static_url(self, path: str) -> str:
        """`/static/…` with a hash of the file's content."""
        if path not in self._hashes:
            data = (self.static / path).read_bytes()
            self._hashes[path] = blake2b(data, digest_size=4).hexdigest()
        return f"/static/{path}?v={self._hashes[path]}"

    def modules(self) -> list[str]:
        """Every JavaScript module that a stage needs, for preloading: paths below /static, as
        imported."""
        found = sorted(
            path for path in (self.static / "js").rglob("*.js") if path.name not in LATER
        )
        return [f"/static/{path.relative_to(self.static)}" for path in found]

    def page(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        text = self.environment.get_template(name).render(**values)
        return HTMLResponse(text, status, headers={"Cache-Control": "no-cache"})


def json_in_html(data: bytes) -> Markup:
    """JSON that may stand inside a script element."""
    text = data.decode().replace("<", "\\u003c").replace("\u2028", "\\u2028")
    return Markup(text.replace("\u2029", "\\u2029"))
