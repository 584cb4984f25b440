"""Published numbers on staleness, as their data file gives them."""

from msgspec import Struct

from app.errors import ScenarioError
from app.scenarios.toml import read_ours


class Leg(Struct, frozen=True, forbid_unknown_fields=True):
    """A one-way delay: exponential with `rate` a millisecond in so many percent of messages, else a
    Pareto that is at least `least_ms`, of this shape."""

    rate: float
    exponential_percent: float = 100.0
    least_ms: float = 0.0
    shape: float = 0.0


class Quorums(Struct, frozen=True, forbid_unknown_fields=True):
    """99.9th percentiles with these quorums, and t at 99.9 %. None: nobody gives a number."""

    r: int
    w: int
    read_ms: float | None = None
    write_ms: float | None = None
    t_ms: float | None = None
    simulated_read_ms: float | None = None
    simulated_write_ms: float | None = None
    simulated_t_ms: float | None = None


class Fresh(Struct, frozen=True, forbid_unknown_fields=True):
    """Which share of reads with R=W=1 is consistent so long after the write returned."""

    after_ms: float
    simulated_percent: float
    percent: float | None = None


class Curve(Struct, frozen=True, forbid_unknown_fields=True):
    """`writes`: the leg of W; `others`: that of A, R and S. `away_ms` comes on top of messages to
    and from another data centre, of which each replica has its own."""

    name: str
    writes: str
    others: str
    n: int = 3
    away_ms: float = 0.0
    write_median_ms: float | None = None
    fresh: tuple[Fresh, ...] = ()
    rows: tuple[Quorums, ...] = ()


class Pbs(Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    note: str
    legs: dict[str, Leg]
    curves: tuple[Curve, ...]


def load_pbs(data: bytes, source: str) -> Pbs:
    """Read the TOML file; raises ScenarioError with what is wrong."""
    found = read_ours(data, Pbs, source)
    for curve in found.curves:
        for leg in (curve.writes, curve.others):
            if leg not in found.legs:
                raise ScenarioError(
                    f"{source}: {curve.name} has a leg {leg}, which is not there. "
                    f"Choose one of: {', '.join(found.legs)}."
                )
    return found
