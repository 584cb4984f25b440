"""Each invariant is shown a trace that breaks it."""

import pytest

from app.errors import InvariantViolation
from app.protocols.leaderless.invariants import Invariants
from app.trace.events import (
    QuorumReached,
    ReplyCounted,
    RequestAccepted,
    TraceEvent,
    VersionsStored,
)
from app.trace.values import StoredVersion, Value
from app.versions.version_vector import VersionVector

NODES = ("n1", "n2", "n3", "n4")


def observe(*events: TraceEvent) -> None:
    invariants = Invariants("leaderless", NODES)
    for event in events:
        invariants.observe(event)


def accepted() -> RequestAccepted:
    return RequestAccepted(0, 0, None, "n1", "phone-1", "write", 2, 3)


def counted(source: str, have: int) -> ReplyCounted:
    return ReplyCounted(0, have, None, "n1", "phone-1", source, have, 2, 3)


def reached(have: int) -> QuorumReached:
    return QuorumReached(0, 5, None, "n1", "phone-1", "write", have, 2, 3)


def stored(*versions: tuple[str, VersionVector]) -> VersionsStored:
    held = tuple(StoredVersion(Value(name, "a", ()), vector) for name, vector in versions)
    return VersionsStored(0, 7, None, "n2", "phone-1", "write", held)


A, B = ("a", (("n1", 1),)), ("b", (("n3", 1),))
AFTER_A = ("c", (("n1", 2),))


def test_good_traces_pass() -> None:
    observe(accepted(), counted("n1", 1), counted("n3", 2), reached(2), counted("n2", 3))
    observe(stored(A), stored(A, B), stored(AFTER_A, B))
    observe(stored(A), stored(A, ("unread", (("n1", 0), ("n1", 2)))))


@pytest.mark.parametrize(
    ("rule", "events"),
    [
        ("twice", (accepted(), counted("n2", 1), counted("n2", 2))),
        ("holds no copy", (accepted(), counted("n4", 1))),
        ("says 2 answers", (accepted(), counted("n2", 2))),
        ("reached 2 with 1", (accepted(), counted("n1", 1), reached(1))),
        ("reached 2 with 1", (accepted(), counted("n1", 1), reached(2))),
        ("dropped a", (stored(A), stored(B))),
        ("dropped b", (stored(A, B), stored(AFTER_A))),
        ("one replaced", (stored(A), stored(A, AFTER_A))),
    ],
)
def test_each_broken_rule_is_noticed(rule: str, events: tuple[TraceEvent, ...]) -> None:
    with pytest.raises(InvariantViolation, match=rule):
        observe(*events)


def test_requests_whose_answers_never_come_are_forgotten() -> None:
    invariants = Invariants("leaderless", NODES)
    for number in range(1_000):
        op = f"phone-{number}"
        invariants.observe(RequestAccepted(0, number, None, "n1", op, "write", 2, 3))
    assert len(invariants.state.counted) == 256
