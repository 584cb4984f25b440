"""A lesson proved by running the engine: its text is true, its questions have one answer each, and
its task is unsolved at the start, solved by its solution and by none of the wrong ways."""

from collections.abc import Iterable, Iterator

from app.lessons.lesson import QUESTIONS, Lesson, LessonError, Question, Steps
from app.lessons.outcome import Outcome, all_of, holds, outcome, right_options
from app.lessons.task import Verdict, judge_task
from app.rooms.stepping import run_steps
from app.rooms.timeline import Timeline
from app.scenarios.scenario import Scenario
from app.scenarios.shape import Path
from app.trace.commands import CutOff


def prove(lesson: Lesson, scenario: Scenario, seeds: Iterable[int]) -> dict[str, int]:
    """The place of the right option by question; raises LessonError with file, line and remedy,
    for everything that is not so on the first seed on which anything is not."""
    keys: dict[str, int] = {}
    for seed in seeds:
        troubles = [
            *_worked_run(lesson, scenario, seed),
            *_questions(lesson, scenario, seed, keys),
            *_task(lesson, scenario, seed),
        ]
        if troubles:
            raise LessonError("\n".join(str(trouble) for trouble in troubles))
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


def _worked_run(lesson: Lesson, scenario: Scenario, seed: int) -> Iterator[LessonError]:
    timeline, until = _run(scenario, seed, lesson.front.worked.steps)
    found = outcome_at(timeline, until)
    for place, claim in enumerate(lesson.front.worked.shows):
        if not holds(claim, found):
            yield lesson.fault(
                ("worked", "shows", place),
                f"On seed {seed} the worked run does not show this.",
                f"It shows {all_of(claim.side, found, claim.key)}: correct the claim or the steps.",
            )


def _questions(
    lesson: Lesson, scenario: Scenario, seed: int, keys: dict[str, int]
) -> Iterator[LessonError]:
    """`keys`: the answers so far; another one on this seed is a fault."""
    for name in QUESTIONS:
        question = lesson.question(name)
        assert question is not None
        asked = question if question.run else lesson.front.predict
        timeline, until = _run(scenario, seed, (*asked.before, *asked.run))
        found = outcome_at(timeline, until)
        right = right_options([option.holds for option in question.options], found)
        if len(right) != 1:
            shows = " and ".join(str(all_of(spec.name, found)) for spec in scenario.clusters)
            said = " and ".join(f"“{question.options[place].text}”" for place in right)
            wrong = f"{said} hold at once" if right else "none of the options holds"
            yield lesson.fault(
                (name, "options", right[1]) if right else (name,),
                f"On seed {seed} {wrong}; exactly one has to.",
                f"The run shows {shows}: correct `holds` or the run.",
            )
        elif keys.setdefault(name, right[0]) != right[0]:
            yield lesson.fault(
                (name,),
                f"Its answer is option {keys[name] + 1}, but {right[0] + 1} on seed {seed}.",
                "Ask about something that the seed does not decide.",
            )


def _task(lesson: Lesson, scenario: Scenario, seed: int) -> Iterator[LessonError]:
    task = lesson.front.task
    offline = tuple(CutOff(node) for node in scenario.nodes)
    conditions: Path = ("task", "conditions", 0)
    runs: list[tuple[Path, str, Steps, bool]] = [
        (conditions, "a run in which nobody does anything", (), False),
        (("task", "solution"), "the solution", task.solution, True),
        (conditions, "the solution with every node cut off", (offline, *task.solution), False),
    ]
    for place, attempt in enumerate(task.wrong):
        path: Path = ("task", "wrong", place, "name")
        runs.append((path, f"“{attempt.name}”", attempt.steps, False))
    for path, name, steps, solves in runs:
        timeline, until = _run(scenario, seed, steps)
        verdict = grade(lesson, timeline, until)
        if (verdict.answer == "yes") == solves:
            continue
        failed = (met for met in verdict.met if met.answer != "yes")
        because = "; ".join(f"“{met.text}”: {met.because.rstrip('.')}" for met in failed)
        yield lesson.fault(
            path,
            f"On seed {seed} {name} {'does not solve' if solves else 'solves'} the task"
            f"{': ' + because if because else ''}.",
            "Correct the conditions or the steps.",
        )
