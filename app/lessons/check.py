"""What a lesson's front matter says must be so beyond its shape; what only a run can tell is
proved by running it (`rooms/proof.py`)."""

from collections.abc import Iterator

from app.errors import CommandRejected
from app.lessons.lesson import QUESTIONS, Front, Question, Steps
from app.lessons.outcome import Claim
from app.lessons.task import ITEMS_OF
from app.scenarios.acts import check_settings, effect_of
from app.scenarios.check import check_steps
from app.scenarios.scenario import Scenario
from app.scenarios.shape import Misfit, Path, nearest, shown
from app.trace.commands import Configure, PlacedCommand


def faults_of(front: Front, scenarios: dict[str, Scenario], words: set[str]) -> Iterator[Misfit]:
    """Everything that cannot be, in the order of the file."""
    for place, term in enumerate(front.terms):
        if term not in words:
            wrong = f"The glossary has no term {shown(term)}."
            yield Misfit(("terms", place), wrong, f"{nearest(term, words)} Or add it there.")
    scenario = scenarios.get(front.scenario)
    if scenario is None:
        wrong = f"There is no scene {shown(front.scenario)}."
        yield Misfit(("scenario",), wrong, nearest(front.scenario, scenarios))
    else:
        yield from _names(front, scenario)
    for name in QUESTIONS:
        yield from _question(name, getattr(front, name))
    yield from _task(front)


def _names(front: Front, scenario: Scenario) -> Iterator[Misfit]:
    """Shoppers, nodes, settings and sides are the scene's."""
    sides = [spec.name for spec in scenario.clusters]
    for path, claim in _claims(front):
        if claim == Claim(claim.side, claim.key):
            yield Misfit(path, "This claims nothing.", "Give cart, items, versions, accepted, …")
        if claim.side not in sides:
            wrong = f"There is no side {shown(claim.side)}."
            yield Misfit((*path, "side"), wrong, nearest(claim.side, sides))
        if claim.key not in scenario.types:
            wrong = f"There is no key {shown(claim.key)}."
            yield Misfit((*path, "key"), wrong, nearest(claim.key, scenario.types))
    for path, steps in _runs(front):
        try:
            check_steps(scenario, steps, path)
            _settings(scenario, steps, path)
        except Misfit as misfit:
            yield misfit


def _settings(scenario: Scenario, steps: Steps, path: Path) -> None:
    changes: list[PlacedCommand] = []
    for place, step in enumerate(steps):
        for number, command in enumerate(step):
            at = (*path, place, number)
            if not isinstance(command, Configure):
                continue
            if effect_of(scenario, command) == "new_run":
                wrong = f"{command.setting} can be set only for a whole run, from its start."
                raise Misfit(at, wrong, "Choose a scene that starts with it, or leave it out.")
            changes.append(PlacedCommand(place + 1, command))
            try:
                check_settings(scenario, tuple(changes))
            except CommandRejected as no:
                raise Misfit(at, f"{no.asked} {no.reason}", no.remedy) from no


def _question(name: str, question: Question) -> Iterator[Misfit]:
    if name == "happened" and (question.run or question.before):
        wrong = "This question is about the run that was predicted, and has none of its own."
        yield Misfit((name,), wrong, "Leave run and before out.")
    if name != "happened" and not question.run:
        yield Misfit((name,), "This question has no run.", "Give run = [[ … ]]: it decides.")
    texts = [option.text for option in question.options]
    for place, option in enumerate(question.options):
        if option.text in texts[:place]:
            wrong = "Two options say the same."
            yield Misfit((name, "options", place, "text"), wrong, "Leave one out, or reword it.")


def _task(front: Front) -> Iterator[Misfit]:
    for place, condition in enumerate(front.task.conditions):
        least, most = ITEMS_OF[condition.check]
        if least <= len(condition.items) <= most:
            continue
        wanted = str(least) if least == most else f"{least} to {most}"
        yield Misfit(
            ("task", "conditions", place),
            f"{condition.check} is about {wanted} items, and this names {len(condition.items)}.",
            'Give items = ["milk", …].' if most else "Leave items out.",
        )
    names = [attempt.name for attempt in front.task.wrong]
    for place, name in enumerate(names):
        if name in names[:place]:
            wrong = f"Two wrong runs are called {shown(name)}."
            yield Misfit(("task", "wrong", place, "name"), wrong, "Give each another name.")


def _claims(front: Front) -> Iterator[tuple[Path, Claim]]:
    for place, claim in enumerate(front.worked.shows):
        yield ("worked", "shows", place), claim
    for name in QUESTIONS:
        question: Question = getattr(front, name)
        for number, option in enumerate(question.options):
            for place, claim in enumerate(option.holds):
                yield (name, "options", number, "holds", place), claim


def _runs(front: Front) -> Iterator[tuple[Path, Steps]]:
    yield ("worked", "steps"), front.worked.steps
    for name in QUESTIONS:
        question: Question = getattr(front, name)
        yield (name, "before"), question.before
        yield (name, "run"), question.run
    yield ("task", "solution"), front.task.solution
    for place, attempt in enumerate(front.task.wrong):
        yield ("task", "wrong", place, "steps"), attempt.steps
