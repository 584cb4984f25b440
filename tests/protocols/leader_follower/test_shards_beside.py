"""Several leaders with a watcher, a lock, clients that learn, a proxy, and tails that stay.

Three nodes; with two shards n1 leads the first (cart, stock) and n2 the second (price, cost).
"""

import os
from collections.abc import Sequence

import pytest

from app.scenarios.simulation import Simulation
from app.trace.codec import encode_lines
from app.trace.commands import (
    Add,
    AnyCommand,
    Crash,
    CutOff,
    HealEverything,
    Put,
    Read,
    Restart,
)
from app.trace.events import (
    CandidateChosen,
    ClientsRedirected,
    ClientTurned,
    LeaderDemoted,
    LeaderPromoted,
    LockGranted,
    LogAppended,
    LogDiverged,
    LogTruncated,
    NodeWiped,
    OperationReturned,
    TailKept,
    TailResent,
    TraceEvent,
)
from tests.checkers.traces import judged
from tests.protocols.leader_follower.bench import of
from tests.protocols.leader_follower.test_outside_safety import script, settings_of
from tests.scenarios.random_runs import NODES
from tests.scenarios.sharded import sharded

Step = tuple[int, Sequence[AnyCommand]]
MS = 1_000


def simulation(values: dict[str, str | int], nodes: int = 3) -> Simulation:
    found = Simulation(sharded(nodes, {"copies": 2, "shards": 2, **values}), 3)
    found.start()
    return found


def run(values: dict[str, str | int], *steps: Step, nodes: int = 3) -> list[TraceEvent]:
    """(ms, commands), and then three quiet seconds."""
    running = simulation(values, nodes)
    for at, commands in steps:
        running.do(at * MS, list(commands))
    running.run_until(steps[-1][0] * MS + 3_000 * MS)
    return running.traces()["leader"]


def told(trace: list[TraceEvent]) -> dict[str, str]:
    return {e.op: e.outcome for e in trace if isinstance(e, OperationReturned)}


BUY: list[AnyCommand] = [Add("phone", "milk"), Put(client="laptop", key="price", value="12")]
AGAIN: list[AnyCommand] = [Add("phone", "tea"), Put(client="laptop", key="price", value="10")]
OUTSIDE = pytest.mark.parametrize(
    "values", [{"failover": "observer", "fencing": "on"}, {"failover": "lease"}]
)


@OUTSIDE
def test_who_stands_beside_acts_for_the_group_whose_leader_is_gone_and_for_no_other(
    values: dict[str, str | int],
) -> None:
    trace = run(values, (300, BUY), (600, [Crash("n2")]), (2_500, AGAIN))
    (promoted,) = of(LeaderPromoted, trace)
    assert promoted.shard == 2
    assert told(trace) == {
        "phone-1": "ok",
        "laptop-1": "ok",
        "phone-2": "ok",
        "laptop-2": "unknown",
    }
    chosen = of(CandidateChosen, trace) + of(LockGranted, trace)
    assert [event.shard for event in chosen] == [2]


@OUTSIDE
def test_the_same_run_gives_the_same_bytes_also_from_a_snapshot(
    values: dict[str, str | int],
) -> None:
    values = {**values, "routing": "proxy"}
    first = simulation(values)
    first.do(300 * MS, BUY)
    first.do(600 * MS, [Crash("n2")])
    first.run_until(900 * MS)
    kept, data = encode_lines(first.traces()["leader"]), first.snapshot()
    second = simulation(values)
    second.restore(data)
    for going_on in (first, second):
        going_on.do(2_500 * MS, AGAIN)
        going_on.run_until(4_000 * MS)
    assert kept + encode_lines(second.traces()["leader"]) == encode_lines(first.traces()["leader"])


def test_without_its_lock_each_leader_leaves_office() -> None:
    trace = run({"failover": "lease"}, (300, BUY), (600, [Crash("lock")]), (1_500, AGAIN))
    assert {(e.node, e.shard) for e in of(LeaderDemoted, trace)} == {("n1", 1), ("n2", 2)}
    assert told(trace)["phone-2"] == told(trace)["laptop-2"] == "failed"


def test_a_client_learns_one_leader_for_each_shard() -> None:
    both: list[AnyCommand] = [Add("phone", "milk"), Put(client="phone", key="price", value="12")]
    steps = (300, both), (800, [Add("phone", "tea"), Put(client="phone", key="price", value="10")])
    trace = run({"routing": "direct"}, *steps)
    assert set(told(trace).values()) == {"ok"}
    turned = [(e.op, e.node, e.leader) for e in of(ClientTurned, trace)]
    assert turned == [("phone-2", "n1", "n2")], "once, and then it knows"


def test_a_node_without_a_copy_names_a_node_of_the_group_to_a_client_that_learns() -> None:
    values: dict[str, str | int] = {"routing": "direct", "replicas": 2, "copies": 1}
    trace = run(values, (300, [Add("till", "milk")]), (800, [Add("till", "tea")]), nodes=4)
    assert {word for op, word in told(trace).items() if op.startswith("till")} == {"ok"}
    assert of(ClientTurned, trace)[0].leader in ("n1", "n2")


def test_a_proxy_turns_for_one_shard_and_stays_for_the_other() -> None:
    values: dict[str, str | int] = {"failover": "observer", "routing": "proxy"}
    trace = run(values, (300, BUY), (600, [Crash("n2")]), (2_500, AGAIN))
    assert set(told(trace).values()) == {"ok"}
    assert {e.shard for e in of(ClientsRedirected, trace)} == {2}


@pytest.mark.parametrize("tail", ["save_aside", "keep", "resend"])
def test_what_only_one_old_leader_had_is_kept_as_the_setting_says(tail: str) -> None:
    values: dict[str, str | int] = {
        "failover": "observer", "agreement": "off", "tail": tail, "copies": 1,
    }  # fmt: skip
    trace = run(
        values,
        (300, BUY),
        (600, [CutOff("n2")]),
        (620, [Put(client="laptop", key="price", value="99")]),
        (2_500, [Put(client="till", key="price", value="7")]),
        (4_000, [HealEverything()]),
        (6_500, [Read("phone")]),
    )
    assert told(trace)["laptop-2"] == "ok"
    kind = {"save_aside": TailKept, "keep": LogDiverged, "resend": TailResent}[tail]
    kept = of(kind, trace)
    assert {(e.node, e.shard) for e in kept} == {("n2", 2)}
    assert [value.id for value in kept[0].values] == ["laptop-2"]
    judged("leader_follower", trace)


def test_a_leader_that_comes_back_follows_in_its_own_group_alone() -> None:
    values: dict[str, str | int] = {"failover": "lease"}
    trace = run(values, (300, BUY), (600, [Crash("n2")]), (2_500, [Restart("n2")]), (4_000, AGAIN))
    assert set(told(trace).values()) == {"ok"}
    assert {e.shard for e in of(LeaderPromoted, trace)} == {2}


SEEDS = (
    [int(os.environ["SEED"])] if "SEED" in os.environ else range(int(os.environ.get("SEEDS", 16)))
)


def logs(trace: list[TraceEvent], shard: int) -> set[tuple[tuple[int, str], ...]]:
    """What lies on the disks of a group at the end."""
    found: dict[str, list[tuple[int, str]]] = {node: [] for node in NODES}
    for event in trace:
        if isinstance(event, NodeWiped):
            found[event.node] = []
        elif isinstance(event, LogTruncated) and event.shard == shard:
            del found[event.node][event.position - 1 :]
        elif isinstance(event, LogAppended) and event.shard == shard:
            del found[event.node][event.position - 1 :]
            found[event.node].append((event.term, event.op))
    return {tuple(log) for log in found.values()}


@pytest.mark.parametrize("seed", SEEDS)
def test_on_random_fault_scripts_every_group_meets_again_and_serves(seed: int) -> None:
    """The invariants of each group are asserted on the way. SEEDS=2000; SEED=17 replays one."""
    values = {**settings_of(seed), "shards": "2", "candidate": "newest", "priorities": "1"}
    scene = sharded(3, dict(values))
    running = Simulation(scene, seed)
    running.start()
    for at, command in script(seed):
        running.do(at, [command])
        if isinstance(command, Add):
            running.do(at, [Put(client=command.client, key="price", value="1")])
    running.do(3_100 * MS, [HealEverything()])
    running.run_until(7_100 * MS)
    running.do(7_100 * MS, [Add("laptop", "cake"), Put(client="phone", key="price", value="5")])
    running.run_until(9_100 * MS)
    trace = running.traces()["leader"]
    if not of(LogDiverged, trace):
        assert list(told(trace).values())[-2:] == ["ok", "ok"], seed
        assert len(logs(trace, 1)) == len(logs(trace, 2)) == 1, seed
