"""The notation, by its own rules: https://github.com/edn-format/edn."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import HistoryError
from app.histories import edn

ALL = frozenset({"process", "type", "f", "value", "a", "b"})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        ("1 -2 +3 5N 2.5 -1e3 1M", [1, -2, 3, 5, 2.5, -1000.0, 1.0]),
        ("nil true false nilly", [None, True, False, "nilly"]),
        ('"a\\nb" "\\"" "\\u0041"', ["a\nb", '"', "A"]),
        ("\\a \\newline \\u0041 \\]", ["a", "\n", "A", "]"]),
        (":read :jepsen/x", ["read", "jepsen/x"]),
        ("[1 (2 [])] #{1 2}", [(1, (2, ())), frozenset({1, 2})]),
        ("; a remark\n1 ; and 2\n3", [1, 3]),
        ("[1 #_2 #_ #_ 3 4 5]", [(1, 5)]),
        ('#inst "1985" #jepsen.history.Op{:a 1}', ["1985", {"a": 1}]),
        ("{:a 1, :b nil}", [{"a": 1, "b": None}]),
        ('{:a [1 2] :b "x"}', [{"a": (1, 2), "b": "x"}]),
        ("{}", [{}]),
    ],
)
def test_what_is_read(text: str, values: list[object]) -> None:
    assert edn.values(text, ALL) == values


def test_keywords_are_told_from_texts() -> None:
    keyword, text = edn.values(':a "a"', ALL)
    assert isinstance(keyword, edn.Keyword)
    assert not isinstance(text, edn.Keyword)


def test_a_plain_map_is_read_as_any_other_and_knows_its_place() -> None:
    plain, other = edn.values("\n{:a 5, :b :x} {:a 5, #_1 :b :x}", ALL)
    assert plain == other == {"a": 5, "b": "x"}
    assert (plain.at, other.at) == (1, 15)
    assert isinstance(plain["b"], edn.Keyword)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[{:a 1}\n{:b 2}", "The file ends in the middle of what begins in line 1."),
        ('\n{:a "x', "The text that begins in line 2 never ends."),
        ("{:a 1]", "Line 1 closes with ] what it never opened."),
        ("}", "Line 1 closes with } what it never opened."),
        ("{:a}", "The map in line 1 has a key too many."),
        ("#{{:a [1]}}", "Line 1 has a map where only plain values can stand."),
        ("[" * 200, "Line 1 is nested too deeply to be read."),
        ("1 \\", "Line 1 cannot be read from"),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    with pytest.raises(HistoryError) as told:
        edn.values(text, ALL)
    assert words in str(told.value)


@given(st.text(alphabet='{}[]()#_:a1 "\\\n;,.-', max_size=40))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    with contextlib.suppress(HistoryError):
        edn.values(text, ALL)
