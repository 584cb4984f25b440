"""PostgreSQL with Patroni: the lock, asynchronous, synchronous and strict; with its real times."""

import pytest

from app.trace.commands import (
    Add,
    Crash,
    CutLink,
    CutOff,
    HealEverything,
    PauseNode,
    Read,
    Restart,
    ResumeNode,
)
from app.trace.events import (
    FailsafeUsed,
    LeaderDemoted,
    LeaderPromoted,
    LockExpired,
    LogTruncated,
    StandbysChanged,
    TraceEvent,
)
from tests.presets.bench import (
    MS,
    SECOND,
    at,
    broken,
    holders,
    of,
    outcomes,
    refusals,
    shown,
    stand,
    status,
    told,
)

ALIVE = ("n1", "n2")


def promoted(trace: list[TraceEvent]) -> list[str]:
    return [e.node for e in of(LeaderPromoted, trace)]


# ---- the lock ------------------------------------------------------------------------------------


def test_a_standby_takes_over_after_the_ttl_and_at_the_next_loop_at_most() -> None:
    trace = stand("patroni", at(15, Crash("n1")), at(60, Add("laptop", "bread")),
                  entries=ALIVE, until=65 * SECOND)  # fmt: skip
    (expired,), (taken,) = of(LockExpired, trace), of(LeaderPromoted, trace)
    assert 40 * SECOND <= expired.at <= 40 * SECOND + 10 * MS, "30 s after the renewal at 10 s"
    assert expired.at <= taken.at <= expired.at + 10 * SECOND + 10 * MS
    assert outcomes(trace)["laptop-1"] == ("ok", "")


@pytest.mark.parametrize("seed", range(5))
def test_a_primary_without_its_lock_leaves_before_that_runs_out(seed: int) -> None:
    trace = stand(
        "patroni", at(11 + seed, CutLink("n1", "lock")), at(36, Add("phone", "milk")),
        seed=seed, until=60 * SECOND,
    )  # fmt: skip
    demoted, expired = of(LeaderDemoted, trace)[0], of(LockExpired, trace)[0]
    assert demoted.reason == "lock_unreachable"
    assert demoted.at < expired.at
    assert outcomes(trace)["phone-1"] == ("failed", "no_leader")
    assert "two_leaders" not in broken(trace)


def test_a_primary_that_stood_still_past_its_ttl_answers_nobody() -> None:
    """What a watchdog is for: n1 wakes after n2 has taken the lock."""
    trace = stand(
        "patroni",
        at(11, PauseNode("n1")), at(60, ResumeNode("n1"), Add("phone", "milk")),
        until=80 * SECOND, patience=5 * SECOND,
    )  # fmt: skip
    assert promoted(trace)
    assert holders(trace, "phone-1") == set() or outcomes(trace)["phone-1"][0] == "ok"
    assert "two_leaders" not in broken(trace)


def test_without_the_lock_store_the_whole_cluster_is_read_only() -> None:
    trace = stand(
        "patroni",
        at(1, Add("phone", "milk")), at(11, Crash("lock")),
        at(50, Add("phone", "tea"), Read("laptop")),
        at(60, Restart("lock")), at(90, Add("phone", "figs")),
        entries=ALIVE, until=95 * SECOND,
    )  # fmt: skip
    assert outcomes(trace)["phone-2"] == ("failed", "no_leader")
    assert shown(trace, "laptop-1") == ("milk",)
    assert outcomes(trace)["phone-3"] == ("ok", "")


@pytest.mark.parametrize("all_there", [True, False])
def test_failsafe_keeps_a_primary_that_reaches_all_members(all_there: bool) -> None:
    gone = [] if all_there else [Crash("n3")]
    trace = stand(
        "patroni", at(11, Crash("lock"), *gone), at(100, Add("phone", "milk")),
        variant="failsafe", until=105 * SECOND,
    )  # fmt: skip
    assert bool(of(FailsafeUsed, trace)) is all_there
    assert bool(of(LeaderDemoted, trace)) is not all_there
    assert (outcomes(trace)["phone-1"][0] == "ok") is all_there


def test_a_standby_is_read_only_and_a_client_finds_the_primary() -> None:
    trace = stand("patroni", at(1, Add("laptop", "bread")), entries=("n1", "n3"), until=3 * SECOND)
    assert refusals(trace) == [("n3", "not_leader")]
    assert outcomes(trace)["laptop-1"] == ("ok", "")
    direct = stand("patroni", at(1, Add("laptop", "bread")), changed={"routing": "forward"},
                   entries=("n1", "n3"), until=3 * SECOND)  # fmt: skip
    assert outcomes(direct)["laptop-1"] == ("failed", "read_only")


# ---- asynchronous --------------------------------------------------------------------------------


def test_asynchronous_a_failover_loses_what_no_standby_had() -> None:
    trace = stand(
        "patroni",
        at(11, CutLink("n1", "n2"), CutLink("n1", "n3"), Add("phone", "milk")),
        at(15, Crash("n1")), at(70, HealEverything()),
        until=90 * SECOND,
    )  # fmt: skip
    assert outcomes(trace)["phone-1"] == ("ok", "")
    assert promoted(trace)
    assert [e.node for e in of(LogTruncated, trace)] == ["n1"]
    assert status(trace, "phone-1") == "lost"


@pytest.mark.parametrize(("lag", "leads"), [(0, False), (1, True)])
def test_who_is_further_behind_than_allowed_does_not_take_the_lock(lag: int, leads: bool) -> None:
    trace = stand(
        "patroni",
        at(11, CutLink("n1", "n2"), CutLink("n1", "n3"), Add("phone", "milk")),
        at(25, Crash("n1")),
        changed={"max_lag": lag}, until=90 * SECOND,
    )  # fmt: skip
    assert bool(promoted(trace)) is leads


# ---- synchronous ---------------------------------------------------------------------------------

MODES = pytest.mark.parametrize("variant", ["synchronous", "strict"])


@MODES
def test_a_commit_waits_for_the_chosen_standby_alone(variant: str) -> None:
    slow = {"n1>n2": 300 * MS}
    trace = stand("patroni", at(1, Add("phone", "milk")), variant=variant, links=slow,
                  until=3 * SECOND)  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "", SECOND + 303 * MS)


@MODES
def test_only_the_standby_in_sync_takes_over_though_another_has_more(variant: str) -> None:
    """n3 has the newest write, which was never acknowledged; n2 has all that was."""
    trace = stand(
        "patroni",
        at(11, Add("phone", "milk")), at(12, CutLink("n1", "n2")),
        (12_010 * MS, [Add("phone", "tea")]), (12_050 * MS, [Crash("n1")]),
        at(70, HealEverything()), at(80, Read("laptop")),
        variant=variant, entries=("n1", "n2"), until=90 * SECOND, patience=5 * SECOND,
    )  # fmt: skip
    assert promoted(trace) == ["n2"]
    assert shown(trace, "laptop-1") == ("milk",)
    assert outcomes(trace)["phone-2"][0] == "unknown"


@MODES
def test_a_lost_standby_is_replaced_at_the_next_loop_and_commits_wait_till_then(
    variant: str,
) -> None:
    trace = stand(
        "patroni", at(12, Crash("n2")), at(13, Add("phone", "milk")), at(25, Add("phone", "tea")),
        variant=variant, until=30 * SECOND,
    )  # fmt: skip
    outcome, _, when = told(trace, "phone-1")
    assert outcome == "ok"
    assert 20 * SECOND <= when <= 20 * SECOND + 20 * MS, "the loop at 20 s chooses n3"
    assert of(StandbysChanged, trace)[-1].standbys == ("n3",)
    assert told(trace, "phone-2")[2] == 25 * SECOND + 4 * MS


def test_without_any_standby_the_primary_goes_on_alone_and_nobody_can_take_over() -> None:
    trace = stand(
        "patroni",
        at(12, Crash("n2"), Crash("n3")), at(13, Add("phone", "milk")),
        at(22, CutOff("n1"), Restart("n2"), Restart("n3")), at(23, Crash("n1")),
        at(100, Restart("n1"), HealEverything()), at(150, Read("laptop")),
        variant="synchronous", until=160 * SECOND,
    )  # fmt: skip
    outcome, _, when = told(trace, "phone-1")
    assert (outcome, when // SECOND) == ("ok", 20)
    assert promoted(trace)[0] == "n1", "it alone has the milk"
    assert of(LeaderPromoted, trace)[0].at > 100 * SECOND
    assert shown(trace, "laptop-1") == ("milk",)
    assert "lost_writes" not in broken(trace)


def test_strict_without_any_standby_no_commit_returns_until_one_is_back() -> None:
    trace = stand(
        "patroni",
        at(12, Crash("n2"), Crash("n3")), at(13, Add("phone", "milk")),
        at(200, Restart("n3")),
        variant="strict", until=240 * SECOND, patience=300 * SECOND,
    )  # fmt: skip
    outcome, _, when = told(trace, "phone-1")
    assert outcome == "ok"
    assert 200 * SECOND < when < 221 * SECOND
    assert of(StandbysChanged, trace)[-1].standbys == ("n3",)


def test_asynchronous_is_the_default_and_waits_for_nobody() -> None:
    trace = stand("patroni", at(1, CutLink("n1", "n2"), CutLink("n1", "n3"), Add("phone", "milk")),
                  until=3 * SECOND)  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "", SECOND + 2 * MS)


@pytest.mark.parametrize("gone", ["n2", "n3"])
def test_with_two_synchronous_standbys_both_are_waited_for_and_either_takes_over(gone: str) -> None:
    slow = {"n1>n2": 300 * MS, "n1>n3": 100 * MS}
    trace = stand(
        "patroni",
        at(11, Add("phone", "milk")), at(12, Crash("n1"), Crash(gone)),
        at(70, HealEverything()), at(90, Read("laptop")),
        variant="two-standbys", links=slow, until=95 * SECOND,
    )  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "", 11 * SECOND + 303 * MS), "the slower of the two"
    assert promoted(trace)[0] not in (gone, "n1")
    assert shown(trace, "laptop-1") == ("milk",)


def test_of_two_synchronous_standbys_the_one_that_is_left_is_enough_from_the_next_loop_on() -> None:
    trace = stand(
        "patroni", at(12, Crash("n2")), at(13, Add("phone", "milk")), at(25, Add("phone", "tea")),
        variant="two-standbys", until=30 * SECOND,
    )  # fmt: skip
    outcome, _, when = told(trace, "phone-1")
    assert outcome == "ok"
    assert 20 * SECOND <= when <= 20 * SECOND + 20 * MS
    assert of(StandbysChanged, trace)[-1].standbys == ("n3",)
