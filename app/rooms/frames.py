"""The words of the websocket: what a viewer may ask and what the room says.

Viewer → room: one JSON object a frame, `type` names it, unknown fields are refused. `id` is the
sender's own counter: a repeat after a reconnect is a no-op. `seen` is the moment the person saw.
"""

from typing import Annotated, Any, Literal, Union

from msgspec import Meta, Struct

from app.trace.commands import AnyCommand, Moment, PlacedCommand
from app.trace.events import snake_case

RequestId = Annotated[int, Meta(ge=1, le=2**31)]
BranchId = Annotated[int, Meta(ge=0, le=10_000)]
RoomCode = Annotated[str, Meta(pattern=r"^([a-z0-9]{12}|[bcdfghjkmnpqrstvwxz]{5})$")]
"""Twelve letters and digits for a visitor's own room, five consonants for a class to type."""
Token = Annotated[str, Meta(pattern=r"^[a-z0-9]{16}$")]


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """The moment on the sender's screen."""

    branch: BranchId
    at: Moment


class Request(Struct, frozen=True, tag=snake_case, forbid_unknown_fields=True):
    id: RequestId


MOST_AT_ONCE = 36
"""Commands of one step: to cut six of twelve nodes off the others takes so many."""
MOST_STEPS = 4
"""Steps of one act."""


class Act(Request, frozen=True):
    """Do these commands. Each inner list acts at one moment; the next one after the run has
    gone on to what a person would wait for (the answer, the next story event)."""

    seen: Seen
    steps: Annotated[
        list[Annotated[list[AnyCommand], Meta(min_length=1, max_length=MOST_AT_ONCE)]],
        Meta(min_length=1, max_length=MOST_STEPS),
    ]


class Next(Request, frozen=True):
    """Go on to the next event of rank story in either cluster."""

    seen: Seen


class Back(Request, frozen=True):
    """Go to the stop before the moment seen."""

    seen: Seen


class Play(Request, frozen=True):
    """Let time run on from the moment seen; the speed is in percent of the normal one."""

    seen: Seen
    speed: Annotated[int, Meta(ge=10, le=1000)]


class Pause(Request, frozen=True):
    seen: Seen


class Seek(Request, frozen=True):
    """Put the head to `seen.at`, a moment already reached."""

    seen: Seen


class More(Request, frozen=True):
    """While playing: the viewer nears the end of what it holds; simulate on. Not in the log."""

    seen: Seen


class Reset(Request, frozen=True):
    """A new branch with no commands, at moment 0. The old one stays."""


class Redo(Request, frozen=True):
    """Go to the stop after the moment seen that Back came from, on this branch or another."""

    seen: Seen


MOST_NAME = 40


class Rename(Request, frozen=True):
    """Call a branch so: one line of plain text, with no characters that turn its direction."""

    branch: BranchId
    name: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=MOST_NAME,
            pattern=r"\A(?=.*\S)[^\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]*\Z",
        ),
    ]


class Visit(Request, frozen=True):
    """Return to another branch of this room, at its last stop."""

    branch: BranchId


class Pose(Request, frozen=True):
    """Put a question of the room's lesson to everybody: predict, happened or transfer."""

    question: Annotated[str, Meta(max_length=24)]


class Vote(Request, frozen=True):
    """One's answer to the open question; −1 is "I don't know". It may be changed until closed."""

    question: Annotated[str, Meta(max_length=24)]
    choice: Annotated[int, Meta(ge=-1, le=20)]


class Show(Request, frozen=True):
    """Go on with the question: close the vote, show the split, run, show the answer, take back."""

    question: Annotated[str, Meta(max_length=24)]
    what: Literal["closed", "split", "run", "answer", "withdrawn"]


class Join(Request, frozen=True):
    """First frame of every connection. `room` None: none yet, one is made at the first act.

    `token` tells this page from others, so that its repeats are known. `have` says how many rows
    of which branch the viewer already holds, by cluster. `run`: the link this page was opened by.
    `key`: the presenter's secret, if this is the presenter.
    """

    room: RoomCode | None
    token: Token
    branch: BranchId = 0
    have: dict[str, Annotated[int, Meta(ge=0)]] = {}
    run: Annotated[str, Meta(max_length=4_000)] = ""
    key: Annotated[str, Meta(max_length=64)] = ""


AnyRequest = Union[  # noqa: UP007
    Act, Next, Back, Redo, Play, Pause, Seek, More, Reset, Visit, Rename, Pose, Vote, Show, Join
]


class Said(Struct, frozen=True, tag=snake_case):
    """Base of what the room says."""


class Head(Struct, frozen=True):
    """Where the picture is: it moves from `from_at` to `until`, then stands (or plays on)."""

    branch: int
    from_at: int
    until: int
    playing: bool
    speed: int


class BranchLine(Struct, frozen=True):
    """One branch in the list: where it left its parent and how far it was seen; what Back and Redo
    need of it is in `branches.py`."""

    id: int
    parent: int | None
    forked_at: int
    frontier: int
    command_count: int
    name: str
    came_from: tuple[int, int] | None
    born: int
    acted: int


class Phase(Struct, frozen=True):
    """The question on every device. `split`: answers by option, "I don't know" last, once shown;
    `right` and `tempts` (why one falls for each option) once the answer is shown. `answers`: how
    many so far. `has_run`, `ran`: is there a run to see, and was it shown.
    """

    name: str
    ask: str
    options: tuple[str, ...]
    button: str
    answers: int
    closed: bool
    has_run: bool
    ran: bool
    split: tuple[int, ...] | None
    right: int | None
    tempts: tuple[str, ...]


class RoomState(Said, frozen=True, tag="state"):
    """All that a late joiner needs besides the rows. Sent after every log entry.

    `age`: milliseconds since the head was set going, so that a late joiner sees the same moment.
    """

    room: str | None
    seq: int
    head: Head
    stops: tuple[int, ...]
    commands: tuple[PlacedCommand, ...]
    branches: tuple[BranchLine, ...]
    note: str
    phase: Phase | None = None
    age: int = 0


class Welcome(Said, frozen=True):
    """To one viewer, after joining: does it drive or follow, and what did it answer so far."""

    role: Literal["drives", "follows"]
    votes: dict[str, int]


class Roll(Said, frozen=True):
    """To those who drive: how many follow."""

    observers: int


class Rows(Said, frozen=True, tag="rows"):
    """Trace rows `start` … of one cluster on a branch, and the judge's rows from `verdict_start`.

    What the viewer holds of that cluster beyond `start` is void. A viewer that does not hold the
    branch takes its rows below `start` from `parent`. `complete_to`: the moment up to which this
    cluster's rows are all there with the last of the frames that come together.
    """

    branch: int
    parent: int | None
    cluster: str
    start: int
    rows: Any
    verdict_start: int
    verdicts: Any
    complete_to: int

    @property
    def is_empty(self) -> bool:
        return bytes(self.rows) == b"[]" and bytes(self.verdicts) == b"[]"


class Accepted(Said, frozen=True):
    id: int
    seq: int


class Refused(Said, frozen=True):
    """What was asked, why not, what to do instead. `id` 0: the frame could not be read."""

    id: int
    asked: str
    reason: str
    remedy: str


class Stopped(Said, frozen=True):
    """Our bug: this run broke one of the engine's own rules. The link replays it."""

    rule: str
    link: str
