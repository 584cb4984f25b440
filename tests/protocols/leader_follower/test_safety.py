"""What a majority has acknowledged is never lost, and all logs meet again: on random fault scripts.

Judged on the trace alone, by a few lines that know nothing of Raft. SEEDS=2000 for the full size;
SEED=17 replays one script and prints nothing else.
"""

import os
import random

import pytest

from app.scenarios.simulation import Simulation
from app.trace.commands import Add, AnyCommand, Crash, CutLink, CutOff, HealAll, HealLink, Restart
from app.trace.events import (
    CommitAdvanced,
    ElectionStarted,
    LeaderElected,
    LogAppended,
    LogTruncated,
    OperationReturned,
    TraceEvent,
    VoteGranted,
)
from tests.home import home
from tests.scenarios.random_runs import ELECTION, LINKS, NODES

SEEDS = (
    [int(os.environ["SEED"])] if "SEED" in os.environ else range(int(os.environ.get("SEEDS", 150)))
)
REPLAY = "replay: SEED={} python -m pytest tests/protocols/leader_follower/test_safety.py"


def script(seed: int) -> list[tuple[int, AnyCommand]]:
    """Up to 14 faults and writes in three seconds."""
    luck = random.Random(seed)
    commands: list[tuple[int, AnyCommand]] = []
    for _ in range(luck.randint(4, 14)):
        a, b = luck.choice(LINKS)
        node, client = luck.choice(NODES), luck.choice(("phone", "laptop"))
        choices: list[AnyCommand] = [
            CutLink(a, b), HealLink(a, b), CutOff(node), Crash(node), Restart(node), HealAll(),
            Add(client, "milk"), Add(client, "bread"), Add(client, "eggs"), Add(client, "tea"),
        ]  # fmt: skip
        commands.append((luck.randint(1, 3_000_000), luck.choice(choices)))
    return sorted(commands, key=lambda placed: placed[0])


def run(seed: int, elections: bool = True) -> Simulation:
    """The script, then everything healed and restarted, then three quiet seconds."""
    simulation = Simulation(home(), seed, ELECTION if elections else ())
    simulation.start()
    for at, command in script(seed):
        simulation.do(at, [command])
    simulation.do(3_100_000, [HealAll(), *(Restart(node) for node in NODES)])
    simulation.run_until(7_000_000)
    return simulation


def logs(trace: list[TraceEvent]) -> dict[str, list[str]]:
    """What is on each disk at the end, by op."""
    found: dict[str, list[str]] = {node: [] for node in NODES}
    for event in trace:
        if isinstance(event, LogAppended):
            found[event.node].append(event.op)
        elif isinstance(event, LogTruncated):
            del found[event.node][event.position - 1 :]
    return found


def acknowledged(trace: list[TraceEvent]) -> set[str]:
    return {
        event.op
        for event in trace
        if isinstance(event, OperationReturned) and event.outcome == "ok" and event.kind == "write"
    }


@pytest.mark.parametrize("elections", [True, False])
def test_no_acknowledged_write_is_lost_and_all_logs_meet_again(elections: bool) -> None:
    writes = 0
    for seed in SEEDS:
        trace = run(seed, elections).traces()["leader"]
        ends = logs(trace)
        told = acknowledged(trace)
        writes += len(told)
        assert ends["n1"] == ends["n2"] == ends["n3"], REPLAY.format(seed)
        assert told <= set(ends["n1"]), REPLAY.format(seed)
        commits = {e.node: e.position for e in trace if isinstance(e, CommitAdvanced)}
        if ends["n1"]:
            assert set(commits.values()) == {len(ends["n1"])}, REPLAY.format(seed)
    assert writes > len(SEEDS) / 2, "the scripts write too little to prove anything"


def test_one_vote_a_term_and_one_leader_a_term() -> None:
    elected = 0
    for seed in SEEDS:
        votes: dict[tuple[str, int], str] = {}
        leaders: dict[int, str] = {}
        for event in run(seed).traces()["leader"]:
            if isinstance(event, ElectionStarted):
                assert (event.node, event.term) not in votes, REPLAY.format(seed)
                votes[(event.node, event.term)] = event.node
            elif isinstance(event, VoteGranted):
                given = votes.setdefault((event.node, event.term), event.candidate)
                assert given == event.candidate, REPLAY.format(seed)
            elif isinstance(event, LeaderElected):
                elected += 1
                assert leaders.setdefault(event.term, event.node) == event.node, REPLAY.format(seed)
    assert elected > len(SEEDS) / 2, "the scripts elect too seldom to prove anything"


def test_rolled_back_entries_are_named_and_were_never_acknowledged() -> None:
    rolled_back = 0
    for seed in SEEDS:
        trace = run(seed).traces()["leader"]
        told = acknowledged(trace)
        for event in trace:
            if isinstance(event, LogTruncated):
                rolled_back += len(event.dropped)
                assert told.isdisjoint(value.id for value in event.dropped), REPLAY.format(seed)
    if len(SEEDS) > 100:
        assert rolled_back, "no script rolls anything back"
