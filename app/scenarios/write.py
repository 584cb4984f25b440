"""Scenario → the text of a TOML file that loads to an equal one.

Written by hand: the standard library reads TOML and does not write it, and a package for what is
needed here, tables, lists, texts and numbers, would be one more thing to keep up to date.
"""

import re
from typing import Any

import msgspec

from app.scenarios.scenario import Scenario

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')


def to_toml(scenario: Scenario) -> str:
    """The file of a scenario; comments that another file of it had are not in it."""
    values: dict[str, Any] = msgspec.to_builtins(scenario)
    return toml_text(values)


def toml_text(table: dict[str, Any]) -> str:
    """Texts, numbers, lists and tables as TOML 1.0; None and empty lists are left out."""
    return "\n".join(_table(table, ())).lstrip("\n") + "\n"


def _table(table: dict[str, Any], path: tuple[str, ...]) -> list[str]:
    lines: list[str] = []
    below: list[str] = []
    for key, value in table.items():
        inner = (*path, key)
        name = ".".join(_key(part) for part in inner)
        if value is None or value in ([], ()):
            continue
        if isinstance(value, dict) and not _flat(value):
            below += ["", f"[{name}]", *_table(value, inner)]
        elif isinstance(value, list | tuple) and all(isinstance(one, dict) for one in value):
            for one in value:
                below += ["", f"[[{name}]]", *_table(one, inner)]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return lines + below


def _flat(table: dict[str, Any]) -> bool:
    return not any(isinstance(value, dict | list | tuple) for value in table.values())


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def _text(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + '"'


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _text(value)
        case list() | tuple():
            return f"[{', '.join(_value(one) for one in value)}]"
        case dict():
            pairs = (f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None)
            return f"{{ {', '.join(pairs)} }}" if value else "{}"
        case _:
            return str(value)
