"""MySQL's semi-synchronous replication: it decays after its time-out, and returns."""

import pytest

from app.trace.commands import Add, Configure, Crash, CutOff, HealAll, Read, Restart
from app.trace.events import LeaderPromoted, ReplicationModeChanged, WriteReleased
from tests.protocols.leader_follower.bench import (
    MS,
    SECOND,
    Step,
    bench,
    broken,
    of,
    shown,
    status,
    told,
)

SEMI_SYNC = {
    "copies": 2,
    "ack_timeout_us": 10 * SECOND,
    "on_timeout": "async",
    "wait_no_replica": "on",
    "reads": "leader_local",
    "read_concern": "local",
}
LONG = {"failover": "timeout", "silence_us": 15 * SECOND}
CUT: Step = (50 * MS, [CutOff("n1")])
FIRST: Step = (100 * MS, [Add("phone", "milk")])
SECOND_WRITE: Step = (10_500 * MS, [Add("phone", "bread")])


def test_the_first_commit_waits_the_whole_time_out_and_the_second_not_at_all() -> None:
    trace = bench(CUT, FIRST, SECOND_WRITE, until=11 * SECOND, **SEMI_SYNC)
    assert told(trace, "phone-1") == ("ok", "", 100 * MS + 10 * SECOND + 2 * MS)
    assert told(trace, "phone-2") == ("ok", "", 10_502 * MS)
    (changed,) = of(ReplicationModeChanged, trace)
    assert (changed.node, changed.mode, changed.reason, changed.need) == (
        "n1",
        "async",
        "timeout",
        1,
    )
    (released,) = of(WriteReleased, trace)
    assert (released.op, released.reason, released.have, released.need) == (
        "phone-1",
        "async",
        1,
        2,
    )


def test_what_was_acknowledged_after_the_decay_is_lost_with_the_source() -> None:
    trace = bench(
        CUT, FIRST, SECOND_WRITE,
        (11 * SECOND, [Crash("n1")]),
        (20 * SECOND, [Restart("n1"), HealAll()]),
        until=25 * SECOND, **SEMI_SYNC, **LONG,
    )  # fmt: skip
    assert [e.node for e in of(LeaderPromoted, trace)] == ["n2"]
    assert status(trace, "phone-1") == status(trace, "phone-2") == "lost"


def test_replicas_that_have_caught_up_make_it_semi_synchronous_again() -> None:
    trace = bench(
        CUT, FIRST, SECOND_WRITE,
        (10_600 * MS, [HealAll()]),
        (11 * SECOND, [Add("phone", "eggs"), Crash("n1")]),
        (30 * SECOND, [Restart("n1")]),
        until=35 * SECOND, **SEMI_SYNC, **LONG,
    )  # fmt: skip
    modes = [(e.mode, e.reason, e.need) for e in of(ReplicationModeChanged, trace)]
    assert modes[:2] == [("async", "timeout", 1), ("semi_sync", "caught_up", 2)]
    assert status(trace, "phone-1") == status(trace, "phone-2") == "kept"


def test_with_two_replicas_asked_for_one_that_is_down_makes_it_decay() -> None:
    settings = {**SEMI_SYNC, "copies": 3}
    trace = bench(
        (50 * MS, [Crash("n3")]), FIRST, SECOND_WRITE, until=12 * SECOND, **settings
    )  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "", 100 * MS + 10 * SECOND + 2 * MS)
    assert [(e.mode, e.hears) for e in of(ReplicationModeChanged, trace)] == [("async", ("n2",))]
    assert told(trace, "phone-2")[2] == 10_502 * MS


def test_a_follower_that_has_not_what_the_level_asks_does_not_end_the_fall_back() -> None:
    """Both have got the entries at once after the cut, and apply them two seconds later."""
    trace = bench(
        CUT, FIRST, SECOND_WRITE,
        (10_600 * MS, [HealAll()]),
        until=14 * SECOND, durability="remote_apply", apply_us=2 * SECOND, **SEMI_SYNC,
    )  # fmt: skip
    back = of(ReplicationModeChanged, trace)[1]
    assert back.mode == "semi_sync"
    assert 12_600 * MS <= back.at <= 12_700 * MS


@pytest.mark.parametrize(("wait", "at"), [("off", 1_002 * MS), ("on", 11_002 * MS)])
def test_with_no_replica_connected_it_waits_or_falls_back_at_once(wait: str, at: int) -> None:
    settings = {**SEMI_SYNC, "wait_no_replica": wait}
    trace = bench(CUT, (SECOND, [Add("phone", "milk")]), until=12 * SECOND, **settings)
    assert told(trace, "phone-1") == ("ok", "", at)
    reason = {"off": "no_replica", "on": "timeout"}[wait]
    assert [e.reason for e in of(ReplicationModeChanged, trace)] == [reason]


def test_a_replica_that_has_only_just_gone_still_counts_as_connected() -> None:
    settings = {**SEMI_SYNC, "wait_no_replica": "off", "silence_us": 500 * MS}
    trace = bench(CUT, FIRST, until=SECOND, **settings)
    outcome, _, at = told(trace, "phone-1")
    assert outcome == "ok"
    assert 500 * MS <= at <= 650 * MS


@pytest.mark.parametrize(("point", "seen"), [("before_commit", ()), ("after_commit", ("milk",))])
def test_the_wait_point_decides_whether_others_see_a_write_that_nobody_has(
    point: str, seen: tuple[str, ...]
) -> None:
    """After commit: the laptop reads milk, the source dies, and milk was never there."""
    trace = bench(
        CUT, FIRST,
        (200 * MS, [Read("laptop")]),
        (300 * MS, [Crash("n1")]),
        (16 * SECOND, [HealAll(), Restart("n1")]),
        (17 * SECOND, [Read("laptop")]),
        until=20 * SECOND, **{**SEMI_SYNC, **LONG, "wait_point": point},
    )  # fmt: skip
    assert shown(trace, "laptop-1") == seen
    assert shown(trace, "laptop-2") == ()


def test_its_own_wait_over_a_write_is_seen_at_either_wait_point() -> None:
    trace = bench(CUT, FIRST, (11 * SECOND, [Read("laptop")]), until=12 * SECOND, **SEMI_SYNC)
    assert shown(trace, "laptop-1") == ("milk",)


def test_without_a_time_out_a_write_waits_for_ever() -> None:
    settings = {**SEMI_SYNC, "ack_timeout_us": 0}
    trace = bench(CUT, FIRST, until=50 * SECOND, patience=40 * SECOND, **settings)
    assert told(trace, "phone-1") == ("unknown", "no_answer", 40_100 * MS)
    assert not of(ReplicationModeChanged, trace)


def test_an_answer_after_the_fall_back_is_no_second_leader_but_an_old_one_is() -> None:
    """The old source falls back and acknowledges beside the new one: the judge says so."""
    settings = {**SEMI_SYNC, "failover": "timeout", "ack_timeout_us": SECOND}
    trace = bench(CUT, (2 * SECOND, [Add("phone", "milk")]), until=5 * SECOND, **settings)
    assert told(trace, "phone-1")[0] == "ok"
    assert "two_leaders" in broken(trace)


def test_a_change_of_the_time_out_holds_for_the_next_write() -> None:
    trace = bench(
        CUT, FIRST,
        (200 * MS, [Configure("leader", "ack_timeout_us", "300000")]),
        until=12 * SECOND, **SEMI_SYNC,
    )  # fmt: skip
    assert told(trace, "phone-1")[2] > 10 * SECOND
