"""The closed forms of probabilistically bounded staleness: exact fractions, or 30 digits.

Quorums are drawn at random, each set as likely as any other, and nothing spreads a write beyond its
quorum (Bailis et al. 2012). N copies, reads of R, writes of W. Logarithms and powers are Decimal's,
the same on every machine; numbers that need them are given as text, "0.1".
"""

from decimal import Context, Decimal
from fractions import Fraction

from app.experiments.numbers import choose

EXACT = Context(prec=30)


def miss(n: int, r: int, w: int) -> Fraction:
    """How likely a read meets none of the copies that a write went to: C(N − W, R) / C(N, R)."""
    return Fraction(choose(n - w, r), choose(n, r))


def fresh_within(n: int, r: int, w: int, k: int) -> Fraction:
    """How likely a read returns one of the k newest versions: it must not miss all of them."""
    return 1 - miss(n, r, w) ** k


def _power(base: Fraction, exponent: Decimal) -> Decimal:
    if base == 0:
        return Decimal(0 if exponent else 1)
    whole = EXACT.divide(base.numerator, base.denominator)
    return EXACT.exp(EXACT.multiply(EXACT.ln(whole), exponent))


def not_monotonic(n: int, r: int, w: int, writes: str, reads: str, strict: bool = False) -> Decimal:
    """How likely a client reads something older than it read before, if all clients together write
    so often and it reads so often: 1 + writes / reads versions are missed. Strict: something that
    is not newer, although a write came between; writes / reads are missed."""
    between = EXACT.divide(Decimal(writes), Decimal(reads))
    return _power(miss(n, r, w), between if strict else EXACT.add(1, between))


def stale_instant(n: int, r: int, w: int, rate: str, after: str) -> Decimal:
    """How likely a read is stale that begins `after` the write returned, if acknowledgements and
    reads take no time and each copy arrives after an exponential one with this rate. Whatever has
    not arrived then has again all its time to go: miss · e^(−rate · R · after)."""
    fallen = EXACT.exp(-EXACT.multiply(EXACT.multiply(Decimal(rate), r), Decimal(after)))
    missed = miss(n, r, w)
    return EXACT.divide(EXACT.multiply(missed.numerator, fallen), missed.denominator)


def stale_by(stale: str, k: int) -> Decimal:
    """A rule of thumb: how likely a read misses all of the k newest versions, if it misses the
    newest one with this chance at this moment."""
    return EXACT.power(Decimal(stale), k)


def least_load(n: int, p: str, k: int) -> Decimal:
    """No system of quorums whose reads miss the k newest versions with a chance of at most p puts
    less on its busiest node: (1 − p)^(1 / 2k) / √N."""
    held = EXACT.subtract(1, Decimal(p))
    root = EXACT.exp(EXACT.divide(EXACT.ln(held), 2 * k))
    return EXACT.divide(root, EXACT.sqrt(Decimal(n)))
