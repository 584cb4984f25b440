"""A lesson proved by running the engine: its text is true, its questions have one answer each, and
its task is unsolved at the start, solved by its solution and by none of the wrong ways."""

from collections.abc import Iterable

from app.lessons.lesson import QUESTIONS, Lesson, Question, Steps
from app.lessons.outcome import Outcome, holds, outcome, right_options
from app.lessons.task import Verdict, judge_task
from app.rooms.stepping import run_steps
from app.rooms.timeline import Timeline
from app.scenarios.scenario import Scenario
from app.trace.commands import CutOff


def prove(lesson: Lesson, scenario: Scenario, seeds: Iterable[int]) -> dict[str, int]:
    """The place of the right option by question; raises LessonError with file, line and remedy."""
    keys: dict[str, int] = {}
    for seed in seeds:
        _worked_run(lesson, scenario, seed)
        for name in QUESTIONS:
            question = lesson.question(name)
            assert question is not None
            right = _right(lesson, name, question, scenario, seed)
            if keys.setdefault(name, right) != right:
                raise lesson.fault(
                    f"[{name}]",
                    f"Its answer is {keys[name] + 1} on one seed and {right + 1} on seed {seed}.",
                    "Ask about something that the seed does not decide.",
                )
        _task(lesson, scenario, seed)
    return keys


def outcome_at(timeline: Timeline, upto: int) -> Outcome:
    """What came of a run up to a moment."""
    return outcome(timeline.events(upto), timeline.judgements(upto))


def right_option(question: Question, found: Outcome) -> int | None:
    """The one option that holds; None when none or several do."""
    right = right_options([option.holds for option in question.options], found)
    return right[0] if len(right) == 1 else None


def grade(lesson: Lesson, timeline: Timeline, upto: int) -> Verdict:
    """The task, judged by the history of a run up to a moment."""
    titles = {spec.name: spec.title for spec in timeline.scenario.clusters}
    found = outcome_at(timeline, upto)
    return judge_task(lesson.front.task.conditions, timeline.events(upto), found, titles)


def _run(scenario: Scenario, seed: int, steps: Steps) -> tuple[Timeline, int]:
    timeline = Timeline(scenario, seed, ())
    _, until = run_steps(timeline, 0, steps)
    return timeline, until


def _worked_run(lesson: Lesson, scenario: Scenario, seed: int) -> None:
    timeline, until = _run(scenario, seed, lesson.front.worked.steps)
    found = outcome_at(timeline, until)
    for claim in lesson.front.worked.shows:
        if not holds(claim, found):
            raise lesson.fault(
                "shows",
                f"The worked run does not show {claim} on seed {seed}.",
                "Correct the claim or the steps.",
            )


def _right(lesson: Lesson, name: str, question: Question, scenario: Scenario, seed: int) -> int:
    asked = question if question.run else lesson.front.predict
    timeline, until = _run(scenario, seed, (*asked.before, *asked.run))
    right = right_options(
        [option.holds for option in question.options], outcome_at(timeline, until)
    )
    if len(right) != 1:
        texts = " and ".join(f"“{question.options[place].text}”" for place in right) or "none"
        raise lesson.fault(
            f"[{name}]",
            f"On seed {seed} these options hold: {texts}.",
            "Exactly one has to: correct `holds` or the run.",
        )
    return right[0]


def _task(lesson: Lesson, scenario: Scenario, seed: int) -> None:
    task = lesson.front.task
    offline = tuple(CutOff(node) for node in scenario.nodes)
    runs: list[tuple[str, Steps, bool]] = [
        ("the empty run", (), False),
        ("the solution", task.solution, True),
        ("the solution with every node cut off", (offline, *task.solution), False),
        *((attempt.name, attempt.steps, False) for attempt in task.wrong),
    ]
    for name, steps, solves in runs:
        timeline, until = _run(scenario, seed, steps)
        verdict = grade(lesson, timeline, until)
        if (verdict.answer == "yes") != solves:
            because = " ".join(f"{met.text}: {met.answer}. {met.because}" for met in verdict.met)
            raise lesson.fault(
                "[task]" if name not in lesson.source else name,
                f"On seed {seed} {name} {'does not solve' if solves else 'solves'} the task. "
                f"{because}",
                "Correct the conditions or the steps.",
            )
