"""Bytes of a file from anybody → text → the plain values of its TOML, or what is wrong with it."""

import re
import tomllib
from typing import Any, TypeVar

import msgspec

from app.errors import ScenarioError

MAX_BYTES = 256 * 1024
MAX_DOTS = 100
"""In one line, outside of texts. The parser keeps every beginning of a dotted key: one key of
250 kB would take gigabytes."""
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"?|\'[^\']*\'?')


T = TypeVar("T")


def read_ours(data: bytes, kind: type[T], source: str) -> T:
    """A data file of our own as what it must be; raises ScenarioError."""
    try:
        return msgspec.toml.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise ScenarioError(f"{source}: {error}. Mend the file.") from error


class Unreadable(Exception):
    """`line` from 1, 0 when it is not one line; `told`: what is wrong, and the remedy."""

    def __init__(self, line: int, told: str) -> None:
        super().__init__(told)
        self.line = line
        self.told = told


def text_of(data: bytes) -> str:
    """The text of a file; raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(0, f"The file has more than {MAX_BYTES} bytes. Give a shorter one.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(line, "The file is not UTF-8. Give it in UTF-8.") from error


def values_of(text: str) -> dict[str, Any]:
    """What the TOML says; raises Unreadable."""
    for number, one in enumerate(text.split("\n"), 1):
        if _TEXT.sub("", one).count(".") > MAX_DOTS:
            raise Unreadable(number, f"The line has more than {MAX_DOTS} dots. Give fewer.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        told = f"{str(error)[:200]}. Give valid TOML 1.0."
        raise Unreadable(int(line[1]) if line else 0, told) from error
    except (ValueError, RecursionError) as error:
        # Numbers of thousands of digits, lists in lists in lists.
        told = "A value is too long or too deep to be read. Give shorter ones."
        raise Unreadable(0, told) from error
