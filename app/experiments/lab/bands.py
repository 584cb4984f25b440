"""How far luck alone may have moved a number: 95 % bands around shares and percentiles.

A share: Wilson's score interval (Wilson 1927), which keeps its promise also near 0 and 1 and with
few trials. A percentile: the two order statistics between which it lies, whatever the distribution,
with exact binomial chances (that so many of the sample lie below it).
"""

from collections.abc import Sequence

from msgspec import Struct

from app.experiments.numbers import likely

Z = 1.959964
"""Of a normal, 95 % within."""
RARE = 0.05
SHARE_BAND = "95 % band: Wilson's score interval"
PERCENTILE_BAND = "95 % band: order statistics, exact binomial"


class Band(Struct, frozen=True):
    """`low` ≤ `middle` ≤ `high`."""

    middle: float
    low: float
    high: float


def wilson(hits: int, count: int) -> Band:
    """Around a share of hits, 0 to 1."""
    share = hits / count
    spread = Z * Z / count
    middle = share + spread / 2
    root = Z * float((share * (1 - share) / count + spread / (4 * count)) ** 0.5)
    low, high = (middle - root) / (1 + spread), (middle + root) / (1 + spread)
    return Band(share, 0.0 if hits == 0 else low, 1.0 if hits == count else high)


def percentile(ordered: Sequence[int], percent: float) -> Band:
    """Around the percentile of a sorted sample, nearest rank. Where the sample is too small to
    bound it on a side, the band ends at its last value."""
    count = len(ordered)
    rank = max(1, -int(-percent * count // 100))
    low, high = likely(count, percent / 100, RARE)
    least, most = max(1, low), min(count, high + 1)
    return Band(ordered[rank - 1], ordered[least - 1], ordered[most - 1])
