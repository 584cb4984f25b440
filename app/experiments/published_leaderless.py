"""Published numbers of ring balance and gossip, as a data file gives them."""

from typing import Literal

from msgspec import Struct

from app.scenarios.toml import read_ours


class Efficiency(Struct, frozen=True, forbid_unknown_fields=True):
    """Mean load over greatest load with `each` positions a node."""

    placement: Literal["tokens", "partitions"]
    each: int
    efficiency: float


class RingBalance(Struct, frozen=True, forbid_unknown_fields=True):
    """`nodes` on the ring, `n` copies of each key."""

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


class Leaderless(Struct, frozen=True, forbid_unknown_fields=True):
    ring: RingBalance
    gossip: GossipRounds


def load_leaderless(data: bytes, source: str) -> Leaderless:
    """Read the TOML file; raises ScenarioError with what is wrong."""
    return read_ours(data, Leaderless, source)
