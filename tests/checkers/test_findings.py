"""The promises: each is shown to hold in one history and to be broken in one close by."""

from tests.checkers.traces import Tale, leader, leaderless


def one_write(tale: Tale) -> Tale:
    tale.add("phone-1", "milk").holds("n1 n2", "phone-1")
    return tale.told("phone-1")


def behind(tale: Tale) -> list[str]:
    return [row.because.rpartition("Old: ")[2] for row in tale.findings("stale_reads")]


# ---- stale reads, without a leader -------------------------------------------------------------


def test_a_read_that_shows_the_acknowledged_write_is_fresh() -> None:
    tale = one_write(leaderless()).asks("laptop-1").shown("laptop-1", "phone-1")
    assert tale.findings("stale_reads") == []


def test_a_read_that_misses_an_acknowledged_write_is_stale() -> None:
    tale = one_write(leaderless())
    tale.now += 330_000
    (row,) = tale.asks("laptop-1").shown("laptop-1").findings("stale_reads")
    assert (row.verdict, row.count, row.op) == ("broken", 1, "laptop-1")
    assert row.because == (
        "Laptop was shown a cart without version a, for which Phone had an OK. "
        "Old: 1 behind, 340 ms"
    )
    assert row.evidence == (4, 5, 6)


def test_a_write_acknowledged_after_the_read_began_does_not_make_it_stale() -> None:
    tale = leaderless().add("phone-1", "milk").holds("n1 n2", "phone-1").asks("laptop-1")
    assert tale.told("phone-1").shown("laptop-1").findings("stale_reads") == []


def test_a_write_acknowledged_at_the_moment_the_read_began_is_concurrent() -> None:
    tale = one_write(leaderless()).at_once().asks("laptop-1").shown("laptop-1")
    assert tale.findings("stale_reads") == []


def test_unanswered_and_refused_writes_never_make_a_read_stale() -> None:
    for outcome in ("unknown", "failed"):
        tale = leaderless().add("phone-1", "milk").told("phone-1", outcome)
        assert tale.asks("laptop-1").shown("laptop-1").findings("stale_reads") == []


def test_a_read_without_an_answer_is_not_judged() -> None:
    tale = one_write(leaderless()).asks("laptop-1").shown("laptop-1", outcome="unknown")
    assert tale.findings("stale_reads") == []


def test_a_value_whose_writer_had_read_the_write_is_fresh() -> None:
    tale = one_write(leaderless()).add("phone-2", "eggs", "milk eggs", "phone-1")
    tale.holds("n1", "phone-2").asks("laptop-1").shown("laptop-1", "phone-2")
    assert tale.findings("stale_reads") == []


def test_a_read_that_misses_one_of_two_siblings_is_stale() -> None:
    tale = leaderless().add("phone-1", "milk").add("laptop-1", "bread")
    tale.holds("n1", "phone-1").holds("n3", "laptop-1").told("phone-1").told("laptop-1")
    assert behind(tale.asks("laptop-2").shown("laptop-2", "laptop-1")) == ["1 behind, 20 ms"]
    tale.asks("laptop-3").shown("laptop-3", "laptop-1", "phone-1")
    assert len(tale.findings("stale_reads")) == 1


def test_staleness_counts_the_writes_and_the_age_of_the_oldest() -> None:
    tale = one_write(leaderless()).add("phone-2", "eggs", "milk eggs", "phone-1").told("phone-2")
    tale.asks("laptop-1").shown("laptop-1").asks("laptop-2").shown("laptop-2", "phone-1")
    assert behind(tale) == ["2 behind, 30 ms", "1 behind, 30 ms"]
    assert [row.count for row in tale.findings("stale_reads")] == [1, 2]


# ---- stale reads, beside a leader --------------------------------------------------------------


def two_blind_writes() -> Tale:
    tale = leader().add("phone-1", "milk").add("laptop-1", "bread").append("n1 n2", "phone-1")
    tale.append("n1 n2", "laptop-1").commits("n1", 2)
    return tale.told("phone-1").told("laptop-1")


def test_a_read_of_a_later_write_in_the_log_is_fresh() -> None:
    tale = two_blind_writes().asks("phone-2").shown("phone-2", "laptop-1")
    assert tale.findings("stale_reads") == []


def test_a_read_of_an_earlier_write_in_the_log_is_stale() -> None:
    tale = two_blind_writes().asks("phone-2").shown("phone-2", "phone-1")
    assert behind(tale) == ["1 behind, 10 ms"]


def test_a_rolled_back_acknowledgement_makes_reads_stale_until_a_later_term_writes() -> None:
    tale = leader().add("phone-1", "milk").append("n1", "phone-1").told("phone-1")
    tale.append("n2 n3", "opening", 2).commits("n2", 1, 2).truncates("n1", 1)
    tale.asks("laptop-1").shown("laptop-1")
    assert len(tale.findings("stale_reads")) == 1
    tale.add("laptop-2", "bread").append("n2 n3", "laptop-2", 2).commits("n2", 2, 2)
    tale.told("laptop-2").asks("laptop-3").shown("laptop-3", "laptop-2")
    assert len(tale.findings("stale_reads")) == 1


# ---- lost writes -------------------------------------------------------------------------------


def test_lost_writes_are_counted_one_by_one_with_their_evidence() -> None:
    tale = leaderless().add("phone-1", "milk").holds("n1", "phone-1").told("phone-1").holds("n1")
    tale.add("phone-2", "eggs").told("phone-2")
    first, second = tale.findings("lost_writes")
    assert (first.op, first.count, second.op, second.count) == ("phone-1", 1, "phone-2", 2)
    assert first.evidence == (1, 3, 4)
    assert first.after == 4


def test_a_write_lost_twice_counts_once() -> None:
    tale = leaderless().add("phone-1", "milk").holds("n1", "phone-1").told("phone-1")
    tale.holds("n1").holds("n1", "phone-1").holds("n1")
    assert tale.statuses("phone-1") == ["pending", "kept", "lost", "kept", "lost"]
    assert len(tale.findings("lost_writes")) == 1


def test_nothing_is_said_while_every_promise_holds() -> None:
    tale = one_write(leaderless()).asks("laptop-1").shown("laptop-1", "phone-1")
    checks = ("lost_writes", "stale_reads", "refused_writes")
    assert [tale.findings(check) for check in checks] == [[], [], []]
