"""Bytes of a lesson file → Lesson. Every fault names file, line and remedy.

The front matter is TOML between two lines `+++`, the text is Markdown with the headings of
SECTIONS; raw HTML is shown as text.
"""

import re
import tomllib

import msgspec
from markdown_it import MarkdownIt

from app.lessons.lesson import (
    QUESTIONS,
    SECTIONS,
    Front,
    Lesson,
    LessonError,
    Question,
    Steps,
)
from app.lessons.outcome import Claim
from app.scenarios.acts import check_command
from app.scenarios.scenario import Scenario

GUIDE = "See lessons/README.md."
FENCE = "+++"
SLUG = re.compile(r"^\d\d-([a-z0-9]+(?:-[a-z0-9]+)*)\.md$")
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def read_lesson(data: bytes, file: str, scenarios: dict[str, Scenario], words: set[str]) -> Lesson:
    """Read one file; `words` are the glossary's. Raises LessonError."""
    name = file.rpartition("/")[2]
    named = SLUG.match(name)
    if named is None:
        raise LessonError(f"{file}:1: {name} is not a lesson's name. Call it NN-some-words.md.")
    try:
        source = data.decode()
    except UnicodeDecodeError as error:
        raise LessonError(f"{file}:1: It is not UTF-8: {error}. Save it as UTF-8.") from error
    front_text, text = _halves(source, file)
    front = _front(front_text, file)
    lesson = Lesson(named[1], file, front, _sections(text, file, source), source)
    _check_names(lesson, scenarios, words)
    return lesson


def _halves(source: str, file: str) -> tuple[str, str]:
    lines = source.splitlines()
    if not lines or lines[0].strip() != FENCE or FENCE not in lines[1:]:
        raise LessonError(
            f"{file}:1: A lesson begins with front matter between two lines {FENCE}. {GUIDE}"
        )
    end = lines.index(FENCE, 1)
    # The empty first line keeps the line numbers of TOML's own messages right.
    return "\n".join(["", *lines[1:end]]), "\n".join([""] * (end + 1) + lines[end + 1 :])


def _front(text: str, file: str) -> Front:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise LessonError(f"{file}:{line[1] if line else 1}: {error}. {GUIDE}") from error
    try:
        return msgspec.convert(values, Front)
    except msgspec.ValidationError as error:
        line_number = _line_of_fault(str(error), text)
        raise LessonError(f"{file}:{line_number}: {error}. {GUIDE}") from error


def _line_of_fault(message: str, text: str) -> int:
    """The line msgspec complains about: along its path, then at the name or value it quotes."""
    path = re.search(r"at `\$([^`]*)`", message)
    quoted = re.search(r"(?:unknown field `|value ')([\w-]+)", message)
    steps = re.findall(r"[a-z_]+", path[1]) if path else []
    lines = text.splitlines()
    found = 0
    for step in [*steps, *([quoted[1]] if quoted else [])]:
        found = next((n for n in range(found, len(lines)) if step in lines[n]), found)
    return found + 1


def _sections(text: str, file: str, source: str) -> dict[str, str]:
    """HTML by section; a missing, unknown or misplaced heading is a fault."""
    found: dict[str, list[str]] = {"Introduction": []}
    current = "Introduction"
    for number, line in enumerate(text.splitlines(), 1):
        heading = re.match(r"^## +(.+?) *$", line)
        if heading is None:
            found[current].append(line)
            continue
        current = heading[1]
        if current not in SECTIONS or current in found:
            raise LessonError(
                f"{file}:{number}: The heading “{current}” is unknown or comes twice. "
                f"The headings are: {', '.join(SECTIONS[1:])}."
            )
        found[current] = []
    if tuple(found) != SECTIONS:
        missing = [name for name in SECTIONS if name not in found]
        reason = f"The text lacks: {', '.join(missing)}." if missing else "The order is another."
        raise LessonError(
            f"{file}:{len(source.splitlines())}: {reason} Write the headings in this order: "
            f"{', '.join(SECTIONS[1:])}."
        )
    return {name: MARKDOWN.render("\n".join(lines).strip()) for name, lines in found.items()}


def _check_names(lesson: Lesson, scenarios: dict[str, Scenario], words: set[str]) -> None:
    front = lesson.front
    scenario = scenarios.get(front.scenario)
    if scenario is None:
        raise lesson.fault(
            "scenario",
            f"There is no scenario {front.scenario}.",
            f"Choose one of: {', '.join(scenarios)}.",
        )
    for term in front.terms:
        if term not in words:
            raise lesson.fault(
                term, f"The glossary has no term “{term}”.", "Add it, or use one that is there."
            )
    if not 1 <= front.minutes <= 60:
        raise lesson.fault("minutes", f"{front.minutes} minutes?", "Say between 1 and 60.")
    sides = [spec.name for spec in scenario.clusters]
    for claim in _claims(front):
        if claim.side not in sides:
            raise lesson.fault(
                f'"{claim.side}"',
                f"There is no side {claim.side}.",
                f"Choose one of: {', '.join(sides)}.",
            )
    for steps in _all_steps(front):
        for command in (command for step in steps for command in step):
            check_command(scenario, command)
    for name in QUESTIONS:
        question = lesson.question(name)
        assert question is not None
        _check_question(lesson, name, question)
    if not front.task.conditions:
        raise lesson.fault("[task]", "The task has no condition.", "Give at least one.")
    if not front.task.hints or not front.task.wrong:
        raise lesson.fault("[task]", "The task has no hints or no wrong run.", "Give one of each.")


def _check_question(lesson: Lesson, name: str, question: Question) -> None:
    if len(question.options) < 2:
        raise lesson.fault(f"[{name}]", "A question needs two options or more.", "Add some.")
    for option in question.options:
        if not option.holds:
            raise lesson.fault(
                option.text, "An option claims nothing.", "Say in `holds` when it is right."
            )


def _claims(front: Front) -> list[Claim]:
    questions = (front.predict, front.happened, front.transfer)
    options = [option for question in questions for option in question.options]
    return [*front.worked.shows, *(claim for option in options for claim in option.holds)]


def _all_steps(front: Front) -> list[Steps]:
    questions = (front.predict, front.happened, front.transfer)
    runs = [steps for question in questions for steps in (question.before, question.run)]
    attempts = [attempt.steps for attempt in front.task.wrong]
    return [front.worked.steps, *runs, front.task.solution, *attempts]
