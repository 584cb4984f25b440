"""Who answers a read, and how old the answer may be."""

from itertools import pairwise
from typing import Any

import pytest

from app.trace.commands import Add, AnyCommand, Crash, CutOff, HealAll, Read, Restart
from app.trace.events import (
    FollowerLagged,
    LogAppended,
    LogProgressed,
    MessageSent,
    OperationReturned,
    RequestAccepted,
    RequestRefused,
)  # fmt: skip
from tests.protocols.leader_follower.bench import MS, SECOND, bench, broken, of, shown, told

FIVE = ("n1", "n2", "n3", "n4", "n5")
LATE: dict[str, Any] = {"apply_us": 200 * MS, "read_concern": "local"}
WRITE_AND_READ: list[tuple[int, list[AnyCommand]]] = [
    (SECOND, [Add("phone", "milk")]),
    (SECOND + 60 * MS, [Read("laptop")]),
]


@pytest.mark.parametrize(
    ("reads", "seen"),
    [("any", ()), ("leader", ("milk",)), ("leader_local", ("milk",)), ("sticky", ())],
)
def test_a_follower_that_applies_late_shows_an_old_cart_and_the_leader_the_new_one(
    reads: str, seen: tuple[str, ...]
) -> None:
    trace = bench(*WRITE_AND_READ, until=2 * SECOND, entries=("n1", "n2"), reads=reads, **LATE)
    assert told(trace, "phone-1")[2] < SECOND + 60 * MS
    assert shown(trace, "laptop-1") == seen
    assert ("stale_reads" in broken(trace)) is (seen == ())


def test_the_lag_of_a_follower_is_in_the_trace() -> None:
    trace = bench(*WRITE_AND_READ, until=2 * SECOND, reads="any", **LATE)
    applied = [(e.at, e.applied) for e in of(LogProgressed, trace) if e.node == "n2"]
    assert applied == [(SECOND + 2 * MS, 0), (SECOND + 202 * MS, 1)]
    lag = [
        (e.received, e.applied, e.behind) for e in of(FollowerLagged, trace) if e.follower == "n2"
    ]
    assert lag == [(1, 0, 1), (1, 1, 0)]


def test_a_follower_that_is_cut_off_is_known_to_be_behind() -> None:
    trace = bench(
        (SECOND, [CutOff("n3")]),
        *((SECOND + n * 200 * MS, [Add("phone", f"item{n}")]) for n in range(1, 4)),
        (3 * SECOND, [HealAll()]),
        until=4 * SECOND,
    )
    behind = [(e.node, e.follower, e.behind) for e in of(FollowerLagged, trace)]
    assert behind == [("n1", "n3", n) for n in (1, 2, 3, 0)]


def test_the_leaders_own_state_is_old_when_it_was_replaced() -> None:
    steps: list[tuple[int, list[AnyCommand]]] = [
        (SECOND, [CutOff("n1")]),
        (3 * SECOND, [Add("laptop", "bread")]),
        (4 * SECOND, [Read("phone")]),
    ]
    for reads, outcome in (("leader_local", "ok"), ("leader", "unknown")):
        trace = bench(
            *steps, until=6 * SECOND, patience=SECOND, entries=("n1", "n3"),
            failover="election", reads=reads,
        )  # fmt: skip
        assert told(trace, "laptop-1")[0] == "ok"
        assert told(trace, "phone-1")[0] == outcome
        assert ("stale_reads" in broken(trace)) is (outcome == "ok")


def test_nobody_is_asked_for_an_unconfirmed_read() -> None:
    trace = bench(*WRITE_AND_READ, until=2 * SECOND, reads="leader_local", entries=("n1", "n2"))
    assert not [e for e in of(RequestAccepted, trace) if e.kind == "read"]
    assert not [e for e in of(MessageSent, trace) if e.kind == "read_confirm"]


# ---- one follower, or another each time ---------------------------------------------------------


def readers(trace: list[Any]) -> list[str]:
    return [e.target for e in of(MessageSent, trace) if e.kind == "replica_read"]


MANY: list[tuple[int, list[AnyCommand]]] = [
    (SECOND + n * 50 * MS, [Read("phone"), Read("laptop")]) for n in range(12)
]


def test_a_sticky_client_stays_with_one_follower_and_spread_reads_do_not() -> None:
    for seed in range(6):
        sticky = bench(*MANY, until=3 * SECOND, nodes=FIVE, seed=seed, reads="sticky")
        assert len(set(readers(sticky))) <= 2
        assert "n1" not in readers(sticky), "the leader is left alone"
        spread = bench(*MANY, until=3 * SECOND, nodes=FIVE, seed=seed, reads="spread")
        assert len(set(readers(spread))) > 2
        assert "n1" not in readers(spread)


def test_spread_reads_may_go_back_in_time_and_sticky_ones_do_not() -> None:
    """Only n2 has milk for now; the other followers are far away."""
    far = {f"n1>n{n}": 400 * MS for n in (3, 4, 5)}
    steps: list[tuple[int, list[AnyCommand]]] = [
        (SECOND, [Add("laptop", "milk")]),
        *((SECOND + n * 20 * MS, [Read("phone")]) for n in range(1, 15)),
    ]

    def back(seed: int, reads: str) -> bool:
        trace = bench(
            *steps, until=3 * SECOND, nodes=FIVE, seed=seed, links=far, copies=1,
            silence_us=SECOND, reads=reads, read_concern="local", entries=("n2", "n1"),
        )  # fmt: skip
        seen = [bool(e.values) for e in of(OperationReturned, trace) if e.kind == "read"]
        assert len(seen) == 14
        return any(first and not later for first, later in pairwise(seen))

    assert any(back(seed, "spread") for seed in range(5))
    assert not any(back(seed, "sticky") for seed in range(20))


# ---- waiting for a position ---------------------------------------------------------------------


def test_a_follower_waits_until_it_has_what_the_client_wrote() -> None:
    steps: list[tuple[int, list[AnyCommand]]] = [
        (SECOND, [Add("laptop", "milk")]),
        (SECOND + 60 * MS, [Read("laptop")]),
    ]
    common: dict[str, Any] = {"until": 2 * SECOND, "entries": ("n1", "n2"), **LATE}
    for reads, seen in (("any", ()), ("wait_position", ("milk",))):
        trace = bench(*steps, reads=reads, **common)
        assert shown(trace, "laptop-2") == seen
    assert told(trace, "laptop-2")[2] == SECOND + 3 * MS + 200 * MS + MS


def test_a_follower_waits_until_it_has_what_the_client_has_read() -> None:
    """The laptop has read milk at n2; n2 loses its memory and must apply milk again."""
    trace = bench(
        (SECOND, [Add("phone", "milk")]),
        (SECOND + 50 * MS, [Read("phone")]),
        (SECOND + 60 * MS, [Read("laptop")]),
        until=2 * SECOND, entries=("n1", "n2"), reads="wait_position", **LATE,
    )  # fmt: skip
    assert shown(trace, "phone-2") == ("milk",)
    assert shown(trace, "laptop-1") == (), "who has seen nothing is not kept waiting"


def test_a_follower_that_stays_behind_refuses() -> None:
    steps: list[tuple[int, list[AnyCommand]]] = [
        (SECOND, [Add("laptop", "milk")]),
        (SECOND + 60 * MS, [Read("laptop")]),
    ]
    common: dict[str, Any] = {
        "until": 3 * SECOND, "entries": ("n1", "n2"), "reads": "wait_position",
        "apply_us": SECOND, "read_concern": "local",
    }  # fmt: skip
    trace = bench(*steps, **common, read_wait_us=300 * MS)
    assert told(trace, "laptop-2") == ("failed", "behind", SECOND + 362 * MS)
    assert [(e.node, e.reason) for e in of(RequestRefused, trace)] == [("n2", "behind")]
    trace = bench(*steps, **common, read_wait_us=0)
    assert told(trace, "laptop-2") == ("failed", "behind", SECOND + 62 * MS)


def test_a_write_through_another_node_is_waited_for_at_the_one_where_the_client_enters() -> None:
    """The position comes back with the forwarded answer."""
    trace = bench(
        (SECOND, [Add("laptop", "milk")]),
        (SECOND + 20 * MS, [Read("laptop")]),
        until=2 * SECOND, entries=("n1", "n3"), reads="wait_position", **LATE,
    )  # fmt: skip
    assert shown(trace, "laptop-2") == ("milk",)
    appended = next(e.at for e in of(LogAppended, trace) if e.node == "n3")
    assert told(trace, "laptop-2")[2] == appended + 201 * MS


def test_a_leader_that_was_restarted_answers_as_soon_as_it_knows_what_is_committed() -> None:
    trace = bench(
        (SECOND, [Add("phone", "milk")]),
        (SECOND + 50 * MS, [Crash("n1")]),
        (SECOND + 60 * MS, [Restart("n1"), Read("phone")]),
        until=2 * SECOND, reads="wait_position",
    )  # fmt: skip
    assert shown(trace, "phone-2") == ("milk",)
    assert told(trace, "phone-2")[2] == SECOND + 60 * MS + 3 * MS


def test_a_crash_of_the_follower_leaves_its_readers_without_answer() -> None:
    trace = bench(
        (SECOND, [Add("laptop", "milk")]),
        (SECOND + 60 * MS, [Read("laptop")]),
        (SECOND + 100 * MS, [Crash("n2")]),
        until=4 * SECOND, patience=SECOND, entries=("n1", "n2"), reads="wait_position", **LATE,
    )  # fmt: skip
    assert told(trace, "laptop-2")[0] == "unknown"
