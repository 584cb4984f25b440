"""What a scenario says of its wires must be possible: bounds of numbers, and names that exist."""

from collections.abc import Iterable

from app.scenarios.scenario import BESIDE, MAX_US, Scenario
from app.scenarios.shape import Misfit, Path, nearest, shown
from app.sim.latency import Latency, Mixture
from app.sim.network import MILLION, NetworkSpec
from app.trace.sentences import MESSAGE_WORDS

MIN_SLICE_US = 1_000
MAX_SLOW_PERCENT = 10_000


def known_name(name: str, names: Iterable[str], path: Path, what: str) -> None:
    """Raise Misfit if nobody has this name."""
    if name not in (known := list(names)):
        raise Misfit(path, f"There is no {what} {shown(name)}.", nearest(name, known))


def bounds(value: int, low: int, high: int, path: Path) -> None:
    """Raise Misfit for a number that is out of range."""
    if not low <= value <= high:
        wrong = f"{shown(value)} is out of range."
        raise Misfit(path, wrong, f"Give a whole number from {low} to {high}.")


def check_network(scenario: Scenario, network: NetworkSpec) -> None:
    """Raise Misfit for the first number that cannot be, or name that nobody has."""
    _latency(network.nodes, ("network", "nodes"))
    _latency(network.clients, ("network", "clients"))
    bounds(network.loss_ppm, 0, MILLION, ("network", "loss_ppm"))
    bounds(network.duplicate_ppm, 0, MILLION, ("network", "duplicate_ppm"))
    at: Path = ("network", "weather")
    weather = network.weather
    bounds(weather.slice_us, MIN_SLICE_US, MAX_US, (*at, "slice_us"))
    bounds(weather.slow_ppm, 0, MILLION, (*at, "slow_ppm"))
    bounds(weather.slow_percent, 1, MAX_SLOW_PERCENT, (*at, "slow_percent"))
    bounds(weather.loss_ppm, 0, MILLION, (*at, "loss_ppm"))
    ends = [*scenario.nodes, *BESIDE, *(client.name for client in scenario.clients)]
    for way, latency in network.links.items():
        source, arrow, target = way.partition(">")
        at = ("network", "links", way)
        if not arrow or source == target:
            raise Misfit(at, f"{shown(way)} is not a way.", 'Give two names: "n1>n2".')
        known_name(source, ends, at, "node or client")
        known_name(target, ends, at, "node or client")
        _latency(latency, at)
    for kind, latency in network.kinds.items():
        at = ("network", "kinds", kind)
        known_name(kind, MESSAGE_WORDS, at, "kind of message")
        _latency(latency, at)


def _latency(latency: Latency, path: Path) -> None:
    if isinstance(latency, Mixture):
        bounds(latency.first_ppm, 1, MILLION - 1, (*path, "first_ppm"))
        _latency(latency.first, (*path, "first"))
        _latency(latency.second, (*path, "second"))
        return
    least = {"least_us": 0, "high_us": getattr(latency, "low_us", 1)}
    for name in latency.__struct_fields__:
        bounds(getattr(latency, name), least.get(name, 1), MAX_US, (*path, name))
