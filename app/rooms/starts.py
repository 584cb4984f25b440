"""How a room begins: a scene of ours, the run of a link, or somebody's scene file.

What a stranger gives is checked, and simulated once within a budget, before anything of it is kept.
"""

from msgspec import Struct
from msgspec.structs import replace

from app.errors import CommandRejected, InvariantViolation, ScenarioError
from app.rooms.budget import Budget
from app.rooms.limits import Limits
from app.rooms.links import LinkedRun, read_link, write_link
from app.rooms.log import RoomMade
from app.rooms.timeline import Timeline
from app.scenarios.acts import check_command, check_settings
from app.scenarios.catalogue import Catalogue, complete
from app.scenarios.presets import NO_PRESETS
from app.scenarios.read import load_scenario
from app.scenarios.scenario import MAX_SEED, Scenario
from app.trace.commands import AnyCommand, PlacedCommand

HOME = "home"
FILE = "scene.toml"
STAGE = (("leader", "leader_follower"), ("leaderless", "leaderless"))
"""Names and designs of the sides that the stage draws, left and right."""
MOST_SHOPPERS = 6
OPEN_LINK = "Open this link."
OPEN_FILE = "Open this scene file."


class Start(Struct):
    """A room's first entry, tried out. `timeline`: None where it is made when it is looked at."""

    made: RoomMade
    scenario: Scenario
    timeline: Timeline | None = None


class Starts:
    """Makes first entries; `catalogue` fills in the settings that a file leaves open."""

    def __init__(
        self,
        scenarios: dict[str, Scenario],
        lessons: frozenset[str],
        limits: Limits,
        engine: str,
        catalogue: Catalogue | None,
    ) -> None:
        self.scenarios = scenarios
        self.lessons = lessons
        self.limits = limits
        self.engine = engine
        self.catalogue = catalogue

    # ---- scenes of ours -----------------------------------------------------------------------

    def fresh(
        self, scenario: str, lesson: str = "", presenter: str = "", recovery: str = ""
    ) -> RoomMade:
        """The first entry of a room on a scenario's own seed; the rest as in RoomMade."""
        return RoomMade(
            sender="",
            counter=0,
            scenario=scenario,
            seed=self.scenarios[scenario].seed,
            engine=self.engine,
            lesson=lesson,
            presenter=presenter,
            recovery=recovery,
        )

    def start_of(self, scenario: str, first: tuple[AnyCommand, ...] = ()) -> str:
        """The text of a link to a scenario on its own seed, before anybody did anything; `first`:
        settings that it starts with."""
        scene = self.scenarios[scenario]
        commands = (*(PlacedCommand(0, one) for one in first), *scene.script)
        return write_link(LinkedRun(scenario, scene.seed, self.engine, 0, commands))

    def scenario_of(self, made: RoomMade) -> Scenario:
        """What a room is about; raises CommandRejected when this server does not have it."""
        if made.file:
            return self.read(made.file.encode(), "Open this room.")
        if made.scenario not in self.scenarios:
            raise CommandRejected(
                "Open this room.",
                f"It is about the scene {made.scenario}, which this version does not have.",
                "Open the start page for a new one.",
            )
        return self.scenarios[made.scenario]

    # ---- links and files ----------------------------------------------------------------------

    def linked(self, run: str) -> Start:
        """The home scene, or the run of a link, tried out; raises CommandRejected."""
        if not run:
            return Start(self.fresh(HOME), self.scenarios[HOME])
        linked = read_link(run)
        if linked.file:
            scenario = self.read(linked.file.encode(), OPEN_LINK)
        elif linked.scenario in self.scenarios:
            scenario = self.scenarios[linked.scenario]
        else:
            reason = f"There is no scene {linked.scenario[:40]} here."
            raise CommandRejected(OPEN_LINK, reason, "Open the start page.")
        if not 0 <= linked.seed <= MAX_SEED:
            reason = "Its seed is no whole number that a run may have."
            raise CommandRejected(OPEN_LINK, reason, "Copy the whole link again.")
        if len(linked.commands) > self.limits.commands_a_branch:
            reason = "It holds more commands than a run may have."
            raise CommandRejected(OPEN_LINK, reason, "Open the start page.")
        for placed in linked.commands:
            check_command(scenario, placed.command)
        ordered = tuple(sorted(linked.commands, key=lambda placed: placed.at))
        check_settings(scenario, ordered)
        made = RoomMade(
            sender="",
            counter=0,
            scenario=scenario.name,
            seed=linked.seed,
            engine=linked.engine[:24],
            commands=ordered,
            until=max((linked.at, *(placed.at for placed in ordered))),
            shown=linked.at,
            file=linked.file,
            told=linked.told[: len(scenario.clusters)],
        )
        return self._tried(made, scenario, OPEN_LINK)

    def from_file(self, data: bytes) -> Start:
        """A scene file, its script run to the end; raises CommandRejected."""
        scenario = self.read(data, OPEN_FILE)
        made = RoomMade(
            sender="",
            counter=0,
            scenario=scenario.name,
            seed=scenario.seed,
            engine=scenario.engine or self.engine,
            commands=scenario.script,
            until=max(scenario.opens_at_us, scenario.spoken_until),
            shown=scenario.opens_at_us or None,
            file=data.decode(),
        )
        start = self._tried(made, scenario, OPEN_FILE)
        if start.timeline is None or scenario.opens_at_us or not scenario.script:
            return start
        limit = made.until + 10 * scenario.client_timeout_us
        until = max(made.until, start.timeline.run_to_answers(limit))
        return replace_made(start, replace(made, until=until))

    def read(self, data: bytes, asked: str) -> Scenario:
        """A scenario that the stage can draw; raises CommandRejected with line and field."""
        if len(data) > self.limits.file_bytes:
            reason = f"It has more than {self.limits.file_bytes // 1_000} kB."
            raise CommandRejected(asked, reason, "Give a shorter one.")
        try:
            presets = self.catalogue.presets if self.catalogue else NO_PRESETS
            scenario = load_scenario(data, FILE, presets)
            self._drawable(scenario)
        except ScenarioError as error:
            raise CommandRejected(asked, str(error), "Mend the file and open it again.") from error
        return complete(scenario, self.catalogue) if self.catalogue else scenario

    def _drawable(self, scenario: Scenario) -> None:
        for place, (spec, (name, design)) in enumerate(zip(scenario.clusters, STAGE, strict=True)):
            if (spec.name, spec.design) != (name, design):
                raise ScenarioError(
                    f"{FILE}: clusters[{place}]: The stage draws the {design} design here, under "
                    f"the name {name}. Give this name and design, the leader's side first."
                )
        if len(scenario.clients) > MOST_SHOPPERS:
            raise ScenarioError(
                f"{FILE}: clients: The stage has places for {MOST_SHOPPERS} shoppers, not "
                f"{len(scenario.clients)}. Give at most {MOST_SHOPPERS}; the command line takes "
                "more."
            )
        for place, door in enumerate(scenario.doors):
            if door.scene and door.scene not in self.scenarios:
                known = ", ".join(self.scenarios)
                raise ScenarioError(
                    f"{FILE}: doors[{place}].scene: There is no scene {door.scene}. Choose one of: "
                    f"{known}."
                )
            if door.lesson and door.lesson not in self.lessons:
                raise ScenarioError(
                    f"{FILE}: doors[{place}].lesson: There is no lesson {door.lesson}. Choose one "
                    f"of: {', '.join(sorted(self.lessons))}."
                )

    def _tried(self, made: RoomMade, scenario: Scenario, asked: str) -> Start:
        """Simulated once, as far as it is to be shown; most runs are at their start and are not."""
        if not made.until and not made.commands:
            return Start(made, scenario)
        try:
            budget = Budget(asked, self.limits.events_a_run)
            timeline = Timeline(scenario, made.seed, made.commands, budget)
            timeline.run_until(made.until)
            timeline.unwatch()
        except InvariantViolation as bug:
            raise CommandRejected(
                asked,
                f"The engine broke one of its own rules: {bug.rule}.",
                "That is our fault: report it with this file or link.",
            ) from bug
        return Start(made, scenario, timeline)


def replace_made(start: Start, made: RoomMade) -> Start:
    """The same start with another first entry."""
    return Start(made, start.scenario, start.timeline)
