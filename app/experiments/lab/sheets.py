"""Results as CSV: what made them, in lines that begin with #, then a line a point or trial."""

import csv
from collections.abc import Iterable, Mapping

from app.experiments.lab.experiment import NOTHING, Experiment, Sample
from app.experiments.lab.fields import Values


class _Lines(list[str]):
    """A file for csv.writer, in memory."""

    def write(self, line: str) -> None:
        self.append(line)


def unit(experiment: Experiment) -> str:
    """Of y."""
    return "%" if experiment.shows == "share" else "ms"


def points(
    experiment: Experiment, values: Values, samples: Mapping[int, Sample], engine: str
) -> str:
    """The curve: for each line and x what was found, its band and what a closed form says."""
    axis = experiment.axis(values)
    rows = []
    for line in experiment.lines(values):
        for x, sample in samples.items():
            found = sample.of(line.series)
            band = line.band(found)
            if band is None:
                continue
            expected = experiment.expected(values, line, x)
            at = axis.names[x] if axis.names else f"{x / axis.scale:g}"
            middle = (f"{one:.6g}" for one in (band.middle, band.low, band.high))
            told = "" if expected is None else f"{expected:.6g}"
            rows.append([line.title, at, *middle, str(len(found)), told])
    heads = [
        "line",
        f"x in {axis.unit or 'kinds'}",
        f"y in {unit(experiment)}",
        "low",
        "high",
        "trials",
        "expected",
    ]
    return _sheet(experiment, values, engine, [heads, *rows])


def trials(
    experiment: Experiment, values: Values, samples: Mapping[int, Sample], engine: str
) -> str:
    """Every trial: its seed and what it gave, times in µs, shares as 1 and 0."""
    rows = [["series", "x in base units", "seed", "value"]]
    for series in experiment.series(values):
        for x, sample in samples.items():
            rows += [
                [series, str(x), str(seed), "" if value == NOTHING else str(value)]
                for seed, value in enumerate(sample.values[series])
            ]
    return _sheet(experiment, values, engine, rows)


def _sheet(experiment: Experiment, values: Values, engine: str, rows: Iterable[list[str]]) -> str:
    lines = _Lines([f"# experiment: {experiment.name}\n", f"# engine: {engine}\n"])
    lines += [f"# {field.name}: {values[field.name]}\n" for field in experiment.fields]
    csv.writer(lines, lineterminator="\n").writerows(rows)
    return "".join(lines)
