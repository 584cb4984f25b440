"""The laboratory over HTTP: a list, a page an experiment, its runs, and every dot on the stage."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from app.errors import CommandRejected
from app.experiments.lab import sheets
from app.experiments.lab.entries import ENTRIES, Asked, open_dot
from app.experiments.lab.experiment import Experiment
from app.experiments.lab.fields import Number, Values, read_fields, usual
from app.rooms.links import LinkedRun, write_link
from app.scenarios.shape import nearest
from app.web.forms import check_began, sent_fields
from app.web.identity import keep, learner_of, new_learner, visitor_of
from app.web.lab_live import LiveCurves
from app.web.lab_view import View, view
from app.web.laboratory import Laboratory, Run, trials_field
from app.web.parts import hub_of, templates_of
from app.web.templates import json_in_html

router = APIRouter()
MOST_FIELDS = 20
MOST_FORM = 2_000
MOST_SEED = 1_000_000


@router.api_route("/experiments", methods=["GET", "HEAD"])
async def experiments(request: Request) -> HTMLResponse:
    return templates_of(request).page(
        "experiments.html", experiments=list(ENTRIES.values()), page="experiments"
    )


@router.api_route("/experiments/{name}", methods=["GET", "HEAD"])
async def experiment(request: Request, name: str) -> HTMLResponse:
    """The page with the settings of the address, and nothing run yet."""
    found = _find(name)
    try:
        values = read_fields(found.fields, request.query_params, found.asked)
    except CommandRejected as no:
        return _page(request, found, usual(found.fields), None, no, 422)
    try:
        seen = await _live(request).view(visitor_of(request), found, values) if found.live else None
    except CommandRejected as no:
        return _page(request, found, values, None, no, 422)
    return _page(request, found, values, None, seen=seen)


@router.get("/experiments/{name}/live")
async def live(request: Request, name: str) -> HTMLResponse:
    """The curves of these settings at once, or the sentence that refuses them, for the script."""
    found, templates = _find(name), templates_of(request)
    try:
        if not found.live:
            reason = "This experiment has no model that draws at once."
            raise CommandRejected(found.asked, reason, "Run the engine.")
        values = read_fields(found.fields, request.query_params, found.asked)
        seen = await _live(request).view(visitor_of(request), found, values)
    except CommandRejected as no:
        return templates.page(
            "experiment_result.html", 422, experiment=found, refused=no, **_result(request, None)
        )
    return templates.page(
        "experiment_result.html",
        experiment=found,
        refused=None,
        **_result(request, None, seen),
    )


@router.post("/experiments/{name}")
async def start(request: Request, name: str) -> Response:
    """Begin a run: to its page, or this one with why not."""
    found = _find(name)
    given: Mapping[str, str] = {}
    try:
        given = await sent_fields(request, found.asked, MOST_FORM, MOST_FIELDS)
        values = read_fields(found.fields, given, found.asked)
        trials = trials_field(_laboratory(request).limits, found)
        count = trials.read(given.get("trials", str(trials.usual)), found.asked)
        run = _laboratory(request).start(visitor_of(request), found, values, count)
    except CommandRejected as no:
        return _page(request, found, _as_given(found, given), None, no, 422)
    return RedirectResponse(f"/experiments/{name}/runs/{run.id}", 303)


@router.api_route("/experiments/{name}/runs/{run}", methods=["GET", "HEAD"])
async def show(request: Request, name: str, run: str) -> HTMLResponse:
    """A run as it is now, on a page that goes on asking for it."""
    found = _find(name)
    kept = _laboratory(request).find(found, run)
    seen = await _seen(request, kept)
    return _page(request, found, kept.values, kept, seen=seen)


@router.api_route("/experiments/{name}/runs/{run}/result", methods=["GET", "HEAD"])
async def result(request: Request, name: str, run: str) -> HTMLResponse:
    """The part of the page that changes while the run works."""
    found = _find(name)
    kept = _laboratory(request).find(found, run)
    seen = _result(request, kept, await _seen(request, kept))
    return templates_of(request).page(
        "experiment_result.html", experiment=found, refused=None, **seen
    )


@router.post("/experiments/{name}/runs/{run}/cancel")
async def cancel(request: Request, name: str, run: str) -> Response:
    laboratory = _laboratory(request)
    kept = laboratory.find(_find(name), run)
    check_began(request, kept.visitor, "Cancel this run.")
    laboratory.cancel(kept)
    return RedirectResponse(f"/experiments/{name}/runs/{run}", 303)


@router.get("/experiments/{name}/runs/{run}/{file}.csv")
async def download(request: Request, name: str, run: str, file: str) -> Response:
    """points.csv: the curve; trials.csv: every seed."""
    found = _find(name)
    kept = _laboratory(request).find(found, run)
    writers = {"points": sheets.points, "trials": sheets.trials}
    if file not in writers:
        raise CommandRejected(
            f"Download {file[:20]}.csv.", "There is no such file.", "Choose points or trials."
        )
    text = await asyncio.to_thread(
        writers[file], found, kept.values, kept.samples, request.app.state.engine
    )
    disposition = {"Content-Disposition": f'attachment; filename="{name}-{file}.csv"'}
    return PlainTextResponse(text, media_type="text/csv", headers=disposition)


@router.get("/experiments/{name}/open")
async def open_trial(request: Request, name: str) -> Response:
    """One trial on the stage, at the moment that it is about."""
    found, laboratory, hub = _find(name), _laboratory(request), hub_of(request)
    asked = "Open this run on the stage."
    query = request.query_params
    values = read_fields(found.fields, query, asked)
    seed = Number("seed", "Seed", 0, MOST_SEED, 0).read(query.get("seed", ""), asked)
    x = Number("x", "The point", 0, 10**8, 0).read(query.get("x", ""), asked)
    series = query.get("series", "")
    if series not in found.series(values):
        remedy = nearest(series, found.series(values))
        raise CommandRejected(asked, f"There is no line {series[:20]!a}.", remedy)
    _on_axis(found, values, x, asked)
    job = Asked(name, values, x, seed, series, laboratory.published)
    dot = await laboratory.pool.run(visitor_of(request), open_dot, job, asked)
    link = write_link(LinkedRun("experiment", dot.seed, hub.engine, dot.at, dot.commands, dot.file))
    return RedirectResponse(f"/run/{link}", 303)


def _on_axis(found: Experiment, values: Values, x: int, asked: str) -> None:
    """Refuse an x that the experiment does not have."""
    points = found.axis(values).points
    if not (x in points or (found.live and x <= points[-1])):
        raise CommandRejected(
            asked, "There is no such point on this curve.", "Open one that is drawn."
        )


def _page(
    request: Request,
    found: Experiment,
    values: Values,
    run: Run | None,
    refused: CommandRejected | None = None,
    status: int = 200,
    seen: View | None = None,
) -> HTMLResponse:
    """With a cookie, so that the run is its visitor's."""
    page = templates_of(request).page(
        "experiment.html",
        status,
        experiment=found,
        values=values,
        trials=trials_field(_laboratory(request).limits, found),
        chosen=run.trials if run else found.usual_trials,
        refused=refused,
        page="experiments",
        **_result(request, run, seen),
    )
    if not learner_of(request):
        keep(page, new_learner())
    return page


async def _seen(request: Request, run: Run) -> View:
    """What a run has come to, with the model's curve beside it where there is one."""
    published = _laboratory(request).published
    if run.experiment.live and run.model is None:
        with contextlib.suppress(CommandRejected):
            run.model = await _live(request).shares(visitor_of(request), run.experiment, run.values)
    return await asyncio.to_thread(
        view, run.experiment, run.values, run.samples, published, run.model
    )


def _result(request: Request, run: Run | None, seen: View | None = None) -> dict[str, Any]:
    chart = json_in_html(msgspec.json.encode(seen.chart)) if seen else ""
    mine = run is not None and run.visitor == visitor_of(request)
    return {"run": run, "view": seen, "chart": chart, "mine": mine}


def _as_given(found: Experiment, given: Mapping[str, str]) -> Values:
    """What was given where it can be, the usual value elsewhere: to fill the form in again."""
    values = usual(found.fields)
    for field in found.fields:
        try:
            values |= read_fields((field,), given, found.asked)
        except CommandRejected:
            continue
    return values


def _find(name: str) -> Experiment:
    if name not in ENTRIES:
        raise CommandRejected(
            f"Open the experiment {name[:40]}.",
            "There is no such experiment.",
            nearest(name, ENTRIES),
        )
    return ENTRIES[name]


def _laboratory(request: Request) -> Laboratory:
    laboratory: Laboratory = request.app.state.laboratory
    return laboratory


def _live(request: Request) -> LiveCurves:
    curves: LiveCurves = request.app.state.live_curves
    return curves
