"""Links, their delays, their cuts and the weather: the same for every cluster of a run."""

from collections.abc import Collection
from functools import lru_cache

from msgspec import Struct, field

from app.sim.latency import MILLION, Constant, Exponential, Latency, Uniform, sample
from app.sim.luck import mix, name_hash


class Weather(Struct, frozen=True):
    """Bad spells by (link, slice of time), shared by all clusters; neutral by default.

    In `slow_ppm` of a million slices a link takes `slow_percent` of its usual time; in `loss_ppm`
    of a million slices it loses everything.
    """

    slice_us: int = 100_000
    slow_ppm: int = 0
    slow_percent: int = 300
    loss_ppm: int = 0


FAIR = Weather()


class NetworkSpec(Struct, frozen=True):
    """What the wires are like. `links` overrides the delay of single ways, by "source>target", and
    `kinds` that of messages of one kind, whichever way they go. `duplicate_ppm`: of a million
    messages from node to node so many arrive twice, the second time after a delay of its own;
    between a client and a node there is a connection, which drops the second copy."""

    nodes: Latency = Uniform(8_000, 12_000)
    clients: Latency = Uniform(8_000, 12_000)
    loss_ppm: int = 0
    duplicate_ppm: int = 0
    weather: Weather = Weather()
    links: dict[str, Latency] = field(default_factory=dict)
    kinds: dict[str, Latency] = field(default_factory=dict)


class Geography(Struct, frozen=True):
    """Who is where at the start, and how long a message takes from region to region, one way.

    Without regions, and within one, the network's own delays hold.
    """

    region_of: dict[str, str] = field(default_factory=dict)
    one_way_us: dict[str, int] = field(default_factory=dict)

    def of(self, names: Collection[str]) -> "Geography":
        """The same places with these alone in them."""
        here = {name: region for name, region in self.region_of.items() if name in names}
        return Geography(here, self.one_way_us)

    def between(self, a: str, b: str) -> Constant | None:
        """The delay between two regions, whichever way."""
        us = self.one_way_us.get(link_name(a, b)) if a and b and a != b else None
        return None if us is None else Constant(us)


NOWHERE = Geography()


def link_name(a: str, b: str) -> str:
    """The name of a link, whichever way it is looked at."""
    return f"{a}–{b}" if a < b else f"{b}–{a}"


@lru_cache(maxsize=16_384)
def _spell(seed: int, link: str, slice_number: int, salt: str) -> int:
    """Whole number below a million: how the dice fell for a link in a slice of time."""
    return mix(name_hash(f"{seed}/weather/{salt}/{link}/{slice_number}")) * MILLION >> 64


def weather_delay(
    weather: Weather, seed: int, source: str, target: str, at: int, delay: int
) -> int:
    """The delay under this moment's weather; −1: lost."""
    link, slice_number = link_name(source, target), at // weather.slice_us
    if _spell(seed, link, slice_number, "loss") < weather.loss_ppm:
        return -1
    if _spell(seed, link, slice_number, "slow") < weather.slow_ppm:
        return delay * weather.slow_percent // 100
    return delay


__all__ = [
    "FAIR",
    "MILLION",
    "NOWHERE",
    "Constant",
    "Exponential",
    "Geography",
    "Latency",
    "NetworkSpec",
    "Uniform",
    "Weather",
    "link_name",
    "sample",
    "weather_delay",
]
