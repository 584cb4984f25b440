"""Last write wins: one version stays, the same one in every order of arrival."""

from itertools import permutations

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
