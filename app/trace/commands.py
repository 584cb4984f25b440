"""What a person can ask of a run. Frozen, tagged, refused with a sentence when they make no sense.

A command acts at a moment; the run is (scenario, seed, commands). A `Configure` at moment 0 changes
what the run starts from; a later one takes effect at its moment, where its setting may.
"""

from typing import Annotated, Literal, Union

from msgspec import Meta, Struct

from app.trace.events import snake_case
from app.trace.levels import AskedLevel, ReadLevel
from app.trace.values import CART

Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,23}$")]
SettingValue = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_ ,()*-]{0,63}$")]
"""A word, a number, or a list such as "FIRST 1 (n2, n3)"."""
MAX_MOMENT_US = 1_209_600_000_000
"""Two weeks: hint windows are hours and tombstones stay for ten days. How long a run may really be
is bounded by what happens in it (`rooms/budget.py`)."""
Moment = Annotated[int, Meta(ge=0, le=MAX_MOMENT_US)]


class Command(Struct, frozen=True, tag=snake_case, forbid_unknown_fields=True):
    """Imperative; JSON object with its snake_case name under `type`."""


class Fault(Command, frozen=True, omit_defaults=True, kw_only=True):
    """What happens to links and nodes, in both clusters; `only`: in the one of this name."""

    only: Annotated[str, Meta(pattern=r"^([a-z][a-z0-9_-]{0,23})?$")] = ""


class CutLink(Fault, frozen=True):
    """Nothing passes between a and b any more, either way, what is under way included."""

    a: Name
    b: Name


class CutOneWay(Fault, frozen=True):
    """Nothing passes from `source` to `target` any more; the other way is as it was."""

    source: Name
    target: Name


class SlowLink(Fault, frozen=True):
    """What is sent between a and b from now on takes so many times as long."""

    a: Name
    b: Name
    times: Annotated[int, Meta(ge=2, le=100)]


class LoseOnLink(Fault, frozen=True):
    """What is sent between a and b from now on is lost so many times in a hundred."""

    a: Name
    b: Name
    percent: Annotated[int, Meta(ge=1, le=99)]


class HealLink(Fault, frozen=True):
    """Whole, as fast as ever, and nothing is lost."""

    a: Name
    b: Name


class CutOff(Fault, frozen=True):
    """Cut every link between this node and the other nodes."""

    node: Name


class HealAll(Fault, frozen=True):
    """Heal every link."""


class Crash(Fault, frozen=True):
    """The node's process stops and loses its memory; what it had handed to the operating system,
    and its disk, stay."""

    node: Name


class LosePower(Fault, frozen=True):
    """The node stops; only what was flushed to its disk stays."""

    node: Name


class Restart(Fault, frozen=True):
    node: Name


WriteKind = Literal["whole", "compare", "operation"]
"""How a change is written: the whole value as last seen with the change in it; the same, on
condition that nobody changed the key meanwhile (compare-and-set); or the change alone."""
"""Without a leader an operation may name a consistency level of its own (`level`). Of a
compare-and-set a serial one says who decides, another one what its commit waits for."""
RegisterValue = Annotated[str, Meta(pattern=r"^[a-z0-9._-]{1,12}$")]
MOST = 1_000


class PauseNode(Fault, frozen=True):
    """The node stands still and keeps its memory; what reaches it waits."""

    node: Name


class ResumeNode(Fault, frozen=True):
    node: Name


class WipeNode(Fault, frozen=True):
    """The node loses its disk and its memory and starts again, empty, under the same name."""

    node: Name


class SkewClock(Fault, frozen=True):
    """The node's wall clock is so many milliseconds ahead of the others' from now on."""

    node: Name
    milliseconds: Annotated[int, Meta(ge=-60_000, le=60_000)]


class Promote(Fault, frozen=True):
    """A person wants this node to lead; without leaders nothing happens."""

    node: Name


class SlowNode(Fault, frozen=True):
    """The node needs so many milliseconds for each message that brings work; 0: at speed again."""

    node: Name
    milliseconds: Annotated[int, Meta(ge=0, le=1_000)]


class Compact(Fault, frozen=True):
    """An operator lets the node throw away what may go: tombstones past their grace."""

    node: Name


class RunRepair(Fault, frozen=True):
    """An operator lets the node compare all its keys with the other replicas."""

    node: Name


class HealEverything(Fault, frozen=True):
    """Every link whole, every node running, at speed, with the right clock."""


class Add(Command, frozen=True, omit_defaults=True):
    """The shopper puts the item into the cart, on both sides."""

    client: Name
    item: Name
    write: WriteKind = "whole"
    key: Name = CART
    level: AskedLevel | None = None


class Remove(Command, frozen=True, omit_defaults=True):
    """The shopper takes the item out of the cart."""

    client: Name
    item: Name
    write: WriteKind = "whole"
    key: Name = CART
    level: AskedLevel | None = None


class Put(Command, frozen=True, omit_defaults=True, kw_only=True):
    """The shopper sets a register to a value."""

    client: Name
    key: Name
    value: RegisterValue
    write: WriteKind = "whole"
    level: AskedLevel | None = None


class Increment(Command, frozen=True, omit_defaults=True, kw_only=True):
    """The shopper changes a counter by an amount, below zero to lower it."""

    client: Name
    key: Name
    by: Annotated[int, Meta(ge=-MOST, le=MOST)]
    write: WriteKind = "whole"
    level: AskedLevel | None = None


class Delete(Command, frozen=True, omit_defaults=True):
    """The shopper deletes the whole cart or register; what it had read of it is replaced."""

    client: Name
    key: Name = CART
    level: AskedLevel | None = None


class Read(Command, frozen=True, omit_defaults=True):
    client: Name
    key: Name = CART
    level: ReadLevel | None = None


class Resolve(Command, frozen=True, omit_defaults=True):
    """The shopper replaces the versions it sees: keep one by id, or "both" (all, merged)."""

    client: Name
    keep: Annotated[str, Meta(max_length=40)]
    key: Name = CART
    level: AskedLevel | None = None


class Configure(Command, frozen=True):
    """Change a setting of one cluster: from now on, or what the run starts from (moment 0)."""

    cluster: Name
    setting: Name
    value: SettingValue


class ConfigureClient(Command, frozen=True):
    """A shopper, on both sides, from its next operation on: `entry` (a node), `retries` (off, blind
    or with_id) or `region`."""

    client: Name
    setting: Name
    value: SettingValue


class SetWorkload(Command, frozen=True):
    """Let the scenario's background clients work from now on, or rest."""

    on: bool


AnyCommand = Union[  # noqa: UP007
    CutLink,
    CutOneWay,
    SlowLink,
    LoseOnLink,
    HealLink,
    CutOff,
    HealAll,
    Crash,
    LosePower,
    Restart,
    PauseNode,
    ResumeNode,
    WipeNode,
    SkewClock,
    Promote,
    SlowNode,
    Compact,
    RunRepair,
    HealEverything,
    Add,
    Remove,
    Put,
    Increment,
    Delete,
    Read,
    Resolve,
    Configure,
    ConfigureClient,
    SetWorkload,
]


class PlacedCommand(Struct, frozen=True, array_like=True):
    """A command and the moment at which it acts (after all events of that moment)."""

    at: Moment
    command: AnyCommand


Outcome = Literal["ok", "failed", "unknown"]
ClientCommand = Add | Remove | Put | Increment | Delete | Read | Resolve
WRITE_COMMANDS = (Add, Remove, Put, Increment, Delete, Resolve)
CLIENT_COMMANDS = (Add, Remove, Put, Increment, Delete, Read, Resolve)
