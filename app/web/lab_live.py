"""Curves drawn at once: the vectorised twin of an experiment, for sliders.

The draws are hashed once, in the pool; what sliders change is added up in a thread, one request at
a time. NumPy is imported when somebody first asks.
"""

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from app.experiments.lab.bands import SHARE_BAND
from app.experiments.lab.experiment import Experiment
from app.experiments.lab.fields import Values, number
from app.experiments.lab.staleness import legs
from app.web.lab_view import Cell, Row, View, address, axis_of, base, told
from app.web.laboratory import Laboratory

if TYPE_CHECKING:
    from app.experiments.lab.twin import Curve, Twin

PARTS = 10
KEPT = 2
DRAWN = 6
"""Pairs of R and W in the picture; the table has all."""
HOUSE = "the house"


class LiveCurves:
    """Twins by N, the newest few."""

    def __init__(self, laboratory: Laboratory) -> None:
        self.laboratory = laboratory
        self._twins: OrderedDict[int, Twin] = OrderedDict()
        self._one = asyncio.Lock()

    async def view(self, visitor: str, experiment: Experiment, values: Values) -> View:
        """The curves of these settings; raises CommandRejected when the visitor's share is used."""
        pool = self.laboratory.pool
        pool.quota.check(visitor, experiment.asked)
        async with self._one:
            twin = await self._twin(experiment, number(values, "n"))
            began = time.perf_counter()
            found = await asyncio.to_thread(self._curves, twin, values)
            took = time.perf_counter() - began
        pool.quota.charge(visitor, took)
        return _view(experiment, values, found, took, self.laboratory)

    async def shares(
        self, visitor: str, experiment: Experiment, values: Values
    ) -> dict[int, float]:
        """The chosen curve in percent at the points of the experiment."""
        self.laboratory.pool.quota.check(visitor, experiment.asked)
        async with self._one:
            twin = await self._twin(experiment, number(values, "n"))
            curves = await asyncio.to_thread(self._curves, twin, values)
        chosen = next(iter(curves.values()))
        step = int(chosen.points[1])
        points = experiment.axis(values).points
        return {x: float(chosen.middle[x // step]) * 100 for x in points}

    def _curves(self, twin: "Twin", values: Values) -> dict[tuple[int, int], "Curve"]:
        from app.experiments.lab.twin import curve, pairs

        after = twin.after(*legs(values, self.laboratory.published))
        until = number(values, "until") * 1_000
        return {pair: curve(after[pair], until) for pair in pairs(values)}

    async def _twin(self, experiment: Experiment, n: int) -> "Twin":
        from app.experiments.lab.twin import TRIALS, Draws, Twin, draw_bits

        if n not in self._twins:
            each = TRIALS // PARTS
            parts = [
                await self.laboratory.pool.run(
                    HOUSE, draw_bits, Draws(n, place * each, each), experiment.asked
                )
                for place in range(PARTS)
            ]
            self._twins[n] = Twin(n, parts)
            while len(self._twins) > KEPT:
                self._twins.popitem(last=False)
        self._twins.move_to_end(n)
        return self._twins[n]


def _view(
    experiment: Experiment,
    values: Values,
    curves: "dict[tuple[int, int], Curve]",
    took: float,
    laboratory: Laboratory,
) -> View:
    known = experiment.published(values, laboratory.published)
    axis = experiment.axis(values)
    heads = tuple(f"R={r} W={w}" for r, w in curves)
    chosen = next(iter(curves.values()))
    step = int(chosen.points[1])
    rows = []
    for x in axis.points:
        cells = tuple(_cell(one, x // step) for one in curves.values())
        theirs = "; ".join(f"{one.line}: {one.theirs}" for one in known if one.x == x)
        rows.append(Row(axis.told(x), cells, theirs))
    latest = [
        (
            f"seed {seed}: stale up to {at / 1_000:g} ms",
            address(experiment, values, at, seed, "stale"),
        )
        for seed, at in chosen.latest[:5]
    ]
    drawn: list[dict[str, Any]] = []
    for head, one in list(zip(heads, curves.values(), strict=True))[:DRAWN]:
        columns = (one.points, one.middle * 100, one.low * 100, one.high * 100)
        points = [
            [int(x), round(float(y), 4), round(float(low), 4), round(float(high), 4)]
            for x, y, low, high in zip(*columns, strict=True)
        ]
        drawn.append({"title": head, "points": points})
    dots = [(at, float(chosen.middle[at // step]) * 100, seed) for seed, at in chosen.latest]
    chart = {
        "kind": "share",
        "x": axis_of(axis),
        "y": {"title": experiment.y_title, "unit": "%"},
        "lines": drawn,
        "expected": {"title": "", "lines": []},
        "open": base(experiment, values),
        "dots": [{"series": "stale", "title": "The last stale read", "exact": True, "dots": dots}],
    }
    said = (
        f"Drawn in {took * 1_000:.0f} ms by a vectorised model of the engine, from 50,000 trials "
        f"for each pair. {SHARE_BAND}"
    )
    sources = tuple(dict.fromkeys(one.source for one in known))
    return View(heads, tuple(rows), chart, said, sources, tuple(latest))


def _cell(one: "Curve", place: int) -> Cell:
    middle, low, high = (float(a[place]) * 100 for a in (one.middle, one.low, one.high))
    return Cell(f"{told(middle)} %", f"{told(low)} to {told(high)}", "", 0, ())
