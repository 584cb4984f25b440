"""The lessons: a list, a page each, and one form address a lesson for all its buttons."""

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.errors import CommandRejected
from app.lessons.lesson import QUESTIONS, Question
from app.lessons.outcome import evidence, outcome
from app.rooms.course import Course, Place
from app.rooms.hub import Hub
from app.rooms.keys import voter_of
from app.rooms.log import Asked
from app.trace.sentences import sentence
from app.web.identity import keep, learner_of, new_learner
from app.web.parts import templates_of
from app.web.scene import scene_json
from app.web.security import same_origin
from app.web.templates import json_in_html

router = APIRouter()
MAX_FIELDS = 4


class Answer(msgspec.Struct):
    """A question as the page shows it. `chosen`: None before; −1 is "I don't know"."""

    name: str
    question: Question
    chosen: int | None
    ran: bool
    right: int | None


class View(msgspec.Struct):
    """What the text column needs. `seen`: what is behind the learner."""

    place: Place
    seen: frozenset[str]
    answers: dict[str, Answer]
    hints: tuple[str, ...]
    evidence: list[tuple[str, str, str]]
    refused: CommandRejected | None


@router.api_route("/lessons", methods=["GET", "HEAD"])
async def lessons(request: Request) -> HTMLResponse:
    """All lessons and how far this learner is in each."""
    course = _course(request)
    learner = learner_of(request)
    begun = await course.rooms(learner)
    lines = []
    for slug, lesson in course.hub.lessons.items():
        place = await course.place(learner, slug) if slug in begun else None
        lines.append((lesson, _standing(place)))
    return templates_of(request).page("lessons.html", lines=lines, page="lessons")


@router.api_route("/lessons/{slug}", methods=["GET", "HEAD"])
async def lesson(request: Request, slug: str) -> HTMLResponse:
    """The page of a lesson as this learner left it; the cookie comes with it, since the websocket
    has to know the learner from its start."""
    course = _course(request)
    learner = learner_of(request) or new_learner()
    place = await course.place(learner, slug)
    page = await _whole_page(request, course, place, learner)
    if learner != learner_of(request):
        keep(page, learner)
    return page


@router.post("/lessons/{slug}")
async def press(request: Request, slug: str) -> Response:
    """A button of the lesson; htmx gets the text column, a browser alone a redirect."""
    if not same_origin(request.headers):
        return HTMLResponse("Use our own page.", 403)
    learner = learner_of(request) or new_learner()
    course = _course(request)
    what, choice = await _read(request)
    refused = None
    try:
        place = await course.do(learner, slug, what, choice)
    except CommandRejected as no:
        course.lesson(slug)
        place, refused = await course.place(learner, slug), no
    if request.headers.get("hx-request") != "true":
        answer: Response = RedirectResponse(f"/lessons/{slug}", 303)
    else:
        view = await _view(course, place, learner, refused)
        answer = templates_of(request).page("lesson_text.html", view=view, lesson=place.lesson)
        trigger = msgspec.json.encode({"room-made": {"room": place.room}}).decode()
        answer.headers["HX-Trigger"] = trigger
    if learner != learner_of(request):
        keep(answer, learner)
    return answer


async def _read(request: Request) -> tuple[str, int]:
    """The button that was pressed and the option chosen (−1: "I don't know")."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > 500:
        raise CommandRejected("Send this form.", "It is too long.", "Reload the page.")
    async with request.form(max_files=0, max_fields=MAX_FIELDS) as fields:
        what, choice = str(fields.get("do", "")), str(fields.get("choice", "-1"))
    number = int(choice) if choice.lstrip("-").isdecimal() and len(choice) < 4 else -1
    return what, max(-1, number)


async def _whole_page(request: Request, course: Course, place: Place, learner: str) -> HTMLResponse:
    hub = course.hub
    if place.room is None:
        scene = hub.first_scene(place.lesson.front.scenario)
    else:
        scene = await hub.scene(place.room, "")
    return templates_of(request).page(
        "lesson.html",
        scene=json_in_html(scene_json(scene, "")),
        scenario=scene.scenario,
        lesson=place.lesson,
        view=await _view(course, place, learner, None),
        room=place.room or "",
        page="lesson",
    )


async def _view(
    course: Course, place: Place, learner: str, refused: CommandRejected | None
) -> View:
    fold = place.fold
    if fold is None:
        return View(place, frozenset(), {}, (), [], refused)
    voter = voter_of(learner)
    answers = {}
    for name in QUESTIONS:
        asked = fold.asked.get(name)
        question = place.lesson.question(name)
        # A question that had other options when it was answered is asked of nobody any more.
        if asked is not None and question is not None and _fits(asked, question):
            answers[name] = _answer(name, question, asked, voter)
    seen = frozenset(fold.passed)
    count = sum(1 for passed in seen if passed.startswith("hint-"))
    shown = []
    if answers.keys() >= {"predict", "happened"} and answers["happened"].chosen is not None:
        shown = await _evidence(course, place, fold.asked["predict"])
    return View(place, seen, answers, place.lesson.front.task.hints[:count], shown, refused)


def _fits(asked: Asked, question: Question) -> bool:
    return max(asked.right, *asked.votes.values(), -1) < len(question.options)


def _answer(name: str, question: Question, asked: Asked, voter: str) -> Answer:
    chosen = asked.votes.get(voter)
    ran = asked.ran or not asked.held
    return Answer(name, question, chosen, ran, asked.right if ran and chosen is not None else None)


async def _evidence(course: Course, place: Place, asked: Asked) -> list[tuple[str, str, str]]:
    """(side, moment, sentence): the answers that the shoppers got in the predicted run."""
    opened = await course.hub.open(place.room or "")
    async with opened.lock:
        timeline = opened.room.timeline(asked.branch)
        events = timeline.events(asked.until)
        found = evidence(outcome(events, timeline.judgements(asked.until)))
    lines = []
    for spec in opened.room.scenario.clusters:
        for seq in found[spec.name]:
            row = events[spec.name][seq]
            said = sentence(spec.design, row, opened.room.scenario.types)
            lines.append((spec.title, f"{row.at / 1e6:.3f} s", said))
    return lines


def _standing(place: Place | None) -> str:
    if place is None or place.fold is None:
        return ""
    if "transfer" in place.fold.asked and place.fold.asked["transfer"].ran:
        return "done"
    return "task solved" if "solved" in place.fold.passed else "begun"


def _course(request: Request) -> Course:
    hub: Hub = request.app.state.hub
    return Course(hub)
