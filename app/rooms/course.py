"""Lessons alone: a learner's room for each lesson, and what a press on the lesson's page asks for.

All of the learner's progress is in the log of that room; what is kept beside it is only which room.
"""

import asyncio

import msgspec
from msgspec import Struct

from app.errors import CommandRejected
from app.lessons.lesson import Lesson, Steps
from app.lessons.task import Verdict
from app.rooms import questions
from app.rooms.frames import Pose, Request, Reset, Show, Vote
from app.rooms.hub import Hub
from app.rooms.keys import seal, voter_of
from app.rooms.log import Acted, AnyEntry, Passed, RoomFold, RoomMade
from app.rooms.open_room import OpenRoom
from app.rooms.proof import grade
from app.rooms.stepping import run_steps
from app.rooms.timeline import Timeline
from app.scenarios.scenario import Scenario
from app.trace.commands import PlacedCommand

SENDER = "lesson"
OTHER_SEEDS = range(1, 20)
"""A solution has to hold on these too, so that luck does not pass for knowledge."""


class Place(Struct):
    """Where a learner is in a lesson: the room and its fold; None before the first press."""

    lesson: Lesson
    room: str | None
    fold: RoomFold | None
    verdict: Verdict | None = None


class Course:
    """What the lesson pages ask of the hub."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def lesson(self, slug: str) -> Lesson:
        """Raises CommandRejected for one that does not exist."""
        found = self.hub.lessons.get(slug)
        if found is None:
            raise CommandRejected(
                "Open this lesson.", f"There is no lesson {slug[:40]}.", "Choose one of the list."
            )
        return found

    async def rooms(self, learner: str) -> dict[str, str]:
        """The learner's room by lesson."""
        notes = await self.hub.archive.notes(learner) if learner else {}
        return {slug: notes[slug] for slug in self.hub.lessons if slug in notes}

    async def place(self, learner: str, slug: str) -> Place:
        """Where the learner is; a room that has been forgotten begins anew."""
        lesson = self.lesson(slug)
        code = (await self.rooms(learner)).get(slug)
        if code is None:
            return Place(lesson, None, None)
        try:
            opened = await self.hub.open(code)
        except CommandRejected:
            return Place(lesson, None, None)
        return Place(lesson, code, opened.room.fold)

    async def do(self, learner: str, slug: str, what: str, choice: int) -> Place:
        """One press: see `_requests`; raises CommandRejected."""
        lesson = self.lesson(slug)
        place = await self.place(learner, slug)
        if place.room is None or what == "over":
            opened = await self._begin(learner, lesson)
            if what == "over":
                return Place(lesson, opened.room.code, opened.room.fold)
        else:
            opened = await self.hub.open(place.room)
        verdict = None
        if what == "check":
            verdict = await self._check(opened, lesson)
        async with opened.lock:
            if what == "check":
                if verdict is not None and verdict.answer == "yes":
                    await self._pass(opened, "solved")
            else:
                await self._press(opened, lesson, what, choice, learner)
        return Place(lesson, opened.room.code, opened.room.fold, verdict)

    async def _begin(self, learner: str, lesson: Lesson) -> OpenRoom:
        def first(code: str) -> RoomMade:
            return self.hub.starts.fresh(lesson.front.scenario, lesson.slug, seal(code, learner))

        opened = await self.hub.make_room(first)
        await self.hub.archive.note(learner, lesson.slug, opened.room.code or "")
        return opened

    async def _press(
        self, opened: OpenRoom, lesson: Lesson, what: str, choice: int, learner: str
    ) -> None:
        fold = opened.room.fold
        _in_order(fold, lesson, what)
        match what:
            case "worked":
                await self._show_run(opened, lesson.front.worked.steps)
                await self._pass(opened, "worked")
            case "predict" | "transfer":
                if fold.question is None or fold.question.name != what:
                    await self._ask(opened, Pose(1, what))
            case "choose":
                name = fold.question.name if fold.question is not None else ""
                await self._ask(opened, Vote(1, name, choice), learner)
            case "run":
                name = fold.question.name if fold.question is not None else ""
                # Two entries: a server that ended between them goes on with the second.
                if fold.question is None or not fold.question.ran:
                    await self._ask(opened, Show(1, name, "run"))
                if name == questions.PREDICTED:
                    await self._ask(opened, Pose(1, "happened"))
            case "task":
                await self._ask(opened, Reset(1))
                await self._pass(opened, "task")
            case "hint":
                hints = sum(1 for passed in fold.passed if passed.startswith("hint-"))
                if hints < len(lesson.front.task.hints):
                    await self._pass(opened, f"hint-{hints + 1}")
            case "solution":
                await self._show_run(opened, lesson.front.task.solution)
                await self._pass(opened, "solution")
            case _:
                raise CommandRejected(
                    "Do this.", f"A lesson has no step {what[:20]}.", "Use the page's buttons."
                )

    async def _show_run(self, opened: OpenRoom, steps: Steps) -> None:
        """A worked run from the start, on a branch of its own, marked as not the learner's."""
        room = opened.room

        def plan() -> Acted:
            reset = room.plan(self._counted(opened, Reset(1)), SENDER)
            assert isinstance(reset, Acted)
            timeline = room.timelines[reset.branch] = Timeline(room.scenario, room.fold.seed, ())
            placed, until = run_steps(timeline, 0, steps)
            return Acted(
                sender=SENDER,
                counter=reset.counter,
                branch=reset.branch,
                parent=0,
                kept=0,
                forked_at=0,
                placed=placed,
                from_at=0,
                until=until,
                worked=True,
            )

        await self.hub.write(opened, plan, SENDER)

    async def _ask(self, opened: OpenRoom, request: Request, learner: str = "") -> None:
        def plan() -> AnyEntry:
            counted = self._counted(opened, request)
            return opened.room.plan(counted, SENDER, voter_of(learner))

        await self.hub.write(opened, plan, SENDER)

    async def _pass(self, opened: OpenRoom, what: str) -> None:
        def plan() -> AnyEntry:
            return Passed(sender=SENDER, counter=self._count(opened), what=what)

        if what not in opened.room.fold.passed:
            await self.hub.write(opened, plan, SENDER)

    def _count(self, opened: OpenRoom) -> int:
        return opened.room.fold.answered.get(SENDER, 0) + 1

    def _counted(self, opened: OpenRoom, request: Request) -> Request:
        return msgspec.structs.replace(request, id=self._count(opened))

    # ---- the task -----------------------------------------------------------------------------

    async def _check(self, opened: OpenRoom, lesson: Lesson) -> Verdict:
        """The verdict on the run that is on the stage, as far as it was seen."""
        room = opened.room
        async with opened.lock:
            head, branch = room.fold.head, room.fold.current
            if room.fold.gated:
                raise questions.still_open("Check this run.")
            if "task" not in room.fold.passed:
                raise CommandRejected(
                    "Check this run.",
                    "The task has not begun.",
                    "Go on with the step that is open.",
                )
            if branch.id in room.fold.worked:
                raise CommandRejected(
                    "Check this run.",
                    "This is a worked run, not yours.",
                    "Press “Start the task” and do it yourself.",
                )
            commands = tuple(placed for placed in branch.commands if placed.at <= head.until)
            verdict = grade(lesson, room.timeline(branch.id), head.until)
        if verdict.answer != "yes":
            return verdict
        for seed in OTHER_SEEDS:
            other = await asyncio.to_thread(_again, lesson, room.scenario, seed, commands)
            if other.answer != "yes":
                failed = next(met for met in other.met if met.answer != "yes")
                because = f"With other luck (seed {seed}) it fails. {failed.because}"
                unlucky = msgspec.structs.replace(failed, because=because, evidence=())
                met = (unlucky if one.text == failed.text else one for one in verdict.met)
                return Verdict("no", tuple(met))
        return verdict


def _in_order(fold: RoomFold, lesson: Lesson, what: str) -> None:
    """Raise CommandRejected for a step whose turn has not come: the page offers none such."""
    passed, happened = fold.passed, fold.asked.get("happened")
    explained = happened is not None and bool(happened.votes)
    hints = sum(1 for name in passed if name.startswith("hint-"))
    needed = {
        "predict": "worked" in passed,
        "task": explained,
        "hint": "task" in passed,
        "solution": "task" in passed and hints >= len(lesson.front.task.hints),
        "transfer": explained and ("solved" in passed or "solution" in passed),
    }
    if not needed.get(what, True):
        raise CommandRejected(
            "Do this.", "This step of the lesson comes later.", "Go on with the one that is open."
        )


def _again(
    lesson: Lesson, scenario: Scenario, seed: int, commands: tuple[PlacedCommand, ...]
) -> Verdict:
    """The same commands on another seed, run on until everybody has an answer."""
    timeline = Timeline(scenario, seed, commands)
    until = timeline.run_to_answers(timeline.horizon + 10 * scenario.client_timeout_us)
    return grade(lesson, timeline, until)
