"""The lock service: who may lead, until when, and what a leader does that cannot renew."""

from itertools import pairwise

import pytest

from app.errors import CommandRejected
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.trace.commands import (
    Add,
    Crash,
    CutLink,
    CutOff,
    HealAll,
    PauseNode,
    Promote,
    Read,
    Restart,
    ResumeNode,
)
from app.trace.events import (
    FailsafeUsed,
    LeaderDemoted,
    LeaderHandedOver,
    LeaderPromoted,
    LockExpired,
    LockGranted,
    LockReleased,
    LogTruncated,
    PromotionGivenUp,
)
from tests.protocols.leader_follower.outside_runs import broken, of, run, told

SEEDS = range(5)
LEASE = {"failover": "lease"}
PATRONI = {
    **LEASE,
    "lock_ttl_us": "30000000",
    "lock_loop_us": "10000000",
    "lock_retry_us": "10000000",
    "silence_us": "2000000",
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("settings", [LEASE, PATRONI], ids=["300 ms", "Patroni's 30 s"])
def test_a_leader_that_cannot_renew_demotes_itself_before_the_lock_runs_out(
    seed: int, settings: dict[str, str]
) -> None:
    """Cut from the lock service only; its followers hear it well. A replica takes over after it."""
    scale = 100 if settings is PATRONI else 1
    cut_at = 450 * scale
    trace = run(seed, settings, (cut_at, [CutLink("n1", "lock")]), until=2_000 * scale)
    (demoted,) = of(LeaderDemoted, trace)
    (expired,) = of(LockExpired, trace)
    (promoted,) = of(LeaderPromoted, trace)
    assert (demoted.node, demoted.reason) == ("n1", "lock_unreachable")
    assert expired.holder == "n1"
    assert demoted.at < expired.at < promoted.at, f"seed={seed}"
    assert expired.at <= cut_at * 1_000 + int(settings.get("lock_ttl_us", 300_000))
    assert promoted.node in ("n2", "n3")
    assert promoted.term == of(LockGranted, trace)[0].term


def test_two_leaders_are_never_in_force_though_one_copy_is_enough() -> None:
    """The old leader is cut off from everybody but its client, and demotes itself all the same."""
    for at in range(560, 1_300, 40):
        trace = run(
            2,
            {**LEASE, "copies": "1"},
            (450, [CutOff("n1")]),
            (at, [Add("phone", "milk"), Add("laptop", "bread")]),
            (1_500, [HealAll()]),
        )
        assert "two_leaders" not in broken(trace), f"at={at}"
        demoted, promoted = of(LeaderDemoted, trace)[0], of(LeaderPromoted, trace)[0]
        assert demoted.at < promoted.at
        late = at * 1_000 > demoted.at
        assert told(trace, "phone-1")[0] == ("failed" if late else "ok"), f"at={at}"


def test_a_leader_that_stood_still_serves_nobody_when_it_goes_on() -> None:
    """What had waited for it comes first, before any timer of its own."""
    trace = run(
        1,
        {**LEASE, "copies": "1"},
        (450, [PauseNode("n1")]),
        (480, [Add("phone", "milk")]),
        (950, [ResumeNode("n1")]),
    )
    assert told(trace, "phone-1") in (("failed", "no_lock"), ("unknown", "no_answer"))
    assert "two_leaders" not in broken(trace)
    assert of(LeaderPromoted, trace)[0].node != "n1"


def test_without_the_lock_service_nobody_writes_and_reads_go_on() -> None:
    settings = {**LEASE, "reads": "any"}
    steps = (450, [Crash("lock")]), (1_000, [Add("phone", "milk"), Read("laptop")])
    trace = run(1, settings, *steps, (1_600, [Restart("lock")]), (2_200, [Add("laptop", "tea")]))
    assert told(trace, "phone-1") == ("failed", "no_leader")
    assert told(trace, "laptop-1") == ("ok", "")
    assert told(trace, "laptop-2") == ("ok", "")
    assert not [e for e in of(LeaderPromoted, trace) if e.at < 1_600_000]


def test_failsafe_keeps_a_leader_that_reaches_all_the_others() -> None:
    settings = {**LEASE, "failsafe": "on"}
    steps = (450, [Crash("lock")]), (1_000, [Add("phone", "milk")]), (1_400, [CutLink("n1", "n3")])
    trace = run(1, settings, *steps, until=2_500)
    assert told(trace, "phone-1") == ("ok", "")
    (used,) = of(FailsafeUsed, trace)
    assert (used.node, used.others) == ("n1", 2)
    (demoted,) = of(LeaderDemoted, trace)
    assert demoted.at > 1_400_000, "one of the others was cut off from it"


@pytest.mark.parametrize("seed", SEEDS)
def test_who_allows_a_leader_to_go_on_does_not_take_its_lock(seed: int) -> None:
    """Only the leader is cut off from the lock service: it runs out, and nobody takes it."""
    settings = {**LEASE, "failsafe": "on", "copies": "1"}
    steps = (450, [CutLink("n1", "lock")]), (1_500, [Add("phone", "milk")])
    trace = run(seed, settings, *steps, until=3_000)
    assert of(LockExpired, trace)
    assert not of(LockGranted, trace), f"seed={seed}"
    assert told(trace, "phone-1") == ("ok", "")


def test_a_replica_too_far_behind_does_not_take_the_lock() -> None:
    """n3 misses two writes; n2, which has them, is down."""
    cut = [CutLink("n1", "n3"), CutLink("n2", "n3")]
    writes = [Add("phone", "milk"), Add("phone", "tea")]
    steps = (300, [*cut, *writes]), (700, [Crash("n1"), Crash("n2")])
    assert not of(LeaderPromoted, run(1, {**LEASE, "max_lag": "1"}, *steps))
    assert [e.node for e in of(LeaderPromoted, run(1, {**LEASE, "max_lag": "2"}, *steps))] == ["n3"]


def test_of_two_replicas_the_one_with_more_takes_it() -> None:
    cut = [CutLink("n1", "n3"), CutLink("n2", "n3")]
    for seed in SEEDS:
        trace = run(
            seed, LEASE, (300, [*cut, Add("phone", "milk")]), (700, [Crash("n1")]), until=2_000
        )
        assert of(LeaderPromoted, trace)[0].node == "n2", f"seed={seed}"
        assert not of(LogTruncated, trace)


def test_by_hand_the_leader_gives_the_lock_back_and_the_other_takes_it() -> None:
    trace = run(1, LEASE, (400, [Promote("n3")]), (1_200, [Add("phone", "milk")]))
    assert [e.node for e in of(LeaderHandedOver, trace)] == ["n1"]
    assert [e.holder for e in of(LockReleased, trace)] == ["n1"]
    assert [e.holder for e in of(LockGranted, trace)] == ["n3"]
    assert not of(LockExpired, trace)
    assert told(trace, "phone-1") == ("ok", "")


def test_by_hand_nobody_gets_past_a_lock_that_another_has() -> None:
    """n3 hears no leader and is promoted; the lock service says no, for n1 has it."""
    steps = (400, [CutLink("n1", "n3")]), (900, [Promote("n3")])
    trace = run(1, LEASE, *steps)
    assert not of(LeaderPromoted, trace)
    assert [(e.node, e.leader) for e in of(PromotionGivenUp, trace)] == [("n3", "n1")]


def test_terms_come_from_the_lock_service_and_never_twice() -> None:
    trace = run(
        3,
        LEASE,
        (400, [Crash("n1")]),
        (1_200, [Restart("n1"), CutOff("n2")]),
        (2_000, [HealAll(), CutOff("n3")]),
        (3_000, [HealAll()]),
        until=4_000,
    )
    granted = of(LockGranted, trace)
    assert len(granted) >= 2
    assert all(a.term < b.term for a, b in pairwise(granted))
    given = {(e.holder, e.term) for e in granted}
    assert all((e.node, e.term) in given for e in of(LeaderPromoted, trace))


def test_a_restarted_holder_takes_its_own_lock_again_with_a_new_term() -> None:
    trace = run(1, LEASE, (400, [Crash("n1")]), (430, [Restart("n1")]))
    assert [(e.node, e.term) for e in of(LeaderPromoted, trace)] == [("n1", 2)]
    assert not of(LockExpired, trace)


def test_a_lock_that_would_run_out_under_a_leader_in_office_is_refused() -> None:
    """Patroni's rule: loop_wait + 2 × retry_timeout ≤ ttl."""
    with pytest.raises(CommandRejected, match="run out under a leader"):
        LeaderFollowerSettings(lock_ttl_us=299_999).validate(3)
    LeaderFollowerSettings(lock_ttl_us=300_000).validate(3)
    with pytest.raises(CommandRejected, match="No log is ahead of itself"):
        LeaderFollowerSettings(max_lag=-1).validate(3)
