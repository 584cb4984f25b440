"""Random runs keep every rule, replay to the same bytes, and lose nothing that the settings in
force promise to keep. SEEDS=5000 for the full size; SEED=17 replays one run.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import pytest

from app.scenarios.simulation import Simulation
from app.trace.codec import encode_lines
from app.trace.commands import HealEverything
from app.trace.events import (
    ClusterStarted,
    NodeSlowed,
    NodeWiped,
    OperationInvoked,
    OperationReturned,
    RequestAccepted,
    SettingChanged,
    TraceEvent,
)
from app.trace.ids import operation_of
from app.trace.verdicts import FindingChanged
from tests.checkers.traces import judged
from tests.scenarios.swarm import END_US, QUIET_US, SEEDS, run, script

REPLAY = "replay: SEED={} python -m pytest tests/scenarios/test_swarm.py"


class Facts(NamedTuple):
    """What of one cluster's run decides which promise holds.

    `values`: every value that each setting had. `needs`: by operation, the least that was waited
    for when a try of it was accepted. `keys`: by operation, its key. `wholes`: the keys of which a
    whole value was written. `types`: by key. `wipes`: how many disks were lost.
    """

    nodes: int
    values: dict[str, set[str]]
    needs: dict[str, int]
    kinds: dict[str, str]
    keys: dict[str, str]
    wholes: set[str]
    types: dict[str, str]
    wipes: int

    def always(self, setting: str, *values: str) -> bool:
        return self.values[setting] <= set(values)

    @property
    def flushed(self) -> bool:
        """Beside a leader: does an OK always stand for entries on as many disks as it waits for?"""
        disks = self.always("durability", "on", "remote_apply")
        return disks and self.always("on_timeout", "wait", "cancel", "unknown")

    @property
    def beside(self) -> bool:
        """Without a leader: does every version stay that nobody has read, and every delete?"""
        return (
            self.always("conflict", "siblings")
            and self.always("shown", "all")
            and self.always("cart", "as_written", "or_set")
            and self.always("tombstones", "kept")
        )

    @property
    def majority(self) -> int:
        return self.nodes // 2 + 1


class Promise(NamedTuple):
    """When an acknowledged write must not be lost: the design, in words, and as a rule about the
    run, how many nodes stood behind the write when it was OK, and its key.

    `types`: what it can be shown on. A register knows no operation, so beside a leader what is
    promised of it is promised of compare-and-set.
    """

    design: str
    words: str
    holds: Callable[[Facts, int, str], bool]
    types: tuple[str, ...] = ("cart", "register", "counter")


KEEPS: tuple[Promise, ...] = (
    Promise(
        "leader_follower",
        "One leader for good, fewer lost disks than copies, no whole write of this key",
        lambda f, need, key: (
            f.always("failover", "none")
            and f.wipes < need
            and f.flushed
            and key not in f.wholes
        ),
        ("cart", "counter"),
    ),
    Promise(
        "leader_follower",
        "Elections, OK after a majority, no lost disk, no whole write of this key",
        lambda f, need, key: (
            f.always("failover", "election")
            and need >= f.majority
            and not f.wipes
            and f.flushed
            and key not in f.wholes
        ),
        ("cart", "counter"),
    ),
    Promise(
        "leaderless",
        "Versions are kept side by side, no lost disk: whatever N, R, W, quorum and hints",
        lambda f, _, __: f.beside and not f.wipes,
    ),
    Promise(
        "leaderless",
        "Versions are kept side by side, strict quorum, fewer lost disks than W",
        lambda f, need, _: f.beside and f.always("quorum", "strict") and f.wipes < need,
    ),
)  # fmt: skip


def shows_all(design: str, facts: Facts) -> bool:
    """Must every read of this run show every write acknowledged before it began?"""
    if facts.wipes:
        return False
    writes = [need for op, need in facts.needs.items() if facts.kinds[op] == "write"]
    reads = [need for op, need in facts.needs.items() if facts.kinds[op] == "read"]
    if design == "leader_follower":
        return (
            facts.always("failover", "none", "election")
            and facts.always("reads", "leader")
            and min(writes, default=facts.majority) >= facts.majority
        )
    n = int(next(iter(facts.values["n"])))
    return (
        facts.beside
        and facts.always("quorum", "strict")
        and facts.always("notfound", "counts")
        and min(writes, default=n) + min(reads, default=n) > n
    )


class Judged(NamedTuple):
    """One cluster's run: its facts, the answers, and by operation what was lost or old."""

    design: str
    facts: Facts
    answers: list[OperationReturned]
    lost: dict[str, str]
    stale: dict[str, str]


@cache
def done(seed: int) -> tuple[Judged, ...]:
    """A broken invariant raises here."""
    return tuple(
        Judged(
            started(trace).design,
            facts_of(trace),
            of(OperationReturned, trace),
            findings(trace, "lost_writes"),
            findings(trace, "stale_reads"),
        )
        for trace in run(script(seed)).traces().values()
    )


def started(trace: list[TraceEvent]) -> ClusterStarted:
    first = trace[0]
    assert isinstance(first, ClusterStarted)
    return first


def of(kind: type, trace: list[TraceEvent]) -> list[Any]:
    return [event for event in trace if isinstance(event, kind)]


def facts_of(trace: list[TraceEvent]) -> Facts:
    first = started(trace)
    values = {name: {value} for name, value in first.settings}
    for change in of(SettingChanged, trace):
        values[change.setting].add(change.choice)
    needs: dict[str, int] = {}
    kinds: dict[str, str] = {}
    for event in of(RequestAccepted, trace):
        op = operation_of(event.op)
        needs[op] = min(event.need, needs.get(op, event.need))
        kinds[op] = event.kind
    invoked = of(OperationInvoked, trace)
    return Facts(
        len(first.nodes),
        values,
        needs,
        kinds,
        {event.op: event.key for event in invoked},
        {event.key for event in invoked if event.kind == "write" and event.write == "whole"},
        dict(first.keys),
        len(of(NodeWiped, trace)),
    )


def findings(trace: list[TraceEvent], check: str) -> dict[str, str]:
    rows = judged(started(trace).design, trace)
    found = [row for row in rows if isinstance(row, FindingChanged) and row.check == check]
    return {row.op: row.because for row in found}


def test_nothing_is_lost_that_the_settings_promise_to_keep() -> None:
    """Each run keeps its invariants, too: a broken one raises."""
    promised = {(promise.words, kind): 0 for promise in KEEPS for kind in promise.types}
    lost = 0
    for seed in SEEDS:
        for side in done(seed):
            lost += len(side.lost)
            for answer in side.answers:
                if answer.kind != "write" or answer.outcome != "ok":
                    continue
                facts, need, key = side.facts, side.facts.needs[answer.op], answer.key
                for promise in KEEPS:
                    if promise.design == side.design and promise.holds(facts, need, key):
                        place = (promise.words, facts.types[key])
                        promised[place] = promised.get(place, 0) + 1
                        told = f"{promise.words}: {side.lost.get(answer.op)} {REPLAY.format(seed)}"
                        assert answer.op not in side.lost, told
    if len(SEEDS) >= 240:
        assert min(promised.values()) >= 5, promised
        assert lost >= 4, "nothing is lost where nothing is promised: the scripts are too tame"


def test_reads_show_what_the_settings_promise_to_show() -> None:
    promised = stale = 0
    for seed in SEEDS:
        for side in done(seed):
            stale += len(side.stale)
            if shows_all(side.design, side.facts):
                promised += sum(answer.kind == "read" for answer in side.answers)
                assert not side.stale, f"{side.stale} {REPLAY.format(seed)}"
    if len(SEEDS) >= 240:
        assert promised >= 10
        assert stale >= 1, "no read is stale where none is promised to be fresh"


def test_a_run_replays_to_the_same_bytes_and_from_any_snapshot() -> None:
    slowed = 0
    for seed in SEEDS[::3]:
        made = script(seed)
        whole = run(made)
        slowed += sum(len(of(NodeSlowed, trace)) for trace in whole.traces().values())
        middle = made.commands[len(made.commands) // 2][0]
        first, second = (Simulation(made.lab, made.seed, made.configured) for _ in range(2))
        first.start()
        for at, command in made.commands:
            if at <= middle:
                first.do(at, [command])
        first.run_until(middle)
        second.start()
        second.restore(first.snapshot())
        for at, command in made.commands:
            if at > middle:
                second.do(at, [command])
        second.do(END_US + 1, [HealEverything()])
        second.run_until(QUIET_US)
        for side, trace in whole.traces().items():
            before, rest = first.traces()[side], second.traces()[side]
            assert encode_lines([*before, *rest]) == encode_lines(trace), REPLAY.format(seed)
    if len(SEEDS) >= 240:
        assert slowed >= 5


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_scripts_are_the_same_every_time(seed: int) -> None:
    assert script(seed) == script(seed)
