"""The one composition root: files are read, parts are put together, nothing is decided."""

import asyncio
import contextlib
import functools
import time
from collections.abc import AsyncIterator
from hashlib import blake2b
from pathlib import Path

from fastapi import FastAPI
from msgspec.structs import replace
from starlette.staticfiles import StaticFiles

from app.errors import ScenarioError
from app.experiments.bad_runs.jobs import look, shrink
from app.experiments.published import Published, load_raft
from app.experiments.published_leaderless import load_leaderless
from app.experiments.published_pbs import load_pbs
from app.lessons.lesson import Lesson, LessonError
from app.lessons.read import read_lesson
from app.rooms.archive import Archive
from app.rooms.hub import Hub
from app.rooms.pool import Pool
from app.rooms.proof import prove
from app.rooms.searches import Searches
from app.scenarios.catalogue import Catalogue, complete, load_catalogue
from app.scenarios.misconceptions import Misconception, load_misconceptions
from app.scenarios.presets import Preset, load_preset
from app.scenarios.read import load_scenario
from app.scenarios.scenario import Scenario
from app.scenarios.shape import nearest, shown
from app.scenarios.sizes import LAB, in_sizes
from app.scenarios.toml import MAX_BYTES
from app.settings import MEMORY, Settings
from app.storage.memory import MemoryArchive
from app.storage.sqlite import SqliteArchive
from app.vocabulary import TERMS
from app.web import find_bad
from app.web.lab_live import LiveCurves
from app.web.laboratory import Laboratory
from app.web.pages import add_error_pages
from app.web.routes import ROUTERS
from app.web.security import SecurityHeaders
from app.web.templates import Templates

APP = Path(__file__).parent
ROOT = APP.parent
LESSONS = ROOT / "lessons"
MOST_PATH = 300
KEPT_DAYS = 400
"""A learner who comes back after the summer goes on where they were."""
ENGINE_PARTS = ("trace", "sim", "versions", "protocols", "scenarios")


def engine_digest() -> str:
    """Twelve hex digits of everything that shapes a trace: equal digests, equal bytes."""
    digest = blake2b(digest_size=6)
    for part in ENGINE_PARTS:
        for path in sorted((APP / part).rglob("*")):
            if path.suffix in (".py", ".toml"):
                digest.update(str(path.relative_to(APP)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


@functools.cache
def read_catalogue() -> Catalogue:
    """Every setting in words, and every preset."""
    path = APP / "scenarios" / "catalogue" / "settings.toml"
    return replace(load_catalogue(path.read_bytes(), path.name), presets=read_presets())


@functools.cache
def read_presets() -> dict[str, Preset]:
    """All presets by name; a wrong one stops the start with file and remedy."""
    found = {}
    for path in sorted((APP / "scenarios" / "presets").glob("*.toml")):
        preset = load_preset(path.read_bytes(), path.name)
        if preset.name != path.stem:
            raise ScenarioError(f"{path.name}: Its name is {preset.name}. Give {path.stem}.")
        found[preset.name] = preset
    return found


def read_published() -> Published:
    """The published numbers that experiments are compared with."""
    sources = APP / "experiments" / "sources"
    raft = load_raft((sources / "raft.toml").read_bytes(), "raft.toml")
    pbs = load_pbs((sources / "pbs.toml").read_bytes(), "pbs.toml")
    rest = load_leaderless((sources / "leaderless.toml").read_bytes(), "leaderless.toml")
    return Published(raft.wan, raft.lan, raft.split, pbs, rest.ring, rest.gossip)


@functools.cache
def read_scenarios() -> dict[str, Scenario]:
    """The scenes along the doors, by name; a wrong one stops the start with file and remedy."""
    found = _scenes_in(APP / "scenarios", read_catalogue())
    for scenario in found.values():
        for door in scenario.doors:
            if door.scene and door.scene not in found:
                raise ScenarioError(
                    f"{scenario.name}.toml: the door “{door.button}” leads to the scene "
                    f"{door.scene}, which does not exist. Choose one of: {', '.join(found)}."
                )
    return found


@functools.cache
def read_misconceptions() -> tuple[tuple[Misconception, ...], dict[str, Scenario]]:
    """What many believe, and the scenes made for it alone, by name; a wrong one stops the start."""
    own = _scenes_in(APP / "scenarios" / "misconceptions", read_catalogue())
    path = APP / "scenarios" / "catalogue" / "misconceptions.toml"
    return load_misconceptions(path.read_bytes(), path.name, {**read_scenarios(), **own}), own


def _scenes_in(folder: Path, catalogue: Catalogue) -> dict[str, Scenario]:
    found = {}
    for path in sorted(folder.glob("*.toml")):
        scenario = load_scenario(path.read_bytes(), path.name, catalogue.presets)
        if scenario.name != path.stem:
            raise ScenarioError(f"{path.name}: Its name is {scenario.name}. Give {path.stem}.")
        sizes = in_sizes(scenario) if path.stem == LAB else {path.stem: scenario}
        for name, sized in sizes.items():
            found[name] = complete(sized, catalogue)
    return found


def check_tries(presets: dict[str, Preset], scenarios: dict[str, Scenario]) -> None:
    """Raise ScenarioError for a preset that offers a scene which does not exist."""
    for preset in presets.values():
        for one in preset.tries:
            if one.scene not in scenarios:
                raise ScenarioError(
                    f"{preset.name}.toml: There is no scene {one.scene} to try. "
                    f"{nearest(one.scene, scenarios)}"
                )


def find_scenario(name: str) -> Scenario:
    """A scene of ours by its name, or any other by the path of its file."""
    scenarios = read_scenarios()
    for found in (scenarios, read_misconceptions()[1]):
        if name in found:
            return found[name]
    if not name.endswith(".toml") and not set("/\\.") & set(name):
        raise ScenarioError(f"There is no scene {shown(name)}. {nearest(name, scenarios)}")
    words = "".join(c if c.isprintable() else "·" for c in name[:MOST_PATH])
    try:
        with Path(name).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", "") or "no path of a file looks like this"
        raise ScenarioError(
            f"{words} cannot be read ({why}). Give the path of a scenario file, or the name of a "
            "scene."
        ) from error
    catalogue = read_catalogue()
    return complete(load_scenario(data, words, catalogue.presets), catalogue)


def read_lessons(scenarios: dict[str, Scenario], folder: Path = LESSONS) -> dict[str, Lesson]:
    """All lessons by slug, in the order of the course, each proved once by running it; a wrong one
    stops the start with file, line and remedy."""
    found: dict[str, Lesson] = {}
    taken: dict[str, str] = {}
    for path in lesson_files(folder):
        lesson = read_lesson_file(path, scenarios)
        take_address(lesson, taken)
        scenario = scenarios[lesson.front.scenario]
        prove(lesson, scenario, [scenario.seed])
        found[lesson.slug] = lesson
    for scenario in scenarios.values():
        for door in scenario.doors:
            if door.lesson and door.lesson not in found:
                raise ScenarioError(
                    f"{scenario.name}.toml: the door “{door.button}” leads to the lesson "
                    f"{door.lesson}, which does not exist. Choose one of: {', '.join(found)}."
                )
    return found


@functools.cache
def our_lessons() -> dict[str, Lesson]:
    """The lessons of this house over its own scenes."""
    return read_lessons(read_scenarios())


def read_lesson_file(path: Path, scenarios: dict[str, Scenario]) -> Lesson:
    """One lesson, not yet proved; raises LessonError."""
    words = {term.word for term in TERMS}
    name = str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = f"The file cannot be read ({error.strerror})"
        raise LessonError(f"{name}:1: {reason}. Make it readable, or move it away.") from error
    return read_lesson(data, name, scenarios, words)


def take_address(lesson: Lesson, taken: dict[str, str]) -> None:
    """The words of a file's name are its address; `taken`: files by address, and now this one.
    Raises LessonError when another has it."""
    other = taken.setdefault(lesson.slug, lesson.file)
    if other != lesson.file:
        raise LessonError(
            f"{lesson.file}:1: {other} has the same address, /lessons/{lesson.slug}. "
            "Give one of the files other words."
        )


def lesson_files(folder: Path) -> list[Path]:
    """NN-topic/NN-slug.md, in the order of the course; the guide beside the topics is none."""
    found = (path.relative_to(folder) for path in folder.rglob("*.md"))
    return [folder / path for path in sorted(found) if str(path) != "README.md"]


def version() -> str:
    """Our version, from the one place that has it."""
    text = (ROOT / "pyproject.toml").read_text()
    return text.split('\nversion = "', 1)[1].split('"', 1)[0]


def open_archive(settings: Settings) -> Archive:
    """Where rooms are kept; what nobody touched for KEPT_DAYS is forgotten. Raises StorageError."""
    if settings.data == MEMORY:
        return MemoryArchive(2 * settings.limits.rooms)
    archive = SqliteArchive(Path(settings.data), time.time, settings.data_bytes)
    archive.forget(int((time.time() - KEPT_DAYS * 86_400) * 1000))
    return archive


def create_app(settings: Settings) -> FastAPI:
    """The application, with everything it needs in `app.state`."""
    limits = settings.limits
    scenarios, catalogue = read_scenarios(), read_catalogue()
    misconceptions, own = read_misconceptions()
    check_tries(catalogue.presets, scenarios)
    hub = Hub(
        open_archive(settings),
        {**scenarios, **own},
        limits,
        engine_digest(),
        time.monotonic,
        dict(our_lessons()),
        catalogue=catalogue,
    )

    pool = Pool(limits)
    searches = Searches(pool, find_bad.part_of, look, shrink)
    laboratory = Laboratory(pool, read_published(), limits)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(hub.follow())
        yield
        following.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await following
        await searches.close()
        await laboratory.close()
        pool.close()
        hub.archive.close()

    app = FastAPI(
        title="Quorate", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan
    )
    app.state.engine = hub.engine
    app.state.version = version()
    app.state.address = settings.address
    app.state.hub = hub
    app.state.catalogue = catalogue
    app.state.pool = pool
    app.state.searches = searches
    app.state.listed = scenarios
    app.state.misconceptions = misconceptions
    app.state.laboratory = laboratory
    app.state.live_curves = LiveCurves(laboratory)
    app.state.templates = Templates(ROOT / "templates", ROOT / "static")
    app.add_middleware(SecurityHeaders)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=ROOT / "static"), name="static")
    add_error_pages(app)
    return app
