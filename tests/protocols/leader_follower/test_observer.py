"""The outside observer: what it sees, when it acts, whom it chooses, and whom it does not stop."""

import pytest

from app.errors import CommandRejected
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.trace.commands import (
    Add,
    Configure,
    Crash,
    CutLink,
    CutOff,
    HealAll,
    PauseNode,
    Promote,
    Read,
    Restart,
    ResumeNode,
    WipeNode,
)
from app.trace.events import (
    CandidateChosen,
    CatchUpEnded,
    ClientsRedirected,
    FailoverWithheld,
    FaultIgnored,
    LeaderDeclaredDead,
    LeaderElected,
    LeaderPromoted,
    LeaderSteppedDown,
    LeaderUnreachable,
    LogAppended,
    LogTruncated,
    OperationReturned,
    snake_case,
)
from app.trace.failover import STEP_OF, STEPS
from tests.protocols.leader_follower.outside_runs import broken, of, run, told

SEEDS = range(5)
OBSERVER = {"failover": "observer"}
ALONE = {**OBSERVER, "agreement": "off"}
SECONDS = {"poll_us": "1000000", "polls_missed": "2", "anti_flap_us": "0", "silence_us": "500000"}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dead_leader_is_replaced_in_five_steps(seed: int) -> None:
    """Detected, chosen, caught up, redirected; in the end the tail of the old one is dealt with."""
    trace = run(
        seed,
        {**OBSERVER, "copies": "1", "catch_up": "on"},
        (400, [CutOff("n1"), Add("phone", "milk")]),
        (1_500, [HealAll()]),
    )
    assert told(trace, "phone-1") == ("ok", "")
    dead, chosen = of(LeaderDeclaredDead, trace), of(CandidateChosen, trace)
    assert [(e.leader, e.lost) for e in dead] == [("n1", ("n2", "n3"))], f"seed={seed}"
    (promoted,) = of(LeaderPromoted, trace)
    assert promoted.node == chosen[0].candidate
    assert of(CatchUpEnded, trace)[0].node == promoted.node
    assert [e.leader for e in of(ClientsRedirected, trace)] == [promoted.node]
    (cut,) = of(LogTruncated, trace)
    assert (cut.node, [value.id for value in cut.dropped]) == ("n1", ["phone-1"])
    steps = [STEP_OF[kind] for e in trace if (kind := snake_case(type(e).__name__)) in STEP_OF]
    firsts = list(dict.fromkeys(steps))
    assert set(firsts) == set(STEPS)
    assert firsts[0] == "detect"
    assert firsts.index("choose") < firsts.index("catch_up") < firsts.index("redirect")
    assert steps[-1] == "old_tail" or "old_tail" in steps[-3:]


@pytest.mark.parametrize("seed", SEEDS)
def test_with_agreement_it_does_nothing_when_only_it_has_lost_the_leader(seed: int) -> None:
    """Orchestrator's "unreachable master": replicas that still replicate are believed."""
    trace = run(seed, OBSERVER, (400, [CutLink("n1", "watcher")]), (1_500, [Add("phone", "milk")]))
    assert {e.hears for e in of(LeaderUnreachable, trace)} == {("n2", "n3")}
    assert len(of(LeaderUnreachable, trace)) == 1, "said once, not every round"
    assert not of(LeaderDeclaredDead, trace)
    assert not of(LeaderPromoted, trace)
    assert told(trace, "phone-1") == ("ok", "")


@pytest.mark.parametrize("seed", SEEDS)
def test_without_agreement_it_makes_a_second_leader(seed: int) -> None:
    """The first one lives, and is not fenced: until it hears of the other, both take writes."""
    steps = (
        (400, [CutLink("n1", "watcher"), CutLink("n1", "n2"), CutLink("n1", "n3")]),
        (1_000, [Add("phone", "milk"), Add("laptop", "bread")]),
    )
    trace = run(seed, {**ALONE, "copies": "1"}, *steps)
    assert [e.leader for e in of(LeaderDeclaredDead, trace)] == ["n1"]
    assert told(trace, "phone-1") == told(trace, "laptop-1") == ("ok", "")
    assert "two_leaders" in broken(trace)
    trace = run(seed, {**ALONE, "copies": "1", "fencing": "on"}, *steps)
    assert told(trace, "phone-1") == ("failed", "fenced")
    assert told(trace, "laptop-1") == ("ok", "")
    assert "two_leaders" not in broken(trace)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_needless_promotion_under_fencing_waits_out_the_lease_of_the_old_leader(
    seed: int,
) -> None:
    """The old leader is well, and its followers have just answered it: the lease must end first."""
    settings = {**ALONE, "fencing": "on", "copies": "1"}
    steps = (400, [CutLink("n1", "watcher")]), (690, [CutLink("n1", "n2")])
    (promoted,) = of(LeaderPromoted, run(seed, settings, *steps))
    assert promoted.node == "n2"
    soon, later = promoted.at // 1_000 + 60, promoted.at // 1_000 + 250
    asks = (soon, [Add("laptop", "bread")]), (later, [Add("laptop", "milk")])
    trace = run(seed, settings, *steps, *asks)
    assert told(trace, "laptop-1") == ("failed", "old_lease")
    assert told(trace, "laptop-2") == ("ok", "")


@pytest.mark.parametrize(
    ("seconds_missed", "failovers"), [(2, 1), (10, 0)], ids=["time-out 2 s", "time-out 10 s"]
)
def test_a_short_time_out_replaces_a_leader_that_only_paused(
    seconds_missed: int, failovers: int
) -> None:
    """The leader stands still for three seconds. 2 s: a needless failover, and writes go on sooner;
    10 s: none, and nobody writes until it is back."""
    settings = {**OBSERVER, **SECONDS, "polls_missed": str(seconds_missed), "copies": "1"}
    trace = run(
        3,
        settings,
        (5_000, [PauseNode("n1")]),
        (7_900, [Add("laptop", "bread")]),
        (8_000, [ResumeNode("n1")]),
        (12_000, [Add("laptop", "milk")]),
        until=16_000,
    )
    assert len(of(LeaderPromoted, trace)) == failovers
    assert (told(trace, "laptop-1")[0] == "ok") == bool(failovers)
    assert told(trace, "laptop-2") == ("ok", "")


def test_it_does_not_act_twice_within_its_span() -> None:
    """Flapping: the node it has just promoted falls, too."""
    steps = ((400, [Crash("n1")]), (1_500, [Crash("n2")]), (3_400, [Restart("n1")]))
    trace = run(1, {**OBSERVER, "anti_flap_us": "3000000"}, *steps, until=7_000)
    first, second = of(LeaderDeclaredDead, trace)
    assert [e.reason for e in of(FailoverWithheld, trace)] == ["anti_flapping"]
    assert second.at - first.at >= 3_000_000


@pytest.mark.parametrize("seed", SEEDS)
def test_a_round_that_began_before_the_new_leader_led_does_not_count_against_it(seed: int) -> None:
    """One missed answer is enough; n2 was asked just before it took office, and said no."""
    settings = {**ALONE, "polls_missed": "1", "anti_flap_us": "0"}
    trace = run(seed, settings, (405, [PauseNode("n1")]), (1_500, [ResumeNode("n1")]))
    assert [e.leader for e in of(LeaderDeclaredDead, trace)] == ["n1"]
    assert [e.node for e in of(LeaderPromoted, trace)] == ["n2"]


def test_it_promotes_nobody_where_it_reaches_nobody() -> None:
    cuts = [CutLink(node, "watcher") for node in ("n1", "n2", "n3")]
    trace = run(1, ALONE, (400, [*cuts]))
    assert [e.reason for e in of(FailoverWithheld, trace)] == ["no_candidate"]
    assert not of(LeaderPromoted, trace)


def test_it_promotes_nobody_of_priority_0() -> None:
    """GitHub's lesson of 2018: no promotion across the country."""
    trace = run(1, {**OBSERVER, "priorities": "1-0-0"}, (400, [Crash("n1")]))
    assert [e.reason for e in of(FailoverWithheld, trace)] == ["no_candidate"]
    assert not of(LeaderPromoted, trace)


@pytest.mark.parametrize(("candidate", "chosen"), [("newest", "n2"), ("preferred", "n3")])
def test_it_chooses_the_newest_log_or_the_preferred_node(candidate: str, chosen: str) -> None:
    """n3 misses a write that the old leader and n2 have; preferred all the same, it drops it."""
    settings = {**OBSERVER, "candidate": candidate, "priorities": "1-1-2"}
    trace = run(
        2,
        settings,
        (300, [CutLink("n1", "n3"), CutLink("n2", "n3"), Add("phone", "milk")]),
        (500, [Crash("n1"), HealAll()]),
        (1_800, [Restart("n1"), Read("laptop")]),
    )
    assert told(trace, "phone-1") == ("ok", "")
    (event,) = of(CandidateChosen, trace)
    assert (event.candidate, event.behind) == (chosen, 0 if chosen == "n2" else 1)
    assert ("lost_writes" in broken(trace)) == (chosen == "n3")


def test_a_leader_that_comes_back_before_it_is_missed_leads_on() -> None:
    trace = run(
        1, OBSERVER, (400, [Crash("n1")]), (500, [Restart("n1")]), (900, [Add("phone", "tea")])
    )
    assert not of(LeaderPromoted, trace)
    assert [(e.node, e.votes) for e in of(LeaderElected, trace)] == [("n1", 0)]
    assert told(trace, "phone-1") == ("ok", "")


def test_a_replaced_leader_comes_back_as_a_second_one_and_then_follows() -> None:
    trace = run(1, OBSERVER, (400, [Crash("n1")]), (2_000, [Restart("n1")]))
    back = next(e for e in of(LeaderElected, trace))
    down = next(e for e in of(LeaderSteppedDown, trace))
    assert (back.node, down.node) == ("n1", "n1")
    assert back.at < down.at


@pytest.mark.parametrize("seed", SEEDS)
def test_a_replaced_leader_that_restarts_behind_a_cut_answers_nobody_under_fencing(
    seed: int,
) -> None:
    """It leads on, for nobody has told it; but no majority has answered it since."""
    trace = run(
        seed,
        {**OBSERVER, "fencing": "on", "copies": "1"},
        (400, [Crash("n1")]),
        (1_500, [CutOff("n1"), Restart("n1")]),
        (1_510, [Add("phone", "milk"), Add("laptop", "bread")]),
    )
    assert told(trace, "phone-1")[0] == "failed", f"seed={seed}"
    assert told(trace, "laptop-1") == ("ok", "")
    assert "two_leaders" not in broken(trace)


def test_a_node_promoted_by_hand_is_the_one_it_watches_from_then_on() -> None:
    trace = run(1, OBSERVER, (400, [Promote("n3")]), (1_500, [Crash("n3")]), until=4_000)
    assert [e.leader for e in of(LeaderDeclaredDead, trace)] == ["n3"]
    first, second = of(LeaderPromoted, trace)
    assert first.node == "n3"
    assert second.node in ("n1", "n2")


def test_a_crashed_observer_notices_nothing_until_it_is_back() -> None:
    trace = run(
        1, OBSERVER, (300, [Crash("watcher")]), (400, [Crash("n1")]), (1_500, [Restart("watcher")])
    )
    (dead,) = of(LeaderDeclaredDead, trace)
    assert dead.at >= 1_500_000 + 300_000


def test_a_fault_that_names_it_changes_nothing_where_it_does_not_exist() -> None:
    trace = run(1, {}, (300, [CutLink("n1", "watcher"), Crash("lock")]))
    reasons = [e.reason for e in of(FaultIgnored, trace)]
    assert reasons == ["there is no watcher here", "there is no lock here"]


def test_an_order_whose_answer_is_lost_is_noticed_at_the_next_poll() -> None:
    """The watcher's link to the new leader breaks while it answers; no third leader comes of it."""
    for cut_at in range(800, 830, 4):
        trace = run(
            1,
            {**OBSERVER, "anti_flap_us": "0"},
            (400, [Crash("n1")]),
            (cut_at, [CutLink("n2", "watcher")]),
            (1_300, [HealAll(), Restart("n1")]),
        )
        assert len(of(LeaderPromoted, trace)) <= 2
        leaders = [e.leader for e in of(ClientsRedirected, trace)]
        assert leaders, f"cut_at={cut_at}"


def test_a_new_disk_is_not_chosen_before_it_knows_what_it_had() -> None:
    trace = run(1, OBSERVER, (400, [CutOff("n2"), WipeNode("n2")]), (450, [Crash("n1")]))
    chosen = [e.candidate for e in of(CandidateChosen, trace)]
    assert chosen == ["n3"]


def test_polls_must_be_possible() -> None:
    with pytest.raises(CommandRejected, match="has to ask"):
        LeaderFollowerSettings(polls_missed=0).validate(3)


def test_a_setting_of_it_changes_while_it_watches() -> None:
    """Agreement goes: what it took for a lost link is a dead leader now."""
    trace = run(
        1,
        OBSERVER,
        (400, [CutLink("n1", "watcher")]),
        (1_200, [Configure("leader", "agreement", "off")]),
    )
    assert of(LeaderUnreachable, trace)[0].at < 1_200_000 < of(LeaderDeclaredDead, trace)[0].at


@pytest.mark.parametrize("seed", SEEDS)
def test_two_coasts_hold_what_the_other_has_not(seed: int) -> None:
    """GitHub, October 2018: 43 seconds of cut between the coasts, the observer's majority in the
    west. Both sides have writes that the other lacks, so going back loses one or the other."""
    settings = {**OBSERVER, **SECONDS, "polls_missed": "5", "copies": "1", "tail": "keep"}
    east_writes = (10_000, [Add("phone", "milk")]), (14_000, [Add("phone", "tea")])
    west_writes = (30_000, [Add("laptop", "bread")]), (34_000, [Add("laptop", "eggs")])
    trace = run(
        seed,
        settings,
        (9_000, [CutLink("n1", "n2"), CutLink("n1", "n3"), CutLink("n1", "watcher")]),
        *east_writes,
        *west_writes,
        (52_000, [HealAll()]),
        until=60_000,
    )
    assert [told(trace, op)[0] for op in ("phone-1", "phone-2", "laptop-1", "laptop-2")] == [
        "ok"
    ] * 4
    held: dict[str, list[str]] = {"n1": [], "n2": [], "n3": []}
    for event in of(LogAppended, trace):
        if event.value is not None:
            held[event.node].append(event.value.id)
    assert held["n1"] == ["phone-1", "phone-2"]
    assert held["n2"] == held["n3"] == ["laptop-1", "laptop-2"]
    assert not of(LogTruncated, trace)
    assert all(e.outcome == "ok" for e in of(OperationReturned, trace))
    assert len(of(OperationReturned, trace)) == 4
