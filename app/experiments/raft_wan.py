"""Elections over a wide network, beside AvailSim's curves (Ongaro 2014)."""

from collections.abc import Sequence

from app.experiments.election import Setup
from app.experiments.numbers import deviation, mean, quantile, share, spread
from app.experiments.published import Published, WanCurve
from app.experiments.table import Row, Table
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.sim.latency import Uniform
from app.sim.network import NetworkSpec

MEAN_PERCENT = 2.0
QUARTILE_PERCENT = 1.0
DISTANCE = 0.02
"""How far a share may be off at any of the published quantiles (Kolmogorov)."""
FULL = 10_000
"""From so many elections on, the tolerances are meant as they stand; below, luck is added."""
ERRORS = 4.0
"""Standard errors that luck may add to a small sample."""
NETWORK = NetworkSpec(nodes=Uniform(30_000, 40_000))
SETTINGS = LeaderFollowerSettings(
    failover="election",
    heartbeat_us=150_000,
    lease_us=200_000,
    silence_us=300_000,
    election_low_us=300_000,
    election_high_us=600_000,
)


def name(curve: WanCurve) -> str:
    return f"{curve.down} of 5 down" + (", logs differ" if curve.logs == "differ" else "")


def setups(published: Published) -> dict[str, Setup]:
    """By the name of each curve."""
    return {
        name(curve): Setup(5, curve.down, curve.logs, NETWORK, SETTINGS)
        for curve in published.wan.curves
    }


def table(published: Published, results: dict[str, list[int]]) -> Table:
    wan = published.wan
    rows: list[Row] = []
    for curve in wan.curves:
        rows += _rows(curve, wan.plateau_at_ms, sorted(results[name(curve)]))
    count = min(len(times) for times in results.values())
    return Table("Raft elections over a wide network", count, tuple(rows), wan.source, wan.note)


def _rows(curve: WanCurve, plateau_at_ms: int, times: Sequence[int]) -> list[Row]:
    """`times` in µs, sorted."""
    count, small = len(times), len(times) < FULL
    here = mean(times) / 1_000
    within = MEAN_PERCENT
    if small:
        within += ERRORS * deviation(times) / float(count**0.5) / mean(times) * 100
    simulated = "" if curve.simulated_mean_ms is None else f"{curve.simulated_mean_ms:.1f}"
    close = abs(here - curve.mean_ms) <= curve.mean_ms * within / 100
    promised = f"±{within:.1f} %" if curve.compared else ""
    rows = [
        Row(
            name(curve), "mean, ms", f"{curve.mean_ms:.1f}", simulated, f"{here:.1f}", promised,
            close if curve.compared else None,
        )
    ]  # fmt: skip
    distance = 0.0
    for one in curve.quantiles:
        here = quantile(times, one.percent) / 1_000
        found = share(times, one.ms * 1_000)
        distance = max(distance, abs(found - one.percent / 100))
        held = one.percent in (25, 50, 75) and not small
        close = abs(here - one.ms) <= one.ms * QUARTILE_PERCENT / 100
        rows.append(
            Row(
                name(curve), f"{one.percent:g} % by, ms", f"{one.ms:g}", f"{one.simulated_ms:g}",
                f"{here:.0f}", f"±{QUARTILE_PERCENT:g} %" if held else "", close if held else None,
            )
        )  # fmt: skip
    most = DISTANCE + (ERRORS * spread(0.5, count) if small else 0)
    if curve.quantiles:
        rows.append(
            Row(
                name(curve), "distance of the curves", "0", "", f"{distance:.3f}", f"≤ {most:.3f}",
                distance <= most,
            )
        )  # fmt: skip
    if curve.plateau_percent is not None:
        here = share(times, plateau_at_ms * 1_000) * 100
        rows.append(
            Row(
                name(curve), f"over by {plateau_at_ms} ms", f"{curve.plateau_percent} %", "",
                f"{here:.1f} %", f"±{most * 100:.1f} points",
                abs(here - curve.plateau_percent) <= most * 100,
            )
        )  # fmt: skip
    return rows
