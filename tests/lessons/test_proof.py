"""Lessons are held to the engine: what they say is so, their keys come out of runs, and tasks can
be solved by work alone."""

from pathlib import Path

import msgspec
import pytest

from app.errors import ScenarioError
from app.lessons.lesson import LessonError
from app.lessons.outcome import Claim, holds
from app.lessons.read import read_lesson
from app.main import read_lessons, read_scenarios
from app.rooms.proof import grade, outcome_at, prove
from app.rooms.stepping import run_steps
from app.rooms.timeline import Timeline
from app.trace.commands import Add, AnyCommand, Crash, CutLink, Put, Read
from tests.lessons.milk_and_bread import FILE, LESSON, SCENARIOS, SOURCE, WORDS

HOME = SCENARIOS["home"]
HOME_WITHOUT_DOORS = msgspec.structs.replace(HOME, doors=())
BOTH: tuple[AnyCommand, ...] = (
    Add("phone", "milk", "operation"),
    Add("laptop", "bread", "operation"),
)


def verdict(*steps: tuple[AnyCommand, ...], seed: int = 7) -> dict[str, str]:
    """Answers by check, and "all"."""
    timeline = Timeline(HOME, seed, ())
    _, until = run_steps(timeline, 0, steps)
    found = grade(LESSON, timeline, until)
    checks = [condition.check for condition in LESSON.front.task.conditions]
    answers = {check: met.answer for check, met in zip(checks, found.met, strict=True)}
    return {**answers, "all": found.answer}


def test_the_lesson_is_true_on_every_seed_and_its_keys_come_from_runs() -> None:
    assert prove(LESSON, HOME, range(40)) == {"predict": 1, "happened": 2, "transfer": 1}


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        (
            'cart = ["milk", "bread"], versions = 1, accepted = 2',
            'cart = ["milk"]',
            "does not show",
        ),
        ('[{ side = "leader", refused = 1 }]', '[{ side = "leader", items = 1 }]', "hold at once"),
        (
            '{ side = "leader", items = 1, versions = 1 }',
            '{ side = "leader", items = 3 }',
            "none of the options",
        ),
        ('write = "operation"', 'write = "whole"', "the solution does not solve the task"),
        ('check = "nothing_lost"\n', 'check = "accepted"\nitems = ["milk"]\n', "by hand"),
    ],
)
def test_an_untrue_lesson_is_refused(right: str, wrong: str, says: str) -> None:
    source = SOURCE.replace(right, wrong, 2 if "operation" in right else 1)
    assert source != SOURCE
    lesson = read_lesson(source.encode(), FILE, SCENARIOS, WORDS)
    with pytest.raises(LessonError, match=says) as caught:
        prove(lesson, HOME, [7])
    assert str(caught.value).startswith(f"{FILE}:")


def test_what_is_not_so_is_told_with_its_line_and_what_is_so() -> None:
    claim = (
        '{ side = "leaderless", cart = ["milk", "bread"], versions = 1, accepted = 2, lost = 0 }'
    )
    source = SOURCE.replace(claim, claim.replace("accepted = 2", "accepted = 1"))
    source = source.replace("refused = 1", "refused = 0")
    lesson = read_lesson(source.encode(), FILE, SCENARIOS, WORDS)
    with pytest.raises(LessonError) as caught:
        prove(lesson, HOME, [7])
    worked, predict, transfer = str(caught.value).splitlines()
    line = next(n for n, text in enumerate(source.splitlines(), 1) if "accepted = 1" in text)
    assert worked.startswith(f"{FILE}:{line}: ")
    assert 'cart = ["milk", "bread"], items = 2, versions = 1, accepted = 2' in worked
    assert "“Only one of the two” and “Nothing: one of the writes is refused” hold" in predict
    assert "“one of them, because each" in transfer


def test_where_nobody_read_nothing_holds_of_a_read() -> None:
    timeline = Timeline(HOME, 7, ())
    _, until = run_steps(timeline, 0, (BOTH,))
    found = outcome_at(timeline, until)
    assert holds(Claim("leader", accepted=2), found)
    for claim in (Claim("leader", cart=()), Claim("leader", items=0), Claim("leader", versions=0)):
        assert not holds(claim, found)


def test_a_claim_may_be_about_another_key() -> None:
    lab = read_scenarios()["lab-3"]
    timeline = Timeline(lab, 7, ())
    price = Put(client="phone", key="price", value="12")
    steps: tuple[tuple[AnyCommand, ...], ...] = (BOTH, (price,), (Read("laptop", "price"),))
    _, until = run_steps(timeline, 0, steps)
    found = outcome_at(timeline, until)
    for side in ("leader", "leaderless"):
        assert holds(Claim(side, "price", cart=("12",), items=1, versions=1), found)
        assert not holds(Claim(side, "price", cart=("10",)), found)
        assert not holds(Claim(side, "stock", items=0), found)
        assert not holds(Claim(side, cart=("12",)), found)
    assert str(Claim("leader", "price", cart=("12",))) == (
        '{ side = "leader", key = "price", cart = ["12"] }'
    )


def test_nothing_done_solves_nothing_and_unknown_stays_unknown() -> None:
    assert verdict() == {
        "asked_at_once": "no",
        "accepted": "no",
        "nothing_lost": "cannot_tell",
        "shown_together": "cannot_tell",
        "all": "no",
    }
    assert verdict(BOTH)["shown_together"] == "cannot_tell"
    assert verdict(BOTH)["all"] == "cannot_tell"


def test_the_solution_counts_only_once_it_was_read() -> None:
    assert verdict(BOTH, (Read("laptop"),))["all"] == "yes"
    more: tuple[AnyCommand, ...] = (Add("phone", "eggs", "operation"),)
    assert verdict(BOTH, (Read("laptop"),), more)["shown_together"] == "cannot_tell"


def test_a_cluster_that_refuses_everything_solves_nothing() -> None:
    down: tuple[AnyCommand, ...] = (Crash("n1"), Crash("n2"), Crash("n3"))
    answers = verdict(down, BOTH, (Read("laptop"),))
    assert answers["accepted"] == "no"
    assert answers["all"] == "no"
    apart: tuple[AnyCommand, ...] = (CutLink("n1", "n3"),)
    assert verdict(apart, BOTH, (Read("laptop"),))["all"] == "no", "the leader side refuses"


def test_lost_once_is_lost_even_when_it_is_put_back() -> None:
    whole: tuple[AnyCommand, ...] = (Add("phone", "milk"), Add("laptop", "bread"))
    again: tuple[AnyCommand, ...] = (Add("laptop", "milk"),)
    answers = verdict(whole, (Read("laptop"),), again, (Read("laptop"),))
    assert answers["nothing_lost"] == "no"


def test_a_wrong_lesson_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "01-topic" / "01-wrong.md"
    file.parent.mkdir()
    file.write_text(SOURCE.replace("accepted = 2, lost = 0", "accepted = 2, lost = 9"))
    with pytest.raises(LessonError, match=r"01-wrong\.md:.*does not show"):
        read_lessons(SCENARIOS, tmp_path)
    file.write_text(SOURCE)
    assert list(read_lessons({"home": HOME_WITHOUT_DOORS}, tmp_path)) == ["wrong"]


def test_a_door_to_a_lesson_that_does_not_exist_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="leads to the lesson milk-and-bread"):
        read_lessons(SCENARIOS, tmp_path)


def test_a_task_that_is_solved_by_refusing_everything_is_refused() -> None:
    """Its one condition asks for no work: with every node cut off it is met all the same."""
    begin, end = SOURCE.index("[[task.conditions]]"), SOURCE.index("[[task.wrong]]")
    task = (
        '[[task.conditions]]\ncheck = "asked_at_once"\nitems = ["milk", "bread"]\ntext = "Ask"\n\n'
    )
    wrong = '[[task.wrong]]\nname = "read"\nsteps = [[{ type = "read", client = "phone" }]]\n\n'
    rest = SOURCE[SOURCE.index("[transfer]") :]
    lesson = read_lesson((SOURCE[:begin] + task + wrong + rest).encode(), FILE, SCENARIOS, WORDS)
    assert end > begin
    with pytest.raises(LessonError, match="every node cut off solves the task") as caught:
        prove(lesson, HOME, [7])
    assert len(str(caught.value).splitlines()) == 1
