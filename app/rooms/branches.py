"""The lines of a room's history: what each is called, and how Back and Redo walk between them."""

from collections.abc import Sequence

from msgspec import Struct

from app.rooms.frames import MOST_NAME, BranchLine
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    ConfigureClient,
    CutLink,
    CutOff,
    CutOneWay,
    HealAll,
    HealEverything,
    HealLink,
    Increment,
    LoseOnLink,
    PlacedCommand,
    Put,
    Read,
    Remove,
    Resolve,
    ResumeNode,
    SetWorkload,
    SkewClock,
    SlowLink,
)

FIRST = "The first run"
Place = tuple[int, int]
"""A branch and a moment on it."""


class Branch(Struct):
    """One line of history. `commands` in order; `stops` rising; `frontier`: how far it was seen.

    `came_from`: what was on screen when it was made, for one that differs from its start on;
    `born`: the moment that it showed first. `acted`: the log's length when it was last acted on.
    """

    id: int
    parent: int | None
    forked_at: int
    commands: tuple[PlacedCommand, ...] = ()
    stops: tuple[int, ...] = (0,)
    frontier: int = 0
    name: str = FIRST
    came_from: Place | None = None
    born: int = 0
    acted: int = 0

    def stopped_at(self, until: int) -> None:
        self.stops = tuple(sorted({*self.stops, until}))
        self.frontier = max(self.frontier, until)

    def line(self) -> BranchLine:
        return BranchLine(
            self.id,
            self.parent,
            self.forked_at,
            self.frontier,
            len(self.commands),
            self.name,
            self.came_from,
            self.born,
            self.acted,
        )


def undone(branch: Branch, at: int) -> Place | None:
    """Where Back leads from a moment of this branch; None from the start of the run."""
    before = [stop for stop in branch.stops if stop < at]
    if branch.came_from is not None and (at == branch.born or not before):
        return branch.came_from
    return (branch.id, before[-1]) if before else None


def redone(branches: Sequence[Branch], branch: Branch, at: int) -> Place | None:
    """Where Redo leads: to what was done last of all that was undone here; None if nothing was."""
    children = [one for one in branches if one.came_from == (branch.id, at)]
    after = [stop for stop in branch.stops if stop > at]
    if children and (not after or children[-1].acted > branch.acted or at == branch.frontier):
        return children[-1].id, children[-1].born
    return (branch.id, after[0]) if after else None


def holds_from_start(placed: Sequence[PlacedCommand]) -> bool:
    """Did these commands, of a new branch, change its start? None at all: a run from the start."""
    return all(not one.at for one in placed)


def name_of(number: int, placed: Sequence[PlacedCommand]) -> str:
    """What a new branch is called until somebody gives it a name: after what was done first."""
    if not placed:
        return f"Run {number + 1}, from the start"
    first = placed[0]
    when = f" at {first.at / 1e6:.3f} s" if first.at else " from the start"
    return done_words(first.command)[: MOST_NAME - len(when)] + when


def done_words(command: AnyCommand) -> str:
    """A command in two to four words, as on a button."""
    match command:
        case CutLink(a, b):
            return f"Cut {a}–{b}"
        case HealLink(a, b):
            return f"Heal {a}–{b}"
        case SlowLink(a, b):
            return f"Slow {a}–{b}"
        case LoseOnLink(a, b):
            return f"Loss on {a}–{b}"
        case CutOneWay(source, target):
            return f"Cut {source} to {target}"
        case CutOff(node):
            return f"Cut {node} off"
        case HealAll():
            return "Heal all links"
        case HealEverything():
            return "Heal everything"
        case ResumeNode(node):
            return f"Let {node} go on"
        case SkewClock(node):
            return f"Clock of {node}"
        case Add(client, item) | Remove(client, item):
            verb = "adds" if isinstance(command, Add) else "removes"
            return f"{client.capitalize()} {verb} {item}"
        case Put(client=client, key=key):
            return f"{client.capitalize()} sets {key}"
        case Increment(client=client, key=key):
            return f"{client.capitalize()} changes {key}"
        case Read(client):
            return f"{client.capitalize()} reads"
        case Resolve(client):
            return f"{client.capitalize()} settles"
        case ConfigureClient(client=client, setting=setting):
            return f"{client.capitalize()}: {setting}"
        case SetWorkload(on=on):
            return f"Background {'on' if on else 'off'}"
        case Configure(_, setting, value):
            return f"{setting.capitalize()} {value}".replace("_", " ")
    tag = str(command.__struct_config__.tag).split("_")[0]
    return f"{tag.capitalize()} {getattr(command, 'node', '')}".strip()
