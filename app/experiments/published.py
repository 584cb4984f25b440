"""Published numbers, as a data file gives them: in code there are none."""

from typing import Literal

from msgspec import Struct

from app.experiments.published_leaderless import GossipRounds, RingBalance
from app.experiments.published_pbs import Pbs
from app.scenarios.toml import read_ours


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


class Raft(Struct, frozen=True, forbid_unknown_fields=True):
    wan: Wan
    lan: Lan
    split: Split


class Published(Struct, frozen=True):
    """All of it, from all files."""

    wan: Wan
    lan: Lan
    split: Split
    pbs: Pbs
    ring: RingBalance
    gossip: GossipRounds


def load_raft(data: bytes, source: str) -> Raft:
    """Read the TOML file; raises ScenarioError with what is wrong."""
    return read_ours(data, Raft, source)
