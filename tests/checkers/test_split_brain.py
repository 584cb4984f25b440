"""Two leaders in force: who leads and waits until nobody older can answer is none yet."""

from app.checkers.split_brain import Leaders, Office
from app.trace.events import (
    LeaderDemoted,
    LeaderPromoted,
    LeaderUnfenced,
    LeaderWaits,
    QuorumReached,
    RequestAccepted,
    TraceEvent,
)


def rival_of(*between: TraceEvent) -> bool:
    """n1 leads term 1, n2 takes over in term 2; then n1 takes a write on. Is that two leaders?"""
    leaders = Leaders(offices={"n1": Office("n1", 1, 0)})
    events: list[TraceEvent] = [
        LeaderPromoted(10, 1, None, "n2", 2),
        *between,
        RequestAccepted(20, 5, None, "n1", "phone-1", "write", 1, 3),
        QuorumReached(20, 6, None, "n1", "phone-1", "write", 1, 1, 3),
    ]
    return any(leaders.observe(event) is not None for event in events)


def test_a_second_leader_that_answers_is_one_too_many() -> None:
    assert rival_of()


def test_a_leader_that_answers_nobody_yet_is_no_second_one() -> None:
    assert not rival_of(LeaderWaits(10, 2, None, "n2", 2))


def test_once_it_answers_it_is() -> None:
    waits, answers = LeaderWaits(10, 2, None, "n2", 2), LeaderUnfenced(15, 3, None, "n2", 2)
    assert rival_of(waits, answers)


def test_one_that_left_office_for_want_of_the_lock_leads_no_more() -> None:
    assert not rival_of(LeaderDemoted(15, 3, None, "n2", 2, "lock_lost"))
