"""One room: its log folded, its branches simulated, and what a request makes of them.

`plan` turns a request into the log entry it asks for (simulating to find where the run stops) or
raises CommandRejected; the hub appends the entry; `take` folds it in. Nothing here waits or sends.
"""

from app.errors import CommandRejected
from app.lessons.lesson import Lesson
from app.rooms import questions
from app.rooms.branches import Branch, redone, undone
from app.rooms.frames import (
    Act,
    Back,
    Next,
    Pause,
    Play,
    Pose,
    Redo,
    Rename,
    Request,
    Reset,
    RoomState,
    Rows,
    Seek,
    Seen,
    Show,
    Visit,
    Vote,
)
from app.rooms.limits import Limits
from app.rooms.log import Acted, AnyEntry, Moved, Named, RoomFold, RoomMade
from app.rooms.stepping import run_steps
from app.rooms.timeline import Timeline
from app.scenarios.acts import check_command, check_settings, effect_of
from app.scenarios.scenario import Scenario
from app.trace.commands import AnyCommand, Configure, PlacedCommand

SEARCH_US = 5_000_000
"""How far Next looks ahead, and as far as a client waits, if that is longer."""
AHEAD_US = 3_000_000
"""How far a playing run is simulated ahead of the head."""


HELD_BY_A_QUESTION = Act | Next | Play | Reset | Visit | Redo


class Room:
    """Pure state of a room; `timelines` are caches by branch, made again when missing."""

    def __init__(
        self, code: str | None, scenario: Scenario, limits: Limits, lesson: Lesson | None = None
    ) -> None:
        self.code = code
        self.scenario = scenario
        self.limits = limits
        self.lesson = lesson
        self.fold = RoomFold()
        self.made: RoomMade | None = None
        self.timelines: dict[int, Timeline] = {}

    # ---- the log ------------------------------------------------------------------------------

    def take(self, entry: AnyEntry) -> None:
        """Fold the next entry in; an entry of another writer voids what was simulated ahead."""
        self.fold.take(entry)
        if isinstance(entry, RoomMade):
            self.made = entry
        if isinstance(entry, Acted):
            self._keep_few_timelines(entry.branch)

    def timeline(self, branch_id: int) -> Timeline:
        """The simulated branch, made again from its commands if need be."""
        found = self.timelines.get(branch_id)
        if found is None:
            branch = self.fold.branches[branch_id]
            found = Timeline(self.scenario, self.fold.seed, branch.commands)
            found.run_until(branch.frontier)
            self.timelines[branch_id] = found
        return found

    def drop_plans(self) -> None:
        """Forget all that was simulated: another writer's entry came first."""
        self.timelines.clear()

    def _keep_few_timelines(self, current: int) -> None:
        for branch_id in [b for b in self.timelines if b != current][: -self.limits.live_branches]:
            del self.timelines[branch_id]

    # ---- requests -----------------------------------------------------------------------------

    def plan(self, request: Request, sender: str, voter: str = "") -> AnyEntry:
        """The entry that this request asks for; raises CommandRejected with reason and remedy.

        `voter`: who answers a question, the same after a reload.
        """
        if self.fold.gated and isinstance(request, HELD_BY_A_QUESTION):
            raise questions.still_open("Do this.")
        match request:
            case Pose():
                return questions.pose(self, request, sender)
            case Vote():
                return questions.vote(self, request, sender, voter, self.fold.answers_are_final)
            case Show():
                return questions.show(self, request, sender)
            case Act():
                return self._act(request, sender)
            case Next(counter, seen):
                return self._next(counter, seen, sender)
            case Back(counter, seen):
                place = undone(self._seen(seen, "Go back."), seen.at)
                if place is None:
                    raise CommandRejected(
                        "Go back.", "This is the start of the run.", "Go on with Next."
                    )
                return self._moved(sender, counter, self.fold.branches[place[0]], place[1])
            case Redo(counter, seen):
                place = redone(self.fold.branches, self._seen(seen, "Redo."), seen.at)
                if place is None:
                    raise CommandRejected("Redo.", "Nothing was undone here.", "Go on with Next.")
                return self._moved(sender, counter, self.fold.branches[place[0]], place[1])
            case Rename(counter, branch_id, name):
                branch = self._branch(branch_id, "Rename this branch.")
                name = " ".join(name.split())
                return Named(sender=sender, counter=counter, branch=branch.id, name=name)
            case Seek(counter, seen) | Pause(counter, seen):
                branch = self._seen(seen, "Go to this moment.")
                return self._moved(sender, counter, branch, seen.at)
            case Play(counter, seen, speed):
                return self._play(counter, seen, speed, sender)
            case Visit(counter, branch_id):
                branch = self._branch(branch_id, "Return to that run.")
                return self._moved(sender, counter, branch, branch.frontier)
            case Reset(counter):
                self.room_for_branch("Start again.")
                new = len(self.fold.branches)
                return Acted(
                    sender=sender,
                    counter=counter,
                    branch=new,
                    parent=0,
                    kept=0,
                    forked_at=0,
                    placed=(),
                    from_at=0,
                    until=0,
                    note="The run starts again. The one before is kept.",
                )
        raise CommandRejected("Do this.", "A room does not know this request.", "Reload the page.")

    def _moved(self, sender: str, counter: int, branch: Branch, at: int) -> Moved:
        return Moved(
            sender=sender,
            counter=counter,
            branch=branch.id,
            from_at=at,
            until=at,
            speed=self.fold.head.speed,
        )

    def _next(self, counter: int, seen: Seen, sender: str) -> AnyEntry:
        branch = self._seen(seen, "Go on.")
        timeline = self.timeline(branch.id)
        until = timeline.next_story(seen.at, branch.frontier)
        if until is None and seen.at < branch.frontier:
            until = branch.frontier
        if until is None:
            timeline.rewind(seen.at)
            far = max(SEARCH_US, self.scenario.client_timeout_us)
            until = timeline.run_to_story(seen.at, seen.at + far)
        if until is None:
            timeline.rewind(seen.at)
            raise CommandRejected(
                "Go on.",
                "Nothing more happens until somebody acts.",
                "Cut or heal a link, or let somebody shop.",
            )
        self._within_budget(timeline)
        return Moved(
            sender=sender,
            counter=counter,
            branch=branch.id,
            from_at=seen.at,
            until=until,
            speed=self.fold.head.speed,
        )

    def _play(self, counter: int, seen: Seen, speed: int, sender: str) -> AnyEntry:
        branch = self._seen(seen, "Play.")
        timeline = self.timeline(branch.id)
        self._within_budget(timeline)
        timeline.run_until(seen.at + AHEAD_US)
        return Moved(
            sender=sender,
            counter=counter,
            branch=branch.id,
            from_at=seen.at,
            until=timeline.horizon,
            playing=True,
            speed=speed,
        )

    def more(self, seen: Seen) -> None:
        """Simulate on for a viewer that plays; the log does not hear of it."""
        branch = self._seen(seen, "Play on.")
        timeline = self.timeline(branch.id)
        self._within_budget(timeline)
        timeline.run_until(seen.at + AHEAD_US)

    def _act(self, request: Act, sender: str) -> Acted:
        commands = [command for step in request.steps for command in step]
        for command in commands:
            check_command(self.scenario, command)
        branch = self._seen(request.seen, "Do this.")
        changes = [command for command in commands if isinstance(command, Configure)]
        if any(effect_of(self.scenario, change) == "new_run" for change in changes):
            return self._configure(request, branch, commands, sender)
        now = tuple(PlacedCommand(request.seen.at, change) for change in changes)
        before = tuple(placed for placed in branch.commands if placed.at <= request.seen.at)
        check_settings(self.scenario, (*before, *now))
        if len(branch.commands) + len(commands) > self.limits.commands_a_branch:
            raise CommandRejected(
                "Do this.",
                f"This run has {len(branch.commands)} commands, the most it can hold.",
                "Press Reset for a new run; this one is kept.",
            )
        at = request.seen.at
        forks = at < branch.frontier
        if forks:
            self.room_for_branch("Do this.")
            new = len(self.fold.branches)
            timeline = self.timelines[new] = self.timeline(branch.id).fork(at)
        else:
            new, timeline = branch.id, self.timeline(branch.id)
        self._within_budget(timeline)
        placed, until = run_steps(timeline, at, request.steps)
        return Acted(
            sender=sender,
            counter=request.id,
            branch=new,
            parent=branch.id if forks else None,
            kept=sum(1 for command in branch.commands if command.at <= at),
            forked_at=at,
            placed=placed,
            from_at=at,
            until=until,
            note="A new line of history starts here. The one before is kept." if forks else "",
        )

    def _configure(
        self, request: Act, branch: Branch, commands: list[AnyCommand], sender: str
    ) -> Acted:
        if not all(isinstance(command, Configure) for command in commands):
            raise CommandRejected(
                "Change a setting and act at once.",
                "This setting changes the run from its start, so it comes alone.",
                "Change the setting first, then act.",
            )
        self.room_for_branch("Change the setting.")
        new = len(self.fold.branches)
        placed = tuple(PlacedCommand(0, command) for command in commands)
        replayed = tuple(sorted((*branch.commands, *placed), key=lambda p: p.at))
        check_settings(self.scenario, replayed)
        timeline = self.timelines[new] = Timeline(self.scenario, self.fold.seed, replayed)
        until = max((p.at for p in replayed), default=0)
        if until:
            until = max(branch.frontier, until)
            timeline.run_until(until)
        acts = sum(1 for p in branch.commands if not isinstance(p.command, Configure))
        again = f" The {acts} acts were done again at the same moments." if acts else ""
        what = "The setting holds" if len(placed) == 1 else f"{len(placed)} settings hold"
        note = f"{what} from the start of the run.{again}"
        return Acted(
            sender=sender,
            counter=request.id,
            branch=new,
            parent=branch.id,
            kept=len(branch.commands),
            forked_at=0,
            placed=placed,
            from_at=until,
            until=until,
            note=note,
        )

    # ---- refusals -----------------------------------------------------------------------------

    def _branch(self, branch_id: int, asked: str) -> Branch:
        if branch_id >= len(self.fold.branches):
            raise CommandRejected(
                asked, f"This room has no branch {branch_id}.", "Reload the page to see the room."
            )
        return self.fold.branches[branch_id]

    def _seen(self, seen: Seen, asked: str) -> Branch:
        """The branch the sender saw, if the moment seen exists there."""
        branch = self._branch(seen.branch, asked)
        if branch.id != self.fold.head.branch:
            raise CommandRejected(
                asked, "The room has moved on to another run.", "Look at what it shows now."
            )
        reached = branch.frontier
        if self.fold.head.playing:
            reached = max(reached, self.timeline(branch.id).horizon)
        if seen.at > reached:
            raise CommandRejected(
                asked, "That moment has not been reached yet.", "Go on with Next first."
            )
        return branch

    def room_for_branch(self, asked: str) -> None:
        if len(self.fold.branches) >= self.limits.branches_a_room:
            count = len(self.fold.branches)
            raise CommandRejected(
                asked,
                f"This room keeps {count} lines of history, the most it can hold.",
                "Open the start page for a new room.",
            )

    def _within_budget(self, timeline: Timeline) -> None:
        most = self.limits.events_a_run
        if timeline.event_count > most:
            seconds = f"{timeline.horizon / 1e6:.1f} s"
            raise CommandRejected(
                "Go on.",
                f"This run is full: it holds {most:,} events and has had them by {seconds}.",
                "Press Reset for a new run; this one is kept."
                + (
                    " Without the background a run lasts longer."
                    if timeline.simulation.load.on
                    else ""
                ),
            )

    # ---- what viewers get ---------------------------------------------------------------------

    def state(self, now: int = 0) -> RoomState:
        """The state frame; `now` on the log's clock in milliseconds, 0: the head was just set."""
        fold = self.fold
        return RoomState(
            self.code,
            fold.seq,
            fold.head,
            fold.current.stops,
            fold.current.commands,
            fold.lines(),
            fold.note,
            questions.phase(self.lesson, fold.question),
            max(0, now - fold.moved_at) if now else 0,
        )

    def rows(self, have: dict[str, int]) -> list[Rows]:
        """The rows of the current branch beyond `have`, up to what may be seen."""
        head, branch = self.fold.head, self.fold.current
        timeline = self.timeline(branch.id)
        upto = max(branch.frontier, head.until)
        if head.playing:
            upto = max(upto, timeline.horizon)
        return timeline.rows(branch.id, branch.parent, have, upto)
