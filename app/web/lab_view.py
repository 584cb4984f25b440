"""An experiment's results as a page shows them: a table, a chart's numbers, a file of them."""

import csv
import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from msgspec import Struct
from msgspec.structs import replace

from app.experiments.lab.bands import PERCENTILE_BAND, SHARE_BAND, Band
from app.experiments.lab.experiment import NOTHING, Axis, Experiment, Line, Sample
from app.experiments.lab.fields import Values
from app.experiments.published import Published

DOTS_A_POINT = 60
TWIN = "the vectorised model, 50,000 trials"


class Cell(Struct, frozen=True):
    """A number of the table, its band, and trials to open: (words, address)."""

    told: str
    band: str
    expected: str
    count: int
    opens: tuple[tuple[str, str], ...]


class Row(Struct, frozen=True):
    """One x, with a cell a line, and what others published there."""

    x: str
    cells: tuple[Cell, ...]
    published: str


class View(Struct, frozen=True):
    """`chart`: what the script draws; the same numbers as in the rows. `latest`: trials at the far
    end of the chosen curve, to open: (words, address)."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    chart: dict[str, Any]
    band: str
    sources: tuple[str, ...]
    latest: tuple[tuple[str, str], ...] = ()

    @property
    def expected_title(self) -> str:
        return str(self.chart["expected"]["title"])


def address(experiment: Experiment, values: Values, x: int, seed: int, series: str) -> str:
    """Where this trial opens on the stage."""
    return f"{base(experiment, values)}&{urlencode({'x': x, 'seed': seed, 'series': series})}"


def base(experiment: Experiment, values: Values) -> str:
    return f"/experiments/{experiment.name}/open?{urlencode(values)}"


def view(
    experiment: Experiment,
    values: Values,
    samples: Mapping[int, Sample],
    published: Published,
    twin: Mapping[int, float] | None = None,
) -> View:
    """`twin`: what a vectorised model says of the one line there is, by x."""
    if twin is not None:
        experiment = replace(
            experiment, expected=lambda _values, _line, x: twin[x], expected_title=TWIN
        )
    axis, lines = experiment.axis(values), experiment.lines(values)
    known = experiment.published(values, published)
    rows = []
    drawn: list[list[Any]] = [[] for _ in lines]
    for x, sample in samples.items():
        cells = []
        for line, into in zip(lines, drawn, strict=True):
            values_of = sample.of(line.series)
            band = line.band(values_of)
            cells.append(_cell(experiment, values, line, x, sample, band))
            if band is not None:
                into.append([x, band.middle, band.low, band.high])
        theirs = "; ".join(f"{one.line}: {one.theirs}" for one in known if one.x == x)
        rows.append(Row(axis.told(x), tuple(cells), theirs))
    chart = {
        "kind": experiment.shows,
        "x": axis_of(axis),
        "y": {"title": experiment.y_title, "unit": unit(experiment)},
        "lines": [
            {"title": line.title, "points": points}
            for line, points in zip(lines, drawn, strict=True)
        ],
        "expected": _expected(experiment, values, axis, lines),
        "open": base(experiment, values),
        "dots": _dots(experiment, values, samples),
    }
    return View(
        tuple(line.title for line in lines),
        tuple(rows),
        chart,
        SHARE_BAND if experiment.shows == "share" else PERCENTILE_BAND,
        tuple(dict.fromkeys(one.source for one in known)),
    )


def unit(experiment: Experiment) -> str:
    return "%" if experiment.shows == "share" else "ms"


def axis_of(axis: Axis) -> dict[str, Any]:
    return {"title": axis.title, "unit": axis.unit, "scale": axis.scale, "names": axis.names}


def told(number: float) -> str:
    """As many digits as say something."""
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def _cell(
    experiment: Experiment, values: Values, line: Line, x: int, sample: Sample, band: Band | None
) -> Cell:
    if band is None:
        return Cell("–", "", "", 0, ())
    opens = []
    for seed, value in sample.extremes(line, 2):
        if experiment.shows == "time":
            words = f"{told(value / 1_000)} ms"
        else:
            words = "yes" if value else "no"
        opens.append((f"seed {seed}: {words}", address(experiment, values, x, seed, line.series)))
    expected = experiment.expected(values, line, x)
    return Cell(
        f"{told(band.middle)} {unit(experiment)}",
        f"{told(band.low)} to {told(band.high)}",
        "" if expected is None else f"{told(expected)} {unit(experiment)}",
        len(sample.of(line.series)),
        tuple(opens),
    )


def _expected(
    experiment: Experiment, values: Values, axis: Axis, lines: tuple[Line, ...]
) -> dict[str, Any]:
    found: list[list[tuple[int, float]]] = []
    for line in lines:
        points = [(x, experiment.expected(values, line, x)) for x in axis.points]
        found.append([(x, y) for x, y in points if y is not None])
    return {"title": experiment.expected_title, "lines": found}


def _dots(
    experiment: Experiment, values: Values, samples: Mapping[int, Sample]
) -> list[dict[str, Any]]:
    """By series: (x, value, seed) of some trials a point, those with the extremes among them."""
    found = []
    for series in experiment.series(values):
        line = next(line for line in experiment.lines(values) if line.series == series)
        dots = []
        for x, sample in samples.items():
            shown = dict(sample.extremes(line, 6))
            for seed, value in enumerate(sample.values[series][:DOTS_A_POINT]):
                if value != NOTHING:
                    shown[seed] = value
            dots += [(x, value, seed) for seed, value in shown.items()]
        title = line.title if line.percent is None else series
        found.append({"series": series, "title": title, "dots": dots})
    return found


def settings_of(experiment: Experiment, values: Values, engine: str) -> list[tuple[str, str]]:
    """What made the numbers, in words and in values."""
    lines = [("experiment", experiment.name), ("engine", engine)]
    lines += [(field.name, str(values[field.name])) for field in experiment.fields]
    return lines


def points_file(
    experiment: Experiment, values: Values, samples: Mapping[int, Sample], engine: str
) -> str:
    """The curve as CSV: lines of settings that begin with #, then a line a point."""
    unit_x = experiment.axis(values)
    file = _begun(experiment, values, engine)
    writer = csv.writer(file)
    writer.writerow(
        ["line", f"x in {unit_x.unit or 'kinds'}", f"y in {unit(experiment)}", "low", "high",
         "trials", "expected"]
    )  # fmt: skip
    for line in experiment.lines(values):
        for x, sample in samples.items():
            found = sample.of(line.series)
            band = line.band(found)
            if band is None:
                continue
            expected = experiment.expected(values, line, x)
            at = unit_x.names[x] if unit_x.names else f"{x / unit_x.scale:g}"
            row = [line.title, at, f"{band.middle:.6g}", f"{band.low:.6g}", f"{band.high:.6g}"]
            writer.writerow([*row, len(found), "" if expected is None else f"{expected:.6g}"])
    return file.getvalue()


def trials_file(
    experiment: Experiment, values: Values, samples: Mapping[int, Sample], engine: str
) -> str:
    """Every trial as CSV: its seed and what it gave, times in µs, shares as 1 and 0."""
    file = _begun(experiment, values, engine)
    writer = csv.writer(file)
    writer.writerow(["series", "x in base units", "seed", "value"])
    for series in experiment.series(values):
        for x, sample in samples.items():
            for seed, value in enumerate(sample.values[series]):
                writer.writerow([series, x, seed, "" if value == NOTHING else value])
    return file.getvalue()


def _begun(experiment: Experiment, values: Values, engine: str) -> io.StringIO:
    file = io.StringIO()
    for name, value in settings_of(experiment, values, engine):
        file.write(f"# {name}: {value}\n")
    return file
