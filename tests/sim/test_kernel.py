"""The world: order, failure, weather and snapshots, on processes that only ping."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sim.kernel import Kernel
from app.sim.latency import Constant
from app.sim.network import NetworkSpec, Weather
from app.sim.snapshot import restore, snapshot
from app.trace.codec import encode_lines
from app.trace.events import LinkCut, MessageDropped, MessageSent, TraceEvent
from tests.sim.ping import PingMessage, pinging


def messages(kernel: Kernel) -> dict[tuple[str, str, str, str], int]:
    """Delay of each message by its causal name."""
    return {
        (e.source, e.target, e.kind, e.op): e.arrives_at - e.at
        for e in kernel.trace
        if isinstance(e, MessageSent)
    }


def dropped(kernel: Kernel) -> list[MessageDropped]:
    return [event for event in kernel.trace if isinstance(event, MessageDropped)]


def test_seq_counts_the_rows_and_time_never_goes_back() -> None:
    kernel = pinging(3)
    kernel.run_until(1_000_000)
    assert [event.seq for event in kernel.trace] == list(range(len(kernel.trace)))
    moments = [event.at for event in kernel.trace]
    assert moments == sorted(moments)
    assert all(event.cause is None or event.cause < event.seq for event in kernel.trace)


def test_silencing_one_node_changes_the_latency_of_no_other_message() -> None:
    loud, quiet = pinging(5), pinging(5, silent="n2")
    for kernel in (loud, quiet):
        kernel.run_until(2_000_000)
    common = messages(loud).keys() & messages(quiet).keys()
    assert len(common) > 150
    assert all(messages(loud)[name] == messages(quiet)[name] for name in common)


def test_a_cut_stops_both_ways_what_is_under_way_included() -> None:
    kernel = pinging(1, network=NetworkSpec(nodes=Constant(10_000)))
    kernel.run_until(55_000)
    under_way = sum(1 for e in kernel.trace if isinstance(e, MessageSent) and e.target != "n2")
    assert under_way == 4
    kernel.cut_link("n1", "n3")
    assert [(e.source, e.target, e.reason) for e in dropped(kernel)] == [
        ("n1", "n3", "cut"),
        ("n3", "n1", "cut"),
    ]
    kernel.run_until(200_000)
    lost = {(e.source, e.target) for e in dropped(kernel)}
    assert lost == {("n1", "n3"), ("n3", "n1")}
    kernel.heal_link("n1", "n3")
    before = len(dropped(kernel))
    kernel.run_until(400_000)
    assert len(dropped(kernel)) == before


def test_a_cut_event_says_whom_each_end_still_reaches() -> None:
    kernel = pinging(1)
    kernel.cut_link("n1", "n3")
    event = kernel.trace[-1]
    assert isinstance(event, LinkCut)
    assert (event.a_reaches, event.b_reaches) == (("n2",), ("n2",))


def test_a_crash_loses_memory_and_timers_and_a_restart_keeps_the_disk() -> None:
    kernel = pinging(2)
    kernel.run_until(120_000)
    state = kernel.processes["n2"].state
    kernel.crash("n2")
    assert (state.rounds, state.heard) == (2, 0)  # type: ignore[attr-defined]
    kernel.run_until(300_000)
    later = [e for e in kernel.trace if isinstance(e, MessageSent) and e.at > 120_000]
    assert "n2" not in {event.source for event in later}
    assert {e.target for e in dropped(kernel)} == {"n2"}
    kernel.restart("n2")
    kernel.run_until(500_000)
    assert state.rounds > 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("fault", ["cut twice", "heal whole", "crash twice", "restart running"])
def test_a_fault_that_changes_nothing_is_a_visible_no_op(fault: str) -> None:
    kernel = pinging(2)
    match fault:
        case "cut twice":
            kernel.cut_link("n1", "n2")
            kernel.cut_link("n2", "n1")
        case "heal whole":
            kernel.heal_link("n1", "n2")
        case "crash twice":
            kernel.crash("n1")
            kernel.crash("n1")
        case _:
            kernel.restart("n1")
    assert type(kernel.trace[-1]).__name__ == "FaultIgnored"


def test_weather_is_the_same_for_every_cluster_and_neutral_unless_asked() -> None:
    weather = Weather(slow_ppm=300_000, slow_percent=500)
    plain, slow = pinging(9), pinging(9, network=NetworkSpec(weather=weather))
    other = pinging(9, silent="n1", network=NetworkSpec(weather=weather))
    for kernel in (plain, slow, other):
        kernel.run_until(3_000_000)
    usual, delayed, elsewhere = messages(plain), messages(slow), messages(other)
    ratios = {delayed[name] // usual[name] for name in usual.keys() & delayed.keys()}
    assert ratios == {1, 5}
    pings = [n for n in delayed.keys() & elsewhere.keys() if n[2] == "ping"]
    assert pings
    assert all(delayed[name] == elsewhere[name] for name in pings)


def test_loss_drops_its_share() -> None:
    kernel = pinging(4, network=NetworkSpec(loss_ppm=200_000))
    kernel.run_until(20_000_000)
    share = len(dropped(kernel)) / len(messages(kernel))
    assert 0.17 < share < 0.23


def run_with_faults(kernel: Kernel, faults: list[tuple[int, int]], until: int) -> None:
    for at, which in faults:
        if at > until:
            break
        if at < kernel.now:
            continue
        kernel.run_until(at)
        kernel.cause = None
        a, b = (("n1", "n2"), ("n2", "n3"), ("n1", "n3"))[which % 3]
        (kernel.cut_link, kernel.heal_link)[which % 2](a, b)
        if which == 5:
            kernel.crash("n1")
        if which == 4:
            kernel.restart("n1")
    kernel.run_until(until)


@given(
    seed=st.integers(0, 10**6),
    faults=st.lists(st.tuples(st.integers(0, 900_000), st.integers(0, 5)), max_size=8),
    middle=st.integers(0, 900_000),
)
def test_a_restored_kernel_writes_the_same_bytes(
    seed: int, faults: list[tuple[int, int]], middle: int
) -> None:
    faults = sorted(faults)
    whole = pinging(seed)
    run_with_faults(whole, faults, 1_000_000)

    first = pinging(seed)
    run_with_faults(first, faults, middle)
    rows: list[TraceEvent] = list(first.trace)
    second = pinging(seed)
    restore(second, snapshot(first), PingMessage)
    run_with_faults(second, [f for f in faults if f[0] > middle], 1_000_000)
    assert encode_lines(rows + second.trace) == encode_lines(whole.trace)
