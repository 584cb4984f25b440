"""Changes of a cart that meet item by item: each item is a cell, and one change of it stays.

Two rules, both a total order within the cell, so that merging commutes, is associative and
idempotent:

- two_phase: a removal stays for good, whatever is added later (2P-set: `two_phase_set.py`).
- last_write: the newest time stamp stays (`lww_map.py`; Cassandra's collections).

State: one version a cell, sorted by dot; `DottedVersion.cell` names it. A removal is a version that
shows nothing.
"""

from collections.abc import Iterable
from typing import Literal

from app.trace.ties import Rank, order
from app.versions.dotted import DottedVersion, Siblings

CellRule = Literal["two_phase", "last_write"]


def join(
    held: Siblings, versions: Iterable[DottedVersion], rule: CellRule, tie: str = "id"
) -> Siblings:
    """Of each cell the change that stays; `held` itself if the others bring nothing."""
    kept = {version.cell: version for version in held}
    changed = False
    for new in versions:
        old = kept.get(new.cell)
        if old is None or _rank(new, rule, tie) > _rank(old, rule, tie):
            kept[new.cell] = new
            changed = True
    if not changed:
        return held
    return tuple(sorted(kept.values(), key=lambda version: (version.node, version.counter)))


def _rank(version: DottedVersion, rule: CellRule, tie: str) -> Rank:
    if rule == "two_phase":
        value = version.stored.value
        return 0, not value.items, (), value.id
    return order(version.stored, tie)
