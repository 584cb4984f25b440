"""One-way delays in whole microseconds, exact on every platform: integers only, no libm.

A distribution turns 64 random bits into a delay. The exponential splits its variable as
X = k·ln 2 + Y: k leading zeros of the high half (geometric), Y = −ln(1 − v/2) from a table on the
low half. So the tail has no cut-off short of 32 ln 2 ≈ 22 means.
"""

from decimal import Context, Decimal
from functools import lru_cache

from msgspec import Struct

from app.trace.events import snake_case

_STEPS = 1024
_SCALE = 1 << 32


class Constant(Struct, frozen=True, tag=snake_case):
    us: int


class Uniform(Struct, frozen=True, tag=snake_case):
    """Each whole microsecond in low … high, both included, as likely as the other."""

    low_us: int
    high_us: int


class Exponential(Struct, frozen=True, tag=snake_case):
    """`least_us` comes before what is exponential, with its mean."""

    mean_us: int
    least_us: int = 0


Latency = Constant | Uniform | Exponential


@lru_cache(maxsize=1)
def _half_table() -> tuple[int, ...]:
    """−ln(1 − v/2) for v = 0 … 1 in steps of 1/1024, times 2^32; Decimal's ln rounds correctly."""
    exact = Context(prec=30)
    return tuple(
        int(-exact.ln(exact.subtract(1, Decimal(step) / (2 * _STEPS))) * _SCALE)
        for step in range(_STEPS + 1)
    )


def _exponential(bits: int, mean_us: int) -> int:
    table = _half_table()
    zeros = 32 - (bits >> 32).bit_length()
    low = bits & 0xFFFFFFFF
    step, rest = low >> 22, low & 0x3FFFFF
    part = table[step] + ((table[step + 1] - table[step]) * rest >> 22)
    return (zeros * table[_STEPS] + part) * mean_us >> 32


def sample(latency: Latency, bits: int) -> int:
    """The delay in µs that these 64 random bits stand for."""
    match latency:
        case Uniform(low, high):
            return low + (bits * (high - low + 1) >> 64)
        case Exponential(mean, least):
            return least + _exponential(bits, mean)
        case Constant(us):
            return us
