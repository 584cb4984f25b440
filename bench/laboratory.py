"""The laboratory: how long a staleness curve takes to draw, and how fast the engine's trials are.

The draws are hashed before, once a start of the server; what is measured is what a slider changes.
Compared with: the published reference code does 0.1 to 0.3 million trials a second for one point.
"""

import statistics
import time

from msgspec import Struct

from app.experiments.lab.entries import work
from app.experiments.lab.experiment import Part
from app.experiments.lab.fields import usual
from app.experiments.lab.staleness import EXPERIMENT, legs
from app.experiments.lab.twin import POINTS, TRIALS, Draws, Twin, curve, draw_bits
from app.main import read_published

TIMES = 15
BY_ENGINE = 400


class Figures(Struct):
    """Milliseconds; `means`: both exponential; `fitted`: two mixtures with heavy tails, drawn for
    the first time, and then `again`, with other R, W or times."""

    hashing: float
    means: float
    fitted: float
    again: float
    engine_a_second: float
    points: int = POINTS
    trials: int = TRIALS


def measure() -> Figures:
    published = read_published()
    began = time.perf_counter()
    parts = draw_bits(Draws(3, 0, TRIALS))
    hashing = time.perf_counter() - began
    times = {}
    for delays in ("means", "disk"):
        values = usual(EXPERIMENT.fields) | {"delays": delays}
        write, rest = legs(values, published)
        first, again = [], []
        for _ in range(TIMES):
            fresh = Twin(3, [parts])
            for taken in (first, again):
                began = time.perf_counter()
                curve(fresh.after(write, rest)[1, 1], 60_000)
                taken.append(time.perf_counter() - began)
        times[delays] = [statistics.median(taken) * 1_000 for taken in (first, again)]
    began = time.perf_counter()
    work(Part("staleness", usual(EXPERIMENT.fields), 10_000, 0, BY_ENGINE, published))
    speed = BY_ENGINE / (time.perf_counter() - began)
    return Figures(hashing * 1_000, times["means"][1], times["disk"][0], times["disk"][1], speed)
