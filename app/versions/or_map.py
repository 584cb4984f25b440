"""Fields with a counter in each: an update of a field wins over a removal that had not seen it.

A map in the way of Riak's (Brown, Cribbs, Meiklejohn, Elliott 2014): which fields are there is an
OR-set, to update a field is to add it. State: (fields, counters); `counters`: (field, PN-counter),
sorted by field. A removed field's counter is kept unseen, so one that comes back goes on counting;
Riak begins it anew. Merging merges both; it commutes, is associative and idempotent.
"""

from app.versions import or_set, pn_counter

State = tuple[or_set.State, tuple[tuple[str, pn_counter.State], ...]]

EMPTY: State = (or_set.EMPTY, ())


def update(state: State, replica: str, field: str, by: int) -> State:
    fields, counters = state[0], dict(state[1])
    before = counters.get(field, pn_counter.EMPTY)
    counters[field] = pn_counter.change(before, replica, by)
    return or_set.add(fields, replica, field), tuple(sorted(counters.items()))


def remove(state: State, field: str) -> State:
    return or_set.remove(state[0], field), state[1]


def values(state: State) -> dict[str, int]:
    """By field that is there, in order, the number of its counter."""
    counters = dict(state[1])
    return {field: pn_counter.value(counters[field]) for field in or_set.elements(state[0])}


def merge(one: State, other: State) -> State:
    counters = dict(one[1])
    for field, counter in other[1]:
        counters[field] = pn_counter.merge(counters.get(field, pn_counter.EMPTY), counter)
    return or_set.merge(one[0], other[0]), tuple(sorted(counters.items()))
