"""Counts of what clients were told, and percentiles by nearest rank."""

import pytest

from app.checkers.answers import Answer, answers, milliseconds, nearest_rank, spread, tally
from app.trace.events import OperationInvoked, OperationReturned, TraceEvent


def asked(seq: int, at: int, op: str, kind: str = "write", client: str = "phone") -> TraceEvent:
    return OperationInvoked(at, seq, None, client, op, "add", kind, "milk", "n1", None, (), "whole")


def told(
    seq: int, at: int, op: str, outcome: str, kind: str = "write", client: str = "phone"
) -> TraceEvent:
    return OperationReturned(at, seq, None, client, op, "add", kind, "milk", outcome, "", "n1", ())


@pytest.mark.parametrize(
    ("count", "p50", "p95", "p99"),
    [
        (1, 1, 1, 1),
        (2, 1, 2, 2),
        (3, 2, 3, 3),
        (20, 10, 19, 20),
        (21, 11, 20, 21),
        (100, 50, 95, 99),
    ],
)
def test_a_percentile_is_the_value_at_the_nearest_rank(
    count: int, p50: int, p95: int, p99: int
) -> None:
    values = list(range(1, count + 1))
    assert [nearest_rank(values, p) for p in (50, 95, 99)] == [p50, p95, p99]


def test_of_no_values_there_is_no_percentile() -> None:
    assert nearest_rank([], 50) is None
    assert spread([]).count == 0


def test_refused_and_no_answer_are_counted_apart_and_have_no_latency() -> None:
    found = answers(
        [
            asked(0, 0, "a"),
            told(1, 10, "a", "ok"),
            asked(2, 100, "b"),
            told(3, 101, "b", "failed"),
            asked(4, 200, "c", "read"),
            told(5, 900, "c", "unknown", "read"),
            asked(6, 300, "d", "read"),
            told(7, 330, "d", "ok", "read"),
        ]
    )
    counts = tally(found)
    assert (counts.refused, counts.no_answer) == (1, 1)
    assert (counts.ok.count, counts.ok.p50, counts.ok.p99) == (2, 10, 30)
    assert (counts.reads.count, counts.reads.p50) == (1, 30)
    assert (counts.writes.count, counts.writes.p50) == (1, 10)


def test_an_operation_that_has_not_returned_is_not_counted() -> None:
    assert answers([asked(0, 0, "a")]) == []


def test_an_answer_without_its_question_is_not_counted() -> None:
    assert answers([told(0, 5, "a", "ok")]) == []


def test_the_counts_of_some_clients_alone() -> None:
    found = answers(
        [
            asked(0, 0, "a"),
            told(1, 10, "a", "failed"),
            asked(2, 0, "b", client="b1"),
            told(3, 40, "b", "ok", client="b1"),
        ]
    )
    assert tally(found, {"b1"}).refused == 0
    assert tally(found, {"b1"}).ok.count == 1
    assert tally(found, {"phone"}).refused == 1


def test_the_order_of_answers_does_not_change_their_spread() -> None:
    found = [Answer(str(n), "phone", "read", "ok", n, n, 100 - n) for n in range(100)]
    assert spread(found) == spread(reversed(found))


@pytest.mark.parametrize(
    ("us", "words"), [(1, "1 ms"), (1_499, "1 ms"), (1_500, "2 ms"), (40_000, "40 ms")]
)
def test_times_are_told_in_whole_milliseconds(us: int, words: str) -> None:
    assert milliseconds(us) == words
