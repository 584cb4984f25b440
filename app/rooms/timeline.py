"""One branch of a room, simulated: encoded rows, verdicts, and snapshots to go back to.

A cache: all of it can be made again from (scenario, seed, commands). Rows are kept as encoded
bytes; decoded events live only between the kernel and the judge. What a search for the next story
runs through stays in the kernels until somebody wants it: mostly nothing is found, and it is
dropped unjudged.
"""

from array import array
from bisect import bisect_right

import msgspec

from app.checkers.judge import Judge
from app.rooms.budget import Budget
from app.rooms.frames import Rows
from app.rooms.log import configured
from app.rooms.track import Snapshot, Track, pack
from app.scenarios.scenario import Scenario
from app.scenarios.simulation import Simulation
from app.scenarios.stops import run_to_answers, run_to_story, waiting
from app.trace.codec import decode_events, decode_verdicts
from app.trace.commands import AnyCommand, Configure, PlacedCommand
from app.trace.events import TraceEvent
from app.trace.ranks import is_story
from app.trace.verdicts import VerdictRow

SNAPSHOT_EVERY = 1_000
SLICE_US = 10_000
"""How much is simulated before it is judged and encoded."""
HELD_AFTER = 100
"""Rows since the last snapshot from which on a search remembers where it began."""
MOST_SNAPSHOT_BYTES = 1_000_000
"""Of one timeline; beyond, every second snapshot goes, and rewinding does more again."""


class Timeline:
    """A branch being simulated. `horizon`: the moment up to which it is."""

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        commands: tuple[PlacedCommand, ...],
        budget: Budget | None = None,
    ) -> None:
        self.scenario = scenario
        self.budget = budget
        self.given: list[PlacedCommand] = []
        self.simulation = Simulation(scenario, seed, configured(commands))
        self.judges = {spec.name: Judge(spec.name, spec.design) for spec in scenario.clusters}
        self._tracks = {spec.name: Track() for spec in scenario.clusters}
        self._verdicts = {spec.name: Track() for spec in scenario.clusters}
        self.stories = array("q")
        self.snapshots: list[Snapshot] = []
        self.held: Snapshot | None = None
        if budget is not None:
            for cluster in self.simulation.clusters.values():
                cluster.kernel.watchers.append(budget.observe)
        self.simulation.start()
        self.horizon = 0
        self._absorb()
        self._snapshot()
        for placed in commands:
            if placed.at or not isinstance(placed.command, Configure):
                self.do(placed.at, [placed.command])

    # ---- going on -----------------------------------------------------------------------------

    @property
    def tracks(self) -> dict[str, Track]:
        """The rows of each cluster up to the horizon."""
        self._absorb()
        return self._tracks

    @property
    def verdicts(self) -> dict[str, Track]:
        """The judge's rows of each cluster up to the horizon."""
        self._absorb()
        return self._verdicts

    @property
    def event_count(self) -> int:
        return sum(cluster.kernel.seq for cluster in self.simulation.clusters.values())

    def do(self, at: int, commands: list[AnyCommand]) -> None:
        """Let the commands act at `at`; what was simulated beyond is dropped first."""
        self.rewind(at)
        self.run_until(at)
        self.given += [PlacedCommand(at, command) for command in commands]
        self.simulation.do(at, commands)
        self._absorb()
        self._snapshot()

    def run_until(self, until: int) -> None:
        """Simulate on to `until`, in slices, with a snapshot every thousand rows."""
        self._absorb()
        while (at := self.simulation.next_at()) is not None and at <= until:
            self.simulation.run_until(min(until, at + SLICE_US))
            self._absorb()
        if until > self.horizon:
            self.simulation.run_until(until)
            self.horizon = until

    def run_to_story(self, after: int, limit: int) -> int | None:
        """Simulate on to the first story event later than `after`; None if none until `limit`."""
        self._absorb()
        place = bisect_right(self.stories, after)
        if place < len(self.stories):
            return self.stories[place] if self.stories[place] <= limit else None
        if self._rows_since(self.held or self.snapshots[-1]) > HELD_AFTER:
            self.held = self._taken()
        found = run_to_story(self.simulation, limit)
        self.horizon = self.simulation.now
        return found

    def run_to_answers(self, limit: int) -> int:
        """Simulate on until no client waits for an answer on either side."""
        names = [client.name for client in self.scenario.clients]
        while waiting(self.simulation, names):
            at = self.simulation.next_at()
            if at is None or at > limit:
                break
            run_to_answers(self.simulation, names, min(limit, at + SLICE_US))
            self._absorb()
        return self.horizon

    def rewind(self, at: int) -> None:
        """Forget everything later than `at`."""
        if at >= self.horizon:
            return
        while self.snapshots[-1].at > at:
            self.snapshots.pop()
        last, held = self.snapshots[-1], self.held
        if held is not None and last.at < held.at <= at:
            self.snapshots.append(held)
        self.held = None
        self._restore(self.snapshots[-1])
        self._do_again(at)

    def fork(self, at: int) -> "Timeline":
        """Another timeline that has the same past up to `at` and a future of its own."""
        made = object.__new__(Timeline)
        made.scenario = self.scenario
        made.simulation = Simulation(
            self.scenario, self.simulation.seed, self.simulation.configured
        )
        made.judges = {spec.name: Judge(spec.name, spec.design) for spec in self.scenario.clusters}
        made.budget = None
        made.given = self.given[:]
        made.snapshots = [snapshot for snapshot in self.snapshots if snapshot.at <= at]
        last = made.snapshots[-1]
        made.held = None
        made._tracks = {name: t.copy(last.rows[name]) for name, t in self._tracks.items()}
        made._verdicts = {name: t.copy(last.verdicts[name]) for name, t in self._verdicts.items()}
        made.stories = self.stories[:]
        made.horizon = last.at
        made._restore(last)
        made._do_again(at)
        return made

    def unwatch(self) -> None:
        """What was to be tried out is tried out: from now on without its budget."""
        if self.budget is not None:
            for cluster in self.simulation.clusters.values():
                cluster.kernel.watchers.remove(self.budget.observe)
        self.budget = None

    # ---- for viewers --------------------------------------------------------------------------

    def rows(self, branch: int, parent: int | None, have: dict[str, int], upto: int) -> list[Rows]:
        """A frame a cluster: the rows after the first `have` of it, up to the moment `upto`."""
        frames = []
        for name, track in self.tracks.items():
            end = track.count(upto)
            start = min(have.get(name, 0), end)
            from_at = track.moments[start - 1] if start else -1
            verdict_start = self.verdicts[name].count(from_at - 1) if start else 0
            frames.append(
                Rows(
                    branch,
                    parent,
                    name,
                    start,
                    track.raw(start, end),
                    verdict_start,
                    self.verdicts[name].raw(verdict_start, self.verdicts[name].count(upto)),
                    upto,
                )
            )
        return frames

    def next_story(self, after: int, upto: int) -> int | None:
        """The first recorded story moment later than `after` and not later than `upto`."""
        self._absorb()
        place = bisect_right(self.stories, after)
        found = self.stories[place] if place < len(self.stories) else None
        return found if found is not None and found <= upto else None

    def events(self, upto: int) -> dict[str, list[TraceEvent]]:
        """All events by cluster up to a moment, decoded: for questions and tasks."""
        return {
            name: list(decode_events(bytes(track.raw(0, track.count(upto)))))
            for name, track in self.tracks.items()
        }

    def judgements(self, upto: int) -> dict[str, list[VerdictRow]]:
        """The judge's rows by cluster up to a moment, decoded."""
        return {
            name: list(decode_verdicts(bytes(track.raw(0, track.count(upto)))))
            for name, track in self.verdicts.items()
        }

    # ---- inside -------------------------------------------------------------------------------

    def _absorb(self) -> None:
        """Take the new events out of the kernels: judge, encode, note the stories."""
        told: dict[int, None] = {}
        for name, cluster in self.simulation.clusters.items():
            trace = cluster.kernel.trace
            if not trace:
                continue
            track, verdicts, judge = self._tracks[name], self._verdicts[name], self.judges[name]
            for event in trace:
                weight = track.add(event.at, event)
                if self.budget is not None:
                    self.budget.weigh(weight)
                if is_story(event):
                    told[event.at] = None
                for row in judge.observe(event):
                    verdicts.add(row.at, row)
            trace.clear()
        self.horizon = self.simulation.now
        self.stories.extend(at for at in sorted(told) if not self.stories or self.stories[-1] < at)
        if self.snapshots and self._rows_since(self.snapshots[-1]) > SNAPSHOT_EVERY:
            self._snapshot()

    def _rows_since(self, snapshot: Snapshot) -> int:
        return self.event_count - sum(snapshot.rows.values())

    def _snapshot(self) -> None:
        self.snapshots.append(self._taken())
        if sum(len(one.packed) for one in self.snapshots) > MOST_SNAPSHOT_BYTES:
            self.snapshots[1:-1] = self.snapshots[2:-1:2]

    def _taken(self) -> Snapshot:
        return Snapshot(
            self.horizon,
            len(self.given),
            {name: len(track) for name, track in self._tracks.items()},
            {name: len(track) for name, track in self._verdicts.items()},
            pack(self.simulation.snapshot(), {n: one.state for n, one in self.judges.items()}),
        )

    def _do_again(self, at: int) -> None:
        """After a restore: the commands up to `at` that the snapshot lacks, and time up to `at`."""
        again = [placed for placed in self.given[self.snapshots[-1].given :] if placed.at <= at]
        del self.given[self.snapshots[-1].given :]
        for placed in again:
            self.run_until(placed.at)
            self.given.append(placed)
            self.simulation.do(placed.at, [placed.command])
            self._absorb()
        self.run_until(at)

    def _restore(self, snapshot: Snapshot) -> None:
        simulation, judges = snapshot.unpacked()
        self.simulation.restore(simulation)
        for name, judge in self.judges.items():
            judge.state = msgspec.msgpack.decode(judges[name], type=type(judge.state))
            self._tracks[name].cut(snapshot.rows[name])
            self._verdicts[name].cut(snapshot.verdicts[name])
        del self.stories[bisect_right(self.stories, snapshot.at) :]
        self.horizon = snapshot.at
