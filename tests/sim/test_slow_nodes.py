"""A node that needs time for each message: one after another, forgotten by a crash, held by a
pause, kept by a snapshot."""

from itertools import pairwise

import pytest

from app.scenarios.simulation import Simulation
from app.sim.kernel import Kernel
from app.sim.latency import Constant
from app.sim.network import NetworkSpec
from app.sim.snapshot import restore, snapshot
from app.trace.codec import encode_lines
from app.trace.commands import (
    Add,
    AnyCommand,
    Crash,
    CutLink,
    CutOneWay,
    HealEverything,
    LoseOnLink,
    PauseNode,
    SkewClock,
    SlowLink,
    SlowNode,
)
from app.trace.events import (
    FaultIgnored,
    LeaderSuspected,
    MessageDropped,
    MessageSent,
    NodeCrashed,
    NodeSlowed,
    OperationReturned,
    PeerSuspected,
    TraceEvent,
)
from tests.home import home
from tests.sim.ping import Ping, PingMessage, pinging

TEN_MS = NetworkSpec(nodes=Constant(10_000))


def asked_at_once(kernel: Kernel, count: int) -> list[str]:
    """`count` pings that reach n2 at the same moment, 10 ms from now; their names."""
    names = [f"extra-{number}" for number in range(count)]
    for name in names:
        kernel.send("n1", "n2", Ping(name, 0))
    return names


def answers(kernel: Kernel, names: list[str]) -> list[tuple[str, int]]:
    """(name, moment) of n2's pongs to these."""
    rows = [e for e in kernel.trace if isinstance(e, MessageSent)]
    return [(e.op, e.at) for e in rows if e.source == "n2" and e.kind == "pong" and e.op in names]


def test_a_slow_node_answers_one_after_another_in_the_order_they_came() -> None:
    kernel = pinging(1, silent="n1", network=TEN_MS)
    kernel.slow_node("n2", 20)
    assert kernel.trace[-1] == NodeSlowed(0, kernel.seq - 1, None, "n2", 20)
    names = asked_at_once(kernel, 3)
    kernel.run_until(49_000)
    kernel.run_until(90_000)
    told = answers(kernel, names)
    assert [name for name, _ in told] == names
    assert told[0][1] == 30_000
    assert [later - earlier for (_, earlier), (_, later) in pairwise(told)] == [
        20_000,
        20_000,
    ]


def test_the_cause_of_a_slow_answer_is_the_message_that_asked() -> None:
    kernel = pinging(1, silent="n1", network=TEN_MS)
    kernel.slow_node("n2", 20)
    names = asked_at_once(kernel, 2)
    kernel.run_until(60_000)
    asked = {e.op: e.seq for e in kernel.trace if isinstance(e, MessageSent) and e.kind == "ping"}
    for event in kernel.trace:
        if isinstance(event, MessageSent) and event.op in names and event.kind == "pong":
            assert event.cause == asked[event.op]


def test_at_speed_again_all_that_waited_happens_at_once() -> None:
    kernel = pinging(1, silent="n1", network=TEN_MS)
    kernel.slow_node("n2", 1_000)
    names = asked_at_once(kernel, 3)
    kernel.run_until(30_000)
    assert answers(kernel, names) == []
    kernel.slow_node("n2", 0)
    kernel.run_until(30_000)
    assert answers(kernel, names) == [(name, 30_000) for name in names]
    kernel.run_until(3_000_000)
    assert len(answers(kernel, names)) == 3, "what was done is not done again"


def test_a_crash_forgets_the_queue_and_says_so() -> None:
    kernel = pinging(1, silent="n1", network=TEN_MS)
    kernel.slow_node("n2", 500)
    names = asked_at_once(kernel, 3)
    kernel.run_until(20_000)
    kernel.crash("n2")
    dropped = [e for e in kernel.trace if isinstance(e, MessageDropped)]
    assert [(e.op, e.reason) for e in dropped] == [(name, "crashed") for name in names]
    kernel.restart("n2")
    kernel.run_until(2_000_000)
    assert answers(kernel, names) == []


def test_a_pause_holds_the_work_where_it_is() -> None:
    kernel = pinging(1, silent="n1", network=TEN_MS)
    kernel.slow_node("n2", 40)
    names = asked_at_once(kernel, 2)
    kernel.run_until(20_000)
    kernel.pause("n2")
    kernel.run_until(520_000)
    assert answers(kernel, names) == []
    kernel.resume("n2")
    kernel.run_until(600_000)
    # 10 ms of the first one's 40 were done before the pause.
    assert answers(kernel, names)[0] == (names[0], 550_000)


def test_at_speed_while_paused_what_waited_first_comes_first() -> None:
    kernel = pinging(1, silent="n1", network=TEN_MS)
    kernel.slow_node("n2", 400)
    first = asked_at_once(kernel, 2)
    kernel.run_until(20_000)
    kernel.pause("n2")
    kernel.send("n1", "n2", Ping("later", 0))
    kernel.run_until(40_000)
    kernel.slow_node("n2", 0)
    kernel.resume("n2")
    kernel.run_until(40_000)
    assert [name for name, _ in answers(kernel, [*first, "later"])] == [*first, "later"]


def test_a_cut_does_not_reach_what_has_arrived_already() -> None:
    kernel = pinging(1, silent="n1", network=TEN_MS)
    kernel.slow_node("n2", 40)
    names = asked_at_once(kernel, 1)
    kernel.run_until(20_000)
    kernel.cut_link("n1", "n2")
    kernel.run_until(60_000)
    assert answers(kernel, names) == [(names[0], 50_000)]


@pytest.mark.parametrize("paused", [False, True])
def test_a_snapshot_remembers_the_queue_and_the_work_under_way(paused: bool) -> None:
    first, second = pinging(9), pinging(9)
    first.slow_node("n3", 70)
    first.run_until(300_000)
    assert first.queued["n3"]
    if paused:
        first.pause("n3")
    restore(second, snapshot(first), PingMessage)
    before = len(first.trace)
    for kernel in (first, second):
        kernel.run_until(400_000)
        kernel.resume("n3")
        kernel.run_until(1_000_000)
        kernel.slow_node("n3", 0)
        kernel.run_until(1_500_000)
    assert encode_lines(first.trace[before:]) == encode_lines(second.trace)


def run(*steps: tuple[int, list[AnyCommand]], until: int = 2_000) -> dict[str, list[TraceEvent]]:
    """The home scene with steps of (milliseconds, commands)."""
    simulation = Simulation(home(), 3)
    simulation.start()
    for at, commands in steps:
        simulation.do(at * 1_000, commands)
    simulation.run_until(until * 1_000)
    return simulation.traces()


def returned(trace: list[TraceEvent], op: str) -> OperationReturned:
    return next(e for e in trace if isinstance(e, OperationReturned) and e.op == op)


def test_signs_of_life_are_not_held_up() -> None:
    for trace in run((100, [SlowNode("n2", 1_000)])).values():
        assert not [e for e in trace if isinstance(e, LeaderSuspected | PeerSuspected)]


def test_a_slow_leader_makes_its_shopper_wait() -> None:
    quick = run((100, [Add("phone", "milk")]))
    slow = run((50, [SlowNode("n1", 100)]), (100, [Add("phone", "milk")]))
    for side, trace in slow.items():
        assert returned(trace, "phone-1").outcome == "ok"
        waited = returned(trace, "phone-1").at - returned(quick[side], "phone-1").at
        assert waited >= 100_000, "for the request and for the acknowledgement"


# ---- heal everything, and what changes nothing ---------------------------------------------------

ALL_KINDS: list[AnyCommand] = [
    CutLink("n1", "n2"),
    CutOneWay("n3", "n2"),
    SlowLink("n1", "n3", 10),
    LoseOnLink("n1", "n3", 30),
    Crash("n1"),
    PauseNode("n2"),
    SlowNode("n3", 50),
    SkewClock("n3", 5_000),
]


def events_of_the_moment(trace: list[TraceEvent], at: int) -> list[str]:
    """What people did, by the names of the events."""
    kinds = [type(e).__name__ for e in trace if e.at == at and e.cause is None]
    return [kind for kind in kinds if kind.startswith(("Clock", "Link", "Node"))]


def test_heal_everything_is_one_event_for_each_thing() -> None:
    for trace in run((100, ALL_KINDS), (900, [HealEverything()])).values():
        assert sorted(events_of_the_moment(trace, 900_000)) == [
            "ClockSkewed", "LinkHealed", "LinkHealed", "LinkHealed", "NodeRestarted",
            "NodeResumed", "NodeSlowed",
        ]  # fmt: skip


def test_after_heal_everything_nothing_is_left_to_heal() -> None:
    for trace in run(
        (100, ALL_KINDS), (900, [HealEverything()]), (1_000, [HealEverything()])
    ).values():
        (ignored,) = [e for e in trace if isinstance(e, FaultIgnored)]
        assert (ignored.at, ignored.reason) == (1_000_000, "nothing is broken")


def test_heal_everything_on_one_side_leaves_the_other_alone() -> None:
    traces = run((100, [Crash("n2")]), (500, [HealEverything(only="leader")]))
    assert [e for e in traces["leaderless"] if isinstance(e, NodeCrashed)]
    assert not [e for e in traces["leaderless"] if type(e).__name__ == "NodeRestarted"]
    assert [e for e in traces["leader"] if type(e).__name__ == "NodeRestarted"]
