"""Heavy tails and mixtures against their exact distribution functions."""

from decimal import Decimal

import pytest

from app.sim.latency import Exponential, Mixture, Pareto, sample
from app.sim.luck import mix

COUNT = 40_000


def test_a_pareto_has_its_least_value_and_its_quantiles() -> None:
    drawn = sorted(sample(Pareto(1_000_000, 151, 5), mix(n)) for n in range(COUNT))
    assert drawn[0] >= 1_000_005
    # x with (scale / x) ^ shape = what is left, by hand.
    for left, within in ((Decimal("0.5"), 0.01), (Decimal("0.1"), 0.02), (Decimal("0.01"), 0.06)):
        expected = 1_000_000 * float(left ** (-1 / Decimal("1.51")))
        assert abs(drawn[int((1 - float(left)) * COUNT)] - expected) < within * expected


@pytest.mark.parametrize("power", [1, 2, 16, 31])
def test_a_pareto_is_exact_at_powers_of_two_far_into_its_tail(power: int) -> None:
    """What one draw in 2 ^ power exceeds: with a shape of 2, 2 ^ (power / 2) times the least."""
    bits = 1 << 63 - power
    expected = 1_000_000 * 2 ** (power / 2)
    assert sample(Pareto(1_000_000, 200), bits) == pytest.approx(expected, rel=1e-5)


def test_of_a_mixture_each_part_gets_its_share_and_keeps_its_own_shape() -> None:
    first, second = Exponential(1_000, 5_000_000), Pareto(100_000, 300)
    drawn = [sample(Mixture(62_000, first, second), mix(n)) for n in range(COUNT)]
    slow = sorted(one for one in drawn if one >= 5_000_000)
    fast = sorted(one for one in drawn if one < 5_000_000)
    assert len(slow) / COUNT == pytest.approx(0.062, abs=0.004)
    assert slow[len(slow) // 2] - 5_000_000 == pytest.approx(693, rel=0.08)
    assert slow[len(slow) * 9 // 10] - 5_000_000 == pytest.approx(2_303, rel=0.08)
    assert fast[len(fast) // 2] == pytest.approx(100_000 * 2 ** (1 / 3), rel=0.01)
