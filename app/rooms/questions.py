"""Questions in a room: the entry that posing, answering or going on asks for, and what is public.

The run that is asked about is simulated when the question is put, so that its answer is known, and
kept out of the branch until it is shown: nothing beyond the gate is there to be sent.
"""

from typing import TYPE_CHECKING

from app.errors import CommandRejected
from app.lessons.lesson import Lesson, Question
from app.rooms.frames import Phase, Pose, Show, Vote
from app.rooms.log import Asked, Posed, Shown, Voted
from app.rooms.proof import outcome_at, right_option
from app.rooms.stepping import run_steps
from app.rooms.timeline import Timeline

if TYPE_CHECKING:
    from app.rooms.room import Room


PREDICTED = "predict"
"""The question whose run the one about what happened is about."""


def pose(room: "Room", request: Pose, sender: str) -> Posed:
    """Put the question; raises CommandRejected."""
    if room.fold.gated:
        raise still_open("Ask this.")
    question = _question(room, request.question)
    if room.fold.answers_are_final and request.question in room.fold.asked:
        raise CommandRejected(
            "Ask this.", "It has been asked, and the first answer stays.", "Start the lesson over."
        )
    if not question.run:
        return _pose_about_what_was_seen(room, request, question, sender)
    room.room_for_branch("Ask this.")
    branch = len(room.fold.branches)
    timeline = room.timelines[branch] = Timeline(room.scenario, room.fold.seed, ())
    placed, at = run_steps(timeline, 0, question.before)
    ahead = timeline.fork(at)
    held, until = run_steps(ahead, at, question.run)
    right = right_option(question, outcome_at(ahead, until))
    if right is None:
        raise _no_single_answer()
    return Posed(
        sender=sender,
        counter=request.id,
        question=request.question,
        branch=branch,
        placed=placed,
        at=at,
        held=held,
        until=until,
        right=right,
    )


def _pose_about_what_was_seen(
    room: "Room", request: Pose, question: Question, sender: str
) -> Posed:
    branch, until = room.fold.head.branch, room.fold.head.until
    predicted = room.fold.asked.get(PREDICTED)
    if predicted is not None and predicted.ran:
        # Whatever was done on the stage since then.
        branch, until = predicted.branch, predicted.until
    right = right_option(question, outcome_at(room.timeline(branch), until))
    if right is None:
        raise _no_single_answer()
    return Posed(
        sender=sender,
        counter=request.id,
        question=request.question,
        branch=branch,
        placed=(),
        at=until,
        held=(),
        until=until,
        right=right,
    )


def vote(room: "Room", request: Vote, sender: str, voter: str, final: bool) -> Voted:
    """Take an answer; `final`: the first one stays. Raises CommandRejected."""
    asked = _asked(room, request.question)
    question = _question(room, request.question)
    if asked.closed or (final and voter in asked.votes):
        raise CommandRejected(
            "Answer this.", "The answers are in already.", "Watch what comes of it."
        )
    if request.choice >= len(question.options):
        raise CommandRejected(
            "Answer this.", "There is no such answer.", "Choose one of those listed."
        )
    return Voted(
        sender=sender,
        counter=request.id,
        question=request.question,
        voter=voter,
        choice=request.choice,
    )


def show(room: "Room", request: Show, sender: str) -> Shown:
    """Go on with the question; raises CommandRejected."""
    asked = _asked(room, request.question)
    if room.fold.answers_are_final:
        _alone(asked, request.what)
    if request.what == "run":
        if not asked.gated:
            raise CommandRejected(
                "Run it.", "This run has been shown.", "Ask again to see it from its start."
            )
        timeline = room.timeline(asked.branch)
        timeline.rewind(asked.at)
        for placed in asked.held:
            timeline.do(placed.at, [placed.command])
        timeline.run_until(asked.until)
    if request.what == "answer" and asked.gated:
        raise CommandRejected("Show the answer.", "Nobody has seen the run yet.", "Run it first.")
    return Shown(sender=sender, counter=request.id, question=request.question, what=request.what)


def _alone(asked: Asked, what: str) -> None:
    """With a lesson alone nothing is shown before the answer, and no answer is taken back."""
    if what == "withdrawn":
        raise CommandRejected("Take it back.", "Your answer is locked.", "Start the lesson over.")
    if not asked.votes:
        raise CommandRejected("Run it.", "You have not answered yet.", "Choose an answer first.")


def phase(lesson: Lesson | None, asked: Asked | None) -> Phase | None:
    """What everybody may know of the open question."""
    question = lesson.question(asked.name) if lesson is not None and asked is not None else None
    if asked is None or question is None:
        return None
    return Phase(
        asked.name,
        question.ask,
        tuple(option.text for option in question.options),
        question.button,
        len(asked.votes),
        asked.closed,
        bool(question.run),
        asked.ran,
        split(asked, question) if asked.split else None,
        asked.right if asked.answered and asked.right < len(question.options) else None,
        tuple(option.tempts for option in question.options) if asked.answered else (),
    )


def split(asked: Asked, question: Question) -> tuple[int, ...]:
    """Answers by option; "I don't know" comes last."""
    counts = [0] * (len(question.options) + 1)
    for choice in asked.votes.values():
        # −1 is the last, as is what a question had on offer before it was changed.
        counts[choice if choice < len(question.options) else -1] += 1
    return tuple(counts)


def still_open(asked: str) -> CommandRejected:
    return CommandRejected(
        asked, "A question is open, and its run is still to come.", "Run it, or take it back."
    )


def _question(room: "Room", name: str) -> Question:
    question = room.lesson.question(name) if room.lesson is not None else None
    if question is None:
        raise CommandRejected(
            "Ask this.", f"There is no question {name} here.", "Choose one that is listed."
        )
    return question


def _asked(room: "Room", name: str) -> Asked:
    asked = room.fold.question
    if asked is None or asked.name != name:
        raise CommandRejected(
            "Answer this.", "This question is not open.", "Look at what the room shows now."
        )
    return asked


def _no_single_answer() -> CommandRejected:
    return CommandRejected(
        "Ask this.",
        "The run on the stage fits none of the answers, or several.",
        "Ask it right after the run that it is about.",
    )
