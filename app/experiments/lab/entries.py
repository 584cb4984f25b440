"""All experiments of the laboratory, and the work on them that other processes do."""

from msgspec import Struct

from app.errors import CommandRejected, InvariantViolation
from app.experiments.lab import availability, election, failover, latency, staleness
from app.experiments.lab.experiment import NOTHING, Experiment, Part
from app.experiments.lab.fields import Values
from app.experiments.published import Published
from app.scenarios.write import to_toml
from app.trace.commands import PlacedCommand

ENTRIES: dict[str, Experiment] = {
    one.name: one
    for one in (
        staleness.EXPERIMENT,
        failover.EXPERIMENT,
        availability.EXPERIMENT,
        election.EXPERIMENT,
        latency.EXPERIMENT,
    )
}


class Found(Struct, frozen=True):
    """The values of a part by series, a trial a place; or why there are none, a sentence."""

    values: dict[str, list[int]]
    refused: str = ""


class Dot(Struct, frozen=True):
    """One trial, to be shown: its scene as a file, and the moment to look at."""

    file: str
    seed: int
    commands: tuple[PlacedCommand, ...]
    at: int


class Asked(Struct, frozen=True):
    """Which trial."""

    experiment: str
    values: Values
    x: int
    seed: int
    series: str
    published: Published


def work(part: Part) -> Found:
    """Run the trials of a part."""
    experiment = ENTRIES[part.experiment]
    found: dict[str, list[int]] = {name: [] for name in experiment.series(part.values)}
    for seed in range(part.first, part.first + part.count):
        try:
            _, measured = experiment.trial(part.values, part.x, seed, part.published, False)
        except CommandRejected as no:
            return Found({}, str(no))
        except InvariantViolation as bug:
            return Found({}, f"The engine broke one of its own rules: {bug.rule}, seed {seed}.")
        for name, into in found.items():
            value = measured[name].value
            into.append(NOTHING if value is None else value)
    return Found(found)


def open_dot(asked: Asked) -> Dot:
    """Run one trial again on both sides, as a run that can be shown."""
    experiment = ENTRIES[asked.experiment]
    run, measured = experiment.trial(asked.values, asked.x, asked.seed, asked.published, True)
    at = measured[asked.series].at
    return Dot(to_toml(run.scenario), asked.seed, tuple(run.commands), at)
