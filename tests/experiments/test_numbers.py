"""Quantiles, binomial bounds and the closed form of split votes, against exact arithmetic."""

from fractions import Fraction
from math import comb

import pytest

from app.experiments import raft_split
from app.experiments.numbers import choose, likely, mean, quantile, share
from app.experiments.published import SplitRate


def test_quantiles_shares_and_means() -> None:
    ordered = list(range(1, 101))
    assert (quantile(ordered, 50), quantile(ordered, 99.9), quantile([7], 5)) == (51, 100, 7)
    assert share(ordered, 25) == 0.25
    assert mean(ordered) == 50.5


@pytest.mark.parametrize("chance", [Fraction(6, 10_000), Fraction(1, 20), Fraction(2, 3)])
@pytest.mark.parametrize("count", [50, 400])
def test_the_bounds_leave_out_no_more_than_they_say(count: int, chance: Fraction) -> None:
    low, high = likely(count, float(chance))
    weights = [
        comb(count, hits) * chance**hits * (1 - chance) ** (count - hits)
        for hits in range(count + 1)
    ]
    assert sum(weights[:low]) <= Fraction(1, 20_000) < sum(weights[: low + 1])
    assert sum(weights[high + 1 :]) <= Fraction(1, 20_000) < sum(weights[high:])


def test_large_samples_do_not_underflow() -> None:
    low, high = likely(10_000, 0.6723)
    assert 6_500 < low < 6_723 < high < 6_950


def test_choose() -> None:
    assert [choose(5, k) for k in range(6)] == [comb(5, k) for k in range(6)]


@pytest.mark.parametrize(
    ("servers", "up", "delay", "percent"),
    [(5, 4, 1, 0.06), (5, 4, 10, 5.23), (5, 4, 20, 18.08), (5, 3, 20, 48.8), (9, 5, 20, 67.2)],
)
def test_the_closed_form_gives_the_published_rates(
    servers: int, up: int, delay: int, percent: float
) -> None:
    rate = raft_split.closed_form(SplitRate(servers, up, delay, ""))
    assert rate * 100 == pytest.approx(percent, rel=0.02)
