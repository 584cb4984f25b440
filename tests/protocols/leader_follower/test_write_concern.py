"""MongoDB's write and read concerns: copies, level, time-out and read concern as settings here."""

from typing import Any

import pytest

from app.protocols.leader_follower.write_concern import implicit_copies, majority_of
from app.trace.commands import Add, AnyCommand, Crash, CutOff, HealAll, Read, Restart
from app.trace.events import LogTruncated, QuorumMissed
from tests.protocols.leader_follower.bench import MS, SECOND, bench, logs, of, shown, status, told

MONGO = {
    "failover": "election",
    "reads": "leader_local",
    "read_concern": "local",
    "wait_point": "after_commit",
}
ISOLATED: list[tuple[int, list[AnyCommand]]] = [
    (SECOND, [CutOff("n1")]),
    *((SECOND + n * 50 * MS, [Add("phone", f"item{n}")]) for n in range(1, 5)),
    (3 * SECOND, [HealAll()]),
]


def test_w_3_with_one_member_down_never_answers_without_a_time_out() -> None:
    trace = bench(
        (SECOND, [Crash("n3")]), (2 * SECOND, [Add("phone", "milk")]),
        until=50 * SECOND, patience=40 * SECOND, copies=3, **MONGO,
    )  # fmt: skip
    assert told(trace, "phone-1") == ("unknown", "no_answer", 42 * SECOND)


def test_a_write_concern_time_out_is_not_a_failure_and_the_write_arrives_later() -> None:
    steps: list[tuple[int, list[AnyCommand]]] = [
        (SECOND, [Crash("n3")]),
        (2 * SECOND, [Add("phone", "milk")]),
        (4 * SECOND, [Read("laptop")]),
    ]
    settings = {"copies": 3, "ack_timeout_us": SECOND, "on_timeout": "unknown", **MONGO}
    before = bench(*steps, until=5 * SECOND, **settings)
    assert told(before, "phone-1") == ("unknown", "too_few_copies", 3 * SECOND + 2 * MS)
    (missed,) = of(QuorumMissed, before)
    assert (missed.have, missed.need) == (2, 3)
    assert shown(before, "laptop-1") == ("milk",)
    assert {node for node, log in logs(before).items() if "phone-1" in log} == {"n1", "n2"}
    after = bench(*steps, (5 * SECOND, [Restart("n3")]), until=7 * SECOND, **settings)
    assert "phone-1" in logs(after)["n3"]
    assert status(after, "phone-1") == "stored_anyway"


def test_w_1_on_an_isolated_primary_is_acknowledged_and_rolled_back() -> None:
    trace = bench(*ISOLATED, (4 * SECOND, [Read("laptop")]), until=6 * SECOND, copies=1, **MONGO)
    ops = [f"phone-{n}" for n in range(1, 5)]
    assert [told(trace, op)[0] for op in ops] == ["ok"] * 4
    assert [status(trace, op) for op in ops] == ["lost"] * 4
    assert shown(trace, "laptop-1") == ()
    dropped = [value.id for e in of(LogTruncated, trace) for value in e.dropped]
    assert dropped == ops, "the rollback names exactly them"


def test_w_majority_on_an_isolated_primary_is_a_time_out_and_rolled_back() -> None:
    trace = bench(
        *ISOLATED, until=6 * SECOND,
        copies=2, ack_timeout_us=100 * MS, on_timeout="unknown", **MONGO,
    )  # fmt: skip
    told_all = [told(trace, f"phone-{n}")[:2] for n in range(1, 5)]
    assert told_all == [("unknown", "too_few_copies")] * 4
    assert [status(trace, f"phone-{n}") for n in range(1, 5)] == ["not_stored"] * 4


@pytest.mark.parametrize(
    ("durability", "seen"), [("on", ()), ("remote_apply", ("milk",))], ids=["8.0", "before 8.0"]
)
def test_a_majority_that_has_the_oplog_entry_may_not_have_applied_it(
    durability: str, seen: tuple[str, ...]
) -> None:
    settings: dict[str, Any] = {**MONGO, "reads": "any", "apply_us": 200 * MS}
    write = (SECOND, [Add("phone", "milk")])
    common: dict[str, Any] = {
        "copies": 2, "durability": durability, "entries": ("n1", "n2"), **settings
    }  # fmt: skip
    at = told(bench(write, until=3 * SECOND, **common), "phone-1")[2]
    trace = bench(write, (at, [Read("laptop")]), until=3 * SECOND, **common)
    assert shown(trace, "laptop-1") == seen


def test_without_a_journal_a_crash_takes_what_w_1_acknowledged_and_with_it_not() -> None:
    """j: false leaves the write in memory until the next journal commit, here 100 ms."""
    for durability, kept in (("off", False), ("local", True)):
        trace = bench(
            (SECOND, [Add("phone", "milk")]),
            (SECOND + 10 * MS, [Crash("n1")]),
            (2 * SECOND, [Restart("n1")]),
            until=4 * SECOND, nodes=("n1",), durability=durability, copies=1, hand_us=100 * MS,
        )  # fmt: skip
        assert told(trace, "phone-1")[0] == "ok"
        assert status(trace, "phone-1") == ("kept" if kept else "lost")


# ---- read concerns -----------------------------------------------------------------------------


def at_the_old_primary(**settings: Any) -> list[Any]:
    """bread is written beyond a cut while the laptop still reads at the old primary n1."""
    return bench(
        (SECOND, [CutOff("n1")]),
        (3 * SECOND, [Add("phone", "bread")]),
        (4 * SECOND, [Read("laptop")]),
        until=6 * SECOND, patience=SECOND, entries=("n3", "n1"), copies=2,
        **{**MONGO, **settings},
    )  # fmt: skip


@pytest.mark.parametrize("concern", ["local", "majority"])
def test_a_read_at_an_old_primary_may_be_stale(concern: str) -> None:
    trace = at_the_old_primary(read_concern=concern)
    assert told(trace, "phone-1")[0] == "ok"
    assert told(trace, "laptop-1")[0] == "ok"
    assert shown(trace, "laptop-1") == ()


def test_a_linearizable_read_at_an_old_primary_does_not_answer() -> None:
    trace = at_the_old_primary(reads="leader", read_concern="majority")
    assert told(trace, "laptop-1")[:2] == ("unknown", "no_answer")


def test_local_shows_what_is_rolled_back_and_majority_does_not() -> None:
    for concern, seen in (("local", ("milk",)), ("majority", ())):
        trace = bench(
            (SECOND, [CutOff("n1")]),
            (SECOND + 10 * MS, [Add("phone", "milk")]),
            (SECOND + 50 * MS, [Read("laptop")]),
            (3 * SECOND, [HealAll()]),
            until=5 * SECOND, copies=1, **{**MONGO, "read_concern": concern},
        )  # fmt: skip
        assert shown(trace, "laptop-1") == seen
        assert status(trace, "phone-1") == "lost"


def test_at_a_secondary_local_shows_what_no_majority_has() -> None:
    """n1 is cut off from n3 and n4 and n5; n2 alone gets the write."""
    for concern, seen in (("local", ("milk",)), ("majority", ())):
        trace = bench(
            (SECOND, [Crash("n3"), Crash("n4"), Crash("n5")]),
            (SECOND + 10 * MS, [Add("phone", "milk")]),
            (SECOND + 100 * MS, [Read("laptop")]),
            until=2 * SECOND, copies=1, entries=("n1", "n2"),
            nodes=("n1", "n2", "n3", "n4", "n5"),
            **{**MONGO, "reads": "any", "read_concern": concern},
        )  # fmt: skip
        assert shown(trace, "laptop-1") == seen


# ---- the default write concern -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("voters", "data_bearing", "majority", "implicit"),
    [
        (3, 3, 2, 2),
        (3, 2, 2, 1),
        (5, 5, 3, 3),
        (5, 4, 3, 3),
        (5, 3, 3, 1),
        (4, 3, 3, 1),
        (1, 1, 1, 1),
    ],
)
def test_the_implicit_default_is_a_majority_unless_arbiters_leave_too_little(
    voters: int, data_bearing: int, majority: int, implicit: int
) -> None:
    """A primary, a secondary and an arbiter: w: 1; four with data and an arbiter: majority."""
    assert majority_of(voters, data_bearing) == majority
    assert implicit_copies(voters, data_bearing) == implicit
