"""Laws of version vectors, with gaps and without."""

from hypothesis import given
from hypothesis import strategies as st

from app.versions.version_vector import (
    EMPTY,
    VersionVector,
    add,
    concurrent,
    covers,
    descends,
    get,
    increment,
    merge,
)

Writes = set[tuple[str, int]]
writes_strategy = st.sets(st.tuples(st.sampled_from("abc"), st.integers(1, 6)))


def vector_of(writes: Writes) -> VersionVector:
    vector = EMPTY
    for node, count in sorted(writes):
        vector = add(vector, node, count)
    return vector


@given(writes_strategy, writes_strategy)
def test_merge_is_union_and_commutes(left: Writes, right: Writes) -> None:
    merged = merge(vector_of(left), vector_of(right))
    assert merged == vector_of(left | right) == merge(vector_of(right), vector_of(left))


@given(writes_strategy, writes_strategy, writes_strategy)
def test_merge_is_associative_and_idempotent(one: Writes, two: Writes, three: Writes) -> None:
    a, b, c = vector_of(one), vector_of(two), vector_of(three)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, a) == a
    assert merge(merge(a, b), b) == merge(a, b)


@given(writes_strategy, writes_strategy)
def test_descends_is_inclusion(left: Writes, right: Writes) -> None:
    a, b = vector_of(left), vector_of(right)
    assert descends(a, b) == (left >= right)
    assert concurrent(a, b) == (not left >= right and not right >= left)


@given(writes_strategy, st.sampled_from("abc"), st.integers(1, 7))
def test_covers_is_membership(writes: Writes, node: str, count: int) -> None:
    assert covers(vector_of(writes), node, count) == ((node, count) in writes)


@given(writes_strategy)
def test_order_of_adding_does_not_matter(writes: Writes) -> None:
    backwards = EMPTY
    for node, count in sorted(writes, reverse=True):
        backwards = add(backwards, node, count)
    assert backwards == vector_of(writes)


def test_a_gap_is_shown_and_closes() -> None:
    gap = add((("n1", 1),), "n1", 3)
    assert gap == (("n1", 1), ("n1", 3))
    assert get(gap, "n1") == 3
    assert not descends(gap, (("n1", 2),))
    assert add(gap, "n1", 2) == (("n1", 3),)


def test_dynamo_section_4_4() -> None:
    d1 = increment(EMPTY, "Sx")
    d2 = increment(d1, "Sx")
    d3 = increment(d2, "Sy")
    d4 = increment(d2, "Sz")
    d5 = increment(merge(d3, d4), "Sx")
    assert d1 == (("Sx", 1),)
    assert d2 == (("Sx", 2),)
    assert d3 == (("Sx", 2), ("Sy", 1))
    assert d4 == (("Sx", 2), ("Sz", 1))
    assert descends(d2, d1)
    assert concurrent(d3, d4)
    assert merge(d3, d4) == (("Sx", 2), ("Sy", 1), ("Sz", 1))
    assert d5 == (("Sx", 3), ("Sy", 1), ("Sz", 1))
    assert descends(d5, d3)
    assert descends(d5, d4)
