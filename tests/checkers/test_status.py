"""Every status has a history that leads to it, and one close by that does not."""

import re

import pytest

from app.checkers.status import STATUS_WORDS, STATUSES
from tests.checkers.traces import Tale, leader, leaderless


def committed(tale: Tale, op: str, nodes: str = "n1 n2", term: int = 1) -> Tale:
    """The leader n1 has the write of `op` on these nodes, commits it and says OK."""
    tale.append(nodes, op, term)
    return tale.commits("n1", len(tale.logs["n1"]), term).told(op)


def milk_and_bread() -> Tale:
    """Without a leader, both shop at once, each at its own end of a cut link."""
    tale = leaderless().add("phone-1", "milk").add("laptop-1", "bread")
    tale.holds("n1", "phone-1").holds("n3", "laptop-1").holds("n2", "phone-1")
    return tale.holds("n2", "phone-1", "laptop-1").told("phone-1").told("laptop-1")


# ---- pending, kept -----------------------------------------------------------------------------


def test_a_write_is_pending_until_its_client_is_told() -> None:
    tale = leaderless().add("phone-1", "milk").holds("n1 n2", "phone-1")
    assert tale.statuses("phone-1") == ["pending"]
    assert tale.told("phone-1").statuses("phone-1") == ["pending", "kept"]


def test_an_acknowledged_committed_write_is_kept() -> None:
    tale = committed(leader().add("phone-1", "milk"), "phone-1")
    assert tale.statuses("phone-1") == ["pending", "kept"]
    assert tale.last("phone-1").because == "n1 and n2 hold milk."
    assert tale.findings("lost_writes") == []


def test_an_item_is_kept_by_a_later_cart_that_still_contains_it() -> None:
    tale = committed(leader().add("phone-1", "milk"), "phone-1")
    tale.add("phone-2", "eggs", "milk eggs", "phone-1")
    assert committed(tale, "phone-2").now_is("phone-1") == "kept"


def test_the_same_item_written_by_another_keeps_the_item_in_the_cart() -> None:
    tale = committed(leader().add("phone-1", "milk").add("laptop-1", "milk"), "phone-1")
    assert committed(tale, "laptop-1").now_is("phone-1") == "kept"


def test_an_item_that_another_kept_in_the_cart_is_displaced_only_when_it_goes() -> None:
    tale = leader().add("phone-1", "milk").add("laptop-1", "milk")
    tale = committed(committed(tale, "phone-1"), "laptop-1")
    tale = committed(tale.invoke("laptop-2", "remove", "milk", "", "laptop-1"), "laptop-2")
    assert tale.statuses("phone-1") == ["pending", "kept", "overwritten"]
    assert tale.last("phone-1").because.startswith("Laptop wrote c after Phone's OK")


# ---- superseded, overwritten, lost by displacement ---------------------------------------------


def test_removing_an_item_one_has_read_replaces_it_knowingly() -> None:
    tale = committed(leader().add("phone-1", "milk"), "phone-1")
    tale.invoke("laptop-1", "remove", "milk", "", "phone-1")
    tale = committed(tale, "laptop-1")
    assert tale.now_is("phone-1") == "superseded"
    assert tale.last("phone-1").because == "Laptop had read milk and wrote b without it."
    assert tale.now_is("laptop-1") == "kept"


def test_knowledge_is_transitive() -> None:
    tale = leaderless().add("phone-1", "milk").holds("n1 n2 n3", "phone-1").told("phone-1")
    tale.add("laptop-1", "bread", "milk bread", "phone-1").holds("n1 n2", "laptop-1")
    tale.told("laptop-1").invoke("laptop-2", "remove", "milk", "bread", "laptop-1")
    tale.holds("n1 n2", "laptop-2").told("laptop-2")
    assert tale.statuses("phone-1") == ["pending", "kept", "superseded"]
    assert tale.now_is("laptop-1") == "kept"
    assert tale.last("phone-1").because == "Laptop had read milk and wrote c without it."


def test_a_blind_overwrite_after_the_acknowledgement_beside_a_leader() -> None:
    tale = committed(leader().add("phone-1", "milk"), "phone-1").add("laptop-1", "bread")
    tale = committed(tale, "laptop-1")
    assert tale.statuses("phone-1") == ["pending", "kept", "overwritten"]
    assert "after Phone's OK" in tale.last("phone-1").because
    assert tale.findings("lost_writes") == []


def test_a_concurrent_blind_overwrite_beside_a_leader_loses_the_first() -> None:
    tale = leader().add("phone-1", "milk").add("laptop-1", "bread")
    tale = committed(committed(tale, "phone-1"), "laptop-1")
    assert tale.statuses("phone-1") == ["pending", "kept", "lost"]
    assert tale.statuses("laptop-1") == ["pending", "kept"]
    assert "concurrently" in tale.last("phone-1").because


def test_a_write_invoked_at_the_moment_of_the_answer_is_concurrent() -> None:
    tale = committed(leader().add("phone-1", "milk"), "phone-1").at_once().add("laptop-1", "bread")
    assert committed(tale, "laptop-1").now_is("phone-1") == "lost"


def test_a_displaced_write_that_its_writer_builds_upon_comes_back_and_stays_counted() -> None:
    tale = leader().add("phone-1", "milk").add("laptop-1", "bread")
    tale = committed(committed(tale, "phone-1"), "laptop-1")
    tale.add("phone-2", "eggs", "milk eggs", "phone-1")
    tale = committed(tale, "phone-2")
    assert tale.statuses("phone-1") == ["pending", "kept", "lost", "kept"]
    assert tale.now_is("laptop-1") == "overwritten"
    assert [row.count for row in tale.findings("lost_writes")] == [1]


def test_what_was_removed_knowingly_is_not_lost_by_a_later_blind_overwrite() -> None:
    tale = committed(leader().add("phone-1", "milk"), "phone-1")
    tale = committed(tale.invoke("phone-2", "remove", "milk", "", "phone-1"), "phone-2")
    tale = committed(tale.add("laptop-1", "bread"), "laptop-1")
    assert tale.now_is("phone-1") == "superseded"
    assert tale.now_is("phone-2") == "overwritten"


# ---- siblings ----------------------------------------------------------------------------------


def test_milk_and_bread_are_kept_as_siblings() -> None:
    tale = milk_and_bread()
    assert tale.now_is("phone-1") == tale.now_is("laptop-1") == "sibling"
    assert tale.last("laptop-1").because == "n2 and n3 hold bread in one of 2 versions."


def test_keeping_one_sibling_replaces_the_other_knowingly() -> None:
    tale = milk_and_bread().invoke("laptop-2", "resolve", "", "bread", "phone-1 laptop-1")
    tale.holds("n1 n2 n3", "laptop-2").told("laptop-2")
    assert tale.now_is("phone-1") == "superseded"
    assert tale.now_is("laptop-1") == "kept"
    assert tale.now_is("laptop-2") == "kept"


def test_keeping_both_siblings_keeps_both_items() -> None:
    tale = milk_and_bread().invoke("laptop-2", "resolve", "", "milk bread", "phone-1 laptop-1")
    tale.holds("n1", "laptop-2").told("laptop-2")
    assert [tale.now_is(op) for op in ("phone-1", "laptop-1", "laptop-2")] == ["kept"] * 3


def test_a_sibling_dropped_in_silence_is_lost() -> None:
    tale = milk_and_bread().holds("n2", "laptop-1").holds("n1", "laptop-1")
    assert tale.statuses("phone-1") == ["pending", "sibling", "lost"]
    assert tale.now_is("laptop-1") == "kept"
    assert [row.count for row in tale.findings("lost_writes")] == [1]


def test_the_last_copy_dropped_without_a_successor_is_lost() -> None:
    tale = leaderless().add("phone-1", "milk").holds("n1", "phone-1").told("phone-1").holds("n1")
    assert tale.now_is("phone-1") == "lost"
    assert tale.last("phone-1").because == "n1 dropped the last copy of milk."


def test_an_acknowledgement_without_any_copy_is_lost_at_once() -> None:
    tale = leaderless().add("phone-1", "milk").told("phone-1")
    assert tale.statuses("phone-1") == ["pending", "lost"]


# ---- waiting -----------------------------------------------------------------------------------


def test_a_crash_of_the_only_holder_makes_a_write_wait() -> None:
    tale = leaderless().add("phone-1", "milk").holds("n1", "phone-1").told("phone-1").crash("n1")
    assert tale.now_is("phone-1") == "waiting"
    assert tale.last("phone-1").because == "n1 alone has milk, and is down or cut off."
    assert tale.restart("n1").now_is("phone-1") == "kept"


def test_a_crash_of_one_of_two_holders_changes_nothing() -> None:
    tale = leaderless().add("phone-1", "milk").holds("n1 n2", "phone-1").told("phone-1")
    assert tale.crash("n1").statuses("phone-1") == ["pending", "kept"]


def test_a_holder_cut_off_from_all_others_makes_a_write_wait() -> None:
    tale = leaderless().add("laptop-1", "bread").holds("n3", "laptop-1").told("laptop-1")
    assert tale.cut("n1", "n3").now_is("laptop-1") == "kept"
    assert tale.cut("n3", "n2").now_is("laptop-1") == "waiting"
    assert tale.heal("n2", "n3").now_is("laptop-1") == "kept"


def test_an_acknowledged_tail_waits_and_is_lost_when_it_is_rolled_back() -> None:
    tale = leader().add("phone-1", "milk").append("n1", "phone-1").told("phone-1")
    assert tale.now_is("phone-1") == "waiting"
    tale.append("n2 n3", "opening", 2).commits("n2", 1, 2).truncates("n1", 1)
    assert tale.statuses("phone-1") == ["pending", "waiting", "lost"]
    assert tale.last("phone-1").because == "n1 threw away its log from 1 on, milk with it."


def test_a_loss_of_power_takes_what_was_not_flushed_and_leaves_the_rest_waiting() -> None:
    tale = leader().add("phone-1", "milk").append("n1", "phone-1").told("phone-1")
    tale.add("phone-2", "bread", "milk bread", "phone-1").append("n1", "phone-2").told("phone-2")
    assert tale.loses_power("n1", 2).now_is("phone-2") == "lost"
    assert tale.now_is("phone-1") == "waiting"
    assert tale.last("phone-2").because == "n1 had bread in memory only, and lost it."


def test_an_acknowledged_tail_that_is_committed_is_kept() -> None:
    tale = leader().add("phone-1", "milk").append("n1", "phone-1").told("phone-1")
    assert tale.append("n2", "phone-1").commits("n1", 1).now_is("phone-1") == "kept"


def test_a_tail_of_another_node_leaves_the_committed_value_alone() -> None:
    tale = committed(leader().add("phone-1", "milk"), "phone-1")
    tale.invoke("laptop-1", "remove", "milk", "", "phone-1").append("n1", "laptop-1")
    assert tale.now_is("phone-1") == "kept"


def test_a_follower_catching_up_in_a_new_term_takes_nothing_back() -> None:
    tale = committed(leader().add("phone-1", "milk"), "phone-1")
    tale = committed(tale.add("phone-2", "eggs", "milk eggs", "phone-1"), "phone-2")
    tale.append("n3", "phone-1").commits("n3", 1, 2)
    assert tale.statuses("phone-2") == ["pending", "kept"]


def test_a_commit_position_of_a_higher_term_overrules_the_old_leaders() -> None:
    tale = leader().add("phone-1", "milk").append("n1", "phone-1").commits("n1", 1)
    tale.told("phone-1").append("n2 n3", "opening", 2).commits("n2", 1, 2)
    assert tale.statuses("phone-1") == ["pending", "kept", "waiting"]
    assert tale.truncates("n1", 1).now_is("phone-1") == "lost"


def test_a_replacement_that_is_overruled_has_not_replaced_anything() -> None:
    tale = leader().add("phone-1", "milk").append("n1", "phone-1").commits("n1", 1).told("phone-1")
    tale.invoke("phone-2", "remove", "milk", "", "phone-1").append("n1", "phone-2")
    tale.commits("n1", 2).told("phone-2").append("n2 n3", "opening", 2).commits("n2", 1, 2)
    assert tale.statuses("phone-1") == ["pending", "kept", "superseded", "waiting"]
    assert tale.truncates("n1", 1).now_is("phone-1") == "lost"


def test_a_committed_entry_thrown_away_everywhere_is_lost() -> None:
    tale = committed(leader().add("phone-1", "milk"), "phone-1").truncates("n1", 1)
    assert tale.now_is("phone-1") == "kept"
    assert tale.truncates("n2", 1).now_is("phone-1") == "lost"


# ---- refused and unanswered writes -------------------------------------------------------------


def test_a_refused_write_is_never_stored() -> None:
    tale = leader().add("laptop-1", "bread").told("laptop-1", "failed")
    assert tale.statuses("laptop-1") == ["pending", "never_stored"]
    assert tale.findings("refused_writes") == []


def test_a_refused_write_that_is_on_a_disk_breaks_a_promise_for_good() -> None:
    tale = leaderless().add("laptop-1", "bread").told("laptop-1", "failed")
    tale.holds("n3", "laptop-1").holds("n3")
    assert tale.statuses("laptop-1") == ["pending", "never_stored", "stored_anyway"]
    (row,) = tale.findings("refused_writes")
    assert (row.verdict, row.count, row.op) == ("broken", 1, "laptop-1")


def test_a_refusal_after_the_rollback_is_true() -> None:
    tale = leader().add("phone-1", "milk").append("n1", "phone-1").truncates("n1", 1)
    assert tale.told("phone-1", "failed").now_is("phone-1") == "never_stored"


def test_a_refused_write_that_appears_beneath_a_later_one_breaks_the_promise() -> None:
    tale = leaderless().add("phone-1", "milk").told("phone-1", "failed")
    tale.add("laptop-1", "bread", "milk bread", "phone-1").holds("n1", "laptop-1")
    assert tale.now_is("phone-1") == "never_stored"
    assert tale.holds("n2", "phone-1").now_is("phone-1") == "stored_anyway"
    assert len(tale.findings("refused_writes")) == 1


def test_an_unanswered_write_is_not_stored_until_a_disk_has_it() -> None:
    tale = leaderless().add("phone-1", "milk").told("phone-1", "unknown")
    assert tale.now_is("phone-1") == "not_stored"
    assert tale.holds("n1", "phone-1").now_is("phone-1") == "stored_anyway"
    assert tale.rows()[-1:] == [tale.last("phone-1")]


def test_an_unanswered_write_rolled_back_is_not_stored_and_breaks_nothing() -> None:
    tale = leader().add("phone-1", "milk").append("n1", "phone-1").told("phone-1", "unknown")
    assert tale.now_is("phone-1") == "stored_anyway"
    assert tale.truncates("n1", 1).now_is("phone-1") == "not_stored"
    assert tale.findings("lost_writes") == []


def test_an_unanswered_write_that_the_next_writer_had_read_was_stored() -> None:
    tale = leaderless().add("phone-1", "milk").holds("n1", "phone-1").told("phone-1", "unknown")
    tale.invoke("laptop-1", "remove", "milk", "", "phone-1").holds("n1", "laptop-1")
    assert tale.statuses("phone-1") == ["pending", "stored_anyway"]


# ---- the table and the sentences ---------------------------------------------------------------


def test_every_status_has_a_word_and_a_meaning() -> None:
    assert list(STATUS_WORDS) == list(STATUSES)
    assert all(status.word and status.meaning.endswith(".") for status in STATUSES.values())
    assert STATUS_WORDS["superseded"] == "replaced knowingly"


@pytest.mark.parametrize("tale", [milk_and_bread(), milk_and_bread().crash("n1").holds("n2")])
def test_a_reason_is_one_sentence_about_a_named_node_or_shopper(tale: Tale) -> None:
    for row in tale.rows():
        # A durable copy is counted of a value, which may stand first.
        assert re.match(r".*\b(n\d|Phone|Laptop)\b.*\.$", row.because)  # type: ignore[attr-defined]
        assert row.because.count(". ") == 0  # type: ignore[attr-defined]


def test_a_cluster_of_another_design_is_refused() -> None:
    with pytest.raises(ValueError, match="knows leader_follower and leaderless, not chain"):
        Tale("chain").rows()


# ---- registers ---------------------------------------------------------------------------------


def test_a_register_is_judged_by_its_value() -> None:
    """Somebody who had not read the 12 wrote a 12 of his own: what was asked for is there."""
    tale = leaderless().invoke("phone-1", "put", "12", "12").holds("n1 n2 n3", "phone-1")
    tale.told("phone-1").invoke("laptop-1", "put", "12", "12").holds("n1 n2 n3", "laptop-1")
    assert tale.last("phone-1").status == "kept"
    tale.invoke("till-1", "put", "15", "15").holds("n1 n2 n3", "till-1")
    assert tale.last("phone-1").status == "overwritten"
