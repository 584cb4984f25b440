"""What stays when versions meet at a node: one rule for whole values, one for the parts of a cart.

A whole value competes with whole values, an operation's part with parts; a counter's sums always
go by dots.
"""

from collections.abc import Iterable
from functools import partial
from typing import Literal, Protocol

from app.trace.ties import Tie
from app.versions import cells, dotted, last_write, object_vectors, plain_vectors
from app.versions.dotted import DottedVersion, Siblings

Conflict = Literal[
    "siblings", "server_vectors", "client_vectors", "object_vectors", "newest_sibling", "last_write"
]
CartRule = Literal["as_written", "or_set", "two_phase", "cells"]


class Join(Protocol):
    """`held` itself when the versions bring nothing."""

    def __call__(self, held: Siblings, versions: Iterable[DottedVersion], /) -> Siblings: ...


def rule_of(conflict: Conflict, cart: CartRule, tie: Tie, parted: bool) -> Join:
    """The rule of a cluster; `parted`: parts may lie beside whole values of another rule."""
    whole: Join = dotted.join
    match conflict:
        case "last_write":
            whole = last_write.newest if tie == "id" else partial(last_write.newest, tie=tie)
        case "server_vectors":
            whole = partial(plain_vectors.join, by="server")
        case "client_vectors":
            whole = partial(plain_vectors.join, by="client")
        case "object_vectors":
            whole = object_vectors.join
        case "newest_sibling":
            whole = partial(object_vectors.join_newest, tie=tie)
    if not parted or (conflict == "siblings" and cart in ("as_written", "or_set")):
        return whole
    rule: cells.CellRule = "two_phase" if cart == "two_phase" else "last_write"
    return partial(_beside, whole, partial(cells.join, rule=rule, tie=tie))


def newest_alone(siblings: Siblings, tie: Tie) -> Siblings:
    """What a reader is told who is to see one version: the newest whole value, and all parts
    (Voldemort's clients resolve so by default)."""
    wholes = object_vectors.newest(_kinds(siblings)[0], tie)
    return tuple([one for one in siblings if one.stored.value.part or one in wholes])


def _beside(
    whole: Join, in_cells: Join, held: Siblings, versions: Iterable[DottedVersion]
) -> Siblings:
    """Each kind by its own rule."""
    mine, theirs = _kinds(held), _kinds(versions)
    joined = [
        join(one, other)
        for join, one, other in zip((whole, in_cells, dotted.join), mine, theirs, strict=True)
    ]
    if all(now is before for now, before in zip(joined, mine, strict=True)):
        return held
    return tuple(
        sorted(
            (version for kind in joined for version in kind),
            key=lambda version: (version.node, version.counter),
        )
    )


def _kinds(versions: Iterable[DottedVersion]) -> tuple[Siblings, Siblings, Siblings]:
    """Whole values, changes in cells, other parts."""
    wholes: list[DottedVersion] = []
    in_cells: list[DottedVersion] = []
    others: list[DottedVersion] = []
    for version in versions:
        if version.cell:
            in_cells.append(version)
        else:
            (others if version.stored.value.part else wholes).append(version)
    return tuple(wholes), tuple(in_cells), tuple(others)
