"""What a majority has acknowledged is never lost, and all logs meet again: on random fault scripts.

Crashes, pauses, cuts, cuts of one way, loss, messages that arrive twice, slow links, wrong clocks,
promotions by hand and the loss of one disk, under every combination of the settings of an election
in turn. Judged on the trace alone, by a few lines that know nothing of Raft. SEEDS=2000 for the
full size; SEED=17 replays one script and prints nothing else.
"""

import os
import random
from itertools import product

import pytest
from msgspec.structs import replace

from app.scenarios.scenario import Scenario
from app.scenarios.simulation import Simulation
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutLink,
    CutOff,
    CutOneWay,
    HealAll,
    HealLink,
    LoseOnLink,
    PauseNode,
    Promote,
    Restart,
    ResumeNode,
    SkewClock,
    SlowLink,
    WipeNode,
)
from app.trace.events import (
    CommitAdvanced,
    ElectionStarted,
    LeaderElected,
    LeaderGaveUp,
    LeaderHandedOver,
    LeaderHeard,
    LeaderSteppedDown,
    LogAppended,
    LogTruncated,
    NodeCrashed,
    NodeWiped,
    OperationReturned,
    TraceEvent,
    VoteGranted,
)
from tests.home import home
from tests.scenarios.random_runs import ELECTION, LINKS, NODES, WAYS

SEEDS = (
    [int(os.environ["SEED"])] if "SEED" in os.environ else range(int(os.environ.get("SEEDS", 150)))
)
REPLAY = "replay: SEED={} python -m pytest tests/protocols/leader_follower/test_safety.py"
HEALED_US = 3_100_000
BOUND_US = 3_000_000
"""So long after everything is whole again at most, all follow one leader and hold the same."""
ITEMS = ("milk", "bread", "eggs", "tea", "rice", "salt", "figs", "oats")
OUT_OF_OFFICE = (LeaderSteppedDown, LeaderGaveUp, LeaderHandedOver, NodeCrashed, NodeWiped)
COMBINATIONS = tuple(
    tuple(
        Configure("leader", name, value)
        for name, value in zip(
            ("pre_vote", "step_down", "priorities", "catch_up", "fencing"), values, strict=True
        )
    )
    for values in product(
        ("off", "on"), ("off", "on"), ("1", "2", "1-1-0"), ("off", "on"), ("off", "on")
    )
)


def script(seed: int) -> list[tuple[int, AnyCommand]]:
    """Up to 18 faults and writes in three seconds; at most one disk is lost."""
    luck = random.Random(seed)
    commands: list[tuple[int, AnyCommand]] = []
    for _ in range(luck.randint(5, 18)):
        a, b = luck.choice(LINKS)
        source, target = luck.choice(WAYS)
        node, client = luck.choice(NODES), luck.choice(("phone", "laptop"))
        choices: list[AnyCommand] = [
            CutLink(a, b), HealLink(a, b), CutOff(node), Crash(node), Restart(node), HealAll(),
            Restart(node), CutOff("n1"), CutOff("n2"), CutOneWay(source, target),
            LoseOnLink(a, b, luck.choice((20, 70))),
            SlowLink(a, b, luck.choice((3, 30))), PauseNode(node), ResumeNode(node),
            SkewClock(node, luck.choice((-5_000, 5_000))), Promote(node),
            *(Add(client, item) for item in ITEMS),
        ]  # fmt: skip
        commands.append((luck.randint(1, 3_000_000), luck.choice(choices)))
    if luck.random() < 0.3:
        commands.append((luck.randint(1, 3_000_000), WipeNode(luck.choice(NODES))))
    return sorted(commands, key=lambda placed: placed[0])


def scene(seed: int) -> Scenario:
    """In two of five scripts a third of what nodes say to each other arrives twice."""
    whole = home()
    twice = 333_333 if seed % 5 in (1, 3) else 0
    return replace(whole, network=replace(whole.network, duplicate_ppm=twice))


def run(seed: int, elections: bool = True) -> Simulation:
    """The script, then everything healed and restarted, then quiet seconds."""
    start = (*ELECTION, *COMBINATIONS[seed % len(COMBINATIONS)]) if elections else ()
    simulation = Simulation(scene(seed), seed, start)
    simulation.start()
    for at, command in script(seed):
        if elections or not isinstance(command, Promote):
            simulation.do(at, [command])
    whole = [HealAll(), *(ResumeNode(n) for n in NODES), *(Restart(n) for n in NODES)]
    simulation.do(HEALED_US, whole)
    simulation.run_until(7_000_000)
    return simulation


def logs(trace: list[TraceEvent]) -> dict[str, list[str]]:
    """What is on each disk at the end, by op."""
    found: dict[str, list[str]] = {node: [] for node in NODES}
    for event in trace:
        if isinstance(event, NodeWiped):
            found[event.node] = []
        elif isinstance(event, LogAppended):
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
        assert len(ends["n1"]) == len(set(ends["n1"])), f"a write twice; {REPLAY.format(seed)}"
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
            if isinstance(event, NodeWiped):
                # What it voted for itself died with its candidacy.
                own = [key for key, given in votes.items() if key[0] == given == event.node]
                for key in own:
                    del votes[key]
            elif isinstance(event, ElectionStarted):
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


def test_no_two_logs_differ_where_their_terms_agree_and_no_committed_entry_changes() -> None:
    """Log matching and leader completeness, on whole logs after every change."""
    committed_ever = 0
    for seed in SEEDS:
        held: dict[str, list[tuple[int, str]]] = {node: [] for node in NODES}
        committed: list[tuple[int, str]] = []
        for event in run(seed).traces()["leader"]:
            if isinstance(event, NodeWiped):
                held[event.node] = []
            elif isinstance(event, LogTruncated):
                del held[event.node][event.position - 1 :]
            elif isinstance(event, LogAppended):
                log = held[event.node]
                log.append((event.term, event.op))
                assert event.position == len(log), REPLAY.format(seed)
                for other in held.values():
                    if len(other) >= len(log) and other[len(log) - 1][0] == event.term:
                        assert other[: len(log)] == log, REPLAY.format(seed)
            elif isinstance(event, CommitAdvanced):
                known = held[event.node][: event.position]
                shared = min(len(known), len(committed))
                assert known[:shared] == committed[:shared], REPLAY.format(seed)
                committed = max(committed, known, key=len)
            elif isinstance(event, LeaderElected):
                assert held[event.node][: len(committed)] == committed, REPLAY.format(seed)
        committed_ever += len(committed)
    assert committed_ever > len(SEEDS), "the scripts commit too little to prove anything"


def test_once_all_is_whole_one_leader_is_followed_by_all_within_a_bound() -> None:
    settled: list[int] = []
    for seed in SEEDS:
        leader, follows, since = "n1", dict.fromkeys(NODES, "n1"), 0
        for event in run(seed).traces()["leader"]:
            before = (leader, dict(follows))
            if isinstance(event, LeaderElected):
                leader = follows[event.node] = event.node
            elif isinstance(event, LeaderHeard):
                follows[event.node] = event.leader
            elif isinstance(event, OUT_OF_OFFICE):
                follows[event.node] = ""
            if before != (leader, follows):
                since = event.at
        assert set(follows.values()) == {leader}, REPLAY.format(seed)
        assert since <= HEALED_US + BOUND_US, REPLAY.format(seed)
        settled.append(max(0, since - HEALED_US))
    if len(SEEDS) > 100:
        assert max(settled) > 400_000, "some script must leave the cluster without a leader"
