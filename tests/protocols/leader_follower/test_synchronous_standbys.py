"""PostgreSQL's synchronous replication: levels, and FIRST and ANY lists of standbys."""

from typing import Any

import pytest

from app.errors import CommandRejected
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.standbys import Standbys, candidates, parse
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutOff,
    HealAll,
    LosePower,
    Read,
    Restart,
    WipeNode,
)  # fmt: skip
from app.trace.events import (
    LeaderElected,
    LogAppended,
    LogTailLost,
    RequestAccepted,
    StandbysChanged,
    WriteReleased,
)
from tests.protocols.leader_follower.bench import MS, SECOND, bench, of, shown, status, told

SLOW_N2 = {"n1>n2": 250 * MS, "n2>n1": 250 * MS}
LIST = {"silence_us": SECOND, "reads": "leader_local", "read_concern": "local"}
ASKED = 2 * MS  # to the leader and back


def took(trace: list[Any], op: str, since: int) -> int:
    """How long the commit itself took at the primary, in µs."""
    outcome, reason, at = told(trace, op)
    assert (outcome, reason) == ("ok", "")
    return at - since - ASKED


# ---- lists -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standbys", "us"), [("FIRST 1 (n2, n3)", 500 * MS), ("ANY 1 (n2, n3)", 2 * MS)]
)
def test_first_waits_for_the_foremost_however_slow_and_any_for_the_fastest(
    standbys: str, us: int
) -> None:
    trace = bench(
        (SECOND, [Add("phone", "milk")]),
        until=3 * SECOND, links=SLOW_N2, standbys=standbys, **LIST,
    )  # fmt: skip
    assert took(trace, "phone-1", SECOND) == us


def test_the_next_of_the_list_steps_in_when_the_foremost_dies_and_steps_back() -> None:
    trace = bench(
        (SECOND, [Crash("n2")]),
        (3 * SECOND, [Add("phone", "milk")]),
        (4 * SECOND, [Restart("n2")]),
        (7 * SECOND, [Add("phone", "bread")]),
        until=9 * SECOND, links=SLOW_N2, standbys="FIRST 1 (n2, n3)", **LIST,
    )  # fmt: skip
    assert took(trace, "phone-1", 3 * SECOND) == 2 * MS
    assert took(trace, "phone-2", 7 * SECOND) == 500 * MS
    assert [e.standbys for e in of(StandbysChanged, trace)] == [("n2",), ("n3",), ("n2",)]


def test_a_standby_counts_only_once_it_has_caught_up() -> None:
    """n2 is connected again and acknowledges milk while bread is still on its way to it."""
    trace = bench(
        (SECOND, [Crash("n2")]),
        (3 * SECOND, [Add("phone", "milk")]),
        (3_900 * MS, [Add("phone", "bread")]),
        (4 * SECOND, [Restart("n2")]),
        until=6 * SECOND, links=SLOW_N2, standbys="FIRST 1 (n2, n3)", **LIST,
    )  # fmt: skip
    back = of(StandbysChanged, trace)[-1]
    got = [e.at for e in of(LogAppended, trace) if e.node == "n2"]
    assert back.standbys == ("n2",)
    assert got[0] + 250 * MS < got[1] + 250 * MS <= back.at


def test_with_two_to_wait_for_the_acknowledgement_of_a_third_does_not_count() -> None:
    trace = bench(
        (SECOND, [Add("phone", "milk")]),
        until=3 * SECOND, nodes=("n1", "n2", "n3", "n4"), links=SLOW_N2,
        standbys="FIRST 2 (n2, n3, n4)", **LIST,
    )  # fmt: skip
    assert took(trace, "phone-1", SECOND) == 500 * MS
    assert [e.need for e in of(RequestAccepted, trace)] == [3]


def test_who_was_replaced_as_standby_no_longer_counts() -> None:
    """n4 acknowledges in place of n2; when n2 is back, n2 and n3 are the two to wait for."""
    trace = bench(
        (5 * SECOND, [Crash("n2")]),
        (7 * SECOND, [Add("phone", "milk")]),
        (7_100 * MS, [Restart("n2")]),
        until=12 * SECOND, nodes=("n1", "n2", "n3", "n4"), links={"n1>n3": 2 * SECOND},
        standbys="FIRST 2 (n2, n3, n4)", **LIST,
    )  # fmt: skip
    assert [e.standbys for e in of(StandbysChanged, trace)][-2:] == [("n3", "n4"), ("n2", "n3")]
    assert of(StandbysChanged, trace)[-1].at < 7_200 * MS
    assert told(trace, "phone-1")[2] == 9 * SECOND + 3 * MS


@pytest.mark.parametrize(
    ("standbys", "dead"), [("FIRST 1 (n2)", "n2"), ("ANY 2 (n2, n3)", "n3"), ("2 (n2, n3)", "n3")]
)
def test_a_missing_standby_is_waited_for_for_ever(standbys: str, dead: str) -> None:
    trace = bench(
        (SECOND, [Crash(dead)]),
        (3 * SECOND, [Add("phone", "milk")]),
        (30 * SECOND, [Read("laptop")]),
        until=50 * SECOND, patience=40 * SECOND, standbys=standbys, **LIST,
    )  # fmt: skip
    assert told(trace, "phone-1") == ("unknown", "no_answer", 43 * SECOND)
    assert shown(trace, "laptop-1") == (), "not visible to others while it waits"


def test_a_list_that_is_emptied_releases_those_who_wait() -> None:
    trace = bench(
        (SECOND, [Crash("n2")]),
        (3 * SECOND, [Add("phone", "milk")]),
        (9 * SECOND, [Configure("leader", "standbys", "none"), Configure("leader", "copies", "1")]),
        until=10 * SECOND, standbys="FIRST 1 (n2)", copies=1, **LIST,
    )  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "", 9 * SECOND + MS)


def test_a_cancelled_wait_is_a_success_with_a_warning_and_gone_after_a_failover() -> None:
    trace = bench(
        (SECOND, [CutOff("n1")]),
        (1_100 * MS, [Add("phone", "milk")]),
        (6_500 * MS, [Read("laptop")]),
        (7 * SECOND, [Crash("n1")]),
        (20 * SECOND, [HealAll(), Restart("n1")]),
        until=24 * SECOND, standbys="FIRST 1 (n2)", ack_timeout_us=5 * SECOND, on_timeout="cancel",
        failover="timeout", **{**LIST, "silence_us": 12 * SECOND},
    )  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "not_replicated", 6_100 * MS + ASKED)
    (released,) = of(WriteReleased, trace)
    assert (released.reason, released.have, released.need) == ("cancel", 1, 2)
    assert shown(trace, "laptop-1") == ("milk",)
    assert status(trace, "phone-1") == "lost"


def test_a_cancelled_wait_releases_that_commit_alone() -> None:
    trace = bench(
        (SECOND, [CutOff("n1")]),
        (1_100 * MS, [Add("phone", "milk")]),
        (3_100 * MS, [Add("laptop", "bread")]),
        until=12 * SECOND, standbys="FIRST 1 (n2)", ack_timeout_us=5 * SECOND, on_timeout="cancel",
        **LIST,
    )  # fmt: skip
    assert [told(trace, op)[2] for op in ("phone-1", "laptop-1")] == [6_102 * MS, 8_102 * MS]


def test_transactions_that_waited_are_committed_after_a_restart_of_the_primary() -> None:
    trace = bench(
        (SECOND, [Crash("n2"), Crash("n3")]),
        (3 * SECOND, [Add("phone", "milk")]),
        (4 * SECOND, [Crash("n1")]),
        (5 * SECOND, [Restart("n1"), Read("laptop")]),
        until=8 * SECOND, patience=2 * SECOND, standbys="FIRST 1 (n2)", **LIST,
    )  # fmt: skip
    assert told(trace, "phone-1")[0] == "unknown"
    assert shown(trace, "laptop-1") == ("milk",)


# ---- reading a list ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("none", Standbys()),
        ("FIRST 1 (n2, n3)", Standbys("first", 1, ("n2", "n3"))),
        ("any 2 (n2,n3 , n4)", Standbys("any", 2, ("n2", "n3", "n4"))),
        ("2 (n2, n3)", Standbys("first", 2, ("n2", "n3"))),
        ("n2, n3", Standbys("first", 1, ("n2", "n3"))),
        ("ANY 1 (*)", Standbys("any", 1, ("*",))),
    ],
)
def test_a_list_is_read(text: str, found: Standbys) -> None:
    assert parse(text) == found


def test_a_leader_of_the_list_does_not_wait_for_itself() -> None:
    assert candidates(parse("ANY 1 (n1, n2)"), ("n2", "n3")) == ("n2",)
    assert candidates(parse("FIRST 1 (*)"), ("n2", "n3")) == ("n2", "n3")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("FIRST 3 (n2, n3)", "Ask for 1 to 2."),
        ("FIRST 0 (n2)", "Ask for 1 to 1."),
        ("FIRST 1 (n2, n2)", "Name each node once."),
        ("SOME 1 (n2)", "Write FIRST 1 (n2, n3) or ANY 1 (n2, n3)."),
        ("FIRST 1 n2", "Write FIRST 1 (n2, n3) or ANY 1 (n2, n3)."),
        ("ANY 1 (n2, n9)", "Choose from n1, n2, n3."),
        ("ANY 3 (*)", "Ask for at most 2."),
        ("ANY 1 (*, n2)", "Write * alone, or names."),
    ],
)
def test_a_list_that_cannot_be_is_refused_with_what_can(text: str, remedy: str) -> None:
    with pytest.raises(CommandRejected) as refused:
        LeaderFollowerSettings(standbys=text).validate(3, ("n1", "n2", "n3"))
    assert refused.value.remedy == remedy


# ---- levels: what an acknowledged write outlives ------------------------------------------------

DISK: dict[str, Any] = {"hand_us": 200 * MS, "flush_us": 5 * MS, "apply_us": 50 * MS}
TWO: dict[str, Any] = {"nodes": ("n1", "n2"), "read_concern": "local", "reads": "any", **DISK}


def level(name: str, *steps: tuple[int, list[AnyCommand]], **more: Any) -> list[Any]:
    standbys = "none" if name in ("off", "local") else "FIRST 1 (n2)"
    settings = {**TWO, "durability": name, "standbys": standbys, **more}
    return bench((SECOND, [Add("phone", "milk")]), *steps, **settings)


def answered(name: str, **more: Any) -> int:
    trace = level(name, until=3 * SECOND, **more)
    assert told(trace, "phone-1")[0] == "ok"
    return told(trace, "phone-1")[2]


def test_each_level_waits_for_what_it_says() -> None:
    at = [
        answered(name) - SECOND - ASKED
        for name in ("off", "local", "remote_write", "on", "remote_apply")
    ]
    # Own flush 5 ms; round trip 2 ms beside it; the standby's flush 5 ms, and its 50 ms to apply.
    assert at == [0, 5 * MS, 5 * MS, 7 * MS, 57 * MS]


LEVELS = ("off", "local", "remote_write", "on", "remote_apply")


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize("fault", [Crash, LosePower])
def test_all_levels_but_off_outlive_the_end_of_the_primary(name: str, fault: Any) -> None:
    """n2 is down, so that the primary's disk alone counts (but where the level waits for it)."""
    at = answered(name) if name not in ("off", "local") else SECOND + 10 * MS
    faults: list[tuple[int, list[AnyCommand]]] = [
        (at, [fault("n1")]),
        (at + SECOND, [Restart("n1"), Read("laptop")]),
    ]
    trace = level(name, *faults, until=5 * SECOND, durability=name)
    assert told(trace, "phone-1")[0] == "ok"
    assert shown(trace, "laptop-1") == (() if name == "off" else ("milk",))
    assert status(trace, "phone-1") == ("lost" if name == "off" else "kept")
    # The primary that lost a tail leads on in a term of its own.
    terms = [e.term for e in of(LeaderElected, trace)]
    assert [term > 1 for term in terms] == [name == "off"]


def test_off_loses_nothing_once_the_log_writer_has_been_by() -> None:
    at = SECOND + MS + 200 * MS + 5 * MS
    for fault, safe_after in ((Crash("n1"), 200 * MS), (LosePower("n1"), 205 * MS)):
        for wait, kept in ((safe_after - MS, False), (safe_after + MS, True)):
            steps: list[tuple[int, list[AnyCommand]]] = [
                (SECOND + MS + wait, [fault]), (at + SECOND, [Restart("n1")])
            ]  # fmt: skip
            trace = level("off", *steps, until=4 * SECOND)
            assert bool(of(LogTailLost, trace)) is not kept
            assert (status(trace, "phone-1") == "kept") is kept


@pytest.mark.parametrize(
    ("name", "fault", "kept"),
    [
        ("local", None, False),
        ("remote_write", Crash, True),
        ("remote_write", LosePower, False),
        ("on", Crash, True),
        ("on", LosePower, True),
        ("remote_apply", LosePower, True),
    ],
)
def test_what_an_acknowledged_write_outlives_at_the_standby(
    name: str, fault: Any, kept: bool
) -> None:
    """The primary's disk is lost at the moment of the OK, and the standby has a fault of its own.

    The standby's flush takes long, so that the level alone decides."""
    more: dict[str, Any] = {"links": {"n1>n2": 20 * MS}, "failover": "timeout", "apply_us": 0}
    at = answered(name, **more)
    steps: list[tuple[int, list[AnyCommand]]] = [
        (at, [Crash("n1"), *([fault("n2")] if fault else [])])
    ]
    steps += [(at + 100 * MS, [Restart("n2")] if fault else [])]
    if name == "local":
        steps[0][1].append(CutOff("n1"))
    trace = level(
        name, *steps,
        (at + SECOND, [WipeNode("n1"), HealAll()]),
        until=at + 4 * SECOND, entries=("n1", "n2"), **more,
    )  # fmt: skip
    assert told(trace, "phone-1")[:2] == ("ok", "")
    assert (status(trace, "phone-1") == "kept") is kept


def test_only_remote_apply_shows_the_write_at_the_standby_at_once() -> None:
    for name, seen in (("remote_write", ()), ("on", ()), ("remote_apply", ("milk",))):
        at = answered(name, entries=("n1", "n2"))
        trace = level(name, (at, [Read("laptop")]), until=3 * SECOND, entries=("n1", "n2"))
        assert shown(trace, "laptop-1") == seen, name


def test_with_no_standby_every_level_is_local() -> None:
    waits = [
        answered(name, standbys="none", copies=1)
        for name in ("local", "remote_write", "on", "remote_apply")
    ]
    assert len(set(waits)) == 1
