"""Bytes of a lesson file → Lesson. Every fault is told with file, line and remedy.

The front matter is TOML between two lines `+++`, the text is Markdown with the headings of
SECTIONS; raw HTML is shown as text.
"""

import re

import msgspec
from markdown_it import MarkdownIt
from msgspec import inspect as types

from app.lessons.check import faults_of
from app.lessons.lesson import SECTIONS, Front, Lesson, LessonError
from app.scenarios.lines import line_of
from app.scenarios.read import path_words
from app.scenarios.scenario import Scenario
from app.scenarios.shape import Misfit, fits
from app.scenarios.toml import Unreadable, text_of, values_of

GUIDE = "See lessons/README.md."
FENCE = "+++"
PLACE = re.compile(r"(?:^|/)\d\d-[a-z0-9-]+/\d\d-([a-z0-9]+(?:-[a-z0-9]+)*)\.md$")
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_SHAPE = types.type_info(Front)

Fault = tuple[int, str]
"""The line it stands in, and what is wrong with its remedy."""


def read_lesson(data: bytes, file: str, scenarios: dict[str, Scenario], words: set[str]) -> Lesson:
    """Read one file; `words` are the glossary's. Raises LessonError with a line a fault."""
    named = PLACE.search(file)
    faults: list[Fault] = []
    if named is None:
        wrong = "A lesson is kept as NN-topic/NN-some-words.md, in small letters and digits."
        faults.append((1, f"{wrong} Rename the file, or move it into the folder of its topic."))
    lesson = None
    try:
        source = text_of(data)
        toml, text, starts = _halves(source)
    except Unreadable as error:
        faults.append((error.line or 1, f"{error.told} {GUIDE}"))
    else:
        texts, wrong_text = _sections(text, starts)
        faults += wrong_text
        front, wrong_front = _front(toml, scenarios, words)
        faults += wrong_front
        if front is not None and named is not None:
            lesson = Lesson(named[1], file, front, texts, toml)
    if faults or lesson is None:
        raise LessonError("\n".join(f"{file}:{line}: {told}" for line, told in sorted(faults)))
    return lesson


def _halves(source: str) -> tuple[str, list[str], int]:
    """Front matter and text, and the line in which the text starts. The front matter begins with
    an empty line, so that its line numbers are the file's."""
    lines = [line.rstrip("\r") for line in source.removeprefix("\ufeff").split("\n")]
    if lines[0].rstrip() != FENCE:
        raise Unreadable(1, f"A lesson begins with a line {FENCE}. Write it, then the TOML.")
    end = next((n for n, line in enumerate(lines) if n and line.rstrip() == FENCE), 0)
    if not end:
        raise Unreadable(1, f"The front matter does not end. Write a line {FENCE} behind it.")
    return "\n".join(["", *lines[1:end]]), lines[end + 1 :], end + 2


def _front(
    toml: str, scenarios: dict[str, Scenario], words: set[str]
) -> tuple[Front | None, list[Fault]]:
    """The first misfit of the shape; of what has its shape, everything that cannot be."""
    try:
        values = values_of(toml)
        fits(values, _SHAPE)
        front = msgspec.convert(values, Front)
    except Unreadable as error:
        return None, [(error.line or 1, f"{error.told} {GUIDE}")]
    except Misfit as misfit:
        return None, [_told(misfit, toml)]
    except msgspec.ValidationError as error:
        return None, [(1, f"{error}. Give what fits. {GUIDE}")]
    return front, [_told(misfit, toml) for misfit in faults_of(front, scenarios, words)]


def _told(misfit: Misfit, toml: str) -> Fault:
    line = line_of(toml, (*misfit.path, misfit.key) if misfit.key else misfit.path)
    path = path_words(misfit.path)
    return line or 1, f"{path + ': ' if path else ''}{misfit.wrong} {misfit.remedy}"


def _sections(lines: list[str], starts: int) -> tuple[dict[str, str], list[Fault]]:
    """HTML by section; a missing, unknown, empty or misplaced one is a fault."""
    found: dict[str, list[str]] = {SECTIONS[0]: []}
    places = {SECTIONS[0]: starts}
    faults: list[Fault] = []
    order = f"Write the headings in this order: {', '.join(SECTIONS[1:])}."
    current = SECTIONS[0]
    for number, line in enumerate(lines, starts):
        heading = re.match(r"^ {0,3}##?(?!#)[ \t]+(.+?)[ \t]*#*[ \t]*$", line)
        if heading is None:
            found[current].append(line)
            continue
        name = heading[1]
        if not line.startswith("## ") or name not in SECTIONS[1:]:
            wrong = f"“{name}” is no heading of a lesson."
            faults.append((number, f"{wrong} Headings begin with “## ”. {order}"))
        elif name in found:
            faults.append((number, f"The heading “{name}” comes twice. Leave one out."))
        else:
            current = name
            found[current], places[current] = [], number
    missing = [name for name in SECTIONS if name not in found]
    ordered = [name for name in SECTIONS if name in found]
    if missing:
        faults.append((starts + len(lines) - 1, f"The text lacks: {', '.join(missing)}. {order}"))
    for here, there in zip(found, ordered, strict=True):
        if here != there:
            faults.append((places[here], f"“{here}” stands where “{there}” belongs. {order}"))
            break
    for name, text in found.items():
        if not "".join(text).strip():
            faults.append((places[name], f"“{name}” has no text. Give at least one sentence."))
    return {name: MARKDOWN.render("\n".join(text).strip()) for name, text in found.items()}, faults
