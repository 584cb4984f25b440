"""The disk of a node: what is handed over, flushed, applied, and what a fault leaves of it."""

from app.scenarios.simulation import Simulation
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutOff,
    HealAll,
    LosePower,
    Restart,
)
from app.trace.events import FaultIgnored, LogProgressed, LogTailLost, LogTruncated, NodeLostPower
from tests.home import home
from tests.protocols.leader_follower.bench import MS, SECOND, bench, logs, of, status, told

LOCAL = {"durability": "local", "flush_us": 5 * MS}


def test_a_flush_holds_what_had_come_when_it_began() -> None:
    """The second write comes while the first is being flushed, and goes with the next flush."""
    trace = bench(
        (SECOND, [Add("phone", "milk")]),
        (SECOND + 2 * MS, [Add("laptop", "bread")]),
        until=2 * SECOND, nodes=("n1",), copies=1, **LOCAL,
    )  # fmt: skip
    assert told(trace, "phone-1")[2] == SECOND + 7 * MS
    assert told(trace, "laptop-1")[2] == SECOND + 12 * MS
    assert [(e.at, e.flushed) for e in of(LogProgressed, trace)] == [
        (SECOND + 1 * MS, 0),
        (SECOND + 3 * MS, 0),
        (SECOND + 6 * MS, 1),
        (SECOND + 11 * MS, 2),
    ]


def test_a_loss_of_power_leaves_what_is_flushed_and_a_crash_what_is_handed_over() -> None:
    for fault, left in ((LosePower("n1"), 1), (Crash("n1"), 2)):
        trace = bench(
            (SECOND, [Add("phone", "milk")]),
            (SECOND + 2 * MS, [Add("laptop", "bread")]),
            (SECOND + 8 * MS, [fault]),
            until=2 * SECOND, nodes=("n1",), copies=1, **LOCAL,
        )  # fmt: skip
        assert len(logs(trace)["n1"]) == left
        assert [e.position for e in of(LogTailLost, trace)] == ([2] if left == 1 else [])


def test_a_machine_that_runs_on_after_a_crash_can_still_lose_its_power() -> None:
    steps: list[tuple[int, list[AnyCommand]]] = [
        (SECOND, [Add("phone", "milk")]),
        (SECOND + 3 * MS, [Crash("n1")]),
    ]
    trace = bench(
        *steps, (SECOND + 20 * MS, [LosePower("n1")]),
        until=2 * SECOND, nodes=("n1",), copies=1, **LOCAL,
    )  # fmt: skip
    assert logs(trace)["n1"] == []
    assert len(of(NodeLostPower, trace)) == 1
    # A restart flushes first.
    trace = bench(
        *steps,
        (SECOND + 20 * MS, [Restart("n1")]),
        (SECOND + 30 * MS, [LosePower("n1")]),
        until=2 * SECOND, nodes=("n1",), copies=1, **LOCAL,
    )  # fmt: skip
    assert logs(trace)["n1"] == ["phone-1"]


def test_where_flushing_takes_no_time_a_loss_of_power_is_a_crash() -> None:
    trace = bench(
        (SECOND, [Add("phone", "milk")]),
        (SECOND + 10 * MS, [LosePower("n1")]),
        (2 * SECOND, [Restart("n1")]),
        until=3 * SECOND,
    )
    assert not of(LogTailLost, trace)
    assert not of(LogProgressed, trace)
    assert status(trace, "phone-1") == "kept"


def test_a_node_that_is_down_and_loses_power_is_waiting_only_with_what_it_flushed() -> None:
    """n1 alone has milk, unflushed, acknowledged at once: waiting while its machine runs."""
    steps: list[tuple[int, list[AnyCommand]]] = [
        (SECOND, [CutOff("n1")]),
        (SECOND + 10 * MS, [Add("phone", "milk")]),
        (SECOND + 13 * MS, [Crash("n1")]),
    ]
    settings = {"durability": "off", "flush_us": 50 * MS}
    assert status(bench(*steps, until=2 * SECOND, **settings), "phone-1") == "waiting"
    trace = bench(*steps, (SECOND + 30 * MS, [LosePower("n1")]), until=2 * SECOND, **settings)
    assert status(trace, "phone-1") == "lost"


def test_what_is_thrown_away_while_it_is_flushed_is_not_flushed() -> None:
    """n1's tail is replaced by the new leader's entries in the middle of a flush of it."""
    trace = bench(
        (SECOND, [CutOff("n1")]),
        (3 * SECOND - 20 * MS, [Add("phone", "milk"), HealAll()]),
        (4 * SECOND, [Add("laptop", "bread")]),
        until=6 * SECOND, entries=("n1", "n2"), failover="election", copies=2, flush_us=200 * MS,
    )  # fmt: skip
    assert [e.node for e in of(LogTruncated, trace)] == ["n1"]
    ends = logs(trace)
    assert ends["n1"] == ends["n2"] == ends["n3"]
    last = {e.node: (e.handed, e.flushed, e.applied) for e in of(LogProgressed, trace)}
    assert last["n1"] == (len(ends["n1"]),) * 3


def test_a_faster_disk_is_a_faster_disk_from_the_next_flush_on() -> None:
    trace = bench(
        (SECOND, [Add("phone", "milk")]),
        (SECOND + 2 * MS, [Configure("leader", "flush_us", "0")]),
        (2 * SECOND, [Add("phone", "bread")]),
        until=3 * SECOND, nodes=("n1",), copies=1, **LOCAL,
    )  # fmt: skip
    assert told(trace, "phone-1")[2] == SECOND + 7 * MS
    assert told(trace, "phone-2")[2] == 2 * SECOND + 2 * MS


def test_a_snapshot_in_the_middle_of_a_flush_goes_on_as_the_original() -> None:
    start = tuple(
        Configure("leader", name, value)
        for name, value in (
            ("flush_us", "40000"), ("apply_us", "60000"), ("hand_us", "30000"),
            ("durability", "remote_apply"), ("standbys", "FIRST 1 (n2, n3)"),
            ("reads", "wait_position"), ("ack_timeout_us", "90000"), ("on_timeout", "async"),
        )
    )  # fmt: skip
    whole, first, second = (Simulation(home(), 5, start) for _ in range(3))
    for simulation in (whole, first):
        simulation.start()
    second.start()
    acts: list[AnyCommand] = [Add("phone", "milk"), Add("laptop", "bread"), CutOff("n2")]
    whole.do(100_000, acts)
    first.do(100_000, acts)
    first.run_until(145_000)
    second.restore(first.snapshot())
    for simulation in (whole, second):
        simulation.do(400_000, [LosePower("n3"), HealAll()])
        simulation.run_until(2_000_000)
    rest = second.traces()["leader"]
    assert rest == whole.traces()["leader"][-len(rest) :]
    assert any(isinstance(event, LogProgressed) for event in rest)


def test_losing_power_twice_is_visible_and_takes_nothing_more() -> None:
    trace = bench(
        (SECOND, [LosePower("n2")]), (SECOND + MS, [LosePower("n2"), Crash("n2")]), until=2 * SECOND
    )
    assert len(of(NodeLostPower, trace)) == 2
    assert [e.reason for e in of(FaultIgnored, trace)] == ["n2 is down already"]
