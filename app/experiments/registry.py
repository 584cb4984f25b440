"""The experiments there are, and how one is run: in jobs that anybody may work on."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from app.experiments import gossip_rounds, pbs, raft_lan, raft_split, raft_wan, ring_balance
from app.experiments.election import Job, work
from app.experiments.published import Published
from app.experiments.table import Table

PART = 250
"""Elections a job."""
Each = Callable[[Callable[[Any], Any], list[Any]], Iterable[Any]]
"""How jobs are worked on: `map`, or that of a pool; results in the order of the jobs."""
Run = Callable[[Published, int, Each], Table]


class Experiment(Struct, frozen=True):
    """`full`: elections or trials a curve at full size; `usual`: when nobody says how many."""

    summary: str
    full: int
    run: Run
    usual: int = 1_000


def seeded(
    setups: Callable[[Published], Mapping[str, Any]],
    table: Callable[[Published, dict[str, list[int]]], Table],
    sizes: Callable[[int], dict[str, int]] = lambda _count: {},
    work: Callable[[Job], list[int]] = work,
) -> Run:
    """A number a seed; `sizes`: the curves that get another number of them, `work` does one job."""

    def run_seeds(published: Published, count: int, each: Each) -> Table:
        places, others = setups(published), sizes(count)
        jobs = [
            Job(curve, setup, first, min(PART, others.get(curve, count) - first))
            for curve, setup in places.items()
            for first in range(0, others.get(curve, count), PART)
        ]
        results: dict[str, list[int]] = {curve: [] for curve in places}
        for job, found in zip(jobs, each(work, jobs), strict=True):
            results[job.curve] += found
        return table(published, results)

    return run_seeds


def trials(published: Published, count: int, each: Each) -> Table:
    """Writes and reads, which are counted as they come."""
    jobs = pbs.jobs(published, count)
    results = zip(jobs, each(pbs.work, jobs), strict=True)
    return pbs.table(published, ((job.curve, found) for job, found in results))


EXPERIMENTS: dict[str, Experiment] = {
    "raft-wan": Experiment(
        "elections over a wide network, beside AvailSim's curves",
        10_000,
        seeded(raft_wan.setups, raft_wan.table),
    ),
    "raft-lan": Experiment(
        "elections in one network after a crash, beside figure 16 of the Raft paper",
        10_000,
        seeded(raft_lan.setups, raft_lan.table, raft_lan.sizes),
    ),
    "raft-split": Experiment(
        "split votes in the first term, beside the closed form",
        10_000,
        seeded(raft_split.setups, raft_split.table),
    ),
    "pbs": Experiment(
        "stale reads and latencies of partial quorums, beside Bailis et al. 2012",
        1_000_000,
        trials,
        20_000,
    ),
    "ring": Experiment(
        "how evenly virtual nodes share out keys",
        1_000,
        seeded(ring_balance.setups, ring_balance.table, ring_balance.sizes, ring_balance.work),
    ),
    "gossip": Experiment(
        "rounds of gossip until all nodes know",
        1_000,
        seeded(gossip_rounds.setups, gossip_rounds.table, gossip_rounds.sizes, gossip_rounds.work),
    ),
}


def run(experiment: Experiment, published: Published, count: int, each: Each = map) -> Table:
    """The table of `count` elections or trials a curve, from number 0; `each` may share it out."""
    return experiment.run(published, count, each)
