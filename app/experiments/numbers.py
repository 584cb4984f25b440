"""What a sample says: means, quantiles, shares, and how far luck alone may take them.

No logarithms and no exponentials of floats, so that every machine prints the same table.
"""

from collections.abc import Sequence


def mean(sample: Sequence[int]) -> float:
    return sum(sample) / len(sample)


def deviation(sample: Sequence[int]) -> float:
    """The standard deviation of one draw."""
    middle = mean(sample)
    return float((sum((one - middle) ** 2 for one in sample) / len(sample)) ** 0.5)


def quantile(ordered: Sequence[int], percent: float) -> int:
    """The smallest of the sorted sample that so many percent do not exceed."""
    place = int(len(ordered) * percent / 100)
    return ordered[min(place, len(ordered) - 1)]


def share(ordered: Sequence[int], upto: float) -> float:
    """Which part of the sample, 0 to 1, is at most `upto`."""
    return sum(1 for one in ordered if one <= upto) / len(ordered)


def spread(part: float, count: int) -> float:
    """The standard error of a share of `count` draws."""
    return float((part * (1 - part) / count) ** 0.5)


def likely(count: int, chance: float, rare: float = 1e-4) -> tuple[int, int]:
    """Between which numbers of hits `count` draws of this chance stay, but for `rare` of all tries.

    Exact binomial weights relative to the most likely number, so that nothing underflows; half of
    `rare` is left out on either side.
    """
    mode = int((count + 1) * chance)
    odds = chance / (1 - chance)
    weights = {mode: 1.0}
    weight = 1.0
    for number in range(mode, count):
        weight *= (count - number) / (number + 1) * odds
        weights[number + 1] = weight
        if weight < 1e-30:
            break
    weight = 1.0
    for number in range(mode, 0, -1):
        weight *= number / ((count - number + 1) * odds)
        weights[number - 1] = weight
        if weight < 1e-30:
            break
    left_out = sum(weights.values()) * rare / 2
    return _first(sorted(weights), weights, left_out), _first(
        sorted(weights, reverse=True), weights, left_out
    )


def _first(numbers: list[int], weights: dict[int, float], left_out: float) -> int:
    """The first of the numbers up to which more than `left_out` of the weight lies."""
    so_far = 0.0
    for number in numbers:
        so_far += weights[number]
        if so_far > left_out:
            return number
    return numbers[-1]


def choose(of: int, take: int) -> int:
    """How many ways there are to take so many of so many."""
    ways = 1
    for number in range(take):
        ways = ways * (of - number) // (number + 1)
    return ways
