"""A room's run as a scene file: what it starts from, the commands given so far as its script."""

from msgspec.structs import replace

from app.errors import CommandRejected
from app.rooms.room import Room
from app.scenarios.catalogue import Catalogue, complete
from app.scenarios.scenario import MAX_US, ClusterSpec, Scenario, ScriptEntry
from app.scenarios.write import to_toml
from app.trace.commands import Configure, PlacedCommand

ASKED = "Save this run as a scene file."


def scene_text(room: Room, engine: str, catalogue: Catalogue | None, most_bytes: int) -> str:
    """The text of the file; raises CommandRejected when the run does not fit into one."""
    fold, scenario = room.fold, room.scenario
    commands = fold.current.commands
    last = max((fold.head.until, *(placed.at for placed in commands)))
    if last > MAX_US:
        raise CommandRejected(
            ASKED,
            f"It goes on to {last / 1e6:.3f} s, and a file holds {MAX_US // 1_000_000} s.",
            "Go back, act earlier, and save that line.",
        )
    changed = commands != scenario.script or fold.seed != scenario.seed
    saved = replace(
        scenario,
        seed=fold.seed,
        clusters=tuple(_cluster(scenario, spec, commands, catalogue) for spec in scenario.clusters),
        entries=tuple(ScriptEntry(p.at, p.command) for p in commands if not _at_start(p)),
        captions=() if changed else scenario.captions,
        verdicts=() if changed else scenario.verdicts,
        opens_at_us=fold.head.until,
        engine=engine,
    )
    text = to_toml(saved)
    if len(text.encode()) > most_bytes:
        raise CommandRejected(
            ASKED,
            f"The file would have more than {most_bytes // 1_000} kB.",
            "Press Reset and save a shorter run.",
        )
    return text


def _at_start(placed: PlacedCommand) -> bool:
    return isinstance(placed.command, Configure) and not placed.at


def _cluster(
    scenario: Scenario,
    spec: ClusterSpec,
    commands: tuple[PlacedCommand, ...],
    catalogue: Catalogue | None,
) -> ClusterSpec:
    """The side with the settings chosen at moment 0; settings of the catalogue are left to it."""
    values: dict[str, str | int] = dict(spec.values)
    for placed in commands:
        change = placed.command
        if isinstance(change, Configure) and not placed.at and change.cluster == spec.name:
            value = change.value
            values[change.setting] = int(value) if value.isdecimal() else value
    settings = spec.settings
    if catalogue is not None:
        bare = replace(
            scenario,
            clusters=tuple(replace(one, settings=()) for one in scenario.clusters),
        )
        if complete(bare, catalogue).cluster(spec.name) == spec:
            settings = ()
    return replace(spec, values=values, settings=settings)
