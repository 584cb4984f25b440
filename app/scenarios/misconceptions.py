"""What many believe, and for each belief the scene in which it does not hold.

The index is data (`catalogue/misconceptions.toml`). That a scene shows what it is named for is run
in tests, never taken on trust.
"""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from app.errors import CommandRejected, ScenarioError
from app.scenarios.acts import check_command, check_settings
from app.scenarios.scenario import Count, Scenario, Sentence, Shown, Title
from app.scenarios.shape import nearest
from app.scenarios.toml import read_ours
from app.trace.commands import Configure, ConfigureClient, Name, PlacedCommand

Setting = Configure | ConfigureClient


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence of the transcript of one cluster."""

    cluster: Name
    says: Shown


class Variant(Struct, frozen=True, forbid_unknown_fields=True):
    """The same run with other settings from its start: what it then says, what it never does, and
    how many lost writes and stale reads the judge counts at its end, on each side.

    None: not claimed.
    """

    title: Title
    commands: Annotated[tuple[Setting, ...], Meta(min_length=1, max_length=12)]
    said: tuple[Said, ...] = ()
    never: tuple[Said, ...] = ()
    lost: Count | None = None
    stale: Count | None = None

    def of(self, scenario: Scenario) -> tuple[PlacedCommand, ...]:
        """The commands of the run: these, then the scene's own."""
        return (*(PlacedCommand(0, one) for one in self.commands), *scenario.script)


class Sought(Struct, frozen=True, forbid_unknown_fields=True):
    """A promise that a search finds broken on this side, when it draws these faults (`bad_runs` in
    experiments); `commands`: settings that the runs start with."""

    cluster: Name
    promise: Annotated[str, Meta(pattern=r"^[a-z_]{1,40}$")]
    faults: Annotated[str, Meta(pattern=r"^[a-z]{1,20}$")] = "usual"
    window_us: Annotated[int, Meta(ge=100_000, le=60_000_000)] = 3_000_000
    commands: tuple[Setting, ...] = ()


class Misconception(Struct, frozen=True, forbid_unknown_fields=True):
    """`believed`: the sentence as it is said. `seen`: what the scene of this name shows instead.

    `said`: sentences of its run, or of its guide's; the scene's own captions hold besides.
    `bad_run`: what is to be sought where a schedule or the time of a fault is the witness.
    """

    number: Annotated[int, Meta(ge=1, le=99)]
    believed: Sentence
    seen: Annotated[str, Meta(min_length=1, max_length=300)]
    scene: Name
    said: tuple[Said, ...] = ()
    variants: Annotated[tuple[Variant, ...], Meta(max_length=6)] = ()
    bad_run: Sought | None = None


class _Index(Struct, frozen=True, forbid_unknown_fields=True):
    misconceptions: tuple[Misconception, ...]


def load_misconceptions(
    data: bytes, source: str, scenarios: Mapping[str, Scenario]
) -> tuple[Misconception, ...]:
    """Read the index; raises ScenarioError for a number that is out of turn, a scene that does not
    exist, and settings that cannot be chosen in it."""
    found = read_ours(data, _Index, source).misconceptions
    for place, one in enumerate(found, 1):
        if one.number != place:
            raise ScenarioError(f"{source}: {one.number} stands in place {place}. Number in turn.")
        if one.scene not in scenarios:
            raise ScenarioError(
                f"{source}: There is no scene {one.scene}. {nearest(one.scene, scenarios)}"
            )
        scenario = scenarios[one.scene]
        for variant in one.variants:
            try:
                for command in variant.commands:
                    check_command(scenario, command)
                check_settings(scenario, variant.of(scenario))
            except CommandRejected as no:
                raise ScenarioError(f"{source}: {one.number}, “{variant.title}”: {no}") from no
    return found
