"""The laws of merging, for every type, on states that replicas really come to."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.versions import bounded_counter, or_set, pn_counter
from tests.versions.scripts import KINDS, REPLICAS, Kind, Steps, scripts, states

picks = st.tuples(*[st.integers(0, 20)] * 3)
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@every_kind
@settings(max_examples=60)
@given(scripts, picks)
def test_merging_commutes_is_associative_and_idempotent(
    kind: Kind, script: Steps, picked: tuple[int, int, int]
) -> None:
    found = states(kind, script)
    a, b, c = (found[place % len(found)] for place in picked)
    merge = kind.merge
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, a) == a
    assert merge(merge(a, b), b) == merge(a, b)
    assert merge(a, kind.empty) == a


@every_kind
@settings(max_examples=20)
@given(scripts)
def test_what_a_replica_comes_to_already_holds_what_it_came_from(kind: Kind, script: Steps) -> None:
    held = [kind.empty] * 3
    for step, (place, what, number) in enumerate(script):
        before, change = held[place], kind.changes[what % len(kind.changes)]
        held[place] = change(before, REPLICAS[place], step, number)
        assert kind.merge(before, held[place]) == held[place]


def broken(merge: Callable[[int, int], int]) -> list[str]:
    """Which laws a merge of plain numbers breaks."""
    found = []
    if merge(merge(1, 2), 2) != merge(1, 2):
        found.append("idempotent")
    if merge(1, 2) != merge(2, 1):
        found.append("commutes")
    return found


def test_the_laws_notice_a_merge_that_adds() -> None:
    """A counter as one number: merged by addition it counts twice, by maximum it counts once."""
    assert broken(lambda one, other: one + other) == ["idempotent"]
    assert broken(lambda one, _: one) == ["commutes"]
    assert broken(max) == []
    both_added_one = max(0 + 1, 0 + 1)
    assert both_added_one == 1, "the truth is 2"


@settings(max_examples=60)
@given(scripts)
def test_no_order_of_takes_brings_a_bounded_counter_below_zero(script: Steps) -> None:
    for state in states(KINDS["bounded counter"], script):
        assert bounded_counter.value(state) >= 0
        held = sum(bounded_counter.rights(state, who) for who in REPLICAS)
        assert held == bounded_counter.value(state)


@settings(max_examples=60)
@given(scripts)
def test_a_counter_shows_the_sum_of_all_changes_once_all_have_met(script: Steps) -> None:
    held, truth = [pn_counter.EMPTY] * 3, 0
    for place, what, number in script:
        if what < 2 and what != place:
            held[place] = pn_counter.merge(held[place], held[what])
        else:
            held[place] = pn_counter.change(held[place], REPLICAS[place], number - 2)
            truth += number - 2
    all_met = pn_counter.merge(pn_counter.merge(held[0], held[1]), held[2])
    assert pn_counter.value(all_met) == truth


@settings(max_examples=60)
@given(scripts)
def test_an_observed_remove_set_holds_what_has_an_add_that_no_remove_had_seen(
    script: Steps,
) -> None:
    """Against an oracle that keeps every add by number and who has seen which removed."""
    held = [or_set.EMPTY] * 3
    adds: list[tuple[set[tuple[int, str]], set[int]]] = [(set(), set()) for _ in REPLICAS]
    for step, (place, what, number) in enumerate(script):
        known, removed = adds[place]
        element = f"e{number}"
        if what < 2 and what != place:
            held[place] = or_set.merge(held[place], held[what])
            known |= adds[what][0]
            removed |= adds[what][1]
        elif what % 2:
            held[place] = or_set.remove(held[place], element)
            removed |= {add for add, it in known if it == element}
        else:
            held[place] = or_set.add(held[place], REPLICAS[place], element)
            known.add((step, element))
        there = {it for add, it in known if add not in removed}
        assert set(or_set.elements(held[place])) == there
