"""A lesson: its questions, its task and its text. The file format stands in `lessons/README.md`.

Nothing here knows an answer: which option of a question is right, and whether a task is solved, is
read off the history of a run (`outcome.py`, `task.py`).
"""

from msgspec import Struct

from app.errors import QuorateError
from app.lessons.outcome import Claim
from app.lessons.task import Condition
from app.trace.commands import AnyCommand

Steps = tuple[tuple[AnyCommand, ...], ...]
"""Each inner tuple acts at one moment; the next one when the answers are there."""


class LessonError(QuorateError):
    """A lesson file is wrong: file, line, what is wrong and the remedy."""


class WorkedRun(Struct, frozen=True, forbid_unknown_fields=True):
    """A run that goes well, shown first; `shows` is what its text says of it."""

    button: str
    steps: Steps
    shows: tuple[Claim, ...]


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One answer; right when all its claims hold. `tempts`: why people choose it when it is not."""

    text: str
    holds: tuple[Claim, ...]
    tempts: str


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """Asked before `run`, which is behind the gate. `before` is shown with the question.

    A question without a run is about the run that was shown last.
    """

    ask: str
    options: tuple[Option, ...]
    before: Steps = ()
    run: Steps = ()
    button: str = "Run it"


class Attempt(Struct, frozen=True, forbid_unknown_fields=True):
    """A run that does not solve the task, and why it is tempting to try."""

    name: str
    steps: Steps


class Task(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be reached. `hints` from a nudge on; after them the solution can be watched."""

    say: str
    conditions: tuple[Condition, ...]
    hints: tuple[str, ...]
    solution: Steps
    wrong: tuple[Attempt, ...]


class Front(Struct, frozen=True, forbid_unknown_fields=True):
    """The TOML front matter. `terms` are words of the glossary that the lesson introduces."""

    title: str
    summary: str
    minutes: int
    scenario: str
    terms: tuple[str, ...]
    worked: WorkedRun
    predict: Question
    happened: Question
    task: Task
    transfer: Question


class Lesson(Struct, frozen=True):
    """A lesson that was read; `texts` are HTML by section, `source` is the whole file."""

    slug: str
    file: str
    front: Front
    texts: dict[str, str]
    source: str

    def question(self, name: str) -> Question | None:
        """predict, happened or transfer."""
        questions = {
            "predict": self.front.predict,
            "happened": self.front.happened,
            "transfer": self.front.transfer,
        }
        return questions.get(name)

    def line_of(self, words: str) -> int:
        """The first line that holds these words, 1 if none does: for messages to the author."""
        for number, line in enumerate(self.source.splitlines(), 1):
            if words in line:
                return number
        return 1

    def fault(self, words: str, wrong: str, remedy: str) -> LessonError:
        return LessonError(f"{self.file}:{self.line_of(words)}: {wrong} {remedy}")


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
