"""Votes, pre-votes and leaving office, rule by rule, on one replica; n1 leads term 1."""

from typing import Any

import pytest

from app.errors import CommandRejected
from app.protocols.client_messages import ClientWrite
from app.protocols.leader_follower.messages import (
    AppendEntries,
    AppendReply,
    HandOverRequest,
    PreVoteReply,
    PreVoteRequest,
    TailReply,
    TailRequest,
    TakeOverNow,
    VoteReply,
    VoteRequest,
)
from app.protocols.leader_follower.replica import Replica
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.state import LogEntry
from app.trace.values import Value
from tests.protocols.leader_follower.recorder import Recorder, started

MILK = LogEntry(1, "phone-1", Value("phone-1", "a", ("milk",)))
EGGS = LogEntry(1, "phone-2", Value("phone-2", "b", ("eggs",)))
WRITE = ClientWrite("laptop-1", 0, Value("laptop-1", "c", ("tea",)), ())


def follower(node: str = "n2", log: tuple[LogEntry, ...] = (), **settings: Any) -> Any:
    """A follower with this log that has just heard n1, and its empty recorder."""
    replica, out = started(node, failover="election", **settings)
    replica.on_message(out, "n1", AppendEntries("x", 0, 1, 0, 0, log, 0, True))
    out.clear()
    out.timers.clear()
    return replica, out


def sent(out: Recorder, kind: type) -> list[Any]:
    return [message for _, message in out.sent if isinstance(message, kind)]


# ---- votes ---------------------------------------------------------------------------------------


def test_a_refused_vote_does_not_restart_the_time_out_and_a_granted_one_does() -> None:
    voter, out = follower(log=(MILK,))
    voter.on_message(out, "n3", VoteRequest("e", 0, 2, 0, 0))
    assert [reply.granted for reply in sent(out, VoteReply)] == [False]
    assert voter.state.disk.term == 2, "the term is met all the same"
    assert "silence" not in out.timers
    voter.on_message(out, "n1", VoteRequest("e", 0, 2, 1, 1))
    assert "silence" in out.timers


def test_a_higher_term_lets_the_running_time_out_run_on() -> None:
    voter, out = follower()
    voter.on_message(out, "n3", VoteReply("e", 0, 5, False))
    assert voter.state.disk.term == 5
    assert out.timers == {}


def test_a_candidate_that_meets_a_higher_term_keeps_its_time_out() -> None:
    candidate, out = follower()
    candidate.on_timer(out, "silence")
    running = dict(out.timers)
    candidate.on_message(out, "n3", VoteReply("e", 0, 9, False))
    assert candidate.state.memory.role == "follower"
    assert out.timers == running


def test_a_candidates_own_vote_counts_when_it_is_on_its_disk() -> None:
    candidate, out = follower(vote_write_low_us=5_000, vote_write_high_us=11_000)
    candidate.on_timer(out, "silence")
    assert out.timers["own_vote"] == 5_000
    candidate.on_message(out, "n3", VoteReply("election-n2-2", 0, 2, True))
    assert candidate.state.memory.role == "candidate"
    candidate.on_timer(out, "own_vote")
    assert candidate.state.memory.role == "leader"


def test_a_vote_on_its_way_to_the_disk_counts_for_nobody_who_no_longer_stands() -> None:
    candidate, out = follower(vote_write_low_us=5_000, vote_write_high_us=11_000)
    candidate.on_timer(out, "silence")
    candidate.on_message(out, "n3", AppendEntries("x", 0, 2, 0, 0, (), 0, True))
    candidate.on_timer(out, "own_vote")
    assert candidate.state.memory.role == "follower"
    assert "VoteCounted" not in out.kinds()


def test_under_fencing_who_hears_a_leader_neither_votes_nor_meets_the_term() -> None:
    voter, out = follower(fencing="on")
    out.now = 199_000
    voter.on_message(out, "n3", VoteRequest("e", 0, 2, 0, 0))
    assert [(reply.term, reply.granted) for reply in sent(out, VoteReply)] == [(1, False)]
    assert voter.state.disk.term == 1
    out.now = 200_000
    voter.on_message(out, "n3", VoteRequest("e", 0, 2, 0, 0))
    assert sent(out, VoteReply)[-1].granted


def test_under_fencing_a_vote_for_whom_the_leader_left_office_is_given_at_once() -> None:
    voter, out = follower(fencing="on")
    voter.on_message(out, "n3", VoteRequest("e", 0, 2, 0, 0, handed=True))
    assert sent(out, VoteReply)[-1].granted


# ---- pre-votes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "question", "granted"),
    [
        (199_000, PreVoteRequest("p", 1, 2, 1, 1), False),
        (200_000, PreVoteRequest("p", 1, 2, 1, 1), True),
        (200_000, PreVoteRequest("p", 1, 1, 1, 1), False),
        (200_000, PreVoteRequest("p", 1, 2, 0, 0), False),
        (200_000, PreVoteRequest("p", 1, 9, 2, 1), True),
    ],
)
def test_yes_to_a_log_as_new_in_a_newer_term_where_no_leader_is_heard(
    now: int, question: PreVoteRequest, granted: bool
) -> None:
    node, out = follower(log=(MILK,), pre_vote="on")
    out.now = now
    before = (node.state.disk.term, node.state.disk.voted_for)
    node.on_message(out, "n3", question)
    assert [reply.granted for reply in sent(out, PreVoteReply)] == [granted]
    assert (node.state.disk.term, node.state.disk.voted_for) == before, "it is only a question"
    assert "silence" not in out.timers


def test_a_leader_says_no_to_a_pre_vote() -> None:
    leader, out = started("n1", failover="election", pre_vote="on")
    out.now = 10_000_000
    leader.on_message(out, "n3", PreVoteRequest("p", 1, 2, 9, 9))
    assert [reply.granted for reply in sent(out, PreVoteReply)] == [False]


def asking() -> tuple[Replica, Recorder]:
    node, out = follower(pre_vote="on")
    node.place = type(node.place)("n2", ("n1", "n2", "n3", "n4", "n5"), ("n1", "n3"), 3, 3)
    node.on_timer(out, "silence")
    return node, out


def test_a_majority_of_yes_makes_a_candidate_and_each_counts_once() -> None:
    node, out = asking()
    assert node.state.disk.term == 1
    for _ in range(2):
        node.on_message(out, "n3", PreVoteReply("pre-vote-n2-2", 1, 1, True))
    assert sent(out, VoteRequest) == []
    node.on_message(out, "n1", PreVoteReply("pre-vote-n2-2", 1, 1, True))
    assert {request.term for request in sent(out, VoteRequest)} == {2}


def test_a_no_and_an_answer_to_an_earlier_question_do_not_count() -> None:
    node, out = asking()
    node.on_timer(out, "silence")
    node.on_message(out, "n1", PreVoteReply("pre-vote-n2-2", 1, 1, True))
    node.on_message(out, "n3", PreVoteReply("pre-vote-n2-2", 2, 1, False))
    node.on_message(out, "n4", PreVoteReply("pre-vote-n2-2", 2, 1, True))
    assert sent(out, VoteRequest) == []


def test_who_hears_a_leader_again_has_stopped_asking() -> None:
    node, out = asking()
    node.on_message(out, "n1", AppendEntries("x", 0, 1, 0, 0, (), 0, True))
    for source in ("n1", "n3"):
        node.on_message(out, source, PreVoteReply("pre-vote-n2-2", 1, 1, True))
    assert sent(out, VoteRequest) == []


def test_an_answer_with_a_higher_term_is_met() -> None:
    node, out = asking()
    node.on_message(out, "n1", PreVoteReply("pre-vote-n2-2", 1, 7, False))
    assert node.state.disk.term == 7


# ---- leaving office ------------------------------------------------------------------------------


def test_word_to_take_over_in_an_old_term_is_ignored() -> None:
    node, out = follower()
    node.on_message(out, "n3", VoteRequest("e", 0, 2, 0, 0))
    node.on_message(out, "n1", TakeOverNow("hand-over-n1-1", 0, 1))
    assert sent(out, VoteRequest) == []
    node.on_message(out, "n1", TakeOverNow("hand-over-n1-2", 0, 2))
    assert [(request.term, request.handed) for request in sent(out, VoteRequest)] == [
        (3, True),
        (3, True),
    ]


def test_a_leader_leaves_only_when_its_clients_have_their_answers() -> None:
    leader, out = started("n1", copies=3)
    leader.on_message(out, "phone", WRITE)
    leader.on_message(out, "n2", HandOverRequest("promotion-n2-1", 0))
    leader.on_message(out, "n2", AppendReply("laptop-1", 0, 1, True, 1, False))
    assert leader.state.memory.role == "leader"
    leader.on_message(out, "n3", AppendReply("laptop-1", 0, 1, True, 1, False))
    leader.on_message(out, "n2", AppendReply("x", 0, 1, True, 1, True))
    assert leader.state.memory.role == "follower"
    assert [(target, m.term) for target, m in out.sent if isinstance(m, TakeOverNow)] == [("n2", 1)]


# ---- catch-up ------------------------------------------------------------------------------------


def test_a_tail_is_only_what_follows_the_end_of_the_askers_log() -> None:
    node, out = follower(log=(MILK, EGGS))
    asks = [(0, 0), (1, 1), (2, 1), (1, 3), (3, 1)]
    for number, (previous, term) in enumerate(asks):
        node.on_message(out, "n3", TailRequest(f"t{number}", 0, 2, previous, term))
    tails = [[entry.op for entry in reply.tail] for reply in sent(out, TailReply)]
    assert tails == [["phone-1", "phone-2"], ["phone-2"], [], [], []]


def elected(log: tuple[LogEntry, ...] = (MILK,)) -> tuple[Replica, Recorder]:
    """n2 has just been elected in term 2 and looks for newer entries."""
    node, out = follower(log=log, catch_up="on")
    node.on_timer(out, "silence")
    node.on_message(out, "n3", VoteReply("election-n2-2", 0, 2, True))
    return node, out


def test_the_newest_tail_is_taken_and_then_the_term_is_opened() -> None:
    node, out = elected()
    older, newer = LogEntry(1, "x", None), LogEntry(1, "y", None)
    node.on_message(out, "n3", TailReply("catch-up-2", 0, 2, (EGGS, older, newer)))
    assert node.state.disk.log == [MILK]
    node.on_message(out, "n1", TailReply("catch-up-2", 0, 2, (EGGS,)))
    assert [entry.op for entry in node.state.disk.log] == ["phone-1", "phone-2", "x", "y", "term-2"]


def test_a_tail_that_comes_after_the_term_was_opened_is_not_taken() -> None:
    node, out = elected()
    node.on_timer(out, "catch_up")
    for source in ("n1", "n3"):
        node.on_message(out, source, TailReply("catch-up-2", 0, 2, (EGGS,)))
    assert [entry.op for entry in node.state.disk.log] == ["phone-1", "term-2"]


def test_a_leader_that_catches_up_takes_no_write() -> None:
    node, out = elected()
    node.on_message(out, "phone", WRITE)
    assert [(answer.outcome, answer.reason) for answer in out.answers()] == [
        ("failed", "catching_up")
    ]


# ---- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize("priorities", ["0", "0-0-0", "1-1-1-1"])
def test_priorities_that_cannot_work_are_refused(priorities: str) -> None:
    count = 3 if priorities != "0" else 1
    with pytest.raises(CommandRejected):
        LeaderFollowerSettings(priorities=priorities, copies=1).validate(count)


def test_nodes_beyond_the_end_of_the_list_have_priority_1() -> None:
    settings = LeaderFollowerSettings(priorities="2-0")
    assert [settings.priority(place) for place in range(4)] == [2, 0, 1, 1]
