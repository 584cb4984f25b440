"""Several replication groups over the nodes of one cluster: each as before, apart from the rest."""

import os
import random

import pytest

from app.checkers.judge import Judge
from app.errors import CommandRejected, InvariantViolation
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.shard_invariants import ShardInvariants
from app.protocols.leader_follower.shards import layout, members
from app.scenarios.simulation import Simulation
from app.trace.codec import encode_lines
from app.trace.commands import (
    Add,
    AnyCommand,
    Crash,
    CutLink,
    CutOff,
    HealAll,
    HealEverything,
    Increment,
    Promote,
    Put,
    Read,
    Restart,
    WipeNode,
)
from app.trace.events import (
    ClusterStarted,
    CommitAdvanced,
    ElectionStarted,
    LeaderElected,
    LogAppended,
    LogTruncated,
    MessageSent,
    NodeWiped,
    OperationReturned,
    PromotionRefused,
    ShardEvent,
    TraceEvent,
)
from app.trace.sentences import sentence
from tests.scenarios.sharded import KEYS, SECOND, sharded

SEEDS = (
    [int(os.environ["SEED"])] if "SEED" in os.environ else range(int(os.environ.get("SEEDS", 40)))
)
REPLAY = "replay: SEED={} python -m pytest tests/protocols/leader_follower/test_shards.py"
NAMES = tuple(key.name for key in KEYS)


def settled(**values: object) -> LeaderFollowerSettings:
    return LeaderFollowerSettings(**values)  # type: ignore[arg-type]


def started(seed: int = 7, nodes: int = 5, **values: str | int) -> Simulation:
    simulation = Simulation(sharded(nodes, {"shards": 2, **values}), seed)
    simulation.start()
    return simulation


def trace_of(simulation: Simulation) -> list[TraceEvent]:
    return simulation.traces()["leader"]


def told(trace: list[TraceEvent]) -> dict[str, OperationReturned]:
    return {e.op: e for e in trace if isinstance(e, OperationReturned)}


# ---- where what lies -----------------------------------------------------------------------------


@pytest.mark.parametrize("nodes", range(2, 13))
@pytest.mark.parametrize("shards", range(1, 5))
def test_leaders_start_on_different_nodes_as_long_as_there_are_enough(
    nodes: int, shards: int
) -> None:
    names = tuple(f"n{number}" for number in range(1, nodes + 1))
    groups = [members(names, settled(shards=shards), n) for n in range(1, shards + 1)]
    assert len({group[0] for group in groups}) == min(nodes, shards)
    assert all(sorted(group) == sorted(names) for group in groups)


def test_groups_of_three_share_no_node_where_there_are_enough() -> None:
    names = tuple(f"n{number}" for number in range(1, 7))
    settings = settled(shards=2, replicas=3)
    groups = layout(names, settings, NAMES)
    assert groups == (
        (("n1", "n2", "n3"), ("cart", "stock")),
        (("n4", "n5", "n6"), ("price", "cost")),
    )
    assert layout(names, settled(), NAMES) == ()


def test_the_trace_says_which_groups_there_are_and_names_a_shard_only_where_there_are() -> None:
    start = trace_of(started())[0]
    assert isinstance(start, ClusterStarted)
    assert [keys for _, keys in start.shards] == [("cart", "stock"), ("price", "cost")]
    alone = Simulation(sharded(5, {"failover": "election"}), 7)
    alone.start()
    alone.do(1, [Add("phone", "milk"), Crash("n1")])
    alone.run_until(2 * SECOND)
    start = trace_of(alone)[0]
    assert isinstance(start, ClusterStarted)
    assert start.shards == ()
    assert {e.shard for e in trace_of(alone) if isinstance(e, ShardEvent)} == {0}
    assert not [e for e in trace_of(alone) if "shard" in sentence("leader_follower", e)]


@pytest.mark.parametrize(
    "values",
    [
        {"shards": 0},
        {"shards": 5},
        {"replicas": 6},
        {"replicas": 3, "copies": 4},
        {"shards": 2, "reads": "wait_position"},
        {"shards": 2, "priorities": "1-2"},
        {"replicas": 3, "standbys": "ANY 1 (n2, n3)"},
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(values: dict[str, object]) -> None:
    with pytest.raises(CommandRejected) as refused:
        settled(**values).validate(5)
    assert refused.value.remedy.startswith("Choose")


# ---- apart from each other -----------------------------------------------------------------------


def test_a_write_goes_to_the_leader_of_its_key_and_into_its_log_alone() -> None:
    simulation = started(copies=5)
    simulation.do(1, [Add("phone", "milk"), Put(client="till", key="price", value="12")])
    simulation.run_until(SECOND)
    logs = [e for e in trace_of(simulation) if isinstance(e, LogAppended)]
    assert {(e.shard, e.key) for e in logs} == {(1, "cart"), (2, "price")}
    first = {e.shard: e.node for e in reversed(logs)}
    assert first == {1: "n1", 2: "n3"}
    assert {e.position for e in logs} == {1}, "each log counts its own positions"
    assert all(e.outcome == "ok" for e in told(trace_of(simulation)).values())


def test_the_crash_of_one_leader_elects_a_new_one_in_its_shard_alone() -> None:
    simulation = started(failover="election")
    simulation.do(1, [Crash("n1")])
    simulation.run_until(50_000)
    simulation.do(50_000, [Put(client="till", key="price", value="12"), Add("laptop", "milk")])
    simulation.run_until(2 * SECOND)
    trace = trace_of(simulation)
    assert {e.shard for e in trace if isinstance(e, ElectionStarted | LeaderElected)} == {1}
    answers = told(trace)
    assert answers["till-1"].outcome == "ok"
    assert answers["till-1"].at < 200_000, "the other shard does not wait for the election"
    assert answers["laptop-1"].outcome != "ok"


def test_two_groups_messages_of_one_name_have_luck_of_their_own() -> None:
    simulation = started()
    simulation.run_until(2 * SECOND)
    delays: dict[tuple[str, str, str], list[int]] = {}
    for e in trace_of(simulation):
        if isinstance(e, MessageSent) and e.kind == "heartbeat_ack":
            delays.setdefault((e.op, e.source, e.target), []).append(e.arrives_at - e.at)
    one = started(shards=4, nodes=3)
    one.run_until(2 * SECOND)
    for e in trace_of(one):
        # With four shards on three nodes n1 leads two, whose heartbeats have the same names.
        if isinstance(e, MessageSent) and e.kind == "heartbeat" and e.source == "n1":
            delays.setdefault((e.op, e.source, e.target), []).append(e.arrives_at - e.at)
    twice = [found for found in delays.values() if len(found) == 2]
    assert len(twice) > 20
    assert sum(a != b for a, b in twice) > len(twice) * 0.9


def test_the_rules_hold_in_each_group_and_the_groups_are_not_mixed_up() -> None:
    groups = [("n1", "n2", "n3"), ("n2", "n3", "n1")]
    rules = ShardInvariants("leader", ("n1", "n2", "n3"), groups)
    for shard, node in ((1, "n1"), (2, "n2")):
        rules.observe(LeaderElected(0, 0, None, node, 2, 2, shard=shard))
        rules.observe(LogAppended(0, 0, None, node, 1, 2, f"op-{shard}", None, shard=shard))
    with pytest.raises(InvariantViolation, match="both lead term 2"):
        rules.observe(LeaderElected(0, 0, None, "n3", 2, 2, shard=2))


def test_a_node_that_lost_its_disk_rejoins_every_group() -> None:
    simulation = started(nodes=3, failover="election")
    simulation.do(1, [Add("phone", "milk"), Put(client="till", key="price", value="12")])
    simulation.do(SECOND, [WipeNode("n2")])
    simulation.run_until(4 * SECOND)
    trace = trace_of(simulation)
    wiped = next(e.seq for e in trace if isinstance(e, NodeWiped))
    again = {(e.shard, e.key) for e in trace if isinstance(e, LogAppended) and e.seq > wiped}
    assert {(1, "cart"), (2, "price")} <= again


# ---- nodes without a copy ------------------------------------------------------------------------


def test_a_node_without_a_copy_hands_a_request_on_and_the_answer_back() -> None:
    simulation = started(nodes=6, replicas=3)
    simulation.do(1, [Put(client="phone", key="price", value="12")])  # The phone enters at n1.
    simulation.do(SECOND, [Read("phone", "price")])
    simulation.run_until(2 * SECOND)
    trace = trace_of(simulation)
    answers = told(trace)
    assert [answers[op].outcome for op in ("phone-1", "phone-2")] == ["ok", "ok"]
    assert [value.items for value in answers["phone-2"].values] == [("12",)]
    holders = {e.node for e in trace if isinstance(e, LogAppended)}
    assert holders == {"n4", "n5", "n6"}


def test_after_silence_the_next_request_goes_to_another_node_of_the_shard() -> None:
    simulation = started(nodes=6, replicas=3, failover="election")
    simulation.do(1, [Crash("n4")])
    simulation.do(2, [Put(client="phone", key="price", value="12")])
    simulation.do(2 * SECOND, [Put(client="phone", key="price", value="13")])
    simulation.run_until(4 * SECOND)
    answers = told(trace_of(simulation))
    assert answers["phone-1"].outcome == "unknown", "it was sent to a node that was down"
    assert answers["phone-2"].outcome == "ok"


# ---- the judge -----------------------------------------------------------------------------------


def test_the_judge_keeps_one_order_for_each_log() -> None:
    """What shard 2 throws away from a position on is nothing to what shard 1 has there."""
    simulation = started(nodes=3, failover="timeout", copies=1)
    simulation.do(1, [Add("phone", "milk")])
    simulation.do(SECOND, [CutOff("n2")])  # It leads shard 2, and goes on leading it alone.
    simulation.do(2 * SECOND, [Put(client="laptop", key="price", value="12")])
    simulation.do(2 * SECOND + 1, [Put(client="phone", key="price", value="13")])
    simulation.do(3 * SECOND, [HealAll()])
    simulation.run_until(5 * SECOND)
    trace = trace_of(simulation)
    gone = [e for e in trace if isinstance(e, LogTruncated)]
    assert {e.shard for e in gone} == {2}
    judge = Judge("leader", "leader_follower")
    rows = [row for event in trace for row in judge.observe(event)]
    status = {row.op: row.status for row in rows if hasattr(row, "status")}
    assert status["phone-1"] == "kept"
    assert status["laptop-1"] in ("lost", "overwritten")
    findings = {row.check for row in rows if getattr(row, "verdict", "") == "broken"}
    assert "two_leaders" in findings
    assert findings <= {"two_leaders", "lost_writes"}


def test_leaders_of_different_shards_are_no_rivals() -> None:
    simulation = started(nodes=3, failover="election")
    simulation.do(1, [Crash("n1")])
    simulation.do(SECOND, [Put(client="laptop", key="price", value="12"), Add("laptop", "milk")])
    simulation.run_until(3 * SECOND)
    trace = trace_of(simulation)
    judge = Judge("leader", "leader_follower")
    rows = [row for event in trace for row in judge.observe(event)]
    assert not [row for row in rows if getattr(row, "check", "") == "two_leaders"]
    assert told(trace)["laptop-1"].outcome == "ok"


# ---- whatever happens ----------------------------------------------------------------------------


def script(seed: int, nodes: tuple[str, ...]) -> list[tuple[int, list[AnyCommand]]]:
    """Up to 14 faults and as many writes in three seconds."""
    luck = random.Random(seed)
    commands: list[tuple[int, list[AnyCommand]]] = []
    for _ in range(luck.randint(6, 14)):
        a, b = luck.sample(nodes, 2)
        client = luck.choice(("phone", "laptop", "till"))
        faults: list[AnyCommand] = [
            CutLink(a, b), CutOff(a), Crash(a), Restart(a), Restart(b), HealAll(),
        ]  # fmt: skip
        writes: list[AnyCommand] = [
            Add(client, luck.choice(("milk", "bread")), "operation"),
            Put(client=client, key=luck.choice(("price", "cost")), value=str(luck.randint(1, 99))),
            Increment(client=client, key="stock", by=1, write="operation"),
        ]
        at = luck.randint(1, 3 * SECOND)
        commands += [(at, [luck.choice(faults)]), (at + 1, [luck.choice(writes)])]
    return sorted(commands, key=lambda entry: entry[0])


def storm(seed: int) -> Simulation:
    """The script on 3 to 6 nodes with 2 to 4 shards, all healed, then quiet."""
    luck = random.Random(seed)
    nodes, shards = luck.randint(3, 6), luck.randint(2, 4)
    replicas = luck.choice((0, 3))
    copies = (replicas or nodes) // 2 + 1
    scene = sharded(
        nodes,
        {"shards": shards, "replicas": replicas, "copies": copies, "failover": "election"},
    )
    simulation = Simulation(scene, seed)
    simulation.start()
    for at, commands in script(seed, scene.nodes):
        simulation.do(at, commands)
    simulation.do(4 * SECOND, [HealEverything()])
    simulation.run_until(9 * SECOND)
    return simulation


def test_in_every_shard_no_acknowledged_write_is_lost_and_all_logs_meet_again() -> None:
    writes = elections = 0
    for seed in SEEDS:
        trace = trace_of(storm(seed))
        start = trace[0]
        assert isinstance(start, ClusterStarted)
        logs: dict[tuple[int, str], list[str]] = {
            (number, node): []
            for number, (nodes, _) in enumerate(start.shards, 1)
            for node in nodes
        }
        leaders: dict[tuple[int, int], str] = {}
        commits: dict[tuple[int, str], int] = {}
        for event in trace:
            if isinstance(event, LogAppended):
                logs[(event.shard, event.node)].append(event.op)
            elif isinstance(event, LogTruncated):
                del logs[(event.shard, event.node)][event.position - 1 :]
            elif isinstance(event, CommitAdvanced):
                commits[(event.shard, event.node)] = event.position
            elif isinstance(event, LeaderElected):
                leader = leaders.setdefault((event.shard, event.term), event.node)
                assert leader == event.node, REPLAY.format(seed)
        elections += len(leaders)
        held: set[str] = set()
        for (shard, node), log in logs.items():
            mates = [other for (number, _), other in logs.items() if number == shard]
            assert all(log == other for other in mates), REPLAY.format(seed)
            if log:
                assert commits[(shard, node)] == len(log), REPLAY.format(seed)
            held |= set(log)
        ok = {op for op, e in told(trace).items() if e.outcome == "ok" and e.kind == "write"}
        writes += len(ok)
        assert ok <= held, REPLAY.format(seed)
    assert writes > len(SEEDS) * 2, "the scripts write too little to prove anything"
    assert elections > len(SEEDS) / 2, "the scripts elect too seldom to prove anything"


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_the_same_bytes_on_either_side_of_a_snapshot(seed: int) -> None:
    whole = storm(seed)
    scene = whole.scenario

    def act(simulation: Simulation, start: int, end: int) -> None:
        for at, commands in script(seed, scene.nodes):
            if start < at <= end:
                simulation.do(at, commands)
        simulation.run_until(end)

    def finish(simulation: Simulation) -> None:
        simulation.do(4 * SECOND, [HealEverything()])
        simulation.run_until(9 * SECOND)

    for middle in (150_000, 1_500_000, 2_900_000):
        first = Simulation(scene, seed)
        first.start()
        act(first, 0, middle)
        second = Simulation(scene, seed)
        second.start()
        second.restore(first.snapshot())
        act(second, middle, 4 * SECOND)
        finish(second)
        for name, trace in whole.traces().items():
            both = [*first.traces()[name], *second.traces()[name]]
            assert encode_lines(both) == encode_lines(trace)


def test_a_person_makes_a_node_lead_every_shard_that_it_can() -> None:
    simulation = started(nodes=6, replicas=3, failover="election")
    simulation.do(SECOND, [Promote("n2"), Promote("n4")])
    simulation.run_until(3 * SECOND)
    trace = trace_of(simulation)
    elected = {(e.shard, e.node) for e in trace if isinstance(e, LeaderElected)}
    assert elected == {(1, "n2")}
    refused = [e.reason for e in trace if isinstance(e, PromotionRefused)]
    assert refused == ["n4 leads already"]
