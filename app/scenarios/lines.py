"""In which line of a TOML file does something stand? For messages; the parser does not say."""

import re

from app.scenarios.nested import find
from app.scenarios.shape import Path

_PART = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_KEYS = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_KEYS})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"^\s*({_KEYS})\s*=")
_LONG_TEXT = re.compile(r'"""|\'\'\'')


def line_of(text: str, path: Path) -> int | None:
    """The line, from 1, of what `path` leads to, or of what it stands in; None: not to be found."""
    lines = text.splitlines()
    index = _index(lines)
    known = next((n for n in range(len(path), 0, -1) if path[:n] in index), 0)
    if not known:
        return None
    found = index[path[:known]]
    if key := _KEY.match(lines[found - 1]):
        start = sum(len(line) + 1 for line in lines[: found - 1]) + key.end()
        return 1 + "\n".join(lines).count("\n", 0, find("\n".join(lines), start, path[known:]))
    end = min((line for line in index.values() if line > found), default=len(lines) + 1)
    for part in path[known:]:
        if isinstance(part, str):
            found = next((n for n in range(found, end) if part in lines[n - 1]), found)
    return found


def _index(lines: list[str]) -> dict[Path, int]:
    """The line of every header and of every key that begins a line, by path."""
    index: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    inside = False
    for number, line in enumerate(lines, 1):
        was_inside = inside
        inside ^= len(_LONG_TEXT.findall(line)) % 2 == 1
        if was_inside:
            continue
        if header := _HEADER.match(line):
            parts = _parts(header[2])
            table = _inside(parts[:-1], counts)
            table = (*table, parts[-1])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
            index.setdefault(table, number)
            if table in counts:
                table = (*table, counts[table])
                index[table] = number
        elif key := _KEY.match(line):
            index.setdefault((*table, *_parts(key[1])), number)
    return index


def _parts(keys: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, keys)]


def _inside(parts: list[str], counts: dict[Path, int]) -> Path:
    """The path of the table that these names mean: in a list of tables, the last one."""
    path: Path = ()
    for part in parts:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    return path
