"""The search: tries in turn until one breaks the promise, then as few commands as break it.

Nothing is kept between tries, so any part of the numbers can be looked at anywhere, and the same
number is the same run. That nothing was found says how many were tried, and no more.
"""

from collections.abc import Callable, Iterable

from msgspec import Struct

from app.errors import CommandRejected
from app.experiments.bad_runs.draw import FAULTS, Space, Try, drawn
from app.experiments.bad_runs.promises import PROMISES, Break, broken
from app.scenarios.acts import check_command, check_settings
from app.scenarios.shape import nearest
from app.scenarios.simulation import Simulation
from app.trace.commands import Configure, PlacedCommand

MOST_TRIES = 20_000
GRIDS_US = (100_000, 10_000, 1_000)
ASKED = "Find a bad run."


class BadRun(Struct, frozen=True):
    """A run that breaks a promise. `number`: of the try that it comes from; `drawn`: how many
    commands that try had; `commands`: those left, the given settings first. `at`: the moment at
    which the promise breaks."""

    number: int
    drawn: int
    seed: int
    commands: tuple[PlacedCommand, ...]
    at: int
    because: str


class Hunt(Struct, frozen=True):
    """A space and the promise that is to be broken in it."""

    space: Space
    promise: str

    def check(self) -> None:
        """Raise CommandRejected for a search that cannot be."""
        space = self.space
        if space.scenario.cluster(space.cluster) is None:
            names = tuple(spec.name for spec in space.scenario.clusters)
            reason = f"There is no side {space.cluster[:40]}."
            raise CommandRejected(ASKED, reason, nearest(space.cluster, names))
        for word, name, names in (
            ("promise", self.promise, tuple(PROMISES)),
            ("choice of faults", space.faults, tuple(FAULTS)),
        ):
            if name not in names:
                reason = f"There is no {word} {name[:40]}."
                raise CommandRejected(ASKED, reason, nearest(name, names))
        for command in space.given:
            check_command(space.scenario, command)
        check_settings(space.scenario, given(space))

    def judged(self, one: Try) -> Break | None:
        """Run it, and say where the promise breaks."""
        space = self.space
        alone = space.alone
        configured = tuple(c for c in space.given if isinstance(c, Configure))
        simulation = Simulation(alone, one.seed, configured)
        simulation.start()
        for command in space.given:
            if not isinstance(command, Configure):
                simulation.do(0, [command])
        for placed in one.commands:
            simulation.do(placed.at, [placed.command])
        simulation.run_until(space.until)
        return broken(simulation.traces()[space.cluster], self.promise)


def given(space: Space) -> tuple[PlacedCommand, ...]:
    return tuple(PlacedCommand(0, command) for command in space.given)


def first_bad(hunt: Hunt, numbers: Iterable[int]) -> int | None:
    """The first of these tries that breaks the promise."""
    for number in numbers:
        if hunt.judged(drawn(hunt.space, number)) is not None:
            return number
    return None


def shrunk(hunt: Hunt, number: int) -> BadRun:
    """The try of this number, which breaks the promise, with none of its commands to spare and at
    round moments where these do as well."""
    whole = drawn(hunt.space, number)
    found = hunt.judged(whole)
    assert found is not None, "only a try that breaks the promise is shrunk"

    def breaks(commands: list[PlacedCommand]) -> bool:
        return hunt.judged(Try(whole.seed, tuple(commands))) is not None

    # What comes after the break has no part in it, unless what a key is taken for hangs on it.
    left = [placed for placed in whole.commands if placed.at <= found.at]
    left = fewest(left if breaks(left) else list(whole.commands), breaks)
    left = rounded(left, breaks)
    left = fewest(left, breaks)
    found = hunt.judged(Try(whole.seed, tuple(left)))
    assert found is not None, "each step kept the break"
    return BadRun(
        number,
        len(whole.commands),
        whole.seed,
        (*given(hunt.space), *left),
        found.at,
        found.because,
    )


def fewest(
    commands: list[PlacedCommand], breaks: Callable[[list[PlacedCommand]], bool]
) -> list[PlacedCommand]:
    """Delta debugging (Zeller and Hildebrandt 2002): parts are left out, ever smaller ones, until
    none of what remains can be."""
    parts = 2
    while commands:
        size = max(1, len(commands) // parts)
        for start in range(0, len(commands), size):
            without = commands[:start] + commands[start + size :]
            if breaks(without):
                commands, parts = without, max(2, parts - 1)
                break
        else:
            if size == 1:
                return commands
            parts = min(len(commands), 2 * parts)
    return commands


def rounded(
    commands: list[PlacedCommand], breaks: Callable[[list[PlacedCommand]], bool]
) -> list[PlacedCommand]:
    """Each command at the roundest moment near its own at which the promise still breaks."""
    for place in range(len(commands)):
        for grid in GRIDS_US:
            at = max(grid, round(commands[place].at / grid) * grid)
            moved = [*commands]
            moved[place] = PlacedCommand(at, commands[place].command)
            if sorted(moved, key=lambda one: one.at) == moved and breaks(moved):
                commands = moved
                break
    return commands
