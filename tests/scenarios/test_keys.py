"""Keys of three types on both sides: what each kind of write comes to, by running the engine."""

from collections import Counter

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from app.errors import CommandRejected
from app.protocols.leader_follower.log import last_value
from app.scenarios.acts import check_command
from app.scenarios.simulation import Simulation
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutOff,
    HealAll,
    HealEverything,
    Increment,
    Put,
    Read,
    Remove,
    Resolve,
    Restart,
    WriteKind,
)
from app.trace.events import (
    HintDelivered,
    LogAppended,
    LogTruncated,
    OperationInvoked,
    OperationReturned,
    RepairApplied,
    SiblingsFormed,
    TraceEvent,
    VersionsStored,
)
from app.trace.sentences import sentence
from app.trace.types import TYPES
from app.trace.values import Value, carts
from app.trace.verdicts import FindingChanged, StatusChanged
from tests.checkers.traces import judged
from tests.scenarios.random_runs import SCENARIO, Script, run, scripts

SECOND = 1_000_000
ELECTION = Configure("leader", "failover", "election")
LAST_WRITE = Configure("leaderless", "conflict", "last_write")


def play(
    *steps: list[AnyCommand], configured: tuple[Configure, ...] = (), seed: int = 7
) -> Simulation:
    """Each step a second after the one before; then everything comes to rest."""
    simulation = Simulation(SCENARIO, seed, configured)
    simulation.start()
    for place, step in enumerate(steps, 1):
        simulation.do(place * SECOND, step)
    simulation.run_until((len(steps) + 2) * SECOND)
    return simulation


def told(trace: list[TraceEvent]) -> dict[str, OperationReturned]:
    return {event.op: event for event in trace if isinstance(event, OperationReturned)}


def shown(trace: list[TraceEvent], op: str) -> list[str]:
    """What each version shows that an operation left its client with."""
    row = told(trace)[op]
    kind = TYPES[SCENARIO.types[row.key]]
    return [", ".join(kind.read(version)) for version in carts(row.values)]


def status(design: str, trace: list[TraceEvent], op: str) -> str:
    rows = [row for row in judged(design, trace) if isinstance(row, StatusChanged)]
    return [row.status for row in rows if row.op == op][-1]


def by(client: str, amount: int, write: WriteKind = "whole") -> Increment:
    return Increment(client=client, key="stock", by=amount, write=write)


def put(client: str, value: str, write: WriteKind = "whole") -> Put:
    return Put(client=client, key="price", value=value, write=write)


def sell(write: WriteKind) -> list[AnyCommand]:
    return [by("phone", -1, write), by("laptop", -1, write)]


STOCKED: tuple[list[AnyCommand], ...] = (
    [by("phone", 8)],
    [Read("phone", "stock"), Read("laptop", "stock")],
)
READ: list[AnyCommand] = [Read("phone", "stock"), Read("laptop", "stock")]


# ---- counters -----------------------------------------------------------------------------------


def test_whole_writes_of_a_counter_at_once_lose_one_or_stay_beside_each_other() -> None:
    traces = play(*STOCKED, sell("whole"), READ).traces()
    assert shown(traces["leader"], "laptop-3") == ["7"]
    assert sorted(shown(traces["leaderless"], "laptop-3")) == ["7", "7"]
    lost = [
        op
        for op in ("phone-3", "laptop-2")
        if status("leader_follower", traces["leader"], op) == "lost"
    ]
    assert len(lost) == 1
    for op in ("phone-3", "laptop-2"):
        assert status("leaderless", traces["leaderless"], op) == "sibling"


def test_a_compare_of_a_counter_refuses_the_second() -> None:
    traces = play(*STOCKED, sell("compare"), READ).traces()
    outcomes = Counter(told(traces["leader"])[op].outcome for op in ("phone-3", "laptop-2"))
    assert outcomes == {"ok": 1, "failed": 1}
    assert shown(traces["leader"], "laptop-3") == ["7"]
    refused = [e for e in told(traces["leader"]).values() if e.outcome == "failed"]
    assert "Refused, the stock has changed." in sentence("leader_follower", refused[0])
    assert {told(traces["leaderless"])[op].reason for op in ("phone-3", "laptop-2")} == {
        "no_compare"
    }


def test_increments_by_operation_both_count_on_both_sides() -> None:
    for seed in range(10):
        traces = play(*STOCKED, sell("operation"), READ, seed=seed).traces()
        for name, trace in traces.items():
            assert shown(trace, "laptop-3") == shown(trace, "phone-4") == ["6"], name
            assert not any(isinstance(event, SiblingsFormed) for event in trace)
        assert status("leaderless", traces["leaderless"], "phone-3") == "kept"


def test_a_nodes_sum_replaces_its_own_earlier_one_and_nothing_else() -> None:
    steps: list[list[AnyCommand]] = [sell("operation") for _ in range(6)]
    trace = play(*steps, READ).traces()["leaderless"]
    assert shown(trace, "phone-7") == ["-12"]
    newest = {e.node: e.versions for e in trace if isinstance(e, VersionsStored)}
    for versions in newest.values():
        assert [(v.value.items, v.vector) for v in versions] == [
            (("-6",), (("n1±", 6),)),
            (("-6",), (("n3±", 6),)),
        ]


def test_a_whole_write_counts_in_the_sums_it_had_read_and_no_increment_counts_twice() -> None:
    """The phone reads 3 at n1 and writes 4; n3, cut off from all that, goes on with its own sum."""
    traces = play(
        [by("laptop", 3, "operation")],
        [Read("phone", "stock")],
        [CutOff("n3")],
        [by("phone", 1), by("laptop", 2, "operation")],
        [HealAll()],
        [Read("laptop", "stock")],
        [by("laptop", 10, "operation")],
        READ,
        configured=(Configure("leaderless", "w", "1"), Configure("leaderless", "r", "1")),
    ).traces()
    trace = traces["leaderless"]
    assert [told(trace)[op].outcome for op in ("phone-2", "laptop-2")] == ["ok", "ok"]
    assert shown(trace, "phone-3") == ["16"]
    for op in ("laptop-1", "phone-2", "laptop-2"):
        assert status("leaderless", trace, op) == "kept"


def test_a_whole_write_leaves_the_sums_to_versions_that_had_not_read_them() -> None:
    """The phone had read the 3 and writes 4; the laptop, who had read nothing, writes 2."""
    trace = play(
        [by("phone", 3, "operation")],
        [by("phone", 1), by("laptop", 2)],
        READ,
    ).traces()["leaderless"]
    assert sorted(shown(trace, "laptop-2")) == sorted(shown(trace, "phone-3")) == ["4", "5"]


def test_what_is_handed_over_or_repaired_again_counts_once() -> None:
    simulation = play(
        [by("phone", 5, "operation")],
        [CutOff("n2")],
        [by("phone", 1, "operation"), by("laptop", 1, "operation")],
        [HealAll()],
        READ,
        [Crash("n2")],
        [Restart("n2")],
        READ,
        configured=(Configure("leaderless", "hints", "on"),),
    )
    trace = simulation.traces()["leaderless"]
    assert any(isinstance(e, HintDelivered) and e.key == "stock" for e in trace)
    handed = {e.key for e in trace if isinstance(e, VersionsStored) and e.reason == "hint"}
    assert handed == {"stock"}
    assert shown(trace, "phone-4") == shown(trace, "laptop-3") == ["7"]


def test_the_last_write_of_a_counter_wins_over_a_concurrent_increment() -> None:
    trace = play(*STOCKED, sell("operation"), READ, configured=(LAST_WRITE,)).traces()["leaderless"]
    assert shown(trace, "phone-4") == shown(trace, "laptop-3") == ["7"]
    lost = [op for op in ("phone-3", "laptop-2") if status("leaderless", trace, op) == "lost"]
    assert len(lost) == 1


def test_a_counter_is_settled_by_keeping_one_and_the_other_is_given_up_knowingly() -> None:
    traces = play(
        *STOCKED, sell("whole"), READ, [Resolve("phone", "laptop-2", "stock")], READ
    ).traces()
    trace = traces["leaderless"]
    assert shown(trace, "laptop-4") == ["7"]
    assert status("leaderless", trace, "phone-3") == "superseded"
    assert status("leaderless", trace, "laptop-2") == "kept"


def test_who_sees_several_versions_of_a_counter_goes_on_from_the_least() -> None:
    traces = play(*STOCKED, [by("phone", -1), by("laptop", -3)], READ, [by("phone", -1)]).traces()
    trace = traces["leaderless"]
    assert shown(trace, "phone-5") == ["4"]
    assert status("leaderless", trace, "phone-3") == "superseded"
    assert status("leaderless", trace, "laptop-2") == "kept"


# ---- registers ----------------------------------------------------------------------------------


def test_prices_set_at_once_stay_beside_each_other_or_the_last_one_wins() -> None:
    both: list[AnyCommand] = [put("phone", "12"), put("laptop", "10")]
    reads: list[AnyCommand] = [Read("phone", "price"), Read("laptop", "price")]
    plain = play(both, reads).traces()
    assert sorted(shown(plain["leaderless"], "phone-2")) == ["10", "12"]
    assert len(shown(plain["leader"], "phone-2")) == 1
    last = play(both, reads, configured=(LAST_WRITE,)).traces()["leaderless"]
    assert len(shown(last, "phone-2")) == 1
    assert shown(last, "phone-2") == shown(last, "laptop-2")
    lost = [op for op in ("phone-1", "laptop-1") if status("leaderless", last, op) == "lost"]
    assert len(lost) == 1
    rows = [
        r
        for r in judged("leaderless", last)
        if isinstance(r, FindingChanged) and r.verdict == "broken"
    ]
    assert "price 1" in next(r.because for r in rows if r.check == "lost_writes")


def test_one_price_is_kept_when_versions_are_settled() -> None:
    trace = play(
        [put("phone", "12"), put("laptop", "10")],
        [Read("phone", "price")],
        [Resolve("phone", "laptop-1", "price")],
        [Read("laptop", "price")],
    ).traces()["leaderless"]
    assert shown(trace, "laptop-2") == ["10"]
    assert status("leaderless", trace, "phone-1") == "superseded"


def test_a_price_that_was_read_is_replaced_knowingly() -> None:
    traces = play([put("phone", "12")], [Read("laptop", "price")], [put("laptop", "10", "compare")])
    for name, design in (("leader", "leader_follower"), ("leaderless", "leaderless")):
        trace = traces.traces()[name]
        wanted = "superseded" if name == "leader" else "kept"
        assert status(design, trace, "phone-1") == wanted


# ---- several keys -------------------------------------------------------------------------------


def test_keys_do_not_touch_each_other() -> None:
    """What happens to the price and the stock leaves every row about the cart as it is."""
    carted: list[list[AnyCommand]] = [
        [Add("phone", "milk")],
        [Add("laptop", "bread", "operation"), Read("phone")],
        [Remove("phone", "milk")],
        [Read("laptop")],
    ]
    more: list[list[AnyCommand]] = [
        [put("laptop", "12")],
        [by("laptop", 5)],
        [by("laptop", -2, "operation")],
        [put("laptop", "10", "compare"), Read("laptop", "stock")],
    ]
    alone = play(*carted).traces()
    mixed = play(*[a + b for a, b in zip(carted, more, strict=True)]).traces()
    for name in alone:
        reads = [op for op, row in told(alone[name]).items() if row.key == "cart"]
        told_alone = [
            (row.client, row.action, row.item, [v.items for v in row.values])
            for row in told(alone[name]).values()
        ]
        told_mixed = [
            (row.client, row.action, row.item, [v.items for v in row.values])
            for row in told(mixed[name]).values()
            if row.key == "cart"
        ]
        assert reads
        assert sorted(told_alone) == sorted(told_mixed), name
    trace = mixed["leaderless"]
    assert {e.key for e in trace if isinstance(e, VersionsStored)} == {"cart", "price", "stock"}
    for event in trace:
        if isinstance(event, VersionsStored):
            owners = {e.op: e.key for e in trace if isinstance(e, OperationInvoked)}
            assert {owners[v.value.id] for v in event.versions} == {event.key}
    asked = {e.op: e.key for e in mixed["leader"] if isinstance(e, OperationInvoked)}
    for event in mixed["leader"]:
        if isinstance(event, LogAppended) and event.value is not None:
            assert event.key == asked[event.op]


def test_a_repair_brings_the_key_it_is_for() -> None:
    trace = play(
        [CutOff("n3")],
        [put("phone", "12")],
        [HealAll()],
        [Read("phone", "price")],
    ).traces()["leaderless"]
    (mended,) = [e for e in trace if isinstance(e, RepairApplied)]
    assert (mended.node, mended.key) == ("n3", "price")
    (stored,) = [e for e in trace if isinstance(e, VersionsStored) and e.node == "n3"]
    assert (stored.key, stored.reason, stored.versions[0].value.items) == (
        "price",
        "repair",
        ("12",),
    )


def test_a_compare_looks_at_its_own_key_alone() -> None:
    trace = play(
        [put("phone", "12"), by("laptop", 5)],
        [Read("laptop", "price")],
        [by("phone", 1, "operation")],
        [put("laptop", "10", "compare")],
    ).traces()["leader"]
    assert told(trace)["laptop-3"].outcome == "ok"


def test_a_log_that_is_cut_back_ends_in_what_each_key_had_before() -> None:
    simulation = play(
        [Add("phone", "milk"), put("laptop", "12"), by("laptop", 5)],
        [CutOff("n1")],
        [Add("phone", "bread"), by("phone", 1, "operation"), by("phone", 2, "operation")],
        [by("phone", 4, "operation")],
        [HealAll()],
        [put("laptop", "15"), by("laptop", -1), Add("laptop", "eggs")],
        READ,
        configured=(ELECTION,),
    )
    trace = simulation.traces()["leader"]
    (cut,) = [e for e in trace if isinstance(e, LogTruncated) and e.node == "n1"]
    ends = {key: value.items for key, value in cut.ends if value is not None}
    assert ends["cart"] == ("milk",)
    assert set(dict(cut.ends)) == {
        e.key
        for e in trace
        if isinstance(e, LogAppended) and e.node == "n1" and e.value in cut.dropped
    }
    for node in SCENARIO.nodes:
        state = simulation.clusters["leader"].kernel.processes[node].state
        length = len(state.disk.log)
        for key in SCENARIO.types:
            found = [entry.value for entry in state.disk.log if entry.key == key and entry.value]
            assert last_value(state, length, key) == (found[-1] if found else None)
    assert shown(trace, "laptop-6") == ["4"]


@pytest.mark.parametrize(
    ("command", "asked", "remedy"),
    [
        (Add("phone", "milk", key="price"), "Add on price.", "put, read, resolve"),
        (put("phone", "12", "operation"), "Put a value into price as an operation.", "whole"),
        (by("phone", 0), "Change stock by 0.", "another"),
        (Resolve("phone", "both", "stock"), "Keep both versions of stock.", "id"),
        (Read("phone", "shelf"), "Use the key shelf.", "cart, price, stock"),
        (Put(client="phone", key="cart", value="1"), "Put on cart.", "add, remove"),
    ],
)
def test_a_command_that_does_not_fit_its_key_is_refused(
    command: AnyCommand, asked: str, remedy: str
) -> None:
    with pytest.raises(CommandRejected) as refused:
        check_command(SCENARIO, command)
    assert refused.value.asked == asked
    assert refused.value.reason
    assert remedy in refused.value.remedy


def test_sentences_say_the_key_and_the_amount() -> None:
    traces = play(
        [put("phone", "12"), by("laptop", -1)], [Read("phone", "stock"), Read("laptop", "price")]
    )
    trace = told(traces.traces()["leader"])
    said = [sentence("leader_follower", row, SCENARIO.types) for row in trace.values()]
    assert sorted(said) == [
        "Laptop changes the stock by −1: OK.",
        "Laptop reads the price: 12.",
        "Phone reads the stock: −1.",
        "Phone sets the price to 12: OK.",
    ]


def test_an_empty_key_is_read_as_what_it_is() -> None:
    traces = play([Read("phone", "stock"), Read("laptop", "price")], [Read("phone")]).traces()
    for name, design in (("leader", "leader_follower"), ("leaderless", "leaderless")):
        said = [sentence(design, row, SCENARIO.types) for row in told(traces[name]).values()]
        assert sorted(said) == [
            "Laptop reads the price: nothing.",
            "Phone reads an empty cart.",
            "Phone reads the stock: 0.",
        ]


# ---- laws ---------------------------------------------------------------------------------------


def healed(script: Script) -> Simulation:
    """The script, then everything whole again, and each key read twice at two nodes."""
    end: list[tuple[int, AnyCommand]] = [(1_600_000, HealEverything())]
    for at in (3_000_000, 4_000_000):
        end += [(at, Read(client, key)) for client in ("phone", "laptop") for key in SCENARIO.types]
    commands = tuple(
        (at, command)
        for at, command in script.commands
        if type(command).__name__ not in ("WipeNode", "PauseNode", "Configure")
    )
    return run(script._replace(commands=(*commands, *end)), 6_000_000)


@settings(max_examples=40, deadline=None)
@given(script=scripts())
def test_after_healing_all_replicas_hold_the_same_of_every_key(script: Script) -> None:
    note(script.replay())
    plain = script._replace(configured=())
    simulation = healed(plain)
    for key in SCENARIO.types:
        held: dict[str, list[Value]] = {}
        for node in SCENARIO.nodes:
            disk = simulation.clusters["leaderless"].kernel.processes[node].state.disk
            held[node] = [version.stored.value for version in disk.versions.get(key, ())]
        assert held["n1"] == held["n2"] == held["n3"], key


increments = st.lists(
    st.tuples(
        st.integers(1, 1_500_000),
        st.builds(
            by,
            st.sampled_from(("phone", "laptop")),
            st.sampled_from((-2, 1, 7)),
            st.just("operation"),
        ),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(script=scripts(), asked=increments)
def test_every_acknowledged_increment_by_operation_counts_exactly_once(
    script: Script, asked: list[tuple[int, Increment]]
) -> None:
    """Unknown ones count once or not at all, refused ones never; cuts and crashes lose none."""
    faults = [(at, c) for at, c in script.commands if getattr(c, "key", "") != "stock"]
    commands = sorted([*faults, *asked], key=lambda entry: entry[0])
    simulation = healed(script._replace(configured=(), commands=tuple(commands)))
    note(script.replay())
    trace = simulation.traces()["leaderless"]
    rows = told(trace)
    amounts = {
        e.op: int(e.item)
        for e in trace
        if isinstance(e, OperationInvoked) and e.action == "increment"
    }
    sure = sum(by for op, by in amounts.items() if rows[op].outcome == "ok")
    maybe = [by for op, by in amounts.items() if rows[op].outcome == "unknown"]
    possible = {sure}
    for amount in maybe:
        possible |= {total + amount for total in possible}
    last = [row for row in rows.values() if row.kind == "read" and row.key == "stock"][-1]
    (version,) = carts(last.values) or ((),)
    assert int(TYPES["counter"].read(version)[0]) in possible
    for op in amounts:
        if rows[op].outcome == "ok":
            assert status("leaderless", trace, op) == "kept"
