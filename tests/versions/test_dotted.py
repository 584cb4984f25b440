"""Dotted versions replace exactly what their writers had read."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.trace.values import Value
from app.versions.dotted import (
    DottedVersion,
    context_of,
    insert,
    join,
    new_version,
    reduce,
    supersedes,
)
from app.versions.version_vector import EMPTY, VersionVector
from tests.versions.histories import histories

History = tuple[list[DottedVersion], list[set[int]]]


def version(name: str, node: str, counter: int, context: VersionVector = EMPTY) -> DottedVersion:
    return new_version(Value(name, "a", ()), node, counter, context)


@given(histories())
def test_supersedes_is_having_read(history: History) -> None:
    versions, seen = history
    for i, a in enumerate(versions):
        for j, b in enumerate(versions):
            assert supersedes(a, b) == (j in seen[i])


@given(histories(), st.randoms(use_true_random=False))
def test_reduce_never_depends_on_the_order_of_arrival(history: History, order: Random) -> None:
    versions, _ = history
    shuffled = list(versions)
    order.shuffle(shuffled)
    assert reduce(shuffled) == reduce(versions)


@given(histories())
def test_reduce_keeps_exactly_what_nobody_has_read(history: History) -> None:
    versions, seen = history
    replaced = set().union(*seen)
    kept = {v.stored.value.id for index, v in enumerate(versions) if index not in replaced}
    assert {v.stored.value.id for v in reduce(versions)} == kept


@given(histories(), st.integers(0, 7), st.integers(0, 7))
def test_join_of_parts_is_reduce_of_all(history: History, cut: int, other_cut: int) -> None:
    versions, _ = history
    left, right = reduce(versions[:cut]), reduce(versions[min(cut, other_cut) :])
    assert join(left, right) == join(right, left) == reduce(versions)


def test_join_returns_what_was_held_when_nothing_is_new() -> None:
    old = version("a", "n1", 1)
    held = reduce([version("b", "n1", 2, old.stored.vector)])
    assert insert(held, old) is held
    assert join(held, (*held, old)) is held


def test_concurrent_versions_both_survive() -> None:
    a, b = version("a", "n1", 1), version("b", "n2", 1)
    assert reduce([b, a]) == (a, b)


def test_a_version_that_was_read_disappears() -> None:
    a = version("a", "n1", 1)
    b = version("b", "n2", 1, a.stored.vector)
    assert reduce([b, a]) == reduce([a, b]) == (b,)


def test_same_coordinator_shoppers_who_have_not_read_each_other() -> None:
    """The published example where a plain vector a coordinator drops v2: v3 had read only v1."""
    v1 = version("v1", "A", 1)
    v2 = version("v2", "A", 2)
    v3 = version("v3", "A", 3, v1.stored.vector)
    assert reduce([v1, v2]) == (v1, v2)
    assert reduce([v1, v2, v3]) == (v2, v3)


def test_reading_one_sibling_is_not_reading_the_one_in_the_gap() -> None:
    """Whoever read only v3 (n1's third write) has not read n1's second."""
    v1 = version("v1", "A", 1)
    v2 = version("v2", "A", 2)
    v3 = version("v3", "A", 3, v1.stored.vector)
    v4 = version("v4", "B", 1, v3.stored.vector)
    assert reduce([v2, v3, v4]) == (v2, v4)


def test_two_blind_writers_never_hold_more_than_two_siblings() -> None:
    """Sibling explosion (published: 101 writes, two siblings with dots)."""
    held: tuple[DottedVersion, ...] = ()
    own = [EMPTY, EMPTY]
    for count in range(1, 102):
        new = version(f"w-{count}", "A", count, own[count % 2])
        own[count % 2] = new.stored.vector
        held = insert(held, new)
    assert [v.stored.value.id for v in held] == ["w-100", "w-101"]


def test_dynamo_section_4_4() -> None:
    d1 = version("D1", "Sx", 1)
    d2 = version("D2", "Sx", 2, d1.stored.vector)
    d3 = version("D3", "Sy", 1, d2.stored.vector)
    d4 = version("D4", "Sz", 1, d2.stored.vector)
    assert reduce([d1, d2]) == (d2,)
    both = reduce([d1, d2, d4, d3])
    assert both == (d3, d4)
    assert context_of(both) == (("Sx", 2), ("Sy", 1), ("Sz", 1))
    d5 = version("D5", "Sx", 3, context_of(both))
    assert d5.stored.vector == (("Sx", 3), ("Sy", 1), ("Sz", 1))
    assert reduce([d3, d4, d5]) == (d5,)
