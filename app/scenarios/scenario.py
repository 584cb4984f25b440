"""A scenario: who takes part, how the wires are, what the guide offers. Read from TOML bytes.

The guide and the settings are words and commands for a page; the engine looks only at clusters,
clients and network. The loader checks all of it, so a wrong file stops the start.
"""

import msgspec
from msgspec import Struct, field

from app.errors import ScenarioError
from app.protocols.registry import DESIGNS
from app.sim.network import NetworkSpec
from app.trace.commands import AnyCommand


class ClientSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A shopper: the node it enters at and what it puts into the cart."""

    name: str
    entry: str
    item: str


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One choice of a setting: what it promises and what it costs, a sentence each."""

    value: str
    label: str
    promise: str
    cost: str


class Setting(Struct, frozen=True, forbid_unknown_fields=True):
    """A setting that a person may change; `effect` (when that takes effect) is the design's."""

    name: str
    title: str
    options: tuple[Option, ...]
    effect: str = "new_run"


class ClusterSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One side of the stage. `values` are the settings at the start, by name."""

    name: str
    design: str
    title: str
    values: dict[str, str | int]
    settings: tuple[Setting, ...] = ()


class Done(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a step of the guide is done, read off the picture: all that is given must hold."""

    cut: tuple[str, ...] = ()
    answered: tuple[tuple[str, str], ...] = ()
    read: str = ""


class GuideStep(Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence, one button, the commands it gives, and what makes it done: without `done`,
    that these commands were given.

    `shows`: sentences that the run must then contain, by cluster; a test runs them.
    """

    say: str
    button: str
    steps: tuple[tuple[AnyCommand, ...], ...]
    done: Done | None = None
    shows: dict[str, tuple[str, ...]] = field(default_factory=dict)


class Door(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the equal ways on when the guide is through: commands, a lesson by its slug, or
    another scene by its name."""

    button: str
    say: str = ""
    steps: tuple[tuple[AnyCommand, ...], ...] = ()
    lesson: str = ""
    scene: str = ""


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a run starts from besides seed and commands."""

    name: str
    title: str
    summary: str
    seed: int
    nodes: tuple[str, ...]
    clients: tuple[ClientSpec, ...]
    clusters: tuple[ClusterSpec, ...]
    client_timeout_us: int = 600_000
    network: NetworkSpec = field(default_factory=NetworkSpec)
    guide: tuple[GuideStep, ...] = ()
    ending: str = ""
    doors: tuple[Door, ...] = ()

    def cluster(self, name: str) -> ClusterSpec | None:
        return next((spec for spec in self.clusters if spec.name == name), None)


def load_scenario(data: bytes, source: str) -> Scenario:
    """Read one TOML file; raises ScenarioError with the file, what is wrong and the remedy."""
    try:
        scenario = msgspec.toml.decode(data, type=Scenario)
    except msgspec.DecodeError as error:
        raise ScenarioError(f"{source}: {error}. Compare with app/scenarios/home.toml.") from error
    for client in scenario.clients:
        if client.entry not in scenario.nodes:
            raise ScenarioError(
                f"{source}: client {client.name} enters at {client.entry}, which is not a node. "
                f"Choose one of {', '.join(scenario.nodes)}."
            )
    for cluster in scenario.clusters:
        if cluster.design not in DESIGNS:
            raise ScenarioError(
                f"{source}: cluster {cluster.name} has the unknown design {cluster.design}. "
                f"Choose one of {', '.join(DESIGNS)}."
            )
    return scenario
