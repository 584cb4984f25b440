"""etcd: Raft with its defaults; and what one log for all means for conflicts."""

import pytest

from app.trace.commands import Add, Crash, CutOff, HealAll, Read
from app.trace.events import LeaderElected, LeaderGaveUp, OperationReturned
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
    told,
    values,
)


def test_t1_a_follower_hands_the_write_on_and_it_succeeds() -> None:
    trace = stand("etcd", at(1, Add("laptop", "bread")), entries=("n1", "n2"), until=3 * SECOND)
    assert outcomes(trace) == {"laptop-1": ("ok", "")}
    assert refusals(trace) == []
    assert holders(trace, "laptop-1") == {"n1", "n2", "n3"}


def test_a_heartbeat_in_100_ms_and_an_election_after_a_second_of_silence() -> None:
    assert values("etcd")["heartbeat_us"] == 100 * MS
    trace = stand("etcd", at(1.05, Crash("n1")), until=6 * SECOND)
    (elected,) = of(LeaderElected, trace)
    assert 2 * SECOND <= elected.at <= 4 * SECOND


def test_a_commit_is_flushed_on_a_majority() -> None:
    trace = stand("etcd", at(1, Add("phone", "milk")), changed={"flush_us": 20 * MS},
                  until=3 * SECOND)  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "", SECOND + 24 * MS)


def test_a_minority_refuses_writes_and_reads_and_the_majority_goes_on() -> None:
    trace = stand(
        "etcd",
        at(1, Add("phone", "book")), at(2, CutOff("n1")),
        at(6, Add("phone", "milk"), Add("laptop", "bread")), at(8, Read("phone"), Read("laptop")),
        at(10, HealAll()), at(14, Read("phone")),
        entries=("n1", "n2"), until=16 * SECOND,
    )  # fmt: skip
    assert [e.node for e in of(LeaderGaveUp, trace)] == ["n1"]
    answers = outcomes(trace)
    assert answers["phone-2"] == answers["phone-3"] == ("failed", "no_leader")
    assert answers["laptop-1"] == answers["laptop-2"] == ("ok", "")
    assert shown(trace, "phone-4") == shown(trace, "laptop-2")
    assert not broken(trace)


def test_a_cut_off_member_that_returns_does_not_unseat_the_leader() -> None:
    trace = stand("etcd", at(1, CutOff("n3")), at(15, HealAll()), at(20, Add("phone", "milk")),
                  until=25 * SECOND)  # fmt: skip
    assert not of(LeaderElected, trace), "pre-vote: it has raised no term"
    assert outcomes(trace)["phone-1"] == ("ok", "")


@pytest.mark.parametrize(("reads", "old"), [("leader", False), ("leader_local", True)])
def test_reads_are_linearizable_by_default(reads: str, old: bool) -> None:
    """As etcd 0.4.1 read: an old leader shows what it has. The cut is younger than its time-out."""
    trace = stand(
        "etcd",
        at(1, Add("phone", "book")), at(2, CutOff("n1")), at(2.5, Read("phone")),
        changed={"reads": reads}, entries=("n1", "n2"), until=6 * SECOND, patience=2 * SECOND,
    )  # fmt: skip
    assert (outcomes(trace)["phone-2"][0] == "ok") is old


def test_t5_two_writes_of_one_moment_are_two_entries_and_no_conflict() -> None:
    trace = stand(
        "etcd", at(1, Add("phone", "apple"), Add("laptop", "banana")), at(2, Read("phone")),
        at(2, Read("laptop")), entries=("n1", "n2"), until=4 * SECOND,
    )  # fmt: skip
    assert {word for word, _ in outcomes(trace).values()} == {"ok"}
    assert shown(trace, "phone-2") == shown(trace, "laptop-2") == ("banana",)
    assert not broken(trace) & {"conflicts", "siblings"}


@pytest.mark.parametrize("name", ["etcd", "mongodb"])
def test_t27_compare_and_set_with_a_majority_misses_nothing(name: str) -> None:
    steps = [at(1.45, CutOff("n1")), at(20, HealAll()), at(30, Read("phone"))]
    for n in range(8):
        steps.append(at(1 + 0.2 * n, Add("phone", f"p{n}", "compare")))
        steps.append(at(1 + 0.2 * n, Add("laptop", f"l{n}", "compare")))
        steps.append(at(1.1 + 0.2 * n, Read("phone"), Read("laptop")))
    steps.sort(key=lambda step: step[0])
    trace = stand(name, *steps, entries=("n1", "n2"), until=40 * SECOND, patience=15 * SECOND)
    adds = [e for e in of(OperationReturned, trace) if e.action == "add" and e.outcome == "ok"]
    assert len(adds) >= 2
    items = {add.item for add in adds}
    last = [op for op in outcomes(trace) if op.startswith("phone")][-1]
    assert items <= set(shown(trace, last))
    assert "lost_writes" not in broken(trace)


def test_t27_w_1_and_ten_seconds_alone_misses_what_the_old_primary_acknowledged() -> None:
    adds = [at(2 + n, Add("phone", f"p{n}", "compare")) for n in range(8)]
    trace = stand(
        "mongodb", at(1, CutOff("n1")), *adds, at(30, HealAll()), at(40, Read("laptop")),
        variant="w-1", entries=("n1", "n2"), until=45 * SECOND,
    )  # fmt: skip
    acked = [op for op, (word, _) in outcomes(trace).items() if word == "ok" and "phone" in op]
    assert len(acked) == 8
    assert shown(trace, "laptop-1") == ()
