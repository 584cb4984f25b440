"""Closed forms of staleness, against published digits and against counting every case."""

from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product

import pytest

from app.experiments.pbs_exact import (
    fresh_within,
    least_load,
    miss,
    not_monotonic,
    stale_by,
    stale_instant,
)


@pytest.mark.parametrize(
    ("n", "r", "w", "within"),
    [
        (3, 1, 1, {1: ".3333", 2: ".5556", 3: ".7037", 5: ".8683", 10: ".9827"}),
        (3, 1, 2, {1: ".6667", 2: ".8889", 3: ".9630", 5: ".9959", 10: ".99998"}),
        (3, 2, 1, {1: ".6667", 2: ".8889", 3: ".9630", 5: ".9959", 10: ".99998"}),
        (5, 2, 2, {1: ".7", 2: ".91", 3: ".973", 5: ".9976", 10: ".999994"}),
    ],
)
def test_staleness_in_versions_is_the_published_one(
    n: int, r: int, w: int, within: dict[int, str]
) -> None:
    for k, digits in within.items():
        places = len(digits) - 1
        assert round(fresh_within(n, r, w, k), places) == Fraction(Decimal(digits)), k


def test_large_systems_seldom_miss() -> None:
    assert float(miss(100, 30, 30)) == pytest.approx(1.884e-6, rel=5e-4)
    assert miss(3, 2, 2) == 0


@pytest.mark.parametrize(("n", "r", "w"), [(3, 1, 1), (3, 2, 1), (4, 2, 1), (4, 1, 2), (3, 2, 2)])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_staleness_in_versions_counts_every_case(n: int, r: int, w: int, k: int) -> None:
    """All ways in which the last k writes and one read can choose their copies."""
    writes = product(combinations(range(n), w), repeat=k)
    cases = [
        any(set(read) & set(written) for written in chosen)
        for chosen in writes
        for read in combinations(range(n), r)
    ]
    assert fresh_within(n, r, w, k) == Fraction(sum(cases), len(cases))


def test_monotonic_reads_miss_what_was_written_in_between() -> None:
    """With whole ratios the exponent is whole: so many versions are missed one after another."""
    for between in (1, 2, 5):
        missed = not_monotonic(3, 1, 1, str(between), "1")
        assert float(missed) == pytest.approx(float(1 - fresh_within(3, 1, 1, between + 1)))
        strict = not_monotonic(3, 1, 1, str(2 * between), "2", strict=True)
        assert float(strict) == pytest.approx(float(1 - fresh_within(3, 1, 1, between)))
    assert float(not_monotonic(5, 2, 2, "1", "2")) == pytest.approx(0.3**1.5)
    assert not_monotonic(3, 2, 2, "1", "1") == 0


def test_staleness_in_time_with_instant_answers() -> None:
    assert f"{stale_instant(3, 1, 1, '0.1', '0'):.5f}" == "0.66667"
    assert f"{stale_instant(3, 1, 1, '0.1', '10'):.5f}" == "0.24525"
    assert stale_instant(3, 2, 2, "0.1", "0") == 0
    # Two replies must both come from copies that have nothing yet: twice the rate.
    once, twice = stale_instant(5, 1, 1, "0.1", "10"), stale_instant(5, 2, 1, "0.1", "5")
    assert twice / once == Decimal(6) / Decimal(10) / (Decimal(4) / Decimal(5))


def test_rules_of_thumb() -> None:
    assert stale_by("0.1", 3) == Decimal("0.001")
    # With no staleness allowed it is the least load of strict quorums, 1 / √N.
    assert least_load(4, "0", 1) == Decimal("0.5")
    assert float(least_load(9, "0.19", 1)) == pytest.approx(0.9 / 3)
    assert float(least_load(9, "0.19", 2)) == pytest.approx(0.9**0.5 / 3)
