"""The one composition root: files are read, parts are put together, nothing is decided."""

import time
from hashlib import blake2b
from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from app.rooms.hub import Hub
from app.scenarios.scenario import Scenario, load_scenario
from app.settings import Settings
from app.storage.memory import MemoryArchive
from app.web import actions, live, pages
from app.web.security import SecurityHeaders
from app.web.templates import Templates

APP = Path(__file__).parent
ROOT = APP.parent
ENGINE_PARTS = ("trace", "sim", "versions", "protocols", "scenarios")


def engine_digest() -> str:
    """Twelve hex digits of everything that shapes a trace: equal digests, equal bytes."""
    digest = blake2b(digest_size=6)
    for part in ENGINE_PARTS:
        for path in sorted((APP / part).rglob("*")):
            if path.suffix in (".py", ".toml"):
                digest.update(str(path.relative_to(APP)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def read_scenarios() -> dict[str, Scenario]:
    """All scenario files, by name; a wrong one stops the start with file and remedy."""
    found = {}
    for path in sorted((APP / "scenarios").glob("*.toml")):
        scenario = load_scenario(path.read_bytes(), path.name)
        found[scenario.name] = scenario
    return found


def version() -> str:
    """Our version, from the one place that has it."""
    text = (ROOT / "pyproject.toml").read_text()
    return text.split('\nversion = "', 1)[1].split('"', 1)[0]


def create_app(settings: Settings) -> FastAPI:
    """The application, with everything it needs in `app.state`."""
    limits = settings.limits
    app = FastAPI(title="Quorate", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.engine = engine_digest()
    app.state.version = version()
    app.state.hub = Hub(
        MemoryArchive(2 * limits.rooms), read_scenarios(), limits, app.state.engine, time.monotonic
    )
    app.state.templates = Templates(ROOT / "templates", ROOT / "static")
    app.add_middleware(SecurityHeaders)
    app.include_router(pages.router)
    app.include_router(live.router)
    app.include_router(actions.router)
    app.mount("/static", StaticFiles(directory=ROOT / "static"), name="static")
    pages.add_error_pages(app)
    return app
