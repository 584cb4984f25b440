"""Extensible data notation (https://github.com/edn-format/edn), as much of it as histories use.

Lists and vectors come as tuples, sets as frozensets, keywords as `Keyword`, symbols as strings, and
maps know their place. A tag is left out and its value kept, for records print themselves with one
(`#jepsen.history.Op{…}`). The libraries for Python recurse and are slow; 64 MB are to be read.
"""

import re
from collections.abc import Container
from functools import lru_cache
from typing import Any, NamedTuple

from app.errors import HistoryError

TOKEN = re.compile(
    r"""[\s,]+|;[^\n]*
    |(?P<open>\#\{|[\[({])
    |(?P<close>[\])}])
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<discard>\#_)
    |(?P<tag>\#[A-Za-z][^\s,;"\[\](){}]*)
    |(?P<character>\\(?:newline|return|space|tab|u[0-9A-Fa-f]{4}|\S))
    |(?P<atom>[^\s,;"\[\](){}\\\#]+)""",
    re.VERBOSE | re.DOTALL,
)
PLAIN = r":[\w./*+!?-]+|-?\d{1,18}|nil|true|false"
FLAT = re.compile(rf"\{{(?:\s*:[\w./-]+\s+(?:{PLAIN})(?=[\s,}}]),?)*\s*\}}")
PAIR = re.compile(rf":([\w./-]+)\s+({PLAIN})")
"""The map of plain values that most lines of a history are: read in one go, five times as fast."""
WHOLE = re.compile(r"[+-]?\d{1,4000}N?")
DECIMAL = re.compile(r"[+-]?\d{1,300}(?:\.\d{0,300})?(?:[eE][+-]?\d{1,4})?M?")
ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
CHARACTERS = {"newline": "\n", "return": "\r", "space": " ", "tab": "\t"}
CLOSES = {"[": "]", "(": ")", "{": "}", "#{": "}"}
WORDS = {"nil": None, "true": True, "false": False}
DEEPEST = 100


class Keyword(str):
    """`:read`, without its colon."""

    __slots__ = ()


class Map(dict[Any, Any]):
    """A map that knows where in the text it begins."""

    at = 0


class _Open(NamedTuple):
    """A collection that is not closed yet; `discards`: how many values to leave out next."""

    bracket: str
    at: int
    found: list[Any]
    discards: list[int]


def values(text: str, wanted: Container[str]) -> list[Any]:
    """All values of the text, one after another; raises HistoryError.

    Plain maps keep only the `wanted` keys: reading times and places that nobody asks for would take
    a third of the time.
    """
    place, end = 0, len(text)
    stack = [_Open("", 0, [], [0])]
    while place < end:
        flat = FLAT.match(text, place) if text[place] == "{" else None
        if flat is not None:
            _take(stack[-1], _flat(flat, wanted))
            place = flat.end()
            continue
        match = TOKEN.match(text, place)
        if match is None:
            raise unreadable(text, place)
        kind = match.lastgroup
        if kind == "open":
            if len(stack) > DEEPEST:
                raise HistoryError(f"Line {line_of(text, place)} is nested too deeply to be read.")
            stack.append(_Open(match.group(), place, [], [0]))
        elif kind == "discard":
            stack[-1].discards[0] += 1
        elif kind == "close":
            done = stack.pop()
            if CLOSES.get(done.bracket) != match.group():
                raise HistoryError(
                    f"Line {line_of(text, place)} closes with {match.group()} what it never opened."
                )
            _take(stack[-1], _collected(text, done))
        elif kind is not None and kind != "tag":
            _take(stack[-1], _scalar(kind, match.group()))
        place = match.end()
    if len(stack) > 1:
        line = line_of(text, stack[-1].at)
        raise HistoryError(
            f"The file ends in the middle of what begins in line {line}. Give the whole file."
        )
    return stack[0].found


def _flat(match: re.Match[str], wanted: Container[str]) -> Map:
    found = Map(
        (keyword(key), int(value) if value.isdigit() else atom(value))
        for key, value in PAIR.findall(match.group())
        if key in wanted
    )
    found.at = match.start()
    return found


def _take(into: _Open, value: Any) -> None:
    if into.discards[0]:
        into.discards[0] -= 1
    else:
        into.found.append(value)


def _collected(text: str, done: _Open) -> Any:
    if done.bracket in "[(":
        return tuple(done.found)
    try:
        if done.bracket == "#{":
            return frozenset(done.found)
        if len(done.found) % 2:
            raise HistoryError(f"The map in line {line_of(text, done.at)} has a key too many.")
        found = Map(zip(done.found[::2], done.found[1::2], strict=True))
        found.at = done.at
        return found
    except TypeError:
        raise HistoryError(
            f"Line {line_of(text, done.at)} has a map where only plain values can stand."
        ) from None


def _scalar(kind: str, text: str) -> Any:
    if kind == "string":
        return ESCAPE.sub(_unescaped, text[1:-1]) if "\\" in text else text[1:-1]
    if kind == "character":
        name = text[1:]
        return chr(int(name[1:], 16)) if len(name) == 5 else CHARACTERS.get(name, name)
    return atom(text)


@lru_cache(1_000)
def keyword(name: str) -> Keyword:
    """One object for all uses of a name."""
    return Keyword(name)


@lru_cache(100_000)
def atom(text: str) -> Any:
    """A number, keyword, symbol, nil or truth value."""
    if text[0] == ":":
        return Keyword(text[1:])
    if text in WORDS:
        return WORDS[text]
    if WHOLE.fullmatch(text):
        return int(text.rstrip("N"))
    if DECIMAL.fullmatch(text):
        return float(text.rstrip("M"))
    return text


def _unescaped(match: re.Match[str]) -> str:
    what = match.group(1)
    return chr(int(what[1:], 16)) if len(what) == 5 else ESCAPED.get(what, what)


def line_of(text: str, place: int) -> int:
    """The number of the line, from 1, in which an offset lies."""
    return text.count("\n", 0, place) + 1


def unreadable(text: str, place: int) -> HistoryError:
    """What to say of a place at which no value begins."""
    line = line_of(text, place)
    if text[place] == '"':
        return HistoryError(f"The text that begins in line {line} never ends. Give the whole file.")
    return HistoryError(f"Line {line} cannot be read from {text[place : place + 20]!a} on.")
