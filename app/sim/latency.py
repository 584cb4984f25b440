"""One-way delays in whole microseconds, exact on every platform: integers only, no libm.

A distribution turns 64 random bits into a delay. The exponential splits its variable as
X = k·ln 2 + Y: k leading zeros of the high half (geometric), Y = −ln(1 − v/2) from a table on the
low half. So the tail has no cut-off short of 32 ln 2 ≈ 22 means. The Pareto is the least time by
exp(X / shape), a product of the same two parts from tables.
"""

from decimal import Context, Decimal
from functools import lru_cache

from msgspec import Struct

from app.trace.events import snake_case

MILLION = 1_000_000
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


class Pareto(Struct, frozen=True, tag=snake_case):
    """At least `scale_us`; longer than x with the chance (scale / x) ^ shape, a heavy tail.

    `shape_percent`: a hundred times the shape; `least_us` comes before all that.
    """

    scale_us: int
    shape_percent: int
    least_us: int = 0


class Mixture(Struct, frozen=True, tag=snake_case):
    """`first` in so many of a million draws, else `second`."""

    first_ppm: int
    first: Exponential
    second: Pareto


Latency = Constant | Uniform | Exponential | Pareto | Mixture


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


@lru_cache(maxsize=64)
def _power_tables(shape_percent: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """2^(k / shape) for k = 0 … 32, and (1 − v/2)^(−1 / shape) for v = 0 … 1; times 2^32."""
    exact = Context(prec=40)
    shape = exact.divide(shape_percent, 100)

    def power(base: Decimal) -> int:
        return int(exact.exp(exact.divide(exact.ln(base), shape)) * _SCALE)

    whole = tuple(power(Decimal(2) ** zeros) for zeros in range(33))
    part = tuple(
        power(exact.divide(1, exact.subtract(1, Decimal(step) / (2 * _STEPS))))
        for step in range(_STEPS + 1)
    )
    return whole, part


def tables(shape_percent: int) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """The tables of the exponential and of a Pareto of this shape, for who samples by the array."""
    return (_half_table(), *_power_tables(shape_percent))


def _pareto(bits: int, scale_us: int, shape_percent: int) -> int:
    whole, table = _power_tables(shape_percent)
    zeros = 32 - (bits >> 32).bit_length()
    low = bits & 0xFFFFFFFF
    step, rest = low >> 22, low & 0x3FFFFF
    part = table[step] + ((table[step + 1] - table[step]) * rest >> 22)
    return scale_us * whole[zeros] * part >> 64


def sample(latency: Latency, bits: int) -> int:
    """The delay in µs that these 64 random bits stand for."""
    match latency:
        case Uniform(low, high):
            return low + (bits * (high - low + 1) >> 64)
        case Exponential(mean, least):
            return least + _exponential(bits, mean)
        case Pareto(scale, shape, least):
            return least + _pareto(bits, scale, shape)
        case Mixture(ppm, first, second):
            return _of_two(bits, (ppm << 64) // MILLION, first, second)
        case Constant(us):
            return us


def _of_two(bits: int, border: int, first: Exponential, second: Pareto) -> int:
    """Bits below the border are the first's, the rest the second's, each spread over all 64."""
    if bits < border:
        return first.least_us + _exponential((bits << 64) // border, first.mean_us)
    spread = (bits - border << 64) // ((1 << 64) - border)
    return second.least_us + _pareto(spread, second.scale_us, second.shape_percent)
