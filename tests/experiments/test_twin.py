"""The vectorised model takes the engine's draws: trial n is seed n, to the microsecond."""

import pytest

from app.experiments.lab.entries import work
from app.experiments.lab.experiment import Part
from app.experiments.lab.fields import usual
from app.experiments.lab.staleness import EXPERIMENT, legs
from app.experiments.lab.twin import POINTS, Draws, Twin, curve, draw_bits, pairs
from app.main import read_published

PUBLISHED = read_published()
SEEDS = 10


@pytest.fixture(scope="module")
def twins() -> dict[int, Twin]:
    """The draws of a part do not depend on where it begins."""
    some = {n: Twin(n, [draw_bits(Draws(n, 0, 40)), draw_bits(Draws(n, 40, 10))]) for n in (2, 3)}
    return some | {5: Twin(5, [draw_bits(Draws(5, 0, SEEDS))])}


@pytest.mark.parametrize("delays", ["means", "ssd", "disk", "ymmr"])
@pytest.mark.parametrize(("n", "r", "w"), [(2, 1, 1), (3, 1, 1), (3, 2, 1), (3, 1, 2), (5, 2, 2)])
def test_a_read_is_stale_up_to_the_moment_that_the_model_says(
    twins: dict[int, Twin], delays: str, n: int, r: int, w: int
) -> None:
    values = usual(EXPERIMENT.fields) | {"delays": delays, "n": n, "r": r, "w": w}
    after = twins[n].after(*legs(values, PUBLISHED))[r, w]
    # A mixture spreads its draw over more than 64 bits, so that its last microsecond may differ.
    slack = 0 if delays == "means" else 1
    late = 0
    for seed in range(SEEDS):
        fresh_from = int(after[seed])
        for x, stale in ((fresh_from + slack, 0), (fresh_from - 1 - slack, 1)):
            if x >= 0:
                found = work(Part("staleness", values, x, seed, 1, PUBLISHED))
                assert found.values["stale"] == [stale], (seed, x)
                late += stale
    assert late or (n, r, w, delays) != (3, 1, 1, "means")


def test_shares_are_the_published_ones_within_luck() -> None:
    values = usual(EXPERIMENT.fields)
    twin = Twin(3, [draw_bits(Draws(3, 0, 20_000))])
    after = twin.after(*legs(values, PUBLISHED))
    found = curve(after[1, 1], 60_000)
    assert found.middle[0] == pytest.approx(0.5815, abs=0.012)
    assert found.low[0] < 0.5815 < found.high[0] or abs(found.middle[0] - 0.5815) < 0.012
    assert len(found.points) == POINTS + 1
    # At each point the share is of those that become fresh later.
    for place in (0, 1, 57, POINTS):
        stale = int((after[1, 1] > found.points[place]).sum())
        assert found.middle[place] == stale / 20_000
    seed, at = found.latest[0]
    assert at == after[1, 1][seed] - 1 <= 60_000
    assert curve(after[2, 2], 60_000).middle.max() == 0
    assert pairs(values | {"r": 2, "w": 1}) == [(2, 1), (1, 1), (1, 2)]
