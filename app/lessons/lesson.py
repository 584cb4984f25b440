"""A lesson: its questions, its task and its text. The file format stands in `lessons/README.md`.

Nothing here knows an answer: which option of a question is right, and whether a task is solved, is
read off the history of a run (`outcome.py`, `task.py`).
"""

from typing import Annotated

from msgspec import Meta, Struct

from app.errors import QuorateError
from app.lessons.outcome import Claim
from app.lessons.task import Condition, Words
from app.scenarios.lines import line_of
from app.scenarios.shape import Path
from app.trace.commands import AnyCommand

Step = Annotated[tuple[AnyCommand, ...], Meta(min_length=1, max_length=36)]
Steps = tuple[Step, ...]
"""Each inner tuple acts at one moment; the next one when the answers are there."""
SomeSteps = Annotated[Steps, Meta(min_length=1, max_length=40)]
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"[^\x00-\x1f]+")]


class LessonError(QuorateError):
    """A lesson file is wrong: a line for each fault, with file, line, what is wrong, the remedy."""


class WorkedRun(Struct, frozen=True, forbid_unknown_fields=True):
    """A run that goes well, shown first; `shows` is what its text says of it."""

    button: Line
    steps: SomeSteps
    shows: Annotated[tuple[Claim, ...], Meta(min_length=1)]


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer; right when all its claims hold. `tempts`: why people choose it when it is not."""

    text: Line
    holds: Annotated[tuple[Claim, ...], Meta(min_length=1)]
    tempts: Words


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """Asked before `run`, which is behind the gate. `before` is shown with the question.

    A question without a run is about the run that was shown last.
    """

    ask: Words
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=8)]
    before: Steps = ()
    run: Steps = ()
    button: Line = "Run it"


class Attempt(Struct, frozen=True, forbid_unknown_fields=True):
    """A run that does not solve the task, and why it is tempting to try."""

    name: Line
    steps: SomeSteps


class Task(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be reached. `hints` from a nudge on; after them the solution can be watched."""

    say: Words
    conditions: Annotated[tuple[Condition, ...], Meta(min_length=1, max_length=8)]
    hints: Annotated[tuple[Words, ...], Meta(min_length=1, max_length=8)]
    solution: SomeSteps
    wrong: Annotated[tuple[Attempt, ...], Meta(min_length=1)]


class Front(Struct, frozen=True, forbid_unknown_fields=True):
    """The TOML front matter. `terms` are words of the glossary that the lesson introduces."""

    title: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"[^\x00-\x1f]+")]
    summary: Line
    minutes: Annotated[int, Meta(ge=1, le=60)]
    scenario: str
    terms: Annotated[tuple[str, ...], Meta(min_length=2, max_length=5)]
    worked: WorkedRun
    predict: Question
    happened: Question
    task: Task
    transfer: Question


class Lesson(Struct, frozen=True):
    """A lesson that was read; `texts` are HTML by section, `toml` is the front matter with the line
    numbers of the file."""

    slug: str
    file: str
    front: Front
    texts: dict[str, str]
    toml: str

    def question(self, name: str) -> Question | None:
        """predict, happened or transfer."""
        questions = {
            "predict": self.front.predict,
            "happened": self.front.happened,
            "transfer": self.front.transfer,
        }
        return questions.get(name)

    def fault(self, path: Path, wrong: str, remedy: str) -> LessonError:
        """What is wrong with the value that `path` leads to in the front matter."""
        return LessonError(f"{self.file}:{line_of(self.toml, path) or 1}: {wrong} {remedy}")


QUESTIONS = ("predict", "happened", "transfer")
SECTIONS = (
    "Introduction",
    "Worked run",
    "Prediction",
    "What happened",
    "Why",
    "Task",
    "Solved",
    "Transfer",
    "Afterwards",
)
"""The headings of the text, in this order; all that stands before the first is the introduction."""
