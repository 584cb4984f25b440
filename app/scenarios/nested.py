"""Where inside the value of one TOML key does something stand? The text is valid TOML."""

import re

from app.scenarios.shape import Path

_SKIPPED = re.compile(r"(?:\s|#[^\n]*)*")
_TEXT = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_BARE = re.compile(r"[^,\]}\s#]+")
_KEY = re.compile(r"""("[^"]*"|'[^']*'|[\w-]+)\s*=""")
_CLOSING = {"[": "]", "{": "}"}


def find(text: str, at: int, path: Path) -> int:
    """The place in `text` of what `path` leads to in the value that begins at or after `at`, or of
    the last thing on the way that is there."""
    at = _skip(text, at)
    if not path or text[at : at + 1] not in _CLOSING:
        return at
    for key, start in _parts(text, at)[0]:
        if key == path[0]:
            return find(text, start, path[1:])
    # A name that is no key may be one part of a dotted key, or missing: then its table is meant.
    return at


def _parts(text: str, at: int) -> tuple[list[tuple[str | int, int]], int]:
    """(key or place, where its value begins) of each part of the list or table at `at`, and the
    place behind it."""
    close = _CLOSING[text[at]]
    parts: list[tuple[str | int, int]] = []
    here = _skip(text, at + 1)
    while here < len(text) and text[here] != close:
        key: str | int = len(parts)
        if close == "}" and (named := _KEY.match(text, here)):
            key, here = named[1].strip("\"'"), _skip(text, named.end())
        parts.append((key, here))
        here = _skip(text, _end(text, here))
        if text[here : here + 1] == ",":
            here = _skip(text, here + 1)
    return parts, here + 1


def _end(text: str, at: int) -> int:
    """Behind the value at `at`."""
    if text[at : at + 1] in _CLOSING:
        return _parts(text, at)[1]
    found = _TEXT.match(text, at) or _BARE.match(text, at)
    return found.end() if found else at + 1


def _skip(text: str, at: int) -> int:
    found = _SKIPPED.match(text, at)
    return found.end() if found else at
