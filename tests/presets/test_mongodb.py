"""A MongoDB replica set: elections, write and read concerns, rollback."""

import pytest

from app.trace.commands import Add, Crash, CutOff, HealAll, HealEverything, Read, Remove, Restart
from app.trace.events import (
    CatchUpEnded,
    ClientTurned,
    LeaderElected,
    LeaderFound,
    LeaderGaveUp,
    LogTruncated,
    QuorumMissed,
    TailKept,
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
    told,
)

ITEMS = ("milk", "bread", "eggs", "tea", "rice", "salt", "figs", "oats")


def test_t1_a_secondary_refuses_and_the_driver_finds_the_primary() -> None:
    trace = stand("mongodb", at(1, Add("laptop", "bread")), entries=("n1", "n2"), until=3 * SECOND)
    assert refusals(trace) == [("n2", "not_leader")]
    assert [(e.node, e.leader) for e in of(ClientTurned, trace)] == [("n2", "n1")]
    assert outcomes(trace) == {"laptop-1": ("ok", "")}
    alone = stand(
        "mongodb", at(1, Add("laptop", "bread")),
        changed={"routing": "forward", "follower_writes": "refuse"},
        entries=("n1", "n2"), until=3 * SECOND,
    )  # fmt: skip
    assert outcomes(alone) == {"laptop-1": ("failed", "read_only")}
    assert holders(alone, "laptop-1") == set()


@pytest.mark.parametrize("wtimeout", [0, SECOND])
def test_t2_w_3_with_one_member_down(wtimeout: int) -> None:
    trace = stand(
        "mongodb", at(1, Crash("n3")), at(2, Add("phone", "milk")),
        changed={"copies": 3, "ack_timeout_us": wtimeout}, until=120 * SECOND,
        patience=300 * SECOND,
    )  # fmt: skip
    if wtimeout:
        assert told(trace, "phone-1") == ("unknown", "too_few_copies", 3 * SECOND + 2 * MS)
    else:
        assert outcomes(trace) == {}
    assert holders(trace, "phone-1") == {"n1", "n2"}


def test_t4_without_a_majority_there_is_no_primary_and_the_driver_says_so_after_30_s() -> None:
    trace = stand(
        "mongodb", at(1, Crash("n2"), Crash("n3")), at(14, Add("phone", "milk")), until=60 * SECOND
    )
    outcome, reason, when = told(trace, "phone-1")
    assert (outcome, reason) == ("failed", "no_leader")
    assert when == 44 * SECOND + 2 * MS, "half a minute after the first refusal"
    assert not of(LeaderElected, trace)
    assert holders(trace, "phone-1") == set()


def test_a_driver_waits_for_the_new_primary_and_its_user_sees_no_error() -> None:
    trace = stand(
        "mongodb", at(1, Crash("n1"), Crash("n3")), at(14, Add("laptop", "milk")),
        at(20, Restart("n3")), changed={"priorities": "1-0-1"}, entries=("n1", "n2"),
        until=40 * SECOND,
    )  # fmt: skip
    (elected,) = of(LeaderElected, trace)
    (found,) = of(LeaderFound, trace)
    outcome, _, when = told(trace, "laptop-1")
    assert (outcome, found.leader) == ("ok", elected.node)
    assert elected.at < when < elected.at + 1_500 * MS, "it asks twice a second"


def isolated(variant: str, **changed: int) -> list[TraceEvent]:
    """n1 is cut off with its client from 1 s on, which adds something every second."""
    inserts = [at(1 + n, Add("phone", item)) for n, item in enumerate(ITEMS)]
    return stand(
        "mongodb",
        at(1, CutOff("n1")), *inserts, at(14, Add("phone", "cake")), at(40, HealAll()),
        at(50, Read("laptop")),
        variant=variant, changed=changed, entries=("n1", "n2"), until=60 * SECOND,
        patience=30 * SECOND,
    )  # fmt: skip


def test_t17_w_1_acknowledges_until_the_step_down_and_all_of_it_is_rolled_back() -> None:
    trace = isolated("w-1")
    acked = [op for op, (word, _) in outcomes(trace).items() if word == "ok" and "phone" in op]
    assert len(acked) == len(ITEMS)
    (gave_up,) = of(LeaderGaveUp, trace)
    assert gave_up.at <= 11 * SECOND
    assert outcomes(trace)["phone-9"] == ("failed", "no_leader")
    elected = of(LeaderElected, trace)[0]
    assert elected.at <= 13 * SECOND, "about twelve seconds after the cut"
    (kept,) = of(TailKept, trace)
    assert (kept.node, kept.how) == ("n1", "aside")
    assert [value.id for value in kept.values] == acked, "the rollback list has exactly these"
    assert shown(trace, "laptop-1") == ()
    assert all(not holders(trace, op) for op in acked)
    assert "lost_writes" in broken(trace)


def test_t17_w_majority_with_a_wtimeout_is_an_error_each_time_and_gone_after_all() -> None:
    trace = isolated("", ack_timeout_us=5 * SECOND)
    answers = outcomes(trace)
    assert {answers[f"phone-{n}"][0] for n in (1, 2)} == {"unknown"}
    assert len(of(QuorumMissed, trace)) >= 1
    assert not any(word == "ok" for op, (word, _) in answers.items() if op.startswith("phone"))
    assert shown(trace, "laptop-1") == ()
    assert "lost_writes" not in broken(trace)


def test_t17_what_is_removed_in_the_window_is_back_after_the_rollback() -> None:
    trace = stand(
        "mongodb",
        at(1, Add("phone", "milk")), at(3, CutOff("n1")), at(4, Remove("phone", "milk")),
        at(30, HealAll()), at(40, Read("laptop")),
        variant="w-1", entries=("n1", "n2"), until=45 * SECOND,
    )  # fmt: skip
    assert outcomes(trace)["phone-2"] == ("ok", "")
    assert shown(trace, "laptop-1") == ("milk",)


def test_t15_the_minority_side_is_refused_and_the_majoritys_change_stands() -> None:
    trace = stand(
        "mongodb",
        at(1, Add("phone", "book")), at(2, Add("phone", "pen")), at(3, Read("laptop")),
        at(4, CutOff("n1")),
        at(17, Remove("phone", "pen"), Add("laptop", "mug")),
        at(30, HealAll()), at(40, Read("laptop")),
        entries=("n1", "n2"), until=45 * SECOND, patience=5 * SECOND,
    )  # fmt: skip
    assert outcomes(trace)["phone-3"] == ("failed", "no_leader")
    assert outcomes(trace)["laptop-2"] == ("ok", "")
    assert set(shown(trace, "laptop-3")) == {"book", "pen", "mug"}


def test_reads_from_secondaries_go_on_without_a_primary() -> None:
    trace = stand(
        "mongodb",
        at(1, Add("phone", "milk")), at(5, Crash("n1"), Crash("n3")), at(30, Read("laptop")),
        variant="secondary-reads", entries=("n1", "n2"), until=33 * SECOND,
    )  # fmt: skip
    assert shown(trace, "laptop-1") == ("milk",)


@pytest.mark.parametrize(("variant", "word"), [("", "ok"), ("linearizable", "unknown")])
def test_an_old_primary_shows_old_data_unless_the_read_is_linearizable(
    variant: str, word: str
) -> None:
    """Two primaries for a moment: n1 is behind a cut and has not stepped down yet."""
    trace = stand(
        "mongodb",
        at(1, CutOff("n1")), at(5, Read("phone")), at(11.5, Read("phone")),
        variant=variant, until=20 * SECOND, patience=3 * SECOND,
    )  # fmt: skip
    assert outcomes(trace)["phone-1"][0] == word


def test_of_two_primaries_only_one_completes_a_majority_write() -> None:
    trace = stand(
        "mongodb",
        at(1, CutOff("n1")), at(14, Add("laptop", "bread")), at(14, Add("phone", "milk")),
        changed={"step_down": "off"}, entries=("n1", "n2"), until=40 * SECOND,
        patience=10 * SECOND,
    )  # fmt: skip
    assert outcomes(trace)["laptop-1"] == ("ok", "")
    assert outcomes(trace)["phone-1"][0] == "unknown"
    assert "two_leaders" not in broken(trace)


def test_a_wtimeout_error_undoes_nothing() -> None:
    trace = stand(
        "mongodb",
        at(1, Crash("n2"), Crash("n3")), at(2, Add("phone", "milk")),
        at(5, Restart("n2"), Restart("n3")), at(9, Read("laptop")),
        changed={"ack_timeout_us": SECOND}, until=12 * SECOND,
    )  # fmt: skip
    assert outcomes(trace)["phone-1"][0] == "unknown"
    assert shown(trace, "laptop-1") == ("milk",)
    assert holders(trace, "phone-1") == {"n1", "n2", "n3"}


def test_a_new_primary_first_pulls_the_newer_writes_that_it_can_find() -> None:
    """n3 has a write that n2 lacks, and no vote: of two voters n2 is the first to stand."""
    found = False
    for seed in range(12):
        trace = stand(
            "mongodb",
            at(1, Add("phone", "milk")),
            at(3, Crash("n1"), Crash("n2")), at(3.5, Restart("n2")),
            variant="w-1", seed=seed, until=30 * SECOND,
        )  # fmt: skip
        assert of(CatchUpEnded, trace), f"seed={seed}"
        found |= len(holders(trace, "phone-1")) == 3
    assert found


@pytest.mark.parametrize(("variant", "seen"), [("", ()), ("before-8", ("milk",))])
def test_t26_a_secondary_read_after_a_majority_write_before_and_since_8_0(
    variant: str, seen: tuple[str, ...]
) -> None:
    late = {"apply_us": 200 * MS, "reads": "any"}
    write = at(1, Add("phone", "milk"))
    ok = told(stand("mongodb", write, variant=variant, changed=late, until=3 * SECOND), "phone-1")
    assert ok[0] == "ok"
    assert (ok[2] > SECOND + 200 * MS) is bool(variant)
    trace = stand(
        "mongodb", write, (ok[2] + 50 * MS, [Read("laptop"), Read("phone")]),
        variant=variant, changed=late, entries=("n1", "n2"), until=4 * SECOND,
    )  # fmt: skip
    assert shown(trace, "laptop-1") == seen
    assert shown(trace, "phone-2") == ("milk",)


@pytest.mark.parametrize(("concern", "seen"), [("local", ("milk",)), ("majority", ())])
def test_local_reads_show_what_later_disappears_and_majority_reads_do_not(
    concern: str, seen: tuple[str, ...]
) -> None:
    trace = stand(
        "mongodb",
        at(1, CutOff("n1")), at(2, Add("phone", "milk")), at(3, Read("laptop")),
        at(30, HealEverything()), at(40, Read("laptop")),
        variant="w-1", changed={"read_concern": concern}, until=45 * SECOND,
    )  # fmt: skip
    assert shown(trace, "laptop-1") == seen
    assert shown(trace, "laptop-2") == ()
    assert of(LogTruncated, trace)
