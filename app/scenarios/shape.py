"""Do plain values have the shape of a type? The first misfit is told with its path and a remedy.

msgspec decodes the values afterwards; this says what is wrong in words a person can act upon, and
also finds unknown fields in Structs that would pass over them in silence.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from msgspec import NODEFAULT
from msgspec import inspect as types

Path = tuple[str | int, ...]
MANY_BITS = 63
SHOWN_CHARACTERS = 40

PATTERN_WORDS = (
    ("^[a-z][a-z0-9_-]", "Give a lower-case letter, then at most 23 of: a–z, 0–9, _ and -."),
    ("^[a-z0-9._-]", "Give at most 12 of: a–z, 0–9, ., _ and -."),
    ("^[a-z0-9]", "Give lower-case letters and digits, _ and -, at most 24."),
)


class Misfit(Exception):
    """Something in a file is wrong. `path` leads to it; `key`: the name in it that is meant."""

    def __init__(self, path: Path, wrong: str, remedy: str, key: str = "") -> None:
        super().__init__(wrong)
        self.path = path
        self.wrong = wrong
        self.remedy = remedy
        self.key = key


def nearest(name: object, names: Iterable[object]) -> str:
    """The remedy for an unknown name: the one that was probably meant, or all there are."""
    known = [str(one) for one in names]
    given = str(name)[:300]
    found = get_close_matches(given, known, 1) or get_close_matches(given.lower(), known, 1)
    if found:
        return f"Did you mean {found[0]}?"
    return f"Choose one of: {', '.join(known)}." if known else "Leave it out: there is none."


def shown(value: object) -> str:
    """A value in a sentence: short, whatever it is."""
    if isinstance(value, str):
        cut = value if len(value) <= SHOWN_CHARACTERS else value[:SHOWN_CHARACTERS] + "…"
        return "“" + "".join(c if c.isprintable() else "·" for c in cut) + "”"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value) if value.bit_length() <= MANY_BITS else "a number of more than 64 bits"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "a table"
    return f"{value} (a {type(value).__name__})"


def fits(value: Any, kind: types.Type, path: Path = ()) -> None:
    """Raise Misfit unless `value`, as TOML gives it, has this shape."""
    match kind:
        case types.Metadata(inner):
            fits(value, inner, path)
        case types.StructType():
            _struct(value, kind, path)
        case types.UnionType():
            _union(value, kind, path)
        case types.VarTupleType(item) | types.ListType(item):
            _length(_list(value, path), kind, path)
            for place, one in enumerate(value):
                fits(one, item, (*path, place))
        case types.TupleType(items):
            if len(_list(value, path)) != len(items):
                raise Misfit(path, f"It has {len(value)} entries.", f"Give {len(items)}.")
            for place, (one, item) in enumerate(zip(value, items, strict=True)):
                fits(one, item, (*path, place))
        case types.DictType(_, item):
            for key, one in _table(value, path).items():
                fits(one, item, (*path, key))
        case types.LiteralType(values):
            if not isinstance(value, str | int) or value not in values:
                raise Misfit(path, f"{shown(value)} is not possible here.", nearest(value, values))
        case types.BoolType():
            if not isinstance(value, bool):
                raise Misfit(path, f"It is {shown(value)}.", "Give true or false.")
        case types.IntType():
            _int(value, kind, path)
        case types.StrType():
            _str(value, kind, path)


def _table(value: Any, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Misfit(path, f"It is {shown(value)}.", "Give a table: { field = value }.")
    return value


def _list(value: Any, path: Path) -> list[Any]:
    if not isinstance(value, list):
        raise Misfit(path, f"It is {shown(value)}.", "Give a list: [ … ].")
    return value


def _struct(value: Any, kind: types.StructType, path: Path) -> None:
    table = _table(value, path)
    fields = {one.encode_name: one for one in kind.fields}
    tag = {kind.tag_field} if kind.tag_field else set()
    for key in table:
        if key not in fields and key not in tag:
            raise Misfit(
                path, f"{shown(key)[1:-1]} is not a field here.", nearest(key, fields), key
            )
    for name, one in fields.items():
        if name in table:
            fits(table[name], one.type, (*path, name))
        elif one.default is NODEFAULT and one.default_factory is NODEFAULT:
            raise Misfit(path, f"The field {name} is missing.", f"Give {_words(one.type)}.")


def _union(value: Any, kind: types.UnionType, path: Path) -> None:
    structs = [one for one in kind.types if isinstance(one, types.StructType)]
    if structs and all(one.tag_field for one in structs):
        tag = str(structs[0].tag_field)
        given = _table(value, path).get(tag)
        tags = [str(one.tag) for one in structs]
        if tag not in value:
            raise Misfit(path, f"The field {tag} is missing.", f"Choose one of: {', '.join(tags)}.")
        for one in structs:
            if one.tag == given:
                fits(value, one, path)
                return
        wrong = f"There is no {tag} {shown(given)}."
        raise Misfit((*path, tag), wrong, nearest(given, tags))
    troubles = []
    for member in kind.types:
        if isinstance(member, types.NoneType):
            continue
        try:
            fits(value, member, path)
        except Misfit as misfit:
            troubles.append(misfit)
        else:
            return
    if len(troubles) == 1:
        raise troubles[0]
    words = " or ".join(_words(one) for one in kind.types)
    raise Misfit(path, f"It is {shown(value)}.", f"Give {words}.")


def _length(value: list[Any], kind: Any, path: Path) -> None:
    if kind.min_length is not None and len(value) < kind.min_length:
        raise Misfit(path, "The list is too short.", f"Give {kind.min_length} or more.")
    if kind.max_length is not None and len(value) > kind.max_length:
        raise Misfit(
            path, f"The list has {len(value)} entries.", f"Give at most {kind.max_length}."
        )


def _int(value: Any, kind: types.IntType, path: Path) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Misfit(path, f"It is {shown(value)}.", f"Give {_words(kind)}.")
    too_low = kind.ge is not None and value < kind.ge
    too_high = kind.le is not None and value > kind.le
    if too_low or too_high or value.bit_length() > MANY_BITS:
        raise Misfit(path, f"{shown(value)} is out of range.", f"Give {_words(kind)}.")


def _str(value: Any, kind: types.StrType, path: Path) -> None:
    if not isinstance(value, str):
        raise Misfit(path, f"It is {shown(value)}.", f"Give {_words(kind)}.")
    if kind.min_length and len(value) < kind.min_length:
        raise Misfit(path, "The text is empty.", "Give some words.")
    if kind.max_length is not None and len(value) > kind.max_length:
        remedy = f"Give at most {kind.max_length} characters."
        raise Misfit(path, f"The text has {len(value)} characters.", remedy)
    # `fullmatch`: a `$` in a pattern would let a line break at the end pass.
    if kind.pattern is not None and re.fullmatch(kind.pattern, value) is None:
        remedy = next(
            (words for start, words in PATTERN_WORDS if kind.pattern.startswith(start)),
            "Give one line of plain text.",
        )
        raise Misfit(path, f"{shown(value)} cannot stand here.", remedy)


def _words(kind: types.Type) -> str:
    """What is wanted, as it stands after "Give"."""
    match kind:
        case types.IntType(ge=low, le=high) if low is not None and high is not None:
            return f"a whole number from {low} to {high}"
        case types.IntType():
            return "a whole number"
        case types.StrType() | types.LiteralType():
            return "a text in quotes"
        case types.BoolType():
            return "true or false"
        case types.StructType() | types.DictType():
            return "a table"
        case types.Metadata(inner):
            return _words(inner)
        case _:
            return "a list" if hasattr(kind, "min_length") else "it"
