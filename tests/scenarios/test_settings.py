"""What each setting promises and what it costs, by running the engine on many seeds."""

import msgspec
import pytest

from app.errors import CommandRejected
from app.main import read_catalogue, read_scenarios
from app.protocols.registry import DESIGNS
from app.scenarios.acts import check_command, check_settings, settings_of
from app.scenarios.simulation import Simulation
from app.trace.codec import encode_lines
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutLink,
    CutOff,
    HealAll,
    HealLink,
    PlacedCommand,
    Read,
    Restart,
    SkewClock,
    SlowLink,
    WipeNode,
)
from app.trace.events import (
    FaultIgnored,
    HintDelivered,
    HintStored,
    LeaderElected,
    LeaderFenced,
    LeaderPromoted,
    LogTruncated,
    MessageSent,
    NodeRejoined,
    OperationReturned,
    QuorumReached,
    RepairApplied,
    RequestAccepted,
    SettingChanged,
    TraceEvent,
    VersionsStored,
    VoteGranted,
    WriteIgnored,
)
from app.trace.values import items_of
from app.trace.verdicts import FindingChanged
from tests.checkers.traces import judged
from tests.home import home

SEEDS = range(12)
MILLISECOND = 1_000
Step = tuple[int, list[AnyCommand]]
LAB = read_scenarios()["lab"]


def leader(setting: str, value: str) -> Configure:
    return Configure("leader", setting, value)


def leaderless(setting: str, value: str) -> Configure:
    return Configure("leaderless", setting, value)


def run(
    seed: int, start: list[Configure], *steps: Step, until: int = 3_000, lab: bool = False
) -> dict[str, list[TraceEvent]]:
    """Steps of (milliseconds, commands)."""
    simulation = Simulation(LAB if lab else home(), seed, tuple(start))
    simulation.start()
    for at, commands in steps:
        simulation.do(at * MILLISECOND, commands)
    simulation.run_until(until * MILLISECOND)
    return simulation.traces()


def told(trace: list[TraceEvent], op: str) -> str:
    return next(e.outcome for e in trace if isinstance(e, OperationReturned) and e.op == op)


def shown(trace: list[TraceEvent], op: str) -> tuple[str, ...]:
    found = next(e for e in trace if isinstance(e, OperationReturned) and e.op == op)
    return items_of(found.values)


def broken(design: str, trace: list[TraceEvent]) -> set[str]:
    return {
        row.check
        for row in judged(design, trace)
        if isinstance(row, FindingChanged) and row.verdict == "broken"
    }


def of(kind: type, trace: list[TraceEvent]) -> list:  # type: ignore[type-arg]
    return [event for event in trace if isinstance(event, kind)]


# ---- acknowledgement, failover, fencing, follower reads ------------------------------------------

FAILOVER: tuple[Step, ...] = (
    (100, [CutOff("n1"), Add("phone", "milk")]),
    (900, [HealAll(), Add("laptop", "bread")]),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_copy_is_acknowledged_and_lost_and_a_majority_is_not(seed: int) -> None:
    one = run(seed, [leader("failover", "election"), leader("copies", "1")], *FAILOVER)["leader"]
    assert told(one, "phone-1") == "ok"
    assert "lost_writes" in broken("leader_follower", one)
    two = run(seed, [leader("failover", "election"), leader("copies", "2")], *FAILOVER)["leader"]
    assert told(two, "phone-1") == "unknown"
    assert "lost_writes" not in broken("leader_follower", two)


SPLIT: tuple[Step, ...] = (
    (100, [CutOff("n1")]),
    (1_500, [Add("phone", "milk"), Add("laptop", "bread")]),
    (2_200, [HealAll()]),
)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("failover", ["timeout", "election"])
def test_fencing_keeps_the_old_leader_silent(seed: int, failover: str) -> None:
    start = [leader("failover", failover), leader("copies", "1")]
    off = run(seed, start, *SPLIT)["leader"]
    assert told(off, "phone-1") == told(off, "laptop-1") == "ok"
    assert {"two_leaders", "lost_writes"} <= broken("leader_follower", off)
    on = run(seed, [*start, leader("fencing", "on")], *SPLIT)["leader"]
    assert told(on, "phone-1") == "failed"
    assert told(on, "laptop-1") == "ok"
    assert not broken("leader_follower", on)
    assert of(LeaderFenced, on)[0].node == "n1"


@pytest.mark.parametrize("seed", SEEDS)
def test_the_old_leader_is_silent_before_another_takes_over(seed: int) -> None:
    start = [leader("failover", "timeout"), leader("copies", "1"), leader("fencing", "on")]
    trace = run(seed, start, *SPLIT)["leader"]
    assert of(LeaderFenced, trace)[0].at < of(LeaderPromoted, trace)[0].at


def test_who_takes_over_by_time_out_asks_nobody_and_throws_committed_entries_away() -> None:
    start = [leader("failover", "timeout"), leader("copies", "2")]
    steps: list[Step] = [
        (50, [CutOff("n3")]),
        (100, [Add("phone", "milk")]),
        (1_000, [HealAll()]),
    ]
    trace = run(3, start, *steps)["leader"]
    assert told(trace, "phone-1") == "ok"
    assert [event.node for event in of(LeaderPromoted, trace)] == ["n3"]
    assert not of(VoteGranted, trace)
    assert {event.node for event in of(LogTruncated, trace)} == {"n1", "n2"}
    assert "lost_writes" in broken("leader_follower", trace)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_read_at_any_node_may_be_old_and_one_at_the_leader_is_not(seed: int) -> None:
    steps: list[Step] = [
        (100, [SlowLink("n1", "n3", 30)]),
        (150, [Add("phone", "milk")]),
        (250, [Read("laptop")]),
    ]
    near = run(seed, [leader("reads", "any")], *steps)["leader"]
    assert "stale_reads" in broken("leader_follower", near)
    assert not [e for e in of(RequestAccepted, near) if e.kind == "read"]
    assert "stale_reads" not in broken("leader_follower", run(seed, [], *steps)["leader"])


# ---- settings change while it plays ------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_a_change_holds_for_the_next_operation_and_not_for_the_one_under_way(seed: int) -> None:
    steps: list[Step] = [
        (100, [Add("phone", "milk")]),
        (101, [leader("copies", "3"), leaderless("w", "3")]),
        (115, [leader("copies", "1"), leaderless("w", "1")]),
        (500, [Add("phone", "eggs")]),
    ]
    for trace in run(seed, [], *steps).values():
        needs = [e.need for e in of(RequestAccepted, trace) if e.kind == "write"]
        assert needs == [3, 1], "what holds when the request comes to the node counts"
        assert len(of(SettingChanged, trace)) == 2
        reached = next(e for e in of(QuorumReached, trace) if e.op == "phone-1")
        answers = [e for e in of(MessageSent, trace) if e.kind == "answer_ok"]
        answered = next(e for e in answers if e.op == "phone-1")
        assert (reached.have, reached.seq < answered.seq) == (3, True)


def test_settings_for_experts_are_offered_only_where_they_are_asked_for() -> None:
    scenes = read_scenarios()
    for name, scene in scenes.items():
        spec = next(one for one in scene.clusters if one.design == "leader_follower")
        offered = {setting.name for setting in spec.settings}
        for setting in ("durability", "standbys", "on_timeout"):
            assert (setting in offered) is (setting in spec.offers or "all" in spec.offers), name


def test_every_setting_there_is_can_be_changed_in_the_lab_and_says_what_it_promises() -> None:
    described = {(one.design, one.name): one for one in read_catalogue().settings}
    for name, design in DESIGNS.items():
        fields = set(design.settings_type.__struct_fields__)
        assert set(design.effects) == fields, "a setting without its effect, or the reverse"
        assert {one for its, one in described if its == name} == fields
        offered = {s.name: s for c in LAB.clusters if c.design == name for s in c.settings}
        assert set(offered) == fields
        for field, setting in offered.items():
            assert setting.effect == design.effects[field]
            assert len(setting.options) >= 2, field
            for option in described[name, field].options:
                assert option.promise.endswith("."), (field, option)
                assert option.cost.endswith("."), (field, option)
                assert option.promise != option.cost


def test_what_a_scene_starts_with_is_among_the_choices_of_the_lab() -> None:
    for spec in LAB.clusters:
        start = msgspec.to_builtins(settings_of(LAB, spec, ()))
        for setting in spec.settings:
            assert str(start[setting.name]) in {option.value for option in setting.options}


def test_settings_of_one_moment_are_checked_together_whatever_their_order() -> None:
    longer = [
        leader("lease_us", "9000000"),
        leader("silence_us", "10000000"),
        leader("election_low_us", "10000000"),
        leader("election_high_us", "11500000"),
    ]
    check_settings(LAB, tuple(PlacedCommand(0, change) for change in longer))
    with pytest.raises(CommandRejected, match="A lease of 9 s"):
        check_settings(LAB, (PlacedCommand(0, longer[0]), PlacedCommand(1, longer[1])))


def test_setting_what_is_set_already_is_a_visible_no_op() -> None:
    trace = run(1, [], (100, [leader("copies", "2")]))["leader"]
    assert not of(SettingChanged, trace)
    assert of(FaultIgnored, trace)[0].reason == "copies is 2 already"


def test_fencing_can_be_turned_on_over_a_leader_that_hears_nobody() -> None:
    steps: list[Step] = [(100, [CutOff("n1")]), (900, [leader("fencing", "on")])]
    trace = run(1, [], *steps)["leader"]
    assert [(e.node, e.at) for e in of(LeaderFenced, trace)] == [("n1", 900_000)]


# ---- quorums, hints, repair, conflict ------------------------------------------------------------

AWAY: tuple[Step, ...] = (
    (100, [Crash("n2"), Crash("n3")]),
    (600, [Add("phone", "milk")]),
    (1_000, [Restart("n2"), Restart("n3")]),
)
HINTS = leaderless("hints", "on")
SLOPPY = [HINTS, leaderless("quorum", "sloppy")]


@pytest.mark.parametrize("seed", SEEDS)
def test_stand_ins_count_in_a_sloppy_quorum_and_hand_back(seed: int) -> None:
    strict = run(seed, [HINTS], *AWAY, lab=True)["leaderless"]
    assert told(strict, "phone-1") == "failed"
    sloppy = run(seed, SLOPPY, *AWAY, lab=True)["leaderless"]
    assert told(sloppy, "phone-1") == "ok"
    assert {(e.node, e.home) for e in of(HintStored, sloppy) if e.counts} == {
        ("n4", "n2"),
        ("n5", "n3"),
    }
    held = {e.node for e in of(VersionsStored, sloppy) if e.versions}
    assert held == {"n1", "n2", "n3"}, "stand-ins give back what they kept"
    assert not broken("leaderless", sloppy)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_read_asks_the_stand_ins_for_what_they_keep(seed: int) -> None:
    steps: list[Step] = [
        (100, [Crash("n2")]),
        (600, [Add("phone", "milk")]),
        (900, [Crash("n1"), Crash("n3")]),
        (1_500, [Read("laptop")]),
    ]
    trace = run(seed, SLOPPY, *steps, lab=True)["leaderless"]
    assert shown(trace, "laptop-1") == ("milk",)


@pytest.mark.parametrize("seed", SEEDS)
def test_hints_bring_what_was_missed_without_a_read(seed: int) -> None:
    steps: list[Step] = [
        (100, [Crash("n2")]),
        (600, [Add("phone", "milk")]),
        (900, [Restart("n2")]),
    ]
    without = run(seed, [], *steps)["leaderless"]
    assert "n2" not in {e.node for e in of(VersionsStored, without)}
    kept = run(seed, [HINTS], *steps)["leaderless"]
    assert [(e.node, e.counts) for e in of(HintStored, kept)] == [("n1", False)]
    assert {e.reason for e in of(VersionsStored, kept) if e.node == "n2"} == {"hint"}
    assert of(HintDelivered, kept)[-1].versions == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_write_that_times_out_leaves_hints_for_who_did_not_answer(seed: int) -> None:
    steps: list[Step] = [(100, [Crash("n2"), Add("phone", "milk")]), (900, [Restart("n2")])]
    trace = run(seed, [HINTS], *steps)["leaderless"]
    assert "n2" in {e.node for e in of(VersionsStored, trace)}


def test_a_hint_is_no_reachable_copy() -> None:
    steps: list[Step] = [*AWAY[:2], (700, [Crash("n1")])]
    trace = run(4, SLOPPY, *steps, lab=True)["leaderless"]
    status = [row for row in judged("leaderless", trace) if getattr(row, "op", "") == "phone-1"]
    assert status[-1].status == "waiting"  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(30))
def test_repair_before_the_reply_never_lets_a_later_read_see_less(seed: int) -> None:
    steps: list[Step] = [
        (100, [leaderless("w", "1"), SlowLink("n1", "n2", 8), SlowLink("n1", "n3", 8)]),
        (150, [Add("phone", "milk")]),
        (170, [Read("phone")]),
        (170, [Read("laptop")]),
        (200, [Read("phone")]),
        (230, [Read("laptop")]),
        (300, [Read("phone")]),
        (310, [Read("laptop")]),
    ]
    trace = run(seed, [leaderless("read_repair", "before_reply")], *steps)["leaderless"]
    reads = [e for e in of(OperationReturned, trace) if e.kind == "read" and e.outcome == "ok"]
    begins = {e.op: e.at for e in trace if type(e).__name__ == "OperationInvoked"}
    for first in reads:
        for later in reads:
            if first.values and begins[later.op] > first.at:
                assert later.values, f"seed={seed}: {later.op} saw less than {first.op}"


def test_repair_before_the_reply_waits_for_the_repair() -> None:
    """The answers differ (n3 missed the write): the repair is applied before the client hears."""
    steps: list[Step] = [
        (100, [CutOff("n3")]),
        (150, [Add("phone", "milk")]),
        (700, [HealAll(), CutLink("n1", "n2")]),
        (900, [Read("phone")]),
    ]
    for policy, before in (("before_reply", True), ("after_reply", False)):
        trace = run(2, [leaderless("read_repair", policy)], *steps)["leaderless"]
        repaired = next(e.at for e in of(RepairApplied, trace) if e.node == "n3")
        read = next(e for e in of(OperationReturned, trace) if e.op == "phone-2")
        assert (repaired < read.at) is before
        assert items_of(read.values) == ("milk",)


LAST = leaderless("conflict", "last_write")
FAST: tuple[Step, ...] = (
    (100, [SkewClock("n3", 10_000)]),
    (200, [Add("laptop", "bread")]),
    (400, [Read("phone")]),
    (500, [Add("phone", "milk")]),
    (700, [Read("phone")]),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fast_clock_wins_against_one_who_had_read_it(seed: int) -> None:
    trace = run(seed, [LAST], *FAST)["leaderless"]
    assert told(trace, "phone-2") == "ok"
    assert shown(trace, "phone-3") == ("bread",)
    assert "lost_writes" in broken("leaderless", trace)
    assert of(WriteIgnored, trace)
    right = run(seed, [LAST], *FAST[1:])["leaderless"]
    assert set(shown(right, "phone-3")) == {"bread", "milk"}
    assert not broken("leaderless", right)
    kept = run(seed, [], *FAST)["leaderless"]
    assert set(shown(kept, "phone-3")) == {"bread", "milk"}


@pytest.mark.parametrize("seed", SEEDS)
def test_where_the_last_write_wins_every_node_keeps_the_same_one(seed: int) -> None:
    steps: list[Step] = [
        (100, [CutLink("n1", "n3")]),
        (200, [Add("phone", "milk"), Add("laptop", "bread")]),
        (400, [HealLink("n1", "n3")]),
        (500, [Read("phone")]),
        (700, [Read("laptop")]),
    ]
    trace = run(seed, [LAST], *steps)["leaderless"]
    newest = {e.node: e.versions for e in of(VersionsStored, trace)}
    assert len(set(newest.values())) == 1
    assert all(len(versions) == 1 for versions in newest.values())


# ---- a lost disk ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wiped_node_votes_only_after_it_knows_what_it_had(seed: int) -> None:
    """n2 is wiped and cannot ask n1; the votes of n2 and n3 would elect n3 without milk."""
    start = [leader("failover", "election")]
    steps: list[Step] = [
        (100, [CutOff("n3"), Add("phone", "milk")]),
        (300, [WipeNode("n2"), CutOff("n1"), HealLink("n2", "n3")]),
    ]
    trace = run(seed, start, *steps)["leader"]
    assert told(trace, "phone-1") == "ok"
    assert not of(LeaderElected, trace)
    assert not [e for e in of(VoteGranted, trace) if e.node == "n2" and e.at > 300_000]
    healed = run(seed, start, *steps, (2_000, [HealAll()]), until=4_000)["leader"]
    assert [e.node for e in of(NodeRejoined, healed)] == ["n2"]
    assert "lost_writes" not in broken("leader_follower", healed)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_wiped_leader_that_people_named_takes_its_log_from_the_others(seed: int) -> None:
    steps: list[Step] = [
        (100, [Add("phone", "milk")]),
        (400, [WipeNode("n1")]),
        (1_000, [Read("laptop")]),
    ]
    trace = run(seed, [], *steps)["leader"]
    assert shown(trace, "laptop-1") == ("milk",)
    assert [(e.node, e.term) for e in of(LeaderElected, trace)] == [("n1", 4)]


def test_a_wiped_node_gives_no_dot_twice() -> None:
    """n1 forgets its counter with its disk, and the phone, which got no answer, never knew of it:
    under the same dot n2 would take the second write for the first, and keep milk alone."""
    steps: list[Step] = [
        (100, [Crash("n3"), Add("phone", "milk")]),
        (900, [WipeNode("n1"), leaderless("w", "2")]),
        (1_100, [Add("phone", "eggs")]),
    ]
    trace = run(1, [leaderless("w", "3")], *steps)["leaderless"]
    assert told(trace, "phone-1") == "unknown"
    at_n2 = [e for e in of(VersionsStored, trace) if e.node == "n2"][-1].versions
    assert {version.value.items for version in at_n2} == {("milk",), ("eggs",)}


def test_a_snapshot_remembers_clocks_and_settings() -> None:
    start = (LAST,)
    steps: list[Step] = [
        (100, [SkewClock("n3", 10_000), leader("copies", "3"), leaderless("w", "1")]),
        (600, [Add("laptop", "bread"), Add("phone", "milk")]),
    ]
    whole, first, second = (Simulation(home(), 5, start) for _ in range(3))
    for simulation in (whole, first, second):
        simulation.start()
    for at, commands in steps:
        whole.do(at * MILLISECOND, commands)
    first.do(steps[0][0] * MILLISECOND, steps[0][1])
    first.run_until(300_000)
    second.restore(first.snapshot())
    second.do(steps[1][0] * MILLISECOND, steps[1][1])
    for simulation in (whole, second):
        simulation.run_until(2_000_000)
    for cluster, trace in whole.traces().items():
        rest = second.traces()[cluster]
        assert rest == trace[-len(rest) :]
        assert rest


def test_a_crash_does_not_end_the_asking_of_a_wiped_node() -> None:
    steps: list[Step] = [
        (100, [Crash("n3"), WipeNode("n2")]),
        (500, [Crash("n2")]),
        (600, [Restart("n2")]),
        (900, [Restart("n3")]),
    ]
    trace = run(1, [leader("failover", "election")], *steps)["leader"]
    rejoined = of(NodeRejoined, trace)
    assert [e.node for e in rejoined] == ["n2"]
    assert rejoined[0].at > 900_000


# ---- one side only -------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["leader", "leaderless"])
def test_a_fault_on_one_side_leaves_the_bytes_of_the_other_alone(side: str) -> None:
    shopping: Step = (600, [Add("phone", "milk"), Add("laptop", "bread")])
    faults: list[AnyCommand] = [
        CutLink("n1", "n3", only=side),
        Crash("n2", only=side),
        SkewClock("n1", 5_000, only=side),
    ]
    quiet, hit = run(1, [], shopping), run(1, [], (100, faults), shopping)
    other = "leaderless" if side == "leader" else "leader"
    assert encode_lines(hit[other]) == encode_lines(quiet[other])
    assert encode_lines(hit[side]) != encode_lines(quiet[side])


def test_a_fault_on_a_side_that_is_not_there_is_refused() -> None:
    with pytest.raises(CommandRejected) as refused:
        check_command(LAB, Crash("n1", only="middle"))
    assert "leader, leaderless" in refused.value.remedy


@pytest.mark.parametrize(
    ("design", "wrong", "says"),
    [
        ("leader_follower", {"lease_us": 9_000_000}, "A lease of 9 s was asked for."),
        ("leader_follower", {"election_high_us": 1_500}, "from 200 ms to 1.5 ms."),
        ("leader_follower", {"lock_ttl_us": 1}, "A lock for 0.001 ms was asked for."),
        ("leaderless", {"request_timeout_us": -1}, "A request time-out of -0.001 ms was asked for"),
    ],
)
def test_a_refusal_says_times_as_a_person_does(
    design: str, wrong: dict[str, object], says: str
) -> None:
    settings = msgspec.convert(wrong, DESIGNS[design].settings_type)
    with pytest.raises(CommandRejected) as refused:
        settings.validate(3)
    assert says in str(refused.value)
    assert "µs" not in str(refused.value)
