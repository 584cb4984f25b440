"""Luck depends on the seed and the causal name, on nothing else, and has the shape it claims."""

from app.sim.latency import Constant, Exponential, Uniform, sample
from app.sim.luck import draw, jitter, mix, name_hash

SEED = 11


def test_a_name_has_one_luck_and_every_part_of_it_counts() -> None:
    name = (SEED, "phone-1", "replicate", 0, "n1", "n2")
    others = [
        (SEED + 1, *name[1:]),
        (SEED, "phone-2", *name[2:]),
        (*name[:2], "ack", *name[3:]),
        (*name[:3], 1, *name[4:]),
        (*name[:4], "n2", "n1"),
    ]
    assert jitter(*name) == jitter(*name)
    assert len({jitter(*name), *(jitter(*other) for other in others)}) == 6


def test_known_values_so_that_no_platform_or_version_can_drift() -> None:
    assert name_hash("phone-1") == 3_932_922_903_448_821_984
    assert mix(1) == 6_238_072_747_940_578_789
    assert draw(SEED, "n1", "election/2", 200_000, 400_000) == 259_861


def test_uniform_stays_inside_and_reaches_both_ends() -> None:
    got = {sample(Uniform(8, 12), mix(n)) for n in range(1_000)}
    assert got == {8, 9, 10, 11, 12}


def test_constant_is_constant() -> None:
    assert sample(Constant(7), mix(3)) == 7


def test_exponential_has_its_mean_median_and_tail() -> None:
    drawn = sorted(sample(Exponential(1_000_000), mix(n)) for n in range(200_000))
    mean = sum(drawn) / len(drawn)
    assert abs(mean - 1_000_000) < 10_000
    # ln 2, ln 10 and ln 1000 means: quantiles of the exponential distribution.
    for share, expected in ((0.5, 693_147), (0.9, 2_302_585), (0.999, 6_907_755)):
        assert abs(drawn[int(share * len(drawn))] - expected) < 0.03 * expected
