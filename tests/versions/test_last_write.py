"""Last write wins: one version stays, the same one in every order of arrival."""

from itertools import permutations

from app.trace.ties import Cell, rank
from app.trace.values import Value
from app.versions.dotted import DottedVersion, Siblings, new_version
from app.versions.last_write import newest
from app.versions.version_vector import EMPTY


def version(name: str, stamp: int, node: str = "n1") -> DottedVersion:
    return new_version(Value(name, name, ()), node, 1, EMPTY, stamp)


def test_the_newest_stamp_stays_whatever_comes_first() -> None:
    three = [version("a", 5), version("b", 9, "n2"), version("c", 7, "n3")]
    for order in permutations(three):
        held: Siblings = ()
        for one in order:
            held = newest(held, (one,))
        assert held == (three[1],)


def test_equal_stamps_end_the_same_everywhere() -> None:
    a, b = version("a", 5), version("b", 5, "n2")
    assert newest((a,), (b,)) == newest((b,), (a,)) == (b,)


def test_what_brings_nothing_gives_back_the_same() -> None:
    held = (version("a", 5),)
    assert newest(held, (version("b", 4, "n2"),)) is held
    assert newest(held, ()) is held
    assert newest((), ()) == ()


def last(tie: str, *cells: Cell) -> Cell:
    return max(cells, key=lambda cell: rank(cell, tie))


def test_each_store_has_a_rule_of_its_own_for_equal_stamps() -> None:
    apple, banana = Cell(5, False, "apple", "w-2"), Cell(5, False, "banana", "w-1")
    gone, app = Cell(5, True, "", "w-0"), Cell(5, False, "app", "w-3")
    assert last("id", apple, banana) == apple
    assert last("greater_value", apple, banana) == banana
    assert last("smaller_value", apple, banana) == apple
    assert last("smaller_value", apple, app) == app, "what another begins with is smaller"
    assert last("greater_value", apple, app) == apple
    assert last("greater_value", apple, gone) == gone
    assert last("smaller_value", apple, gone) == apple


def test_no_rule_for_equal_stamps_looks_past_a_newer_stamp() -> None:
    old, new = Cell(5, True, "zebra", "w-9"), Cell(6, False, "apple", "w-0")
    for tie in ("id", "greater_value"):
        assert last(tie, old, new) == new
    live, later = Cell(5, False, "a", "w-9"), Cell(6, True, "", "w-0")
    assert last("smaller_value", live, later) == later
