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


FAULTS = [
    ('title = "Milk', 'title == "Milk', 'title == "Milk', "Give valid TOML"),
    ('title = "Milk and bread"', 'title = ""', 'title = ""', "title: The text is empty."),
    ('title = "Milk and bread"\n', "", "+++", "The field title is missing. Give a text"),
    ("minutes = 12", "minutes = 500", "minutes = 500", "Give a whole number from 1 to 60."),
    ("minutes = 12", 'minutes = "x"', 'minutes = "x"', "Give a whole number"),
    ("minutes = 12", "minutes = 12\nfoo = 1", "foo = 1", "foo is not a field here. Choose one of"),
    ("minutes = 12", "minutes = 12\nminutes = 9", "minutes = 9", "Cannot overwrite a value"),
    ('scenario = "home"', 'scenario = "hom"', 'scenario = "hom"', "Did you mean home?"),
    ('terms = ["concurrent"', 'terms = ["simultaneous"', "simultaneous", "Or add it there."),
    ('tempts = "It takes', 'tempt = "It takes', "tempt = ", "Did you mean tempts?"),
    ('{ type = "read", client = "laptop" }', '{ type = "fly" }', '"fly"', "no type “fly”"),
    ('type = "read", client = "laptop"', 'type = "read", client = "tv"', '"tv"', "one of: phone"),
    ('type = "read", client = "laptop"', 'type = "crash", node = "n9"', '"n9"', "no node “n9”"),
    (
        '[{ type = "read", client = "laptop" }],\n  [{ type = "add", client = "laptop"',
        '[{ type = "configure", cluster = "leaderless", setting = "w", value = "9" }],\n'
        '  [{ type = "add", client = "laptop"',
        'value = "9"',
        "Choose one of: 1, 2, 3.",
    ),
    ("steps = [\n  [{", "steps = [\n  [],\n  [{", "  [],", "steps[0]: The list is too short."),
    ('item = "milk" }]', 'item = "MILK!" }]', "MILK!", "Give a lower-case letter"),
    ('side = "leader", refused = 1', 'side = "boss", refused = 1', '"boss"', "no side “boss”"),
    ('{ side = "leader", versions = 2 }', '{ side = "leader" }', '"leader" }]', "claims nothing"),
    ('side = "leader", versions = 2', 'side = "leader", versions = -2', "= -2", "out of range"),
    ('text = "Only one of the two"', 'text = "Milk and bread"', None, "Two options say the same."),
    ('hints = [\n  "', 'hints = [\n  "", "', '"", "', "task.hints[0]: The text is empty."),
    ('write = "operation"', 'write = "magic"', "magic", "“magic” is not possible here."),
    ('check = "nothing_lost"', 'check = "all_good"', "all_good", "not possible here"),
    (
        'check = "asked_at_once"\nitems = ["milk", "bread"]',
        'check = "asked_at_once"\nitems = ["milk"]',
        "[[task.conditions]]",
        "is about 2 items, and this names 1.",
    ),
    (
        'check = "nothing_lost"',
        'check = "nothing_lost"\nitems = ["milk"]',
        None,
        "Leave items out.",
    ),
    (
        'name = "compare-and-set at once"',
        'name = "whole lists at once"',
        None,
        "Give each another name.",
    ),
    ("[happened]", '[happened]\nrun = [[{ type = "heal_all" }]]', "[happened]", "has none of its"),
    ("## Why", "## Reasons", "## Reasons", "“Reasons” is no heading of a lesson."),
    ("## Why", "# Why", "# Why", "Headings begin with “## ”."),
    ("## Why", "## Task", None, "The heading “Task” comes twice."),
    ("## Transfer", "## Solved", None, "The heading “Solved” comes twice."),
    ("The same thing happens where nobody speaks of carts.", "", "## Transfer", "has no text"),
]
"""What stands there, what is written instead, words of the line that is meant (None: the last one
that the fault is about, found by what was written), and what is said."""


@pytest.mark.parametrize(("right", "wrong", "at", "says"), FAULTS)
def test_a_fault_is_told_with_file_line_and_remedy(
    right: str, wrong: str, at: str | None, says: str
) -> None:
    source = SOURCE.replace(right, wrong, 1)
    assert source != SOURCE
    with pytest.raises(LessonError) as caught:
        read(source)
    told = [line for line in str(caught.value).splitlines() if says in line]
    assert told, str(caught.value)
    assert all(line.startswith(f"{FILE}:") for line in str(caught.value).splitlines())
    assert told[0].endswith((".", "…", "?"))
    line = int(told[0].split(":")[1])
    if at is None:
        name = wrong.splitlines()[0]
        twice = [n for n, text in enumerate(source.splitlines(), 1) if text == name]
        assert line in (twice[-1], twice[0] - 1), told[0]
    else:
        assert line == line_of(at, source), told[0]


def test_every_fault_of_a_file_is_told_at_once_in_the_order_of_its_lines() -> None:
    source = SOURCE.replace('"lost update"', '"lost upd"').replace('"nothing_lost"', '"accepted"')
    source = source.replace("## Why", "## Reasons")
    with pytest.raises(LessonError) as caught:
        read(source)
    lines = [int(fault.split(":")[1]) for fault in str(caught.value).splitlines()]
    assert lines == [
        line_of("lost upd", source),
        line_of('text = "Nothing that was acknowledged', source) - 2,
        line_of("## Reasons", source),
        len(source.splitlines()) + 1,
    ]


@pytest.mark.parametrize(
    "change", [("\n", "\r\n"), ("## Why\n", "## Why ##\n"), ("+++\n", "+++ \n")]
)
def test_what_an_editor_may_do_to_a_file_is_no_fault(change: tuple[str, str]) -> None:
    source = SOURCE.replace(*change)
    assert source != SOURCE
    assert read_lesson(source.encode(), FILE, SCENARIOS, WORDS).front == LESSON.front
    assert (
        read_lesson(b"\xef\xbb\xbf" + SOURCE.encode(), FILE, SCENARIOS, WORDS).front == LESSON.front
    )


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("", r":1: A lesson begins with a line \+\+\+"),
        ("+++\n", ":1: The front matter does not end"),
        ("# Milk\n", ":1: A lesson begins"),
        (SOURCE.split("## Transfer")[0], "lacks: Transfer, Afterwards"),
        (SOURCE + "x" * 300_000, "more than 262144 bytes"),
        (SOURCE.replace("minutes = 12", "minutes = " + "[" * 9_000), "too deep"),
        (SOURCE.replace("minutes = 12", ".".join("a" * 200) + " = 1"), "dots"),
    ],
)
def test_a_file_that_is_not_whole_says_what_lacks(source: str, says: str) -> None:
    with pytest.raises(LessonError, match=says):
        read(source)


@pytest.mark.parametrize(
    "file", ["lessons/01-carts/Milk.md", "lessons/01-milk.md", "carts/01-m.md"]
)
def test_a_name_that_gives_no_address_is_refused(file: str) -> None:
    with pytest.raises(LessonError, match="NN-topic/NN-some-words"):
        read(SOURCE, file)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(LessonError, match="UTF-8"):
        read_lesson(b"+++\n\xff", FILE, SCENARIOS, WORDS)
