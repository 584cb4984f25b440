"""Lesson files: every fault names file, line and remedy; the text is Markdown and nothing else."""

import pytest

from app.lessons.lesson import SECTIONS, LessonError
from app.lessons.read import read_lesson
from tests.lessons.milk_and_bread import FILE, LESSON, SCENARIOS, SOURCE, WORDS


def read(source: str, file: str = FILE) -> None:
    read_lesson(source.encode(), file, SCENARIOS, WORDS)


def line_of(words: str, source: str = SOURCE) -> int:
    return next(n for n, line in enumerate(source.splitlines(), 1) if words in line)


def test_the_lesson_has_all_its_sections_as_html() -> None:
    assert tuple(LESSON.texts) == SECTIONS
    assert LESSON.slug == "milk-and-bread"
    assert "<strong>compare-and-set</strong>" in LESSON.texts["Task"]


def test_raw_html_is_shown_as_text() -> None:
    wild = SOURCE.replace("The phone adds milk. The laptop", "<script>alert(1)</script> The laptop")
    lesson = read_lesson(wild.encode(), FILE, SCENARIOS, WORDS)
    assert "<script>" not in lesson.texts["Worked run"]
    assert "&lt;script&gt;" in lesson.texts["Worked run"]


@pytest.mark.parametrize(
    ("right", "wrong", "at", "says"),
    [
        ('title = "Milk', 'title == "Milk', 'title == "Milk', "Invalid value"),
        ("minutes = 12", "minutes = 500", "minutes = 500", "between 1 and 60"),
        ("minutes = 12", 'minutes = "x"', 'minutes = "x"', "Expected `int`"),
        ("minutes = 12", "minutes = 12\nfoo = 1", "foo = 1", "unknown field `foo`"),
        ('scenario = "home"', 'scenario = "hom"', 'scenario = "hom"', "Choose one of: fan-out"),
        ('terms = ["concurrent"', 'terms = ["simultaneous"', "simultaneous", "glossary"),
        ('side = "leader", refused = 1', 'side = "boss", refused = 1', '"boss"', "Choose one of"),
        ("## Why", "## Reasons", "## Reasons", "unknown"),
        ("## Why", "## Task", "## Task", "twice"),
        ('write = "operation"', 'write = "magic"', "magic", "Invalid enum value"),
    ],
)
def test_a_fault_is_told_with_file_line_and_remedy(
    right: str, wrong: str, at: str, says: str
) -> None:
    source = SOURCE.replace(right, wrong, 1)
    assert source != SOURCE
    with pytest.raises(LessonError) as caught:
        read(source)
    message = str(caught.value)
    assert says in message
    line = int(message.split(":")[1])
    if at == "## Task":
        lines = [n for n, text in enumerate(source.splitlines(), 1) if text == "## Task"]
        assert line == lines[1], message
    else:
        assert line == line_of(at, source), message
    assert message.startswith(f"{FILE}:")
    assert message.endswith(".")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", "front matter"),
        ("+++\n", "front matter"),
        ("# Milk\n", "front matter"),
        (SOURCE.split("## Transfer")[0], "lacks: Transfer, Afterwards"),
    ],
)
def test_a_file_that_is_not_whole_says_what_lacks(source: str, says: str) -> None:
    with pytest.raises(LessonError, match=says):
        read(source)


def test_a_name_that_gives_no_address_is_refused() -> None:
    with pytest.raises(LessonError, match="NN-some-words"):
        read(SOURCE, "lessons/01-shared-carts/Milk.md")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(LessonError, match="UTF-8"):
        read_lesson(b"+++\n\xff", FILE, SCENARIOS, WORDS)
