"""What an experiment is: a question, what may be set, and how one trial answers it.

For every x of the curve and every seed there is one trial; what it measures has a name (a series).
Series become lines: the share of trials that say yes, or a percentile of the times.
"""

from array import array
from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from app.experiments.lab.bands import Band, percentile, wilson
from app.experiments.lab.fields import Field, Values
from app.experiments.lab.trial import Outcome, Trial
from app.experiments.published import Published

NOTHING = -1
"""In a sample: this trial had nothing to measure."""


class Line(Struct, frozen=True):
    """`series` drawn as `percent` of its times, or as its share (None)."""

    series: str
    title: str
    percent: float | None = None

    def band(self, sample: Sequence[int]) -> Band | None:
        """In percent or milliseconds; None without a sample."""
        if not sample:
            return None
        if self.percent is None:
            found, scale = wilson(sum(sample), len(sample)), 100.0
        else:
            found, scale = percentile(sorted(sample), self.percent), 1 / 1_000
        return Band(found.middle * scale, found.low * scale, found.high * scale)


class Known(Struct, frozen=True):
    """A number that others published: at which x, of which line, and how it compares."""

    x: int
    line: str
    theirs: str
    source: str


class Axis(Struct, frozen=True):
    """`points`: in base units, `scale` of which are one of `unit`; `names` where they are kinds."""

    title: str
    points: tuple[int, ...]
    scale: int = 1
    unit: str = ""
    names: tuple[str, ...] = ()

    def told(self, x: int) -> str:
        if self.names:
            return self.names[x]
        return f"{x / self.scale:g} {self.unit}".rstrip()


Measured = dict[str, Outcome]


class Experiment(Struct, frozen=True):
    """`shows` share (in %) or time (in ms). `trial` runs x and seed and says what each series
    measured; with `whole` both clusters are simulated, for the stage. `expected`: the closed form
    of a line at x, where there is one, in the unit of the chart."""

    name: str
    title: str
    question: str
    fields: tuple[Field, ...]
    shows: Literal["share", "time"]
    y_title: str
    dot: str
    assumes: str
    axis: Callable[[Values], Axis]
    lines: Callable[[Values], tuple[Line, ...]]
    trial: Callable[[Values, int, int, Published, bool], tuple[Trial, Measured]]
    expected: Callable[[Values, Line, int], float | None] = lambda _values, _line, _x: None
    expected_title: str = ""
    published: Callable[[Values, Published], tuple[Known, ...]] = lambda _values, _published: ()
    note: str = ""
    live: bool = False
    usual_trials: int = 100

    @property
    def asked(self) -> str:
        return f"Run the experiment “{self.title}”."

    def series(self, values: Values) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.series for line in self.lines(values)))


class Part(Struct, frozen=True):
    """Seeds `first` … `first + count − 1` of one point: what one process does at a time."""

    experiment: str
    values: Values
    x: int
    first: int
    count: int
    published: Published


class Sample:
    """What the trials of one point gave, by series: the value of seed n at place n."""

    def __init__(self, series: Sequence[str]) -> None:
        self.values = {name: array("q") for name in series}

    @property
    def count(self) -> int:
        return max(map(len, self.values.values()), default=0)

    def add(self, found: dict[str, list[int]]) -> None:
        for name, values in found.items():
            self.values[name].extend(values)

    def of(self, series: str) -> list[int]:
        """Without the trials that had nothing to measure."""
        return [value for value in self.values[series] if value != NOTHING]

    def extremes(self, line: Line, most: int = 3) -> list[tuple[int, int]]:
        """(seed, value) of the rarest: the longest times, or the rarer of yes and no."""
        pairs = [(n, v) for n, v in enumerate(self.values[line.series]) if v != NOTHING]
        if line.percent is not None:
            return sorted(pairs, key=lambda pair: -pair[1])[:most]
        yes = [pair for pair in pairs if pair[1]]
        no = [pair for pair in pairs if not pair[1]]
        rarer, other = sorted((yes, no), key=len)
        return (rarer or other)[:most]
