"""Dotted version vector sets: the published states, and the same causality as dotted versions."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.trace.values import Value
from app.versions import dotted
from app.versions.dvv_set import Context, State, context, merge, put, values
from app.versions.version_vector import EMPTY, VersionVector

A0 = put((), (), "v1", "a")
A1 = put(A0, context(A0), "v2", "a")


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (A0, (("a", 1, ("v1",)),)),
        (A1, (("a", 2, ("v2",)),)),
        (put(A1, context(A1), "v3", "b"), (("a", 2, ()), ("b", 1, ("v3",)))),
        (put(A1, context(A0), "v4", "b"), (("a", 2, ("v2",)), ("b", 1, ("v4",)))),
        (put(A1, context(A0), "v5", "a"), (("a", 3, ("v5", "v2")),)),
        (merge((("a", 1, ()),), (("a", 2, ("v2", "v1")),)), (("a", 2, ("v2",)),)),
        (merge((("a", 2, ("v2", "v1")),), (("a", 1, ()),)), (("a", 2, ("v2",)),)),
    ],
)
def test_the_published_states(found: State, state: State) -> None:
    assert found == state


def test_one_server_and_a_writer_who_read_nothing() -> None:
    held = put((), (), "v1", "A")
    read = context(held)
    held = put(held, (), "v2", "A")
    assert held == (("A", 2, ("v2", "v1")),)
    assert put(held, read, "v3", "A") == (("A", 3, ("v3", "v2")),)


def test_writers_who_read_and_writers_who_do_not_never_leave_more_than_three() -> None:
    """Published: C1 writes with what it read last, then reads; others write unread between."""
    held, read, most = (), (), 0
    states = []
    for number in range(1, 102):
        mine = number % 2 == 1
        held = put(held, read if mine else (), f"v{number}", "A")
        read = context(held) if mine else read
        states.append(held)
        most = max(most, len(values(held)))
    assert states[:5] == [
        (("A", 1, ("v1",)),),
        (("A", 2, ("v2", "v1")),),
        (("A", 3, ("v3", "v2")),),
        (("A", 4, ("v4", "v3", "v2")),),
        (("A", 5, ("v5", "v4")),),
    ]
    assert most == 3


def test_two_who_alternate_leave_two() -> None:
    held: State = ()
    read: list[Context] = [(), ()]
    for number in range(1, 102):
        held = put(held, read[number % 2], f"v{number}", "A")
        read[number % 2] = context(held)
    assert held == (("A", 101, ("v101", "v100")),)


@settings(max_examples=80)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 3)), max_size=9))
def test_it_keeps_the_same_values_as_a_vector_for_each_version(
    script: list[tuple[int, int, int]],
) -> None:
    """Two servers; 3 in the last place: one takes over what the other holds."""
    sets: list[State] = [(), ()]
    held: list[dotted.Siblings] = [(), ()]
    reads: list[tuple[Context, VersionVector]] = [((), EMPTY)]
    for number, (server, past, what) in enumerate(script, 1):
        if what == 3:
            sets[server] = merge(sets[server], sets[1 - server])
            held[server] = dotted.join(held[server], held[1 - server])
            continue
        name = "ab"[server]
        read = reads[-1 - past % len(reads)]
        # A server has seen every write of its own, so its contexts have no gaps.
        sets[server] = put(sets[server], read[0], f"v{number}", name)
        count = dict(context(sets[server]))[name]
        value = Value(f"v{number}", "a", ())
        new = dotted.new_version(value, name, count, read[1])
        held[server] = dotted.insert(held[server], new)
        shown = {version.stored.value.id for version in held[server]}
        assert set(values(sets[server])) == shown
        reads.append((context(sets[server]), dotted.context_of(held[server])))
    for server in (0, 1):
        assert set(values(sets[server])) == {v.stored.value.id for v in held[server]}
