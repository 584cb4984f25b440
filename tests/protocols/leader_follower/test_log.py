"""The index of the log by operation: what was cut is not found any more, what came after it is."""

from app.protocols.leader_follower.log import cut, position_of
from app.protocols.leader_follower.state import LogEntry, ReplicaState
from app.trace.values import Value


def entry(op: str) -> LogEntry:
    return LogEntry(1, op, Value(op, "a", ("milk",)))


def test_an_operation_is_found_at_its_first_try() -> None:
    state = ReplicaState()
    state.disk.log += [LogEntry(1, "", None), entry("phone-1"), entry("phone-1~1")]
    assert position_of(state, "phone-1") == 2
    assert position_of(state, "phone-2") == 0


def test_a_cut_log_has_only_what_stands_in_it() -> None:
    state = ReplicaState()
    state.disk.log += [entry("phone-1"), entry("phone-2"), entry("phone-3")]
    assert position_of(state, "phone-3") == 3
    cut(state, 2)
    assert position_of(state, "phone-2") == position_of(state, "phone-3") == 0
    assert position_of(state, "phone-1") == 1
    state.disk.log.append(entry("phone-3"))
    assert position_of(state, "phone-3") == 2
