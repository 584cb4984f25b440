"""Published numbers, as a data file gives them: in code there are none."""

from typing import Literal

import msgspec
from msgspec import Struct

from app.errors import ScenarioError


class Quantile(Struct, frozen=True, forbid_unknown_fields=True):
    """`ms` as published, `simulated_ms` from an independent program of the same set-up."""

    percent: float
    ms: float
    simulated_ms: float


class WanCurve(Struct, frozen=True, forbid_unknown_fields=True):
    """`down` of five servers do not run. `plateau_percent`: over by `plateau_at_ms`. `compared`
    False: shown beside ours and not held to it; the note says why."""

    down: int
    mean_ms: float
    quantiles: tuple[Quantile, ...]
    plateau_percent: float | None = None
    simulated_mean_ms: float | None = None
    logs: Literal["equal", "differ"] = "equal"
    compared: bool = True


class Wan(Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    note: str
    plateau_at_ms: int
    curves: tuple[WanCurve, ...]


class LanCurve(Struct, frozen=True, forbid_unknown_fields=True):
    """Time-outs from `low_ms` to `high_ms`."""

    low_ms: int
    high_ms: int
    median_ms: float
    mean_ms: float


class Lan(Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    note: str
    curves: tuple[LanCurve, ...]


class SplitRate(Struct, frozen=True, forbid_unknown_fields=True):
    """`up` of `servers` run; `delay_percent` of the width of the time-out range is one way."""

    servers: int
    up: int
    delay_percent: int
    thesis: str


class Split(Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    note: str
    rates: tuple[SplitRate, ...]


class Efficiency(Struct, frozen=True, forbid_unknown_fields=True):
    """Mean load over greatest load with `each` positions a node."""

    placement: Literal["tokens", "partitions"]
    each: int
    efficiency: float


class RingBalance(Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    note: str
    nodes: int
    n: int
    lines: tuple[Efficiency, ...]


class MeanRounds(Struct, frozen=True, forbid_unknown_fields=True):
    """By way of gossip, the mean number of rounds until all of `nodes` know."""

    nodes: int
    rounds: dict[Literal["push", "pull", "push_pull"], float]


class GossipRounds(Struct, frozen=True, forbid_unknown_fields=True):
    """`runs`: how many each mean is of."""

    source: str
    note: str
    runs: int
    lines: tuple[MeanRounds, ...]


class Published(Struct, frozen=True, forbid_unknown_fields=True):
    wan: Wan
    lan: Lan
    split: Split
    ring: RingBalance
    gossip: GossipRounds


def load_published(data: bytes, source: str) -> Published:
    """Read the TOML file; raises ScenarioError with what is wrong."""
    try:
        return msgspec.toml.decode(data, type=Published)
    except msgspec.DecodeError as error:
        raise ScenarioError(f"{source}: {error}. Mend the file.") from error
