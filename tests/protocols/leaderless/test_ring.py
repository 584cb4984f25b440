"""The ring as geometry: who owns what, who is asked for a key, and what moves when nodes change."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from app.protocols.leaderless.ring import (
    AROUND,
    Layout,
    load,
    met,
    partition_join,
    partition_leave,
    partitions,
    position,
    shares,
    spread,
    token_join,
    token_leave,
    tokens,
)

MEMBERS = tuple(f"n{number}" for number in range(1, 7))
KEYS = [f"key-{number}" for number in range(200)]


def lists(layout: Layout, n: int) -> dict[str, tuple[str, ...]]:
    return {key: met(layout, position(key), n) for key in KEYS}


def test_a_name_lies_where_it_lies_on_every_machine() -> None:
    assert position("n1#0") == 3_681_230_670
    assert position("cart") == 2_957_705_514


def test_a_key_is_asked_of_the_nodes_that_follow_it_each_once() -> None:
    layout = ((10, "n1"), (20, "n1"), (30, "n2"), (40, "n3"))
    assert met(layout, 5, 2) == ("n1", "n2"), "the second position of n1 is skipped"
    assert met(layout, 10) == ("n1", "n2", "n3"), "a position owns itself"
    assert met(layout, 21) == ("n2", "n3", "n1")
    assert met(layout, 41) == ("n1", "n2", "n3"), "after the last comes the first"


def test_equal_ranges_are_equal_and_drawn_ones_are_not() -> None:
    equal = partitions(MEMBERS, 8)
    owned = shares(equal)
    assert sum(owned.values()) == AROUND
    assert max(owned.values()) - min(owned.values()) <= 8 * 2
    assert set(load(equal, 3)) == set(MEMBERS)
    drawn = tokens(MEMBERS, 1)
    assert sum(shares(drawn).values()) == AROUND
    assert sum(load(drawn, 3).values()) == 3 * AROUND
    assert max(shares(drawn).values()) > 2 * min(shares(drawn).values())
    assert tokens(MEMBERS, 4, "a/") != tokens(MEMBERS, 4, "b/")


def test_who_joins_takes_its_share_and_nobody_else_moves() -> None:
    before = partitions(MEMBERS, 8)
    after = partition_join(before, "n7")
    moved = [new for old, new in zip(before, after, strict=True) if old != new]
    assert {node for _, node in moved} == {"n7"}
    assert len(moved) == 48 // 7
    counts = Counter(node for _, node in after)
    assert max(counts.values()) - min(counts.values()) <= 1
    back = Counter(node for _, node in partition_leave(after, "n7"))
    assert set(back) == set(MEMBERS)
    assert max(back.values()) - min(back.values()) <= 1


def test_a_drawn_join_takes_from_others_and_a_leave_gives_it_back() -> None:
    before = tokens(MEMBERS, 4)
    after = token_join(before, "n7", 4)
    assert token_leave(after, "n7") == before
    old, new = lists(before, 3), lists(after, 3)
    changed = [key for key in KEYS if set(old[key]) != set(new[key])]
    assert changed
    for key in changed:
        assert "n7" in new[key]
        assert len(set(old[key]) - set(new[key])) == 1


@given(st.lists(st.sampled_from(["n1", "n2", "n3", "n4", "n7", "n8"]), max_size=8))
def test_whatever_joins_and_leaves_every_range_has_an_owner(changes: list[str]) -> None:
    layout = partitions(MEMBERS, 4)
    ends = [end for end, _ in layout]
    for node in changes:
        members = {owner for _, owner in layout}
        if node not in members:
            layout = partition_join(layout, node)
        elif len(members) > 3:
            layout = partition_leave(layout, node)
        counts = Counter(owner for _, owner in layout)
        assert max(counts.values()) - min(counts.values()) <= 2
    assert [end for end, _ in layout] == ends


def test_copies_are_in_as_many_regions_as_there_are() -> None:
    where = {"n1": "a", "n2": "a", "n3": "a", "n4": "b", "n5": "b", "n6": "c"}
    order = ("n1", "n2", "n3", "n4", "n5", "n6")
    assert spread(order, 3, where) == ("n1", "n4", "n6", "n2", "n3", "n5")
    assert spread(order, 5, where)[:5] == ("n1", "n2", "n4", "n5", "n6"), "two of each at most"
    two = {node: "a" if node < "n4" else "b" for node in order}
    assert spread(order, 3, two)[:3] == ("n1", "n2", "n4")
    assert spread(order, 3, {})[:3] == order[:3]
