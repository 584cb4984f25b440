"""Runs of experiments: started, watched while they work, cancelled, kept for a while.

A run is cut into parts for the pool, in rounds over all points, so that the whole curve is there
early and its bands shrink. What nobody looks at any more stops by itself.
"""

import asyncio
import contextlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from app.errors import CommandRejected
from app.experiments.lab.entries import work
from app.experiments.lab.experiment import Experiment, Part, Sample
from app.experiments.lab.fields import Number, Values
from app.experiments.published import Published
from app.rooms.limits import Limits
from app.rooms.pool import Ended, Pool

FIRST_ROUND = 10
ROUND = 40
"""Trials a point in a round: less than a second's work a part."""
State = Literal["running", "done", "cancelled", "stopped"]


class Run(Struct):
    """One curve in the making. `trials` a point; `said`: why it stopped, a sentence.
    `model`: what a vectorised model says by x, once it was asked."""

    id: str
    visitor: str
    experiment: Experiment
    values: Values
    trials: int
    samples: dict[int, Sample]
    looked_at: float
    state: State = "running"
    said: str = ""
    task: asyncio.Task[None] | None = None
    model: dict[int, float] | None = None

    @property
    def done(self) -> int:
        return sum(sample.count for sample in self.samples.values())

    @property
    def total(self) -> int:
        return self.trials * len(self.samples)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total


def trials_field(limits: Limits, experiment: Experiment) -> Number:
    most = limits.trials_a_point
    return Number("trials", "Trials a point", 10, most, experiment.usual_trials, 10)


class Laboratory:
    """`clock` gives seconds that only rise."""

    def __init__(
        self,
        pool: Pool,
        published: Published,
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pool = pool
        self.published = published
        self.limits = limits
        self.clock = clock
        self.runs: OrderedDict[str, Run] = OrderedDict()

    def start(self, visitor: str, experiment: Experiment, values: Values, trials: int) -> Run:
        """Begin a run; raises CommandRejected when this visitor may not now."""
        asked = experiment.asked
        going = [one for one in self.runs.values() if one.state == "running"]
        if sum(one.visitor == visitor for one in going) >= self.limits.runs_a_visitor:
            raise CommandRejected(
                asked,
                f"{self.limits.runs_a_visitor} runs of yours are going already.",
                "Cancel one, or wait until it is done.",
            )
        self.pool.check(visitor, asked)
        series = experiment.series(values)
        points = experiment.axis(values).points
        run = Run(
            secrets.token_urlsafe(9),
            visitor,
            experiment,
            values,
            trials,
            {x: Sample(series) for x in points},
            self.clock(),
        )
        self._keep(run)
        run.task = asyncio.create_task(self._work(run))
        return run

    def find(self, experiment: Experiment, name: str) -> Run:
        """A run that is kept, looked at now; raises CommandRejected."""
        run = self.runs.get(name)
        if run is None or run.experiment is not experiment:
            raise CommandRejected(
                "Show this run.",
                "It is not kept here any more: only the newest are, until the server restarts.",
                "Run the experiment again; the same seeds give the same numbers.",
            )
        run.looked_at = self.clock()
        self.runs.move_to_end(name)
        return run

    def cancel(self, run: Run) -> None:
        """Stop a run where it is; what it has stays."""
        if run.state == "running" and run.task is not None:
            run.state, run.said = "cancelled", "Cancelled."
            run.task.cancel()

    async def close(self) -> None:
        tasks = [run.task for run in self.runs.values() if run.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _keep(self, run: Run) -> None:
        self.runs[run.id] = run
        while len(self.runs) > self.limits.runs_kept:
            _, oldest = self.runs.popitem(last=False)
            self.cancel(oldest)

    async def _work(self, run: Run) -> None:
        free = asyncio.Semaphore(self.limits.workers)
        try:
            first = 0
            while first < run.trials:
                count = min(ROUND if first else FIRST_ROUND, run.trials - first)
                async with asyncio.TaskGroup() as together:
                    for x in run.samples:
                        together.create_task(self._part(run, x, first, count, free))
                first += count
            run.state = "done"
        except* CommandRejected as refused:
            run.state = "stopped"
            run.said = str(refused.exceptions[0])
        finally:
            if run.state == "running":
                run.state, run.said = "stopped", "It ended by a fault of ours. Report it."

    async def _part(
        self, run: Run, x: int, first: int, count: int, free: asyncio.Semaphore
    ) -> None:
        """Some trials of one point; once more if a process ended under them."""
        asked = run.experiment.asked
        part = Part(run.experiment.name, run.values, x, first, count, self.published)
        async with free:
            if self.clock() - run.looked_at > self.limits.unwatched_seconds:
                reason = "Nobody has looked at it for a while."
                raise CommandRejected(asked, reason, "Run it again when you want it.")
            found = None
            with contextlib.suppress(Ended):
                found = await self.pool.run(run.visitor, work, part, asked)
            if found is None:
                found = await self.pool.run(run.visitor, work, part, asked)
        if found.refused:
            raise CommandRejected(asked, found.refused, "Choose other settings.")
        run.samples[x].add(found.values)
