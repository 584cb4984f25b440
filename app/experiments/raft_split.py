"""How often the first term splits its votes, beside the closed form (Ongaro 2014)."""

from app.experiments.election import Setup
from app.experiments.numbers import choose, likely
from app.experiments.published import Published, SplitRate
from app.experiments.table import Row, Table
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.sim.latency import Constant
from app.sim.network import NetworkSpec

WIDTH_US = 1_000_000
"""Of the range of time-outs; wide, so that two of a microsecond are as good as never drawn."""
SETTINGS = LeaderFollowerSettings(
    failover="election",
    heartbeat_us=WIDTH_US // 4,
    lease_us=WIDTH_US // 2,
    silence_us=WIDTH_US,
    election_low_us=WIDTH_US,
    election_high_us=2 * WIDTH_US,
)


def name(rate: SplitRate) -> str:
    return f"{rate.up} of {rate.servers} up, delay {rate.delay_percent} %"


def closed_form(rate: SplitRate) -> float:
    """P(the c-th time-out comes within one delay of the first), c = s − ⌊n/2⌋ + 1 of s servers:
    then too few are left to vote."""
    up, needed = rate.up, rate.up - rate.servers // 2 + 1
    delay = rate.delay_percent / 100
    return float(
        sum(
            choose(up, k) * delay**k * (1 - delay) ** (up - k)
            for k in range(needed - 1, up + 1)
        )
    )  # fmt: skip


def setups(published: Published) -> dict[str, Setup]:
    found = {}
    for rate in published.split.rates:
        network = NetworkSpec(nodes=Constant(WIDTH_US * rate.delay_percent // 100))
        down = rate.servers - rate.up
        found[name(rate)] = Setup(rate.servers, down, "equal", network, SETTINGS, measure="split")
    return found


def table(published: Published, results: dict[str, list[int]]) -> Table:
    split = published.split
    rows = []
    for rate in split.rates:
        splits = results[name(rate)]
        chance, count = closed_form(rate), len(splits)
        low, high = likely(count, chance)
        theirs = f"{chance * 100:.2f} % (thesis: {rate.thesis})"
        bound = f"{low / count * 100:.2f} to {high / count * 100:.2f} %"
        ours = f"{sum(splits) / count * 100:.2f} %"
        rows.append(
            Row(name(rate), "split votes", theirs, "", ours, bound, low <= sum(splits) <= high)
        )
    count = min(len(splits) for splits in results.values())
    return Table("Split votes in the first term", count, tuple(rows), split.source, split.note)
