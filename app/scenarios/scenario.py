"""A scenario: who takes part, how the wires are, what happens by itself, what the guide offers.

The guide and the settings are words and commands for a page; the engine looks only at clusters,
clients, network and script. Captions and verdicts say what must come of the script, and are held
to it by running it. `read.py` makes a Scenario of a file; every field is explained in
`docs/scenarios.md`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from app.protocols.client_state import Retries
from app.protocols.registry import DESIGNS
from app.sim.network import Geography, NetworkSpec, link_name
from app.trace.commands import (
    MAX_MOMENT_US,
    AnyCommand,
    Name,
    PlacedCommand,
    RegisterValue,
    SettingValue,
)
from app.trace.values import CART

MAX_NODES = 12
MAX_CLIENTS = 12
MAX_KEYS = 12
MAX_CAPACITY = 10_000
MAX_SETTINGS = 100
ALL = "all"
"""In `offers`: whatever there is."""
MAX_US = MAX_MOMENT_US
MAX_SETTING_US = 31 * 86_400_000_000
"""Hints are kept for hours and tombstones for days, so that heartbeats may be hours apart."""
BESIDE = tuple(name for design in DESIGNS.values() for name in design.helper_names)
MAX_SEED = 2**53 - 1
"""The largest whole number that every browser reads exactly."""
MIN_TIMEOUT_US = 1_000

PLAIN = r"^[^\x00-\x1f\x7f]*$"
Title = Annotated[str, Meta(min_length=1, max_length=80, pattern=PLAIN)]
Sentence = Annotated[str, Meta(min_length=1, max_length=200, pattern=PLAIN)]
Shown = Annotated[str, Meta(min_length=1, max_length=300, pattern=PLAIN)]
Button = Annotated[str, Meta(min_length=1, max_length=40, pattern=PLAIN)]
At = Annotated[int, Meta(ge=0, le=MAX_US)]
Count = Annotated[int, Meta(ge=0, le=1_000)]
Together = Annotated[tuple[AnyCommand, ...], Meta(min_length=1, max_length=40)]
Steps = Annotated[tuple[Together, ...], Meta(max_length=40)]


class ClientSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A shopper: the node it enters at, what it puts into the cart, by key what it sets registers
    to, and what it does when no answer comes."""

    name: Name
    entry: Name
    item: Name
    puts: dict[str, RegisterValue] = field(default_factory=dict)
    retries: Retries = "off"


class KeySpec(Struct, frozen=True, forbid_unknown_fields=True):
    """A key: a cart (a set of items), a register (one value) or a counter (a whole number)."""

    name: Name
    type: Literal["cart", "register", "counter"]


class Region(Struct, frozen=True, forbid_unknown_fields=True):
    """A place, and who is there at the start. `beside`: of those beside the nodes."""

    name: Name
    nodes: Annotated[tuple[Name, ...], Meta(max_length=MAX_NODES)] = ()
    clients: Annotated[tuple[Name, ...], Meta(max_length=MAX_CLIENTS)] = ()
    beside: Annotated[tuple[Name, ...], Meta(max_length=MAX_NODES)] = ()


class RoundTrip(Struct, frozen=True, forbid_unknown_fields=True):
    """How long a message between two regions takes there and back, in milliseconds."""

    between: Annotated[tuple[Name, ...], Meta(min_length=2, max_length=2)]
    ms: Annotated[int, Meta(ge=1, le=10_000)]


class Workload(Struct, frozen=True, forbid_unknown_fields=True):
    """Background clients b1, b2 …: together `per_second` operations, so many in a hundred reads.

    They enter at the nodes in turn. `on`: from the start of the run. `keys` any: each operation is
    on any of their registers; own: each client has one of its own.
    """

    clients: Annotated[int, Meta(ge=1, le=MAX_CLIENTS)]
    per_second: Annotated[int, Meta(ge=1, le=100)]
    reads_percent: Annotated[int, Meta(ge=0, le=100)] = 50
    on: bool = False
    keys: Literal["any", "own"] = "any"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"b{number}" for number in range(1, self.clients + 1))


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One choice of a setting: what it promises and what it costs, a sentence each."""

    value: SettingValue
    label: Title
    promise: Sentence
    cost: Sentence


class Setting(Struct, frozen=True, forbid_unknown_fields=True):
    """A setting that a person may change; `effect` (when that takes effect) is the design's, and
    `group` names what stands together with it on the page."""

    name: Name
    title: Title
    options: Annotated[tuple[Option, ...], Meta(min_length=1, max_length=12)]
    effect: Literal["next_operation", "at_once", "new_run"] = "new_run"
    group: Annotated[str, Meta(max_length=60)] = ""


class ClusterSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """One side of the stage. `values` are the settings at the start, by name.

    `offers`: settings for experts that a person may change here beside the usual ones, or "all".
    `preset`: the name of the preset whose values hold where `values` gives none; `variant`: one of
    its own.
    """

    name: Name
    design: Name
    title: Title
    values: dict[str, str | int] = field(default_factory=dict)
    settings: Annotated[tuple[Setting, ...], Meta(max_length=MAX_SETTINGS)] = ()
    offers: Annotated[tuple[Name, ...], Meta(max_length=MAX_SETTINGS)] = ()
    preset: Annotated[str, Meta(pattern=r"^([a-z][a-z0-9_-]{0,23})?$")] = ""
    variant: Annotated[str, Meta(pattern=r"^([a-z][a-z0-9_-]{0,23})?$")] = ""


class Done(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """When a step of the guide is done, read off the picture: all that is given must hold."""

    cut: Annotated[tuple[Name, ...], Meta(max_length=2)] = ()
    answered: Annotated[tuple[tuple[Name, str], ...], Meta(max_length=20)] = ()
    read: str = ""


class GuideStep(Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence, one button, the commands it gives, and what makes it done: without `done`,
    that these commands were given.

    `shows`: sentences that the run must then contain, by cluster; a test runs them.
    """

    say: Sentence
    button: Button
    steps: Annotated[tuple[Together, ...], Meta(min_length=1, max_length=40)]
    done: Done | None = None
    shows: dict[str, tuple[Shown, ...]] = field(default_factory=dict)


class Door(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the equal ways on when the guide is through: commands, a lesson by its slug, or
    another scene by its name. `shows`: as in the guide, of the run that the commands lead to."""

    button: Button
    say: Annotated[str, Meta(max_length=200, pattern=PLAIN)] = ""
    steps: Steps = ()
    lesson: Annotated[str, Meta(max_length=80, pattern=r"^[a-z0-9-]*$")] = ""
    scene: Annotated[str, Meta(max_length=80, pattern=r"^[a-z0-9-]*$")] = ""
    shows: dict[str, tuple[Shown, ...]] = field(default_factory=dict)


class ScriptEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A command that acts by itself, at a moment of simulated time in µs."""

    at_us: At
    command: AnyCommand


class Caption(Struct, frozen=True, forbid_unknown_fields=True):
    """The transcript of `cluster` contains exactly `says` by `at_us`, and not before its caption
    of an earlier moment."""

    at_us: At
    cluster: Name
    says: Shown


class Counted(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the judge has counted in `cluster` at `at_us`: acknowledged writes that are lost then,
    and stale reads until then. None: not claimed."""

    at_us: At
    cluster: Name
    lost: Count | None = None
    stale: Count | None = None


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a run starts from besides seed and commands. `entries` is `script` in the file.

    `capacity`: so many operations a second a node can do on its own copy, clients' and replicated
    ones alike; 0: without a bound. `opens_at_us`: the moment shown first, 0 for the end of the
    script. `engine`: the digest of the engine that saved the file, if one did.
    """

    name: Name
    title: Title
    summary: Sentence
    seed: Annotated[int, Meta(ge=0, le=MAX_SEED)]
    nodes: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=MAX_NODES)]
    clients: Annotated[tuple[ClientSpec, ...], Meta(min_length=1, max_length=MAX_CLIENTS)]
    clusters: Annotated[tuple[ClusterSpec, ...], Meta(min_length=1)]
    keys: Annotated[tuple[KeySpec, ...], Meta(max_length=MAX_KEYS)] = ()
    capacity: Annotated[int, Meta(ge=0, le=MAX_CAPACITY)] = 0
    client_timeout_us: Annotated[int, Meta(ge=MIN_TIMEOUT_US, le=MAX_US)] = 600_000
    network: NetworkSpec = field(default_factory=NetworkSpec)
    regions: Annotated[tuple[Region, ...], Meta(max_length=MAX_NODES)] = ()
    round_trips: Annotated[tuple[RoundTrip, ...], Meta(max_length=100)] = ()
    workload: Workload | None = None
    guide: Annotated[tuple[GuideStep, ...], Meta(max_length=40)] = ()
    ending: Annotated[str, Meta(max_length=140, pattern=PLAIN)] = ""
    doors: Annotated[tuple[Door, ...], Meta(max_length=12)] = ()
    watch: Annotated[str, Meta(max_length=140, pattern=PLAIN)] = ""
    opens_at_us: At = 0
    engine: Annotated[str, Meta(max_length=24, pattern=r"^[a-z0-9]*$")] = ""
    entries: Annotated[tuple[ScriptEntry, ...], Meta(max_length=400)] = field(
        default=(), name="script"
    )
    captions: Annotated[tuple[Caption, ...], Meta(max_length=400)] = ()
    verdicts: Annotated[tuple[Counted, ...], Meta(max_length=400)] = ()

    @property
    def script(self) -> tuple[PlacedCommand, ...]:
        """The commands that a run of this scenario starts with, in order."""
        return tuple(PlacedCommand(entry.at_us, entry.command) for entry in self.entries)

    @property
    def service_us(self) -> int:
        """What a node needs for one operation, in µs; 0: nothing."""
        return 1_000_000 // self.capacity if self.capacity else 0

    @property
    def spoken_until(self) -> int:
        """The last moment in µs of which script, captions or verdicts speak; 0: of none."""
        moments = [entry.at_us for entry in self.entries]
        moments += [caption.at_us for caption in self.captions]
        moments += [counted.at_us for counted in self.verdicts]
        return max(moments, default=0)

    @property
    def geography(self) -> Geography:
        """Where everybody is at the start. The background clients are where they enter; who stands
        beside the nodes and has no region given is where the first node is."""
        region_of: dict[str, str] = {}
        for region in self.regions:
            here = (*region.nodes, *region.clients, *region.beside)
            region_of.update(dict.fromkeys(here, region.name))
        for name in BESIDE if self.regions else ():
            region_of.setdefault(name, region_of.get(self.nodes[0], ""))
        for name, entry in self.background:
            if entry in region_of:
                region_of[name] = region_of[entry]
        trips = {link_name(*trip.between): trip.ms * 500 for trip in self.round_trips}
        return Geography(region_of, trips)

    @property
    def background(self) -> tuple[tuple[str, str], ...]:
        """The background clients with their entry nodes."""
        names = self.workload.names if self.workload else ()
        return tuple((name, self.nodes[i % len(self.nodes)]) for i, name in enumerate(names))

    @property
    def types(self) -> dict[str, str]:
        """The type of each key; without any given, there is one cart."""
        return {key.name: key.type for key in self.keys} or {CART: CART}

    def cluster(self, name: str) -> ClusterSpec | None:
        return next((spec for spec in self.clusters if spec.name == name), None)
