"""Levels, a table of facts: what a request waits for, and when it is refused before it begins."""

import pytest

from app.protocols.leaderless.levels import is_met, majority, need_of

HOMES = ("a", "b", "c")
SIX = ("a", "b", "c", "d", "e", "f")
TWO_REGIONS = {"a": "eu", "b": "eu", "c": "eu", "d": "us", "e": "us", "f": "us", "x": "us"}


@pytest.mark.parametrize(
    ("level", "n", "answers"),
    [
        ("one", 3, 1), ("two", 3, 2), ("three", 3, 3), ("any", 3, 1),
        ("quorum", 3, 2), ("quorum", 4, 3), ("quorum", 5, 3), ("quorum", 1, 1),
        ("all", 3, 3), ("all", 5, 5), ("number", 3, 2),
        ("local_one", 3, 1), ("local_quorum", 3, 2), ("each_quorum", 3, 2),
    ],
)  # fmt: skip
def test_how_many_answers_a_level_waits_for(level: str, n: int, answers: int) -> None:
    assert need_of(level, 2, SIX[:n], {}, "a").answers == answers


@pytest.mark.parametrize(
    ("level", "here", "up", "begins"),
    [
        ("quorum", "a", "abcd", True),
        ("quorum", "a", "abc", False),
        ("local_quorum", "a", "ab", True),
        ("local_quorum", "a", "adef", False),
        ("local_quorum", "x", "de", True),
        ("local_quorum", "x", "abc", False),
        ("local_one", "a", "def", False),
        ("local_one", "a", "c", True),
        ("each_quorum", "a", "abde", True),
        ("each_quorum", "a", "abcd", False),
        ("each_quorum", "a", "abcef", True),
        ("all", "a", "abcdef", True),
        ("all", "a", "abcde", False),
        ("one", "x", "f", True),
        ("one", "x", "", False),
    ],
)
def test_which_nodes_must_be_up_for_it_to_begin(
    level: str, here: str, up: str, begins: bool
) -> None:
    need = need_of(level, 0, SIX, TWO_REGIONS, here)
    assert is_met(need, tuple(up), len(up)) == begins


def test_a_region_without_copies_has_no_quorum() -> None:
    need = need_of("local_quorum", 0, ("a", "b", "c"), TWO_REGIONS, "x")
    assert need.answers == 1
    assert not is_met(need, HOMES, 3)


@pytest.mark.parametrize(("primaries", "met"), [(0, False), (1, False), (2, True), (3, True)])
def test_stand_ins_count_towards_w_and_not_towards_pw(primaries: int, met: bool) -> None:
    need = need_of("number", 2, HOMES, {}, "a", primaries=2)
    assert is_met(need, HOMES, primaries) == met


def test_only_any_takes_a_hint() -> None:
    levels = ("number", "one", "two", "three", "quorum", "all", "local_one", "local_quorum")
    assert need_of("any", 0, HOMES, {}, "a").hint
    assert not any(need_of(level, 1, HOMES, {}, "a").hint for level in levels)


@pytest.mark.parametrize(("count", "half"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4)])
def test_more_than_half(count: int, half: int) -> None:
    assert majority(count) == half
