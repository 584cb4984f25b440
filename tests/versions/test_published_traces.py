"""Traces of merging types as published, state by state (Shapiro et al. 2011; Riak's own tests)."""

from app.versions import (
    bounded_counter,
    flag,
    lww_map,
    lww_register,
    mv_register,
    or_map,
    or_set,
    pn_counter,
    two_phase_set,
)


def test_two_replicas_that_each_take_the_last_one_show_less_than_none() -> None:
    one = pn_counter.change(pn_counter.EMPTY, "a", 1)
    left, right = pn_counter.change(one, "a", -1), pn_counter.change(one, "b", -1)
    assert pn_counter.value(left) == pn_counter.value(right) == 0
    assert pn_counter.value(pn_counter.merge(left, right)) == -1


def test_the_right_to_the_last_one_is_at_one_replica() -> None:
    one = bounded_counter.bring(bounded_counter.EMPTY, "a", 1)
    assert bounded_counter.take(one, "b", 1) is None
    sold = bounded_counter.take(one, "a", 1)
    assert sold is not None
    assert bounded_counter.value(sold) == 0
    assert bounded_counter.take(sold, "a", 1) is None


def test_a_right_that_is_handed_over_can_be_used_there_and_not_here() -> None:
    one = bounded_counter.bring(bounded_counter.EMPTY, "a", 1)
    moved = bounded_counter.hand(one, "a", "b", 1)
    assert moved is not None
    assert bounded_counter.take(moved, "a", 1) is None
    assert bounded_counter.hand(moved, "a", "c", 1) is None
    sold = bounded_counter.take(moved, "b", 1)
    assert sold is not None
    assert bounded_counter.value(bounded_counter.merge(sold, moved)) == 0


def test_the_counter_of_five_replicas() -> None:
    change, merge, start = pn_counter.change, pn_counter.merge, pn_counter.EMPTY
    first, second = change(start, "a1", 2), change(start, "a2", 1)
    merged = merge(first, second)
    second = change(second, "a3", 3)
    merged = change(change(change(merged, "a4", 1), "a1", 1), "a5", -2)
    second = change(second, "a2", -1)
    both = merge(merged, second)
    assert dict(both[0]) == {"a1": 3, "a2": 1, "a3": 3, "a4": 1}
    assert dict(both[1]) == {"a2": 1, "a5": 2}
    assert pn_counter.value(both) == 5


def test_an_add_wins_over_a_remove_that_had_not_seen_it() -> None:
    both = or_set.add(or_set.EMPTY, "r1", "x")
    removed, added = or_set.remove(both, "x"), or_set.add(both, "r2", "x")
    assert or_set.elements(removed) == ()
    assert or_set.elements(or_set.merge(removed, added)) == ("x",)


def test_a_remove_after_a_merge_takes_just_its_element() -> None:
    a = or_set.add(or_set.EMPTY, "a", "bar")
    b = or_set.add(or_set.EMPTY, "b", "baz")
    c = or_set.merge(a, b)
    a = or_set.remove(a, "bar")
    assert or_set.elements(or_set.merge(a, c)) == ("baz",)


def test_what_both_removed_does_not_come_back_by_a_third_copy() -> None:
    a = or_set.add(or_set.EMPTY, "a", "Z")
    c, a2 = a, or_set.remove(a, "Z")
    b = or_set.add(or_set.EMPTY, "b", "Z")
    a3, b2 = or_set.merge(b, a2), or_set.remove(b, "Z")
    assert or_set.elements(or_set.merge(or_set.merge(a3, c), b2)) == ()
    plain_union = {entry for copy in (a3, c, b2) for entry in copy[1]}
    assert plain_union, "without what each has seen, Z would come back"


def test_the_other_way_round_it_does_not_come_back_either() -> None:
    a, b = or_set.add(or_set.EMPTY, "a", "Z"), or_set.add(or_set.EMPTY, "b", "Z")
    c, a2 = a, or_set.remove(a, "Z")
    a3, b2 = or_set.merge(a2, b), or_set.remove(b, "Z")
    b3 = or_set.merge(b2, c)
    assert or_set.elements(or_set.merge(or_set.merge(a3, b3), c)) == ()


def test_a_two_phase_set_never_takes_an_element_back() -> None:
    held = two_phase_set.add(two_phase_set.EMPTY, "x")
    held = two_phase_set.remove(held, "x")
    assert two_phase_set.elements(two_phase_set.add(held, "x")) == ()
    assert two_phase_set.remove(two_phase_set.EMPTY, "x") == two_phase_set.EMPTY


def test_a_count_an_element_may_hide_what_was_added_last() -> None:
    """PN-set: an element is there when its counter is above zero."""
    both = pn_counter.change(pn_counter.EMPTY, "a", 1)
    left, right = pn_counter.change(both, "a", -1), pn_counter.change(both, "b", -1)
    merged = pn_counter.merge(left, right)
    assert pn_counter.value(merged) == -1
    assert pn_counter.value(pn_counter.change(merged, "a", 1)) == 0, "absent, though added last"


def test_in_cells_the_clock_decides_over_a_removal() -> None:
    added = lww_map.write(lww_map.EMPTY, "x", 5, "a")
    removed = lww_map.write(lww_map.EMPTY, "x", 6, "b", gone=True)
    assert lww_map.cells(lww_map.merge(added, removed)) == ()
    same = lww_map.write(lww_map.EMPTY, "x", 6, "a")
    assert lww_map.cells(lww_map.merge(same, removed)) == (), "with equal stamps the removal stays"


def test_one_cell_displaces_nothing_in_another() -> None:
    start = lww_map.write(lww_map.write(lww_map.EMPTY, "book", 1, "a"), "pen", 1, "a")
    left = lww_map.write(start, "pen", 2, "a", gone=True)
    right = lww_map.write(start, "mug", 3, "b")
    assert lww_map.cells(lww_map.merge(left, right)) == ("book", "mug")


def test_a_register_with_one_value_drops_what_one_with_several_shows() -> None:
    left = lww_register.assign(lww_register.EMPTY, 5, "a", "milk")
    right = lww_register.assign(lww_register.EMPTY, 6, "b", "bread")
    assert lww_register.value(lww_register.merge(left, right)) == "bread"
    assert lww_register.value(lww_register.assign(right, 5, "a", "milk")) == "bread"
    apart = mv_register.assign(mv_register.EMPTY, "a", "milk")
    beside = mv_register.assign(mv_register.EMPTY, "b", "bread")
    both = mv_register.merge(apart, beside)
    assert mv_register.values(both) == ("milk", "bread")
    settled = mv_register.assign(both, "a", "eggs")
    assert mv_register.values(mv_register.merge(settled, both)) == ("eggs",)


def test_switching_on_wins_over_a_switching_off_that_had_not_seen_it() -> None:
    on = flag.enable(flag.EMPTY, "a")
    off, again = flag.disable(on), flag.enable(on, "b")
    assert not flag.is_on(off)
    assert flag.is_on(flag.merge(off, again))
    assert not flag.is_on(flag.merge(off, on))


def test_an_update_of_a_field_wins_over_its_removal() -> None:
    held = or_map.update(or_map.EMPTY, "a", "visits", 2)
    removed, updated = or_map.remove(held, "visits"), or_map.update(held, "b", "visits", 3)
    assert or_map.values(removed) == {}
    assert or_map.values(or_map.merge(removed, updated)) == {"visits": 5}
