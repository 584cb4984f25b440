"""Pre-vote, step-down, priorities, handing over, promotion by hand, catch-up: from the trace."""

from itertools import pairwise

import pytest

from app.main import read_scenarios
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
    PauseNode,
    Promote,
    Read,
    Restart,
    ResumeNode,
    SlowLink,
)
from app.trace.events import (
    CatchUpEnded,
    CatchUpStarted,
    ElectionStarted,
    LeaderElected,
    LeaderGaveUp,
    LeaderHandedOver,
    LeaderHeard,
    LeaderPromoted,
    LeaderSteppedDown,
    LogAppended,
    LogTruncated,
    OperationReturned,
    PreVoteRefused,
    PreVoteStarted,
    PromotionAsked,
    PromotionGivenUp,
    PromotionRefused,
    TraceEvent,
    TransferAborted,
    TransferStarted,
    snake_case,
)
from app.trace.failover import STEP_OF, STEPS
from app.trace.verdicts import FindingChanged
from tests.checkers.traces import judged
from tests.home import home

SEEDS = range(8)
MILLISECOND = 1_000
LAB = read_scenarios()["lab"]
Step = tuple[int, list[AnyCommand]]


def run(
    seed: int, settings: dict[str, str], *steps: Step, until: int = 3_000, lab: bool = False
) -> list[TraceEvent]:
    """The trace of the side with a leader; steps of (milliseconds, commands)."""
    start = tuple(Configure("leader", name, value) for name, value in settings.items())
    simulation = Simulation(LAB if lab else home(), seed, start)
    simulation.start()
    for at, commands in steps:
        simulation.do(at * MILLISECOND, commands)
    simulation.run_until(until * MILLISECOND)
    return simulation.traces()["leader"]


def of(kind: type, trace: list[TraceEvent]) -> list:  # type: ignore[type-arg]
    return [event for event in trace if isinstance(event, kind)]


def told(trace: list[TraceEvent], op: str) -> tuple[str, str]:
    found = next(e for e in of(OperationReturned, trace) if e.op == op)
    return found.outcome, found.reason


def leaders(trace: list[TraceEvent]) -> list[str]:
    """Who took office, in order."""
    return [e.node for e in trace if isinstance(e, LeaderElected | LeaderPromoted)]


ELECTION = {"failover": "election"}

# ---- pre-vote ------------------------------------------------------------------------------------

ONE_LINK: Step = (100, [CutLink("n1", "n3")])


@pytest.mark.parametrize("seed", SEEDS)
def test_with_one_link_of_three_cut_leadership_wanders_without_pre_vote(seed: int) -> None:
    trace = run(seed, ELECTION, ONE_LINK, until=10_000)
    assert leaders(trace) == ["n3", "n2"], "from end to end, and to rest where both are heard"
    assert [e.node for e in of(LeaderSteppedDown, trace)] == ["n1", "n3"], "both were well"


@pytest.mark.parametrize("seed", SEEDS)
def test_with_one_link_of_three_cut_leadership_stays_put_with_pre_vote(seed: int) -> None:
    steps = (ONE_LINK, (9_000, [Add("phone", "milk")]))
    trace = run(seed, {**ELECTION, "pre_vote": "on"}, *steps, until=10_000)
    assert not of(ElectionStarted, trace)
    assert not of(LeaderSteppedDown, trace)
    asked = of(PreVoteStarted, trace)
    assert {e.node for e in asked} == {"n3"}
    assert {e.term for e in asked} == {2}, "asking raises no term"
    refused = of(PreVoteRefused, trace)
    assert {(e.node, e.candidate, e.reason) for e in refused} == {("n2", "n3", "hears_leader")}
    assert told(trace, "phone-1")[0] == "ok", "n1 leads on with n2"


@pytest.mark.parametrize("seed", SEEDS)
def test_pre_vote_hinders_no_election_that_is_needed(seed: int) -> None:
    steps: list[Step] = [(100, [Crash("n1")]), (2_000, [Add("laptop", "bread")])]
    trace = run(seed, {**ELECTION, "pre_vote": "on"}, *steps)
    assert leaders(trace)
    assert told(trace, "laptop-1")[0] == "ok"
    elected = of(LeaderElected, trace)[0]
    asked = [e for e in of(PreVoteStarted, trace) if e.at < elected.at]
    assert asked
    assert all(e.at < of(ElectionStarted, trace)[0].at for e in asked[:1])


@pytest.mark.parametrize("seed", SEEDS)
def test_two_who_always_ask_together_draw_new_time_outs(seed: int) -> None:
    """n1 is gone and n2 and n3 hear nothing of each other: they ask in vain, at changing times."""
    steps: list[Step] = [(100, [Crash("n1"), CutLink("n2", "n3")])]
    trace = run(seed, {**ELECTION, "pre_vote": "on"}, *steps, until=5_000)
    asked = [e.at for e in of(PreVoteStarted, trace) if e.node == "n2"]
    gaps = {after - before for before, after in pairwise(asked)}
    assert len(asked) > 8
    assert len(gaps) > 4
    assert not of(ElectionStarted, trace)


# ---- step-down -----------------------------------------------------------------------------------

DEAF: Step = (100, [CutOneWay("n2", "n1"), CutOneWay("n3", "n1")])
"""n1 is heard by all and hears nobody: everybody keeps following it, and nothing is committed."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_leader_that_hears_no_majority_gives_up_within_a_time_out(seed: int) -> None:
    cut: Step = (500, [CutOff("n1"), Add("phone", "milk")])
    off = run(seed, ELECTION, cut)
    assert not of(LeaderGaveUp, off), "the default"
    on = run(seed, {**ELECTION, "step_down": "on"}, cut)
    (gave_up,) = of(LeaderGaveUp, on)
    assert (gave_up.node, gave_up.term, gave_up.have, gave_up.need) == ("n1", 1, 1, 2)
    assert 620_000 < gave_up.at <= 700_000, "200 ms after the sending of what was answered last"
    assert told(on, "phone-1") == ("unknown", "leader_changed")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_leader_that_hears_a_majority_stays(seed: int) -> None:
    steps: list[Step] = [(100, [Crash("n3")]), (1_500, [SlowLink("n1", "n2", 4)])]
    trace = run(seed, {**ELECTION, "step_down": "on", "pre_vote": "on"}, *steps, until=6_000)
    assert not of(LeaderGaveUp, trace)
    assert not leaders(trace)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_leader_that_is_heard_and_hears_nobody_blocks_all_unless_it_steps_down(seed: int) -> None:
    later: Step = (2_500, [Add("laptop", "bread")])
    stuck = run(seed, {**ELECTION, "pre_vote": "on"}, DEAF, later, until=4_000)
    assert not leaders(stuck)
    assert told(stuck, "laptop-1")[0] == "unknown"
    freed = run(seed, {**ELECTION, "pre_vote": "on", "step_down": "on"}, DEAF, later, until=4_000)
    assert of(LeaderGaveUp, freed)[0].node == "n1"
    assert leaders(freed)[-1] in ("n2", "n3")
    assert told(freed, "laptop-1")[0] == "ok"


def test_step_down_can_be_turned_on_over_a_leader_that_hears_nobody() -> None:
    steps: list[Step] = [
        (100, [CutOff("n1")]),
        (2_000, [Configure("leader", "step_down", "on")]),
    ]
    (gave_up,) = of(LeaderGaveUp, run(1, ELECTION, *steps))
    assert (gave_up.node, gave_up.at) == ("n1", 2_000_001)


def test_without_elections_no_leader_steps_down() -> None:
    trace = run(1, {"failover": "none", "step_down": "on"}, (100, [CutOff("n1")]))
    assert not of(LeaderGaveUp, trace)


def test_who_has_given_up_does_not_count_as_a_second_leader() -> None:
    settings = {**ELECTION, "step_down": "on", "copies": "1"}
    steps: list[Step] = [
        (100, [CutOff("n1")]),
        (1_500, [Add("phone", "milk"), Add("laptop", "bread")]),
        (2_200, [HealAll()]),
    ]
    trace = run(3, settings, *steps)
    assert told(trace, "phone-1") == ("failed", "no_leader")
    found = [
        row
        for row in judged("leader_follower", trace)
        if isinstance(row, FindingChanged) and row.verdict == "broken"
    ]
    assert not found


# ---- priorities and handing over -----------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("pre_vote", ["off", "on"])
def test_priority_0_never_stands_and_still_votes(seed: int, pre_vote: str) -> None:
    settings = {**ELECTION, "priorities": "1-1-0", "pre_vote": pre_vote}
    trace = run(seed, settings, (100, [Crash("n1")]), until=4_000)
    assert leaders(trace) == ["n2"]
    assert {e.node for e in of(ElectionStarted, trace)} == {"n2"}
    alone = run(seed, settings, (100, [Crash("n1"), Crash("n2")]), until=4_000)
    assert not of(ElectionStarted, alone)
    assert not of(PreVoteStarted, alone)


def test_priority_0_takes_over_by_no_time_out_either() -> None:
    settings = {"failover": "timeout", "priorities": "1-0-1"}
    assert leaders(run(1, settings, (100, [Crash("n1")]))) == ["n3"]


AWAY_AND_BACK: tuple[Step, ...] = (
    (100, [Crash("n1")]),
    (1_500, [Add("laptop", "bread")]),
    (2_500, [Restart("n1")]),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_leader_hands_over_to_a_higher_priority_that_has_its_whole_log(seed: int) -> None:
    trace = run(seed, {**ELECTION, "priorities": "2"}, *AWAY_AND_BACK, until=6_000)
    (started,) = of(TransferStarted, trace)
    assert (started.target, started.reason) == ("n1", "priority")
    (handed,) = of(LeaderHandedOver, trace)
    assert leaders(trace)[-1] == "n1"
    copied = [e for e in of(LogAppended, trace) if e.node == "n1" and e.seq < handed.seq]
    assert {e.op for e in copied} >= {"laptop-1"}
    assert not [e for e in of(LeaderSteppedDown, trace) if e.seq > handed.seq]
    assert len(of(LogTruncated, trace)) == 0
    back = run(seed, ELECTION, *AWAY_AND_BACK, until=6_000)
    assert not of(TransferStarted, back)


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_has_just_taken_office_does_not_hand_over_at_once(seed: int) -> None:
    """n1 is back 20 ms after another was elected, and has everything soon after."""
    settings = {**ELECTION, "priorities": "2"}
    first = of(LeaderElected, run(seed, settings, (100, [PauseNode("n1")])))[0]
    back: Step = (first.at // MILLISECOND + 20, [ResumeNode("n1")])
    trace = run(seed, settings, (100, [PauseNode("n1")]), back)
    (started,) = of(TransferStarted, trace)
    assert first.at + 400_000 <= started.at <= first.at + 600_000
    assert leaders(trace)[-1] == "n1"


SLOW_COPY: tuple[Step, ...] = (
    (100, [SlowLink("n1", "n3", 12)]),
    (600, [Promote("n3")]),
    (690, [Add("phone", "milk")]),
)
"""n3 asks n1 to leave while a copy of milk is still on its way to n3."""


@pytest.mark.parametrize("seed", SEEDS)
def test_the_leader_leaves_when_the_other_has_everything_and_takes_no_write_until_then(
    seed: int,
) -> None:
    steps: list[Step] = [*SLOW_COPY, (780, [Add("phone", "eggs")])]
    trace = run(seed, {"failover": "none"}, *steps)
    (started,) = of(TransferStarted, trace)
    assert (started.target, started.reason) == ("n3", "by_hand")
    assert told(trace, "phone-1")[0] == "ok"
    assert told(trace, "phone-2") == ("failed", "handing_over")
    (handed,) = of(LeaderHandedOver, trace)
    copied = next(e for e in of(LogAppended, trace) if (e.node, e.op) == ("n3", "phone-1"))
    assert copied.seq < handed.seq
    assert leaders(trace) == ["n3"]
    assert not of(LogTruncated, trace)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_does_not_catch_up_in_time_is_not_handed_to(seed: int) -> None:
    steps: list[Step] = [
        *SLOW_COPY,
        (760, [CutOneWay("n3", "n1")]),
        (1_600, [Add("phone", "eggs")]),
    ]
    trace = run(seed, {"failover": "none"}, *steps)
    (started,) = of(TransferStarted, trace)
    (aborted,) = of(TransferAborted, trace)
    assert aborted.at == started.at + 400_000
    assert [(e.node, e.leader) for e in of(PromotionGivenUp, trace)] == [("n3", "n1")]
    assert not leaders(trace)
    assert told(trace, "phone-2")[0] == "ok", "n1 leads on"


# ---- by hand -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("failover", ["none", "timeout", "election"])
def test_a_person_makes_another_node_the_leader_and_nothing_is_lost(
    seed: int, failover: str
) -> None:
    steps: list[Step] = [
        (100, [Add("phone", "milk")]),
        (400, [Promote("n2")]),
        (1_500, [Read("laptop")]),
        (2_000, [Add("laptop", "bread")]),
    ]
    trace = run(seed, {"failover": failover}, *steps, until=4_000)
    assert [e.node for e in of(PromotionAsked, trace)] == ["n2"]
    assert leaders(trace) == ["n2"]
    assert [(e.node, e.target) for e in of(LeaderHandedOver, trace)] == [("n1", "n2")]
    assert {e.node for e in of(LeaderHeard, trace) if e.leader == "n2"} == {"n1", "n3"}
    read = next(e for e in of(OperationReturned, trace) if e.op == "laptop-1")
    assert [value.id for value in read.values] == ["phone-1"]
    assert told(trace, "laptop-2")[0] == "ok"
    assert not of(LogTruncated, trace)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("failover", ["none", "timeout", "election"])
def test_a_person_replaces_a_leader_that_is_silent(seed: int, failover: str) -> None:
    steps: list[Step] = [(100, [Crash("n1")]), (800, [Promote("n2")]), (1_200, [Read("laptop")])]
    trace = run(seed, {"failover": failover}, *steps)
    assert leaders(trace)[-1] == "n2"
    assert told(trace, "laptop-1")[0] == "ok"


@pytest.mark.parametrize("seed", SEEDS)
def test_whom_people_named_last_leads_on_after_a_restart(seed: int) -> None:
    steps: list[Step] = [
        (100, [Crash("n1")]),
        (800, [Promote("n2")]),
        (1_500, [Crash("n2"), Restart("n1")]),
        (2_500, [Restart("n2")]),
        (3_500, [Add("laptop", "bread")]),
    ]
    trace = run(seed, {"failover": "none"}, *steps, until=5_000)
    again = [(e.node, e.term) for e in of(LeaderElected, trace)]
    assert again == [("n1", 1), ("n2", 2)], "n1 does not know better, and gives way"
    assert [e.node for e in of(LeaderSteppedDown, trace)] == ["n1"]
    assert told(trace, "laptop-1")[0] == "ok"


@pytest.mark.parametrize("seed", SEEDS)
def test_who_has_handed_over_does_not_lead_on_after_a_restart(seed: int) -> None:
    steps: list[Step] = [
        (400, [Promote("n2")]),
        (415, [CutOff("n1")]),
        (900, [Crash("n1")]),
        (1_000, [Restart("n1")]),
    ]
    trace = run(seed, {"failover": "none"}, *steps)
    assert [e.node for e in of(LeaderHandedOver, trace)] == ["n1"]
    assert not of(LeaderElected, trace)


def test_a_promotion_that_cannot_be_is_a_visible_no_op() -> None:
    steps: list[Step] = [
        (100, [Promote("n1")]),
        (200, [Crash("n2"), Promote("n2")]),
        (300, [Promote("n3")]),
        (400, [PauseNode("n1"), Promote("n1")]),
    ]
    trace = run(1, {**ELECTION, "priorities": "1-1-0"}, *steps, until=450)
    assert [e.reason for e in of(PromotionRefused, trace)] == [
        "n1 leads already",
        "n2 is down",
        "n3 has priority 0 and never leads",
        "n1 is paused",
    ]
    simulation = Simulation(home(), 1)
    simulation.start()
    simulation.do(100_000, [Promote("n2")])
    (ignored,) = of(PromotionRefused, simulation.traces()["leaderless"])
    assert ignored.reason == "no node leads here"


def test_a_leader_that_does_not_leave_is_left_in_office() -> None:
    steps: list[Step] = [
        (100, [CutOneWay("n2", "n1")]),
        (300, [Promote("n2")]),
    ]
    trace = run(1, {"failover": "none"}, *steps)
    assert [(e.node, e.leader) for e in of(PromotionGivenUp, trace)] == [("n2", "n1")]
    assert not leaders(trace)


# ---- catch-up ------------------------------------------------------------------------------------

BEYOND: tuple[Step, ...] = (
    (100, [CutLink("n1", "n3"), CutLink("n1", "n4"), CutLink("n1", "n5"), Add("phone", "milk")]),
    (180, [Crash("n1"), HealAll()]),
)
"""n1 and n2 alone have milk, which was acknowledged; n2 never stands."""
SHORT = {**ELECTION, "priorities": "1-0", "copies": "2"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_new_leader_takes_what_a_node_that_did_not_vote_has_beyond_its_log(seed: int) -> None:
    plain = run(seed, SHORT, *BEYOND, lab=True)
    assert told(plain, "phone-1")[0] == "ok"
    assert [v.id for e in of(LogTruncated, plain) for v in e.dropped] == ["phone-1"]
    trace = run(seed, {**SHORT, "catch_up": "on"}, *BEYOND, lab=True)
    ended = of(CatchUpEnded, trace)[-1]
    assert (ended.source, ended.entries) == ("n2", 1)
    assert not of(LogTruncated, trace)
    held = {e.node for e in of(LogAppended, trace) if e.op == "phone-1"}
    assert held == {"n1", "n2", "n3", "n4", "n5"}
    found = [
        row
        for row in judged("leader_follower", trace)
        if isinstance(row, FindingChanged) and row.verdict == "broken"
    ]
    assert "lost_writes" not in {row.check for row in found}


@pytest.mark.parametrize("seed", SEEDS)
def test_catch_up_ends_at_its_bound_and_no_write_is_taken_before(seed: int) -> None:
    """n1 is down and never answers, so the leader waits the whole bound."""
    trace = run(seed, {**SHORT, "catch_up": "on"}, *BEYOND, lab=True)
    begun, ended = of(CatchUpStarted, trace)[-1], of(CatchUpEnded, trace)[-1]
    assert ended.at == begun.at + 100_000
    opened = next(e for e in of(LogAppended, trace) if e.op == f"term-{begun.term}")
    assert (opened.node, opened.at) == (begun.node, ended.at)
    asks: Step = (begun.at // MILLISECOND + 5, [Add("laptop", "bread")])
    asked = run(seed, {**SHORT, "catch_up": "on"}, *BEYOND, asks, lab=True)
    outcome = told(asked, "laptop-1")
    assert outcome in (("failed", "catching_up"), ("failed", "no_leader"))


# ---- the five steps ------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_the_five_steps_of_a_failover_come_in_order(seed: int) -> None:
    steps: list[Step] = [
        (100, [CutOff("n1"), Add("phone", "milk")]),
        (1_500, [HealAll()]),
    ]
    trace = run(seed, {**ELECTION, "catch_up": "on", "copies": "1"}, *steps)
    firsts: dict[str, int] = {}
    for event in trace:
        step = STEP_OF.get(snake_case(type(event).__name__))
        if step:
            firsts.setdefault(step, event.seq)
    assert sorted(firsts, key=lambda step: firsts[step]) == list(STEPS)


# ---- fencing with elections ----------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_under_fencing_nobody_is_elected_beside_a_leader_that_holds_a_lease(seed: int) -> None:
    """n3 hears no leader; n2, whose answers give n1 its lease, does not vote for it."""
    settings = {**ELECTION, "fencing": "on", "copies": "1"}
    trace = run(seed, settings, ONE_LINK, until=4_000)
    assert of(ElectionStarted, trace)
    assert not leaders(trace)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_restart_does_not_make_a_node_forget_that_a_lease_hangs_on_it(seed: int) -> None:
    """n2 answers n1 and crashes; back at once, it must not vote for n3 while n1 still answers."""
    settings = {**ELECTION, "fencing": "on", "copies": "1"}
    trace = run(seed, settings, ONE_LINK, (700, [Crash("n2")]), (701, [Restart("n2")]), until=1_800)
    for event in of(LeaderElected, trace):
        assert event.at >= 700_000 + 200_000, f"seed={seed}"


@pytest.mark.parametrize("seed", SEEDS)
def test_under_fencing_a_leader_still_hands_over(seed: int) -> None:
    trace = run(seed, {**ELECTION, "fencing": "on"}, (400, [Promote("n3")]), until=1_000)
    (handed,) = of(LeaderHandedOver, trace)
    (elected,) = of(LeaderElected, trace)
    assert elected.node == "n3"
    assert elected.at - handed.at < 60_000, "the others do not wait for a lease that is given up"
