"""MySQL: asynchronous and semi-synchronous, replicas that take writes, and the tools beside it."""

import pytest

from app.trace.commands import (
    Add,
    Crash,
    CutLink,
    CutOff,
    HealAll,
    HealEverything,
    Promote,
    Read,
    Restart,
)
from app.trace.events import (
    CandidateChosen,
    FailoverWithheld,
    FollowerWrote,
    LeaderDeclaredDead,
    LeaderPromoted,
    LeaderUnreachable,
    LogDiverged,
    ReplicationModeChanged,
    WriteReleased,
)
from tests.presets.bench import (
    MS,
    SECOND,
    Step,
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

BOTH = pytest.mark.parametrize("name", ["mysql-async", "mysql-semisync"])

# ---- T1: who accepts a write ---------------------------------------------------------------------


@BOTH
def test_t1_a_replica_takes_writes_too_and_the_copies_part_for_good(name: str) -> None:
    trace = stand(
        name,
        at(1, Add("laptop", "bread")),
        at(2, Read("laptop")),
        at(3, Add("phone", "milk")),
        at(4, Add("phone", "tea")),
        at(5, Read("laptop")),
        at(6, Read("phone")),
        entries=("n1", "n2"), until=8 * SECOND,
    )  # fmt: skip
    assert {word for word, _ in outcomes(trace).values()} == {"ok"}
    (alone,) = of(FollowerWrote, trace)
    assert (alone.node, alone.leader, alone.op) == ("n2", "n1", "laptop-1")
    assert shown(trace, "laptop-2") == shown(trace, "laptop-3") == ("bread",)
    assert set(shown(trace, "phone-3")) == {"milk", "tea"}
    assert holders(trace, "laptop-1") == {"n2"}
    assert holders(trace, "phone-2") == {"n1", "n3"}, "n2 does not follow any more"
    (parted,) = of(LogDiverged, trace)
    assert parted.node == "n2"
    assert status(trace, "laptop-1") == "set_aside"


@BOTH
def test_t1_with_super_read_only_a_write_is_ok_at_the_source_alone(name: str) -> None:
    trace = stand(
        name, at(1, Add("laptop", "bread"), Add("phone", "milk")),
        variant="read-only", entries=("n1", "n2"), until=3 * SECOND,
    )  # fmt: skip
    assert outcomes(trace) == {"laptop-1": ("failed", "read_only"), "phone-1": ("ok", "")}
    assert refusals(trace) == [("n2", "read_only")]
    assert holders(trace, "laptop-1") == set()
    assert holders(trace, "phone-1") == {"n1", "n2", "n3"}


# ---- asynchronous: row by row of the table -------------------------------------------------------


def test_a_commit_returns_after_the_local_commit_whoever_is_there() -> None:
    trace = stand("mysql-async", at(1, CutOff("n1")), at(2, Add("phone", "milk")), until=4 * SECOND)
    assert told(trace, "phone-1") == ("ok", "", 2 * SECOND + 2 * MS)
    assert holders(trace, "phone-1") == {"n1"}


def test_nobody_is_elected() -> None:
    trace = stand("mysql-async", at(1, Crash("n1")), until=120 * SECOND)
    assert not of(LeaderPromoted, trace)


@BOTH
def test_a_source_that_comes_back_with_more_than_the_others_cannot_follow(name: str) -> None:
    trace = stand(
        name,
        at(1, CutOff("n1")),
        at(2, Add("phone", "milk")),
        at(14, Crash("n1"), Promote("n2")),
        at(16, HealAll(), Restart("n1")),
        until=20 * SECOND,
    )  # fmt: skip
    assert outcomes(trace)["phone-1"][0] == "ok"
    assert [e.node for e in of(LogDiverged, trace)] == ["n1"]
    assert "lost_writes" in broken(trace)


def test_a_client_whose_source_crashes_before_the_answer_does_not_know() -> None:
    trace = stand(
        "mysql-async",
        (SECOND, [Add("phone", "milk")]),
        (SECOND + 1_500, [Crash("n1")]),
        at(3, Restart("n1")),
        until=6 * SECOND, links={"n1>phone": 500 * MS}, patience=SECOND,
    )  # fmt: skip
    assert outcomes(trace)["phone-1"] in [("ok", ""), ("unknown", "no_answer")]
    assert "n1" in holders(trace, "phone-1"), "it is there all the same"


def test_t26_a_read_at_a_replica_200_ms_behind_shows_the_old_value() -> None:
    late = {"n1>n2": 200 * MS, "n1>n3": 200 * MS}
    trace = stand(
        "mysql-async",
        at(1, Add("phone", "milk")), at(1.05, Read("laptop"), Read("phone")),
        at(1.5, Read("laptop")),
        entries=("n1", "n2"), links=late, until=3 * SECOND,
    )  # fmt: skip
    assert shown(trace, "laptop-1") == ()
    assert shown(trace, "phone-2") == ("milk",), "the source itself"
    assert shown(trace, "laptop-2") == ("milk",)


# ---- semi-synchronous ----------------------------------------------------------------------------


def test_t2_two_replicas_asked_for_and_one_down() -> None:
    trace = stand(
        "mysql-semisync", at(1, Crash("n3")), at(3, Add("phone", "milk")),
        changed={"copies": 3}, until=16 * SECOND,
    )  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "", 13 * SECOND + 2 * MS)
    assert [(e.mode, e.reason) for e in of(ReplicationModeChanged, trace)] == [("async", "timeout")]


def decay(*more: Step) -> list[Step]:
    return [at(0, CutOff("n1"), Add("phone", "milk")), at(10.1, Add("phone", "tea")), *more]


def test_t20_the_first_commit_takes_ten_seconds_the_next_none_and_both_are_lost() -> None:
    trace = stand(
        "mysql-semisync",
        *decay(at(11, Crash("n1")), at(12, Promote("n2")), at(14, Read("laptop"))),
        entries=("n1", "n2"), until=16 * SECOND,
    )  # fmt: skip
    assert told(trace, "phone-1")[::2] == ("ok", 10 * SECOND + 2 * MS)
    assert told(trace, "phone-2")[::2] == ("ok", 10_102 * MS)
    assert [e.node for e in of(LeaderPromoted, trace)] == ["n2"]
    assert shown(trace, "laptop-1") == ()
    assert [e.reason for e in of(WriteReleased, trace)] == ["async"]


def test_t20_a_replica_that_is_back_and_has_caught_up_makes_both_safe() -> None:
    trace = stand(
        "mysql-semisync",
        *decay(at(10.5, HealAll()), at(12, Crash("n1")), at(13, Promote("n2")),
               at(15, Read("laptop"))),
        entries=("n1", "n2"), until=17 * SECOND,
    )  # fmt: skip
    assert [e.mode for e in of(ReplicationModeChanged, trace)][:2] == ["async", "semi_sync"]
    assert set(shown(trace, "laptop-1")) == {"milk", "tea"}


def test_t20_without_waiting_for_no_replica_it_is_asynchronous_as_soon_as_that_is_known() -> None:
    trace = stand(
        "mysql-semisync",
        at(1, CutOff("n1")), at(2, Add("phone", "milk")),
        variant="no-wait-alone", until=14 * SECOND,
    )  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "", 2 * SECOND + 2 * MS)
    assert [e.reason for e in of(ReplicationModeChanged, trace)] == ["no_replica"]


@pytest.mark.parametrize(("variant", "seen"), [("", ()), ("after-commit", ("milk",))])
def test_only_after_commit_shows_others_a_row_that_no_replica_has(
    variant: str, seen: tuple[str, ...]
) -> None:
    trace = stand(
        "mysql-semisync",
        at(1, CutOff("n1")), at(2, Add("phone", "milk")), at(3, Read("laptop")),
        variant=variant, until=5 * SECOND,
    )  # fmt: skip
    assert shown(trace, "laptop-1") == seen


def test_an_acknowledgement_means_flushed_and_not_applied() -> None:
    disk = {"flush_us": 20 * MS, "apply_us": 2 * SECOND}
    trace = stand(
        "mysql-semisync", at(1, Add("phone", "milk")), at(1.5, Read("laptop")),
        changed=disk, entries=("n1", "n2"), until=4 * SECOND,
    )  # fmt: skip
    outcome, _, when = told(trace, "phone-1")
    assert outcome == "ok"
    assert SECOND + 22 * MS <= when < SECOND + 100 * MS
    assert shown(trace, "laptop-1") == ()


# ---- Orchestrator and MHA ------------------------------------------------------------------------


@BOTH
def test_orchestrator_promotes_the_newest_after_a_crash_and_then_keeps_still(name: str) -> None:
    trace = stand(
        name,
        at(1, CutLink("n1", "n2"), Add("phone", "milk")),
        at(7, Crash("n1")),
        at(40, HealAll(), Crash("n3")),
        variant="orchestrator", until=90 * SECOND,
    )  # fmt: skip
    assert [e.candidate for e in of(CandidateChosen, trace)] == ["n3"], "n2 had missed the milk"
    assert [e.node for e in of(LeaderPromoted, trace)] == ["n3"]
    assert of(LeaderDeclaredDead, trace)[0].at <= 20 * SECOND
    assert {e.reason for e in of(FailoverWithheld, trace)} == {"anti_flapping"}


def test_orchestrator_leaves_an_unreachable_source_alone_while_replicas_replicate() -> None:
    trace = stand(
        "mysql-async", at(1, CutLink("n1", "watcher")), at(30, Add("phone", "milk")),
        variant="orchestrator", until=60 * SECOND,
    )  # fmt: skip
    assert of(LeaderUnreachable, trace)
    assert not of(LeaderPromoted, trace)
    assert outcomes(trace)["phone-1"] == ("ok", "")


def test_orchestrator_does_not_stop_the_old_source_behind_a_cut() -> None:
    trace = stand(
        "mysql-async",
        at(1, CutOff("n1")),
        at(20, Add("phone", "milk"), Add("laptop", "bread")),
        at(30, HealEverything()),
        variant="orchestrator", entries=("n1", "n2"), until=50 * SECOND,
    )  # fmt: skip
    assert outcomes(trace) == {"phone-1": ("ok", ""), "laptop-1": ("ok", "")}
    assert "two_leaders" in broken(trace)
    assert [e.node for e in of(LogDiverged, trace)] == ["n1"]


@pytest.mark.parametrize(("catch_up", "kept"), [("on", True), ("off", False)])
def test_mha_fetches_what_the_old_source_still_has(catch_up: str, kept: bool) -> None:
    """The source is out of the manager's sight, and its links are whole again just in time."""
    trace = stand(
        "mysql-async",
        at(1, CutOff("n1"), Add("phone", "milk")),
        at(11.99, HealAll(), CutLink("n1", "watcher")),
        variant="mha", changed={"catch_up": catch_up}, links={"n1>n2": 50 * MS, "n1>n3": 50 * MS},
        until=20 * SECOND,
    )  # fmt: skip
    assert of(LeaderPromoted, trace)[0].at < 13 * SECOND
    assert (len(holders(trace, "phone-1")) == 3) is kept
