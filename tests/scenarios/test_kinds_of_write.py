"""Kinds of write: what each comes to on both sides, by running the engine."""

import pytest

from app.errors import CommandRejected
from app.scenarios.acts import check_command
from app.scenarios.simulation import Simulation
from app.trace.commands import Add, AnyCommand, Configure, CutLink, HealAll, Read, Remove, Resolve
from app.trace.events import (
    LogAppended,
    OperationApplied,
    OperationReturned,
    SiblingsFormed,
    TraceEvent,
)
from app.trace.sentences import sentence
from app.trace.values import Value, carts, items_of
from app.trace.verdicts import StatusChanged
from tests.checkers.traces import judged
from tests.home import home

SEEDS = range(20)
SECOND = 1_000_000


def run(seed: int, *steps: list[AnyCommand]) -> dict[str, list[TraceEvent]]:
    """Each step half a second after the one before; then everything comes to rest."""
    simulation = Simulation(home(), seed)
    simulation.start()
    for place, step in enumerate(steps, 1):
        simulation.do(place * SECOND // 2, step)
    simulation.run_until((len(steps) + 4) * SECOND // 2)
    return simulation.traces()


def told(trace: list[TraceEvent]) -> dict[str, OperationReturned]:
    return {event.op: event for event in trace if isinstance(event, OperationReturned)}


def cart(trace: list[TraceEvent], op: str) -> list[set[str]]:
    """The versions that a read was shown, as sets of items."""
    return [set(items_of(one)) for one in carts(told(trace)[op].values)]


def lost(trace: list[TraceEvent], design: str) -> list[str]:
    return [row.op for row in judged(design, trace) if getattr(row, "status", "") == "lost"]


def both(write: str) -> list[AnyCommand]:
    return [Add("phone", "milk", write), Add("laptop", "bread", write)]  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", SEEDS)
def test_two_whole_lists_at_once_lose_one_beside_a_leader_and_conflict_without_one(
    seed: int,
) -> None:
    traces = run(seed, both("whole"), [Read("laptop")])
    assert len(cart(traces["leader"], "laptop-2")[0]) == 1, f"seed={seed}"
    assert len(lost(traces["leader"], "leader_follower")) == 1
    assert cart(traces["leaderless"], "laptop-2") == [{"bread"}, {"milk"}] or cart(
        traces["leaderless"], "laptop-2"
    ) == [{"milk"}, {"bread"}]
    assert not lost(traces["leaderless"], "leaderless")


@pytest.mark.parametrize("seed", SEEDS)
def test_compare_and_set_refuses_the_second_and_a_retry_keeps_both(seed: int) -> None:
    # The phone's entry node leads, so its write comes first.
    retry: list[AnyCommand] = [Add("laptop", "bread", "compare")]
    traces = run(seed, both("compare"), [Read("laptop")], retry, [Read("phone")])
    leader = told(traces["leader"])
    assert leader["phone-1"].outcome == "ok", f"seed={seed}"
    assert (leader["laptop-1"].outcome, leader["laptop-1"].reason) == ("failed", "changed")
    assert cart(traces["leader"], "phone-2") == [{"milk", "bread"}]
    assert not lost(traces["leader"], "leader_follower")
    assert told(traces["leaderless"])["phone-1"].reason == "no_compare"


def test_a_serial_level_is_for_what_rounds_decide() -> None:
    scene = home()
    check_command(scene, Add("phone", "milk", "compare", level="serial"))
    check_command(scene, Read("phone", level="local_serial"))
    with pytest.raises(CommandRejected, match="only if it compares"):
        check_command(scene, Add("phone", "milk", level="serial"))
    with pytest.raises(CommandRejected, match="only if it compares"):
        check_command(scene, Resolve("phone", "both", level="local_serial"))


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_compare_and_set_by_rounds_refuses_the_second_on_both_sides(seed: int) -> None:
    simulation = Simulation(home(), seed, (Configure("leaderless", "compare", "rounds"),))
    simulation.start()
    simulation.do(SECOND, both("compare"))
    simulation.do(2 * SECOND, [Read("phone"), Read("laptop")])
    simulation.run_until(4 * SECOND)
    for name, design in (("leader", "leader_follower"), ("leaderless", "leaderless")):
        trace = simulation.traces()[name]
        outcomes = sorted(told(trace)[op].outcome for op in ("phone-1", "laptop-1"))
        assert outcomes == ["failed", "ok"], f"{name} seed={seed}"
        assert cart(trace, "phone-2") == cart(trace, "laptop-2")
        assert not lost(trace, design)


@pytest.mark.parametrize("seed", SEEDS)
def test_two_operations_at_once_keep_both_on_both_sides(seed: int) -> None:
    traces = run(seed, both("operation"), [Read("laptop")])
    for name, design in (("leader", "leader_follower"), ("leaderless", "leaderless")):
        assert cart(traces[name], "laptop-2") == [{"milk", "bread"}], f"seed={seed}"
        assert not lost(traces[name], design)
        assert not any(isinstance(event, SiblingsFormed) for event in traces[name])


def test_operations_on_both_sides_of_a_cut_are_one_cart_after_the_heal() -> None:
    traces = run(7, [CutLink("n1", "n3")], both("operation"), [HealAll()], [Read("laptop")])
    assert cart(traces["leaderless"], "laptop-2") == [{"milk", "bread"}]


def test_a_remove_takes_what_its_shopper_had_read_and_a_concurrent_add_stays() -> None:
    first: list[AnyCommand] = [Add("phone", "milk", "operation")]
    apart: list[AnyCommand] = [Remove("phone", "milk", "operation")]
    traces = run(
        7, first, [Read("laptop")], [*apart, Add("laptop", "milk", "operation")], [Read("laptop")]
    )
    assert cart(traces["leaderless"], "laptop-3") == [{"milk"}], "the add was not read"
    traces = run(7, first, apart, [Add("laptop", "bread", "operation")], [Read("laptop")])
    for name in ("leader", "leaderless"):
        assert cart(traces[name], "laptop-2") == [{"bread"}], name


def test_a_remove_out_of_a_whole_cart_leaves_the_rest() -> None:
    steps: list[list[AnyCommand]] = [
        [Add("phone", "milk")],
        [Add("phone", "bread")],
        [Remove("phone", "milk", "operation")],
        [Read("laptop")],
    ]
    traces = run(7, *steps)
    for name in ("leader", "leaderless"):
        assert cart(traces[name], "laptop-1") == [{"bread"}], name


def test_operations_beside_a_conflict_belong_to_every_version_and_settling_keeps_them() -> None:
    traces = run(
        7,
        both("whole"),
        [Read("phone")],
        [Add("phone", "eggs", "operation")],
        [Read("laptop")],
        [Resolve("laptop", "both")],
        [Read("phone")],
    )
    shown = cart(traces["leaderless"], "laptop-2")
    assert len(shown) == 2
    assert all("eggs" in version for version in shown)
    assert cart(traces["leaderless"], "phone-4") == [{"milk", "bread", "eggs"}]


def test_an_operation_builds_on_the_newest_entry_of_the_leader() -> None:
    traces = run(7, [Add("phone", "milk")], [Add("laptop", "bread", "operation")])
    applied = [e for e in traces["leader"] if isinstance(e, OperationApplied)]
    assert [(e.op, e.value.items, e.replaced) for e in applied] == [
        ("laptop-1", ("milk", "bread"), ("phone-1",))
    ]
    logged = [e.value for e in traces["leader"] if isinstance(e, LogAppended)][-1]
    assert logged == applied[0].value
    assert sentence("leader_follower", applied[0]) == "n1 works the change in: milk, bread."


def test_parts_are_one_cart_and_wholes_are_versions() -> None:
    milk, bread = Value("1", "a", ("milk",), part=True), Value("2", "b", ("bread",), part=True)
    eggs, jam = Value("3", "c", ("eggs",)), Value("4", "d", ("jam",))
    assert carts([]) == ()
    assert carts([milk, bread]) == ((milk, bread),)
    assert carts([milk, eggs]) == ((eggs, milk),)
    assert carts([eggs, milk, jam]) == ((eggs, milk), (jam, milk))


def test_a_remove_leaves_an_add_that_its_shopper_had_not_read() -> None:
    """The laptop's milk is at n1 when the phone, which never read it, removes its own."""
    simulation = Simulation(home(), 7)
    simulation.start()
    simulation.do(1, [Add("phone", "milk", "operation")])
    simulation.do(SECOND, [Add("laptop", "milk", "operation")])
    simulation.do(2 * SECOND, [Remove("phone", "milk", "operation"), Read("laptop")])
    simulation.do(3 * SECOND, [Read("laptop")])
    simulation.run_until(4 * SECOND)
    trace = simulation.traces()["leaderless"]
    assert cart(trace, "laptop-3") == [{"milk"}]


def test_the_judge_knows_that_a_remove_operation_meant_what_it_removed() -> None:
    add: list[AnyCommand] = [Add("phone", "milk", "operation")]
    traces = run(7, add, [Read("laptop")], [Remove("laptop", "milk", "operation")])
    for name, design in (("leader", "leader_follower"), ("leaderless", "leaderless")):
        rows = [row for row in judged(design, traces[name]) if isinstance(row, StatusChanged)]
        assert [row.status for row in rows if row.op == "phone-1"][-1] == "superseded", name
