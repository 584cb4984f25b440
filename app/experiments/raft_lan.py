"""Elections in one network after a crash, beside figure 16 of the Raft paper.

Effective delays: a request for a vote takes 0.5 ms and an exponential time with a mean of 3.3 ms
(it waits for the voter's disk), everything else 0.2 ms; the candidate's own vote is on its disk
after 5 to 11 ms. With them one set of numbers fits all lines.
"""

from itertools import pairwise

from app.experiments.election import Setup
from app.experiments.numbers import deviation, mean, quantile
from app.experiments.published import LanCurve, Published
from app.experiments.table import Row, Table
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.sim.latency import Constant, Exponential
from app.sim.network import NetworkSpec

PERCENT = 10.0
WIDE_MS = 12
"""Narrower ranges are compared in order only."""
FULL = 1_000
ERRORS = 4.0
NETWORK = NetworkSpec(nodes=Constant(200), kinds={"vote_request": Exponential(3_300, 500)})
FIXED_MS = 150
FIXED_LIMIT_MS = 10_000
FIXED = f"{FIXED_MS}–{FIXED_MS} ms"
FIXED_SHARE = 100
"""One election in so many is tried with a fixed time-out: none ends, and each takes long."""


def name(curve: LanCurve) -> str:
    return f"{curve.low_ms}–{curve.high_ms} ms"


def setup(low_ms: int, high_ms: int, limit_ms: int = 600_000) -> Setup:
    """The leader of five crashes within a heartbeat interval, half the least time-out."""
    low = low_ms * 1_000
    settings = LeaderFollowerSettings(
        failover="election",
        heartbeat_us=low // 2,
        lease_us=low // 2 + 1_000,
        silence_us=low,
        election_low_us=low,
        election_high_us=high_ms * 1_000,
        vote_write_low_us=5_000,
        vote_write_high_us=11_000,
    )
    return Setup(5, 1, "differ", NETWORK, settings, low // 2, "heard", limit_ms * 1_000)


def setups(published: Published) -> dict[str, Setup]:
    found = {name(curve): setup(curve.low_ms, curve.high_ms) for curve in published.lan.curves}
    return {**found, FIXED: setup(FIXED_MS, FIXED_MS, FIXED_LIMIT_MS)}


def sizes(count: int) -> dict[str, int]:
    """How many elections a curve gets when it is not `count`."""
    return {FIXED: max(1, count // FIXED_SHARE)}


def table(published: Published, results: dict[str, list[int]]) -> Table:
    lan = published.lan
    rows: list[Row] = []
    medians, means = {}, {}
    for curve in lan.curves:
        times = sorted(results[name(curve)])
        medians[name(curve)] = quantile(times, 50) / 1_000
        means[name(curve)] = mean(times) / 1_000
        within = PERCENT
        if len(times) < FULL:
            within += ERRORS * deviation(times) / float(len(times) ** 0.5) / mean(times) * 100
        wide = curve.high_ms - curve.low_ms >= WIDE_MS
        for what, theirs, ours in (
            ("median, ms", curve.median_ms, medians[name(curve)]),
            ("mean, ms", curve.mean_ms, means[name(curve)]),
        ):
            close = abs(ours - theirs) <= theirs * within / 100
            promised = f"±{within:.0f} %" if wide else ""
            met = close if wide else None
            rows.append(Row(name(curve), what, f"{theirs:g}", "", f"{ours:.0f}", promised, met))
    rows.append(_order("medians", {name(c): c.median_ms for c in lan.curves}, medians))
    rows.append(_order("means", {name(c): c.mean_ms for c in lan.curves}, means))
    endless = sum(1 for time in results[FIXED] if time - FIXED_LIMIT_MS * 1_000 >= 0)
    tried = len(results[FIXED])
    rows.append(
        Row(FIXED, "median, ms", "> 10000", "", f"> 10000 in {endless} of {tried}", "half of them",
            endless * 2 > tried)
    )  # fmt: skip
    count = min(len(results[name(curve)]) for curve in lan.curves)
    return Table("Raft elections in one network", count, tuple(rows), lan.source, lan.note)


def _order(what: str, theirs: dict[str, float], ours: dict[str, float]) -> Row:
    """Are the curves in the same order, the fastest first?"""
    wanted = sorted(theirs, key=lambda curve: theirs[curve])
    met = all(ours[a] < ours[b] for a, b in pairwise(wanted))
    return Row("all", f"order of {what}", " < ".join(wanted), "", "the same" if met else "another",
               "the same", met)  # fmt: skip
