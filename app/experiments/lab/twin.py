"""The staleness experiment by the thousand: NumPy adds up the very draws of the engine's messages.

Trial n is seed n of the scene in `staleness.py`, message by message, so every point of the curve is
a run that can be opened. Draws are the engine's 64 bits. Delays are the engine's to the
microsecond, but for a last one where a mixture of two distributions needs more than 64 bits; the
engine alone is exact, and tests hold this to it.
"""

from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from app.experiments.lab.bands import Z
from app.experiments.lab.fields import Values, number
from app.experiments.lab.staleness import CLIENT_US, coordinators
from app.sim.latency import MILLION, Exponential, Latency, Mixture, Pareto, tables
from app.sim.luck import name_hash

Bits = NDArray[np.uint64]
Times = NDArray[np.int64]
TRIALS = 50_000
POINTS = 200
LATEST = 30
HALF, WORD = np.uint64(32), np.uint64(0xFFFFFFFF)
MOST_KEY = (1 << 24) - 1


class Draws(Struct, frozen=True):
    """Which draws: of N copies, trials `first` … `first + count − 1`."""

    n: int
    first: int
    count: int


def draw_bits(wanted: Draws) -> bytes:
    """The 64 bits of each message: four legs, N copies, so many trials. One hash each, so this is
    what takes long; it depends on nothing that a person sets but N."""
    writer, reader = coordinators({"n": wanted.n})
    nodes = [f"n{place}" for place in range(1, wanted.n + 1)]
    routes = [
        *(("phone-1", f"/{writer}>{node}/replicate/0") for node in nodes),
        *(("phone-1", f"/{node}>{writer}/ack/0") for node in nodes),
        *(("laptop-1", f"/{reader}>{node}/read_request/0") for node in nodes),
        *(("laptop-1", f"/{node}>{reader}/read_reply/0") for node in nodes),
    ]
    seeds = [str(seed) for seed in range(wanted.first, wanted.first + wanted.count)]
    rows = []
    for operation, route in routes:
        hashed = b"".join(
            [blake2b((seed + route).encode(), digest_size=8).digest() for seed in seeds]
        )
        routed = _mix(np.frombuffer(hashed, dtype="<u8").astype(np.uint64))
        rows.append(_mix(routed ^ np.uint64(name_hash(operation))))
    return np.stack(rows).tobytes()


def _mix(bits: Bits) -> Bits:
    """As `luck.mix`; NumPy's unsigned integers wrap at 64 bits by themselves."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


class Curve(Struct):
    """The shares of stale reads, 0 to 1, with their bands, and of the trials that become
    fresh within the time shown the latest: (seed, the last moment at which its read is stale).
    `points` in µs."""

    points: Times
    middle: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    latest: tuple[tuple[int, int], ...]


class Twin:
    """`parts`: what `draw_bits` gave, in order of the trials."""

    def __init__(self, n: int, parts: list[bytes]) -> None:
        self.n = n
        shaped = [np.frombuffer(part, dtype=np.uint64).reshape(4, n, -1) for part in parts]
        self.bits: Bits = np.concatenate(shaped, axis=2)
        self.trials = self.bits.shape[2]
        self._unit: Times | None = None

    def after(self, write: Latency, rest: Latency) -> dict[tuple[int, int], Times]:
        """By (R, W): how long after its OK a write is visible to every read, in µs, by trial."""
        w = self._delay(0, write)
        a, r, s = (self._delay(leg, rest) for leg in (1, 2, 3))
        writes = np.sort(w + a, axis=0)
        # Of replies at the same moment the one that was asked first comes first.
        order = np.argsort((r + s << 24) + np.minimum(r, MOST_KEY), axis=0, kind="stable")
        lags = np.minimum.accumulate(np.take_along_axis(w - r, order, axis=0), axis=0)
        late = lags[:, None, :] - (writes[None, :, :] + 2 * CLIENT_US)
        found = np.maximum(late, 0)
        copies = range(1, self.n + 1)
        return {(r, w): found[r - 1, w - 1] for r in copies for w in copies}

    def _delay(self, leg: int, latency: Latency) -> Times:
        """The delays of one leg, a row a copy."""
        if isinstance(latency, Exponential):
            if self._unit is None:
                self._unit = _unit(*_split(self.bits))
            delays: Times = latency.least_us + (self._unit[leg] * latency.mean_us >> 32)
            return delays
        if isinstance(latency, Mixture):
            return _mixture(self.bits[leg], latency)
        raise TypeError(f"The staleness experiment has no {type(latency).__name__}.")


def curve(after: Times, until: int) -> Curve:
    """Shares of stale reads at POINTS + 1 moments from 0 to `until` µs, bands by Wilson."""
    step = until // POINTS
    fresh_from = np.minimum(-(-after // step), POINTS + 1)
    ended = np.bincount(fresh_from, minlength=POINTS + 2)
    stale = (after.size - np.cumsum(ended))[: POINTS + 1]
    share, spread = stale / after.size, Z * Z / after.size
    root = Z * np.sqrt(share * (1 - share) / after.size + spread / (4 * after.size))
    middle = share + spread / 2
    low = np.where(stale == 0, 0, (middle - root) / (1 + spread))
    high = np.where(stale == after.size, 1, (middle + root) / (1 + spread))
    shown = np.where(after > until, 0, after)
    last = np.argpartition(shown, -LATEST)[-LATEST:]
    latest = sorted(((int(seed), int(shown[seed]) - 1) for seed in last), key=lambda one: -one[1])
    known = tuple((seed, at) for seed, at in latest if at >= 0)
    return Curve(np.arange(POINTS + 1) * step, share, low, high, known)


def pairs(values: Values) -> list[tuple[int, int]]:
    """The R and W whose reads can be stale, the chosen ones first."""
    n, chosen = number(values, "n"), (number(values, "r"), number(values, "w"))
    all_of = [(r, w) for r in range(1, n + 1) for w in range(1, n + 1 - r)]
    return [chosen, *(pair for pair in all_of if pair != chosen)]


# ---- delays: the integer tables of `sim/latency.py`, by the array --------------------------------


@lru_cache(maxsize=8)
def _tables(shape_percent: int) -> tuple[Times, NDArray[np.float64], NDArray[np.float64]]:
    """−ln(1 − v/2), and of a Pareto 2^(k / shape) and (1 − v/2)^(−1 / shape)."""
    half, whole, part = tables(shape_percent)
    return np.array(half), np.array(whole, dtype=np.float64), np.array(part, dtype=np.float64)


def _split(bits: Bits) -> tuple[Times, Times]:
    """Leading zeros of the high half, and the low half."""
    high = (bits >> HALF).astype(np.float64)
    return 32 - np.frexp(high)[1].astype(np.int64), (bits & WORD).astype(np.int64)


def _unit(zeros: Times, low: Times) -> Times:
    """An exponential with a mean of 2^32."""
    table, _, _ = _tables(100)
    step, rest = low >> 22, low & 0x3FFFFF
    part = table[step] + ((table[step + 1] - table[step]) * rest >> 22)
    unit: Times = zeros * table[-1] + part
    return unit


def _mixture(bits: Bits, latency: Mixture) -> Times:
    """Each draw is the first's or the second's, spread over all 64 bits again."""
    border = (latency.first_ppm << 64) // MILLION
    first = bits < np.uint64(border)
    found: Any = np.empty(bits.shape, dtype=np.int64)
    share = bits[first].astype(np.float64) / border
    found[first] = latency.first.least_us + (_unit(*_fraction(share)) * latency.first.mean_us >> 32)
    share = (bits[~first] - np.uint64(border)).astype(np.float64) / ((1 << 64) - border)
    found[~first] = _pareto(*_fraction(share), latency.second)
    times: Times = found
    return times


def _fraction(share: NDArray[np.float64]) -> tuple[Times, Times]:
    """Of a fraction below 1, as 64 bits: leading zeros of the high half, and the low half."""
    scaled = np.minimum(share, 1 - 2.0**-53) * 2.0**32
    high = np.floor(scaled)
    low = ((scaled - high) * 2.0**32).astype(np.int64)
    return 32 - np.frexp(high)[1].astype(np.int64), low


def _pareto(zeros: Times, low: Times, latency: Pareto) -> Times:
    _, whole, table = _tables(latency.shape_percent)
    step, rest = low >> 22, low & 0x3FFFFF
    part = table[step] + (table[step + 1] - table[step]) * rest / 2.0**22
    delays: Times = (latency.scale_us * whole[zeros] * part / 2.0**64).astype(np.int64)
    return latency.least_us + delays
