"""Presets as pages: the settings of each database, what surprises, and where all that stands."""

from fastapi import APIRouter, Request
from msgspec import Struct
from starlette.responses import HTMLResponse

from app.errors import CommandRejected, duration
from app.rooms.hub import Hub
from app.scenarios.catalogue import Catalogue
from app.scenarios.presets import Field, Preset, left_out
from app.scenarios.shape import nearest
from app.scenarios.sizes import SIZES
from app.web.templates import Templates

router = APIRouter()
DESIGN_TITLES = {"leader_follower": "With a leader", "leaderless": "Without a leader"}


class Line(Struct, frozen=True):
    """One setting on the page: its title and choice in the words of the catalogue."""

    title: str
    choice: str
    field: Field


@router.api_route("/systems", methods=["GET", "HEAD"])
async def systems(request: Request) -> HTMLResponse:
    """All presets, the design with a leader first."""
    state = request.app.state
    templates: Templates = state.templates
    presets: dict[str, Preset] = state.catalogue.presets
    groups = {
        title: [preset for preset in presets.values() if preset.design == design]
        for design, title in DESIGN_TITLES.items()
    }
    return templates.page("systems.html", groups=groups, page="systems")


@router.api_route("/systems/{name}", methods=["GET", "HEAD"])
async def system(request: Request, name: str) -> HTMLResponse:
    """One preset; raises CommandRejected for a name that there is not."""
    state = request.app.state
    templates: Templates = state.templates
    hub: Hub = state.hub
    catalogue: Catalogue = state.catalogue
    preset = catalogue.presets.get(name)
    if preset is None:
        raise CommandRejected(
            f"Open the system {name[:40]}.",
            "There is no such preset.",
            nearest(name, catalogue.presets),
        )
    return templates.page(
        "system.html",
        preset=preset,
        design=DESIGN_TITLES[preset.design],
        lines=lines_of(preset.fields, preset.design, catalogue),
        variants=[(one, lines_of(one.fields, preset.design, catalogue)) for one in preset.variants],
        ours=ours_of(preset, catalogue),
        lab=preset.nodes in SIZES,
        titles={scene.name: scene.title for scene in hub.scenarios.values()},
        page="systems",
    )


def lines_of(fields: tuple[Field, ...], design: str, catalogue: Catalogue) -> list[Line]:
    """The fields in order, in words where the catalogue has them."""
    described = {one.name: one for one in catalogue.settings if one.design == design}
    lines = []
    for field in fields:
        setting = described.get(field.setting)
        labels = {option.value: option.label for option in setting.options} if setting else {}
        title = setting.title if setting else field.setting.replace("_", " ")
        choice = labels.get(str(field.value)) or in_words(field)
        lines.append(Line(title, choice, field))
    return lines


def ours_of(preset: Preset, catalogue: Catalogue) -> dict[str, list[tuple[str, str]]]:
    """What the preset does not speak of, by group: (title, choice) in the words of the page."""
    described = {one.name: one for one in catalogue.settings if one.design == preset.design}
    groups: dict[str, list[tuple[str, str]]] = {}
    for name, value in left_out(preset, f"{preset.name}.toml").items():
        setting = described.get(name)
        labels = {option.value: option.label for option in setting.options} if setting else {}
        title = setting.title if setting else name.removesuffix("_us").replace("_", " ")
        choice = labels.get(value) or value_in_words(name, value)
        group = (setting.group if setting else "") or "Other"
        groups.setdefault(group, []).append((title, choice))
    return groups


def in_words(field: Field) -> str:
    """A value as a person would say it."""
    return value_in_words(field.setting, str(field.value))


def value_in_words(setting: str, value: str) -> str:
    """Microseconds as milliseconds or seconds, names without their underscores."""
    if setting.endswith("_us"):
        return "none" if value == "0" else duration(int(value))
    return value.replace("_", " ") or "none"
