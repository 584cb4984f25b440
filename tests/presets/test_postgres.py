"""PostgreSQL as installed, and with synchronous standbys."""

import pytest

from app.trace.commands import (
    Add,
    Configure,
    Crash,
    CutOff,
    HealEverything,
    LosePower,
    Promote,
    Read,
    Restart,
)
from app.trace.events import LeaderPromoted, LogTruncated, StandbysChanged, WriteReleased
from tests.presets.bench import (
    MS,
    SECOND,
    at,
    holders,
    of,
    outcomes,
    refusals,
    shown,
    stand,
    status,
    told,
)

BOTH = pytest.mark.parametrize("name", ["postgres-async", "postgres-sync"])
LONG = {"patience": 100 * SECOND}


@BOTH
def test_t1_a_standby_is_read_only(name: str) -> None:
    trace = stand(
        name, at(1, Add("laptop", "bread"), Add("phone", "milk")), at(2, Read("laptop")),
        entries=("n1", "n2"), until=4 * SECOND,
    )  # fmt: skip
    assert outcomes(trace)["laptop-1"] == ("failed", "read_only")
    assert refusals(trace) == [("n2", "read_only")]
    assert shown(trace, "laptop-2") == ("milk",)
    assert holders(trace, "laptop-1") == set()


def test_synchronous_commit_on_alone_waits_for_nobody() -> None:
    trace = stand("postgres-async", at(1, CutOff("n1"), Add("phone", "milk")), until=3 * SECOND)
    assert told(trace, "phone-1") == ("ok", "", SECOND + 2 * MS)
    assert holders(trace, "phone-1") == {"n1"}


def test_t2_two_standbys_needed_and_one_down_the_commit_never_returns() -> None:
    trace = stand(
        "postgres-sync", at(1, Crash("n3")), at(3, Add("phone", "milk")),
        changed={"standbys": "ANY 2 (n2, n3)"}, until=600 * SECOND, patience=900 * SECOND,
    )  # fmt: skip
    assert outcomes(trace) == {}


@BOTH
def test_t4_with_every_server_gone_and_no_failover_there_is_no_answer(name: str) -> None:
    trace = stand(
        name,
        at(1, Crash("n1"), Crash("n2"), Crash("n3")), at(2, Add("phone", "milk")),
        at(9, Restart("n1")),
        until=12 * SECOND, patience=2 * SECOND,
    )  # fmt: skip
    assert outcomes(trace) == {"phone-1": ("unknown", "no_answer")}
    assert holders(trace, "phone-1") == set()


SLOW_N2 = {"n1>n2": 250 * MS, "n2>n1": 250 * MS}


@pytest.mark.parametrize(("variant", "us"), [("", 500 * MS), ("any", 2 * MS)])
def test_t23_first_waits_for_the_foremost_any_for_the_fastest(variant: str, us: int) -> None:
    trace = stand(
        "postgres-sync", at(2, Add("phone", "milk")),
        variant=variant, links=SLOW_N2, changed={"silence_us": 2 * SECOND}, until=5 * SECOND,
    )  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "", 2 * SECOND + us + 2 * MS)


def test_t23_the_next_of_the_list_steps_in_and_a_list_of_one_blocks_for_ever() -> None:
    steps = at(1, Crash("n2")), at(4, Add("phone", "milk"))
    switched = stand("postgres-sync", *steps, links=SLOW_N2, until=6 * SECOND)
    assert told(switched, "phone-1") == ("ok", "", 4 * SECOND + 4 * MS)
    assert [e.standbys for e in of(StandbysChanged, switched)][-1] == ("n3",)
    blocked = stand(
        "postgres-sync", *steps, variant="one-name", until=600 * SECOND, patience=900 * SECOND
    )
    assert outcomes(blocked) == {}


def test_t23_a_cancelled_wait_is_a_success_with_a_warning_and_lost_with_the_primary() -> None:
    trace = stand(
        "postgres-sync",
        at(1, CutOff("n1")),
        at(2, Add("phone", "milk")),
        at(4, Read("laptop")),
        at(8, Read("laptop")),
        at(9, Crash("n1")),
        at(11, Promote("n2")),
        at(13, HealEverything()),
        changed={"ack_timeout_us": 5 * SECOND, "on_timeout": "cancel"}, until=16 * SECOND,
    )  # fmt: skip
    assert told(trace, "phone-1")[:2] == ("ok", "not_replicated")
    assert told(trace, "phone-1")[2] == 7 * SECOND + 2 * MS
    assert [e.reason for e in of(WriteReleased, trace)] == ["cancel"]
    assert shown(trace, "laptop-1") == (), "hidden while it waits"
    assert shown(trace, "laptop-2") == ("milk",), "visible after the cancel"
    assert status(trace, "phone-1") == "lost"


def test_what_waited_is_committed_after_a_restart_of_the_primary() -> None:
    trace = stand(
        "postgres-sync",
        at(1, Crash("n2"), Crash("n3")), at(3, Add("phone", "milk")), at(4, Crash("n1")),
        at(5, Restart("n1")), at(6, Read("laptop")),
        until=8 * SECOND, patience=2 * SECOND,
    )  # fmt: skip
    assert told(trace, "phone-1")[0] == "unknown"
    assert shown(trace, "laptop-1") == ("milk",)


@BOTH
def test_an_old_primary_is_rewound_and_what_it_alone_had_is_gone(name: str) -> None:
    trace = stand(
        name,
        at(1, CutOff("n1")), at(2, Add("phone", "milk")), at(3, Promote("n2")), at(4, Crash("n1")),
        at(6, HealEverything()),
        until=9 * SECOND, **LONG,
    )  # fmt: skip
    assert [e.node for e in of(LeaderPromoted, trace)] == ["n2"]
    assert [e.node for e in of(LogTruncated, trace)] == ["n1"]
    assert holders(trace, "phone-1") == set()


DISK = {"flush_us": 5 * MS, "apply_us": 50 * MS}
LEVELS = {
    # level: (outlives the primary's crash here, the standby's power, a read there sees it)
    "off": (False, False, False),
    "local": (True, False, False),
    "remote_write": (True, False, False),
    "on": (True, True, False),
    "remote_apply": (True, True, True),
}


@pytest.mark.parametrize("level", LEVELS)
def test_what_each_level_of_synchronous_commit_outlives(level: str) -> None:
    """A crash right after the OK: of the primary's machine; then, in a run of its own, the primary
    lost for good and the power of both standbys gone at the same moment."""
    here, there, seen = LEVELS[level]
    changed = {**DISK, "durability": level}
    wires = {"links": {"n1>n2": 3 * MS, "n1>n3": 3 * MS}, "changed": changed}
    first = stand("postgres-sync", at(1, Add("phone", "milk")), until=2 * SECOND, **wires)
    outcome, _, when = told(first, "phone-1")
    assert outcome == "ok"
    crash = stand(
        "postgres-sync",
        at(1, Add("phone", "milk")), (when, [LosePower("n1")]), at(2, Restart("n1")),
        until=4 * SECOND, **wires,
    )  # fmt: skip
    assert ("n1" in holders(crash, "phone-1")) is here
    both = stand(
        "postgres-sync",
        at(1, Add("phone", "milk")),
        (when, [CutOff("n1"), LosePower("n2"), LosePower("n3")]),
        at(2, Restart("n2"), Restart("n3")),
        until=4 * SECOND, **wires,
    )  # fmt: skip
    assert ("n2" in holders(both, "phone-1")) is there
    read = stand(
        "postgres-sync", at(1, Add("phone", "milk")), (when, [Read("laptop")]),
        entries=("n1", "n2"), until=3 * SECOND, **wires,
    )  # fmt: skip
    assert (shown(read, "laptop-1") == ("milk",)) is seen


def test_off_can_lose_what_was_acknowledged_within_three_delays_of_the_log_writer() -> None:
    changed = {**DISK, "durability": "off"}
    for after, kept in ((0.3, False), (0.7, True)):
        trace = stand(
            "postgres-async",
            at(1, CutOff("n1"), Add("phone", "milk")), at(1 + after, Crash("n1")),
            at(3, Restart("n1")),
            changed=changed, until=4 * SECOND,
        )  # fmt: skip
        assert told(trace, "phone-1")[0] == "ok"
        assert (holders(trace, "phone-1") == {"n1"}) is kept


LATE = {"n1>n2": 200 * MS, "n1>n3": 200 * MS}


@pytest.mark.parametrize(
    ("name", "variant", "seen"),
    [("postgres-async", "", ()), ("postgres-sync", "", ()),
     ("postgres-sync", "remote-apply", ("milk",))],
)  # fmt: skip
def test_t26_a_read_at_a_standby_after_the_ok(name: str, variant: str, seen: tuple[str]) -> None:
    """Applied 200 ms late; the client reads its own key at the standby 50 ms after the OK."""
    changed = {"apply_us": 200 * MS, "flush_us": MS}
    ok = told(stand(name, at(1, Add("phone", "milk")), variant=variant, changed=changed,
                    until=3 * SECOND), "phone-1")[2]  # fmt: skip
    trace = stand(
        name, at(1, Add("phone", "milk")), (ok + 50 * MS, [Read("laptop"), Read("phone")]),
        variant=variant, changed=changed, entries=("n1", "n2"), until=3 * SECOND,
    )  # fmt: skip
    assert shown(trace, "laptop-1") == seen
    assert shown(trace, "phone-2") == ("milk",)


def test_a_lost_answer_is_unknown_and_not_failed() -> None:
    """Jepsen 2013: more is present than was acknowledged, and nothing that was is missing."""
    trace = stand(
        "postgres-async",
        at(1, Add("phone", "milk")),
        at(2, Add("phone", "tea")), (2 * SECOND + 1_500, [Crash("n1")]),
        at(5, Restart("n1")), at(6, Read("laptop")),
        links={"n1>phone": 700 * MS}, patience=SECOND, until=8 * SECOND,
    )  # fmt: skip
    assert outcomes(trace)["phone-1"] == ("ok", "")
    assert set(shown(trace, "laptop-1")) == {"milk", "tea"}


def test_a_list_that_people_empty_lets_everybody_go() -> None:
    trace = stand(
        "postgres-sync",
        at(1, Crash("n2"), Crash("n3")), at(3, Add("phone", "milk")),
        at(9, Configure("leader", "standbys", "none")),
        until=11 * SECOND,
    )  # fmt: skip
    assert told(trace, "phone-1")[0] == "ok"
