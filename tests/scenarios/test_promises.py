"""What the settings promise in words, held to the engine on every size of the lab."""

import pytest

from app.main import read_scenarios
from app.scenarios.scenario import Scenario
from app.scenarios.simulation import Simulation
from app.scenarios.sizes import SIZES, lab_name
from app.trace.commands import Add, AnyCommand, Configure, Crash, CutOff, Read
from app.trace.events import (
    ElectionStarted,
    LeaderElected,
    LeaderFenced,
    LogAppended,
    OperationReturned,
    QuorumReached,
    ReplyCounted,
    RequestAccepted,
    TraceEvent,
    VersionsStored,
)
from app.trace.values import items_of
from app.trace.verdicts import FindingChanged
from tests.checkers.traces import judged

SCENARIOS = read_scenarios()
SHOP: list[AnyCommand] = [Add("phone", "milk")]


def lab(count: int) -> Scenario:
    return SCENARIOS[lab_name(count)]


def promise(count: int, setting: str, value: str) -> str:
    for spec in lab(count).clusters:
        for found in spec.settings:
            for option in found.options:
                if (found.name, option.value) == (setting, value):
                    return option.promise
    raise AssertionError(f"{setting} {value} is not offered with {count} nodes")


def run(
    count: int,
    start: list[tuple[str, str, str]],
    *steps: tuple[int, list[AnyCommand]],
    until: int = 2_500,
) -> dict[str, list[TraceEvent]]:
    """Steps of (milliseconds, commands)."""
    configured = tuple(Configure(*change) for change in start)
    simulation = Simulation(lab(count), 11, configured)
    simulation.start()
    for at, commands in steps:
        simulation.do(at * 1_000, commands)
    simulation.run_until(until * 1_000)
    return simulation.traces()


def told(trace: list[TraceEvent], op: str) -> OperationReturned:
    return next(e for e in trace if isinstance(e, OperationReturned) and e.op == op)


def holders(trace: list[TraceEvent], op: str) -> set[str]:
    """Who had the write on disk before the OK left for its shopper."""
    enough = next(e for e in trace if isinstance(e, QuorumReached) and e.op == op)
    appended = {
        e.node for e in trace if isinstance(e, LogAppended) and e.op == op and e.seq < enough.seq
    }
    stored = {
        e.node for e in trace if isinstance(e, VersionsStored) and e.op == op and e.seq < enough.seq
    }
    return appended | stored


@pytest.mark.parametrize("count", SIZES)
def test_so_many_copies_are_on_disk_when_a_write_is_ok(count: int) -> None:
    majority = count // 2 + 1
    words = {
        1: "the leader's own disk is enough",
        majority: f"{majority} of {count} nodes have it on disk",
        count: "every node has it on disk",
    }
    if majority > 2:
        words[2] = "the leader and one follower have it on disk"
    for copies, said in words.items():
        assert said in promise(count, "copies", str(copies))
        trace = run(count, [("leader", "copies", str(copies))], (100, SHOP))["leader"]
        assert told(trace, "phone-1").outcome == "ok"
        assert len(holders(trace, "phone-1")) >= copies


@pytest.mark.parametrize("count", SIZES)
def test_one_silent_node_and_nothing_is_ok_where_all_must_answer(count: int) -> None:
    start = [("leader", "copies", str(count))]
    trace = run(count, start, (100, [Crash("n2")]), (200, SHOP))["leader"]
    assert told(trace, "phone-1").outcome != "ok"


@pytest.mark.parametrize("count", SIZES)
def test_a_majority_of_votes_decides_and_whoever_is_elected_has_what_was_ok(count: int) -> None:
    majority = count // 2 + 1
    assert f"{majority} of {count} votes decide" in promise(count, "failover", "election")
    assert "whoever is elected has it too" in promise(count, "copies", str(majority))
    start = [("leader", "failover", "election"), ("leader", "copies", str(majority))]
    trace = run(count, start, (100, SHOP), (300, [Crash("n1")]), until=4_000)["leader"]
    assert told(trace, "phone-1").outcome == "ok"
    stood = [e for e in trace if isinstance(e, ElectionStarted)]
    assert {e.need for e in stood} == {majority}
    elected = next(e for e in trace if isinstance(e, LeaderElected))
    assert elected.votes >= majority
    logs = {e.node for e in trace if isinstance(e, LogAppended) and e.op == "phone-1"}
    assert elected.node in logs


@pytest.mark.parametrize("count", SIZES)
def test_fencing_is_as_quick_as_it_says(count: int) -> None:
    assert "within 150 ms" in promise(count, "fencing", "on")
    trace = run(count, [("leader", "fencing", "on")], (100, [CutOff("n1")]))["leader"]
    fenced = next(e for e in trace if isinstance(e, LeaderFenced))
    assert fenced.at - 100_000 <= 150_000


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("quorum", ["w", "r"])
def test_w_and_r_nodes_have_answered_when_the_answer_goes(count: int, quorum: str) -> None:
    most = 3 if count == 3 else 5
    numbers = {1: "One", 2: "wo", 3: "hree", 4: "our", 5: "ive"}
    kind = "write" if quorum == "w" else "read"
    for value in range(1, most + 1):
        if value > 1 or quorum == "w":
            assert numbers[value] in promise(count, quorum, str(value))
        start = [("leaderless", "n", str(most)), ("leaderless", quorum, str(value))]
        steps: list[tuple[int, list[AnyCommand]]] = [(100, SHOP), (400, [Read("phone")])]
        trace = run(count, start, *steps)["leaderless"]
        op = "phone-1" if kind == "write" else "phone-2"
        counted = [e.source for e in trace if isinstance(e, ReplyCounted) and e.op == op]
        reached = next(e for e in trace if isinstance(e, QuorumReached) and e.op == op)
        assert (reached.need, reached.have) == (value, value)
        assert len(set(counted)) >= value
        if kind == "write":
            assert len(holders(trace, op)) >= value
        accepted = next(e for e in trace if isinstance(e, RequestAccepted) and e.op == op)
        assert accepted.of == most


def test_an_operations_answer_covers_no_more_than_it_tells() -> None:
    """n6 holds no copy: it tells the laptop of the eggs alone, and knows the milk only from the
    laptop's context. The whole list written then must not replace the milk unseen."""
    steps: list[tuple[int, list[AnyCommand]]] = [
        (100, [Add("laptop", "milk")]),
        (300, [Add("laptop", "eggs", "operation")]),
        (500, [Add("laptop", "tea")]),
        (900, [Read("laptop")]),
    ]
    trace = run(6, [], *steps)["leaderless"]
    assert [told(trace, f"laptop-{n}").outcome for n in (1, 2, 3)] == ["ok"] * 3
    assert set(items_of(told(trace, "laptop-4").values)) == {"milk", "eggs", "tea"}
    checks = {
        row.check
        for row in judged("leaderless", trace)
        if isinstance(row, FindingChanged) and row.verdict == "broken"
    }
    assert not checks & {"lost_writes", "stale_reads"}


@pytest.mark.parametrize(
    ("count", "n", "away"),
    [(3, 3, ["n2"]), (5, 3, ["n2"]), (5, 5, ["n2", "n3"]), (12, 5, ["n2", "n3"])],
)
def test_the_other_replicas_serve_while_as_many_as_promised_are_silent(
    count: int, n: int, away: list[str]
) -> None:
    quorum = n // 2 + 1
    assert f"With W {quorum} and R {quorum}" in promise(count, "n", str(n))
    start = [
        ("leaderless", name, str(value)) for name, value in (("n", n), ("w", quorum), ("r", quorum))
    ]
    crashes: list[AnyCommand] = [Crash(node) for node in away]
    trace = run(count, start, (100, crashes), (900, SHOP), (1_300, [Read("phone")]))["leaderless"]
    assert told(trace, "phone-1").outcome == told(trace, "phone-2").outcome == "ok"
