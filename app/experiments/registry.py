"""The experiments there are, and how one is run: in jobs that anybody may work on."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from app.experiments import gossip_rounds, raft_lan, raft_split, raft_wan, ring_balance
from app.experiments.election import Job, work
from app.experiments.published import Published
from app.experiments.table import Table

PART = 250
"""Elections a job."""
Each = Callable[[Callable[[Job], list[int]], list[Job]], Iterable[list[int]]]
"""How jobs are worked on: `map`, or that of a pool; results in the order of the jobs."""


class Experiment(Struct, frozen=True):
    """`full`: elections a curve at full size; `sizes`: the curves that get another number. `work`
    does one job."""

    summary: str
    full: int
    setups: Callable[[Published], Mapping[str, Any]]
    table: Callable[[Published, dict[str, list[int]]], Table]
    sizes: Callable[[int], dict[str, int]] = lambda _count: {}
    work: Callable[[Job], list[int]] = work


EXPERIMENTS: dict[str, Experiment] = {
    "raft-wan": Experiment(
        "elections over a wide network, beside AvailSim's curves",
        10_000,
        raft_wan.setups,
        raft_wan.table,
    ),
    "raft-lan": Experiment(
        "elections in one network after a crash, beside figure 16 of the Raft paper",
        10_000,
        raft_lan.setups,
        raft_lan.table,
        raft_lan.sizes,
    ),
    "raft-split": Experiment(
        "split votes in the first term, beside the closed form",
        10_000,
        raft_split.setups,
        raft_split.table,
    ),
    "ring": Experiment(
        "how evenly virtual nodes share out keys",
        1_000,
        ring_balance.setups,
        ring_balance.table,
        work=ring_balance.work,
    ),
    "gossip": Experiment(
        "rounds of gossip until all nodes know",
        1_000,
        gossip_rounds.setups,
        gossip_rounds.table,
        gossip_rounds.sizes,
        gossip_rounds.work,
    ),
}


def run(experiment: Experiment, published: Published, count: int, each: Each = map) -> Table:
    """The table of `count` elections a curve, seeds 0 … count − 1; `each` may share it out."""
    setups = experiment.setups(published)
    sizes = experiment.sizes(count)
    jobs = [
        Job(curve, setup, first, min(PART, sizes.get(curve, count) - first))
        for curve, setup in setups.items()
        for first in range(0, sizes.get(curve, count), PART)
    ]
    results: dict[str, list[Any]] = {curve: [] for curve in setups}
    for job, found in zip(jobs, each(experiment.work, jobs), strict=True):
        results[job.curve] += found
    return experiment.table(published, results)
