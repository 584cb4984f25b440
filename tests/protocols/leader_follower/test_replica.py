"""Each rule of the design with a leader, on one replica."""

import pytest

from app.errors import CommandRejected
from app.protocols.client_messages import ClientRead, ClientWrite
from app.protocols.leader_follower.messages import (
    AppendEntries,
    AppendReply,
    ForwardedWrite,
    LeaderConfirmed,
    VoteReply,
    VoteRequest,
)
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import LogEntry
from app.trace.values import Value
from tests.protocols.leader_follower.recorder import Recorder, started

MILK = Value("phone-1", "a", ("milk",))
BREAD = Value("laptop-1", "b", ("bread",))
WRITE = ClientWrite("phone-1", 0, MILK, ())


def ack(op: str, match: int, term: int = 1) -> AppendReply:
    return AppendReply(op, 0, term, True, match, False)


def entries(
    *given: LogEntry, previous: int = 0, previous_term: int = 0, term: int = 1, commit: int = 0
) -> AppendEntries:
    return AppendEntries("x", 0, term, previous, previous_term, given, commit, True)


def outcomes(out: Recorder) -> list[tuple[str, str]]:
    return [(answer.outcome, answer.reason) for answer in out.answers()]


def test_the_leader_answers_only_when_enough_copies_are_on_disk() -> None:
    leader, out = started("n1")
    leader.on_message(out, "phone", WRITE)
    assert outcomes(out) == []
    leader.on_message(out, "n2", ack("phone-1", 1))
    assert outcomes(out) == [("ok", "")]
    assert leader.state.memory.commit == 1


def test_with_three_copies_asked_two_are_not_enough() -> None:
    leader, out = started("n1", copies=3)
    leader.on_message(out, "phone", WRITE)
    leader.on_message(out, "n2", ack("phone-1", 1))
    assert outcomes(out) == []
    leader.on_message(out, "n3", ack("phone-1", 1))
    assert outcomes(out) == [("ok", "")]


def test_with_one_copy_asked_the_leaders_own_is_enough() -> None:
    leader, out = started("n1", copies=1)
    leader.on_message(out, "phone", WRITE)
    assert outcomes(out) == [("ok", "")]
    assert leader.state.memory.commit == 0


def test_each_node_is_counted_once() -> None:
    leader, out = started("n1", copies=3)
    leader.on_message(out, "phone", WRITE)
    leader.state.memory.match.clear()
    for _ in range(2):
        leader.on_message(out, "n2", ack("phone-1", 1))
        leader.state.memory.match.clear()
    assert outcomes(out) == []
    counted = [fields[2] for kind, fields in out.events if kind.__name__ == "ReplyCounted"]
    assert counted == ["n1", "n2"]


def test_a_node_that_hears_no_leader_refuses_at_once_and_sends_nothing_on() -> None:
    follower, out = started("n3")
    follower.on_timer(out, "silence")
    out.clear()
    follower.on_message(out, "laptop", WRITE)
    assert outcomes(out) == [("failed", "no_leader")]
    assert [target for target, _ in out.sent] == ["laptop"]


def test_a_follower_forwards_and_hands_the_answer_back() -> None:
    follower, out = started("n3")
    follower.on_message(out, "laptop", WRITE)
    assert [(target, type(m).__name__) for target, m in out.sent] == [("n1", "ForwardedWrite")]
    leader, leader_out = started("n1", copies=1)
    leader.on_message(leader_out, "n3", out.sent[0][1])
    follower.on_message(out, "n1", leader_out.answers()[0])
    assert out.sent[-1][0] == "laptop"
    assert outcomes(out) == [("ok", "")]


def test_a_forward_to_a_node_that_does_not_lead_is_refused() -> None:
    follower, out = started("n2")
    follower.on_message(out, "n3", ForwardedWrite("phone-1", 0, MILK))
    assert outcomes(out) == [("failed", "no_leader")]


def test_silence_alone_starts_no_election_without_automatic_failover() -> None:
    follower, out = started("n2")
    follower.on_timer(out, "silence")
    assert out.kinds() == ["LeaderSuspected"]


def test_a_candidate_asks_for_votes_and_leads_with_a_majority() -> None:
    candidate, out = started("n2", failover="election")
    candidate.on_timer(out, "silence")
    assert [target for target, _ in out.sent] == ["n1", "n3"]
    candidate.on_message(out, "n3", VoteReply("election-n2-2", 0, 2, True))
    assert candidate.state.memory.role == "leader"
    assert candidate.state.disk.log == [LogEntry(2, "term-2", None)]


def test_a_vote_that_comes_twice_counts_once() -> None:
    candidate, out = started("n2", failover="election")
    candidate.place = type(candidate.place)("n2", ("n1", "n2", "n3", "n4", "n5"), ("n1",), 3, 3)
    candidate.on_timer(out, "silence")
    for _ in range(2):
        candidate.on_message(out, "n3", VoteReply("election-n2-2", 0, 2, True))
    assert candidate.state.memory.role == "candidate"


def test_one_vote_a_term() -> None:
    voter, out = started("n2", failover="election")
    for candidate in ("n1", "n3"):
        voter.on_message(out, candidate, VoteRequest("e", 0, 2, 0, 0))
    granted = [m.granted for _, m in out.sent if isinstance(m, VoteReply)]
    assert granted == [True, False]


def test_a_vote_outlives_a_crash() -> None:
    voter, out = started("n2", failover="election")
    voter.on_message(out, "n1", VoteRequest("e", 0, 2, 0, 0))
    voter.on_crash()
    voter.on_restart(out)
    voter.on_message(out, "n3", VoteRequest("e", 0, 2, 0, 0))
    assert [m.granted for _, m in out.sent if isinstance(m, VoteReply)] == [True, False]


@pytest.mark.parametrize(("last", "granted"), [((0, 0), False), ((1, 1), True), ((1, 2), True)])
def test_no_vote_for_an_older_log(last: tuple[int, int], granted: bool) -> None:
    voter, out = started("n2", failover="election")
    voter.on_message(out, "n1", entries(LogEntry(1, "phone-1", MILK)))
    out.clear()
    voter.on_message(out, "n3", VoteRequest("e", 0, 2, *last))
    assert [m.granted for _, m in out.sent if isinstance(m, VoteReply)] == [granted]


def test_a_follower_takes_entries_only_where_the_logs_agree() -> None:
    follower, out = started("n2")
    follower.on_message(out, "n1", entries(LogEntry(1, "b", BREAD), previous=1, previous_term=1))
    assert follower.state.disk.log == []
    assert out.sent[-1][1].kind() == "refuse"


def test_what_contradicts_the_leader_is_thrown_away_by_name() -> None:
    follower, out = started("n2", failover="election")
    follower.on_message(out, "n1", entries(LogEntry(1, "phone-1", MILK)))
    out.clear()
    follower.on_message(out, "n3", entries(LogEntry(2, "laptop-1", BREAD), term=2))
    assert follower.state.disk.log == [LogEntry(2, "laptop-1", BREAD)]
    dropped = [fields[2] for kind, fields in out.events if kind.__name__ == "LogTruncated"]
    assert dropped == [(MILK,)]


def test_a_leader_goes_back_to_where_the_logs_agree() -> None:
    leader, out = started("n1")
    leader.on_message(out, "phone", WRITE)
    out.clear()
    leader.on_message(out, "n3", AppendReply("phone-1", 0, 1, False, 0, False))
    target, again = out.sent[0]
    assert (target, again.previous, len(again.entries), again.attempt) == ("n3", 0, 1, 1)


def test_an_entry_of_an_earlier_term_is_not_committed_by_counting_copies() -> None:
    candidate, out = started("n2", failover="election")
    candidate.on_message(out, "n1", entries(LogEntry(1, "phone-1", MILK)))
    candidate.on_timer(out, "silence")
    candidate.on_message(out, "n3", VoteReply("election-n2-2", 0, 2, True))
    candidate.on_message(out, "n3", ack("term-2", 1, term=2))
    assert candidate.state.memory.commit == 0
    candidate.on_message(out, "n3", ack("term-2", 2, term=2))
    assert candidate.state.memory.commit == 2


def test_a_read_waits_for_a_majority_that_still_follows() -> None:
    leader, out = started("n1", copies=1)
    leader.on_message(out, "phone", WRITE)
    out.clear()
    leader.on_message(out, "phone", ClientRead("phone-2", 0))
    assert outcomes(out) == []
    leader.on_message(out, "n2", LeaderConfirmed("phone-2", 0, 1, True))
    assert [answer.values for answer in out.answers()] == [(MILK,)]


def test_a_read_shows_only_what_is_committed() -> None:
    leader, out = started("n1")
    leader.on_message(out, "phone", WRITE)
    leader.on_message(out, "phone", ClientRead("phone-2", 0))
    leader.on_message(out, "n2", LeaderConfirmed("phone-2", 0, 1, True))
    assert [answer.values for answer in out.answers()] == [()]


def test_a_new_leader_serves_no_read_before_it_has_committed_in_its_term() -> None:
    candidate, out = started("n2", failover="election")
    candidate.on_timer(out, "silence")
    candidate.on_message(out, "n3", VoteReply("election-n2-2", 0, 2, True))
    out.clear()
    candidate.on_message(out, "phone", ClientRead("phone-2", 0))
    candidate.on_message(out, "n3", LeaderConfirmed("phone-2", 0, 2, True))
    assert outcomes(out) == []
    candidate.on_message(out, "n3", ack("term-2", 1, term=2))
    assert outcomes(out) == [("ok", "")]


def test_a_higher_term_ends_leadership_and_leaves_the_outcome_unknown() -> None:
    leader, out = started("n1", failover="election")
    leader.on_message(out, "phone", WRITE)
    out.clear()
    leader.on_message(out, "n2", AppendReply("phone-1", 0, 2, False, 0, False))
    assert leader.state.memory.role == "follower"
    assert outcomes(out) == [("unknown", "leader_changed")]
    assert "heartbeat" not in out.timers


def test_entries_of_an_old_leader_are_refused() -> None:
    follower, out = started("n2", failover="election")
    follower.on_message(out, "n3", VoteRequest("e", 0, 2, 0, 0))
    out.clear()
    follower.on_message(out, "n1", entries(LogEntry(1, "phone-1", MILK)))
    assert follower.state.disk.log == []
    assert (out.sent[0][1].ok, out.sent[0][1].term) == (False, 2)


def test_the_named_leader_leads_on_after_a_restart_without_failover() -> None:
    leader, out = started("n1")
    leader.on_message(out, "phone", WRITE)
    leader.on_crash()
    assert leader.state.memory.role == "follower"
    leader.on_restart(out)
    assert leader.state.memory.role == "leader"
    assert leader.state.memory.serves_from == 1
    assert "LeaderElected" in out.kinds()


@pytest.mark.parametrize("settings", [{"copies": 4}, {"copies": 0}, {"heartbeat_us": 300_000}])
def test_settings_that_cannot_work_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(CommandRejected) as refused:
        LeaderFollowerSettings(**settings).validate(3)  # type: ignore[arg-type]
    assert refused.value.remedy
