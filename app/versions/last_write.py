"""Last write wins: of all versions the one with the newest time stamp stays, the others vanish.

What "last" means is decided by clocks; a fast one wins for as long as it is ahead. Between equal
stamps something else must decide, and every store has a rule of its own (`TIES`):

- id: the value's id. Ours, for want of a published rule (Dynamo's paper gives none).
- greater_value: a removal, then the greater bytes (Cassandra, `Cells.resolveRegular`).
- smaller_value: what is there before a removal, then the smaller term (Riak,
  `compare_content_dates`).

State: one version. Merging takes the greatest by `rank`, a total order, so it commutes, is
associative and idempotent.
"""

from collections.abc import Iterable
from typing import NamedTuple

from app.trace.values import StoredVersion
from app.versions.dotted import DottedVersion, Siblings

TIES = ("id", "greater_value", "smaller_value")
Rank = tuple[int, bool, tuple[int, ...], str]


class Cell(NamedTuple):
    """What is compared: `gone` when it removes; `content` as bytes count, `id` when nothing else
    decides."""

    stamp: int
    gone: bool
    content: str
    id: str


def rank(cell: Cell, tie: str = "id") -> Rank:
    """The greatest stays."""
    match tie:
        case "greater_value":
            return cell.stamp, cell.gone, tuple(cell.content.encode()), cell.id
        case "smaller_value":
            # A term that another one begins with is the smaller: 256 stands for its end.
            smallest = (*(255 - byte for byte in cell.content.encode()), 256)
            return cell.stamp, not cell.gone, smallest, cell.id
    return cell.stamp, False, (), cell.id


def newest(held: Siblings, versions: Iterable[DottedVersion], tie: str = "id") -> Siblings:
    """The winner alone; `held` itself if it stays."""
    best = max((*held, *versions), key=lambda version: order(version.stored, tie), default=None)
    if best is None or (held and best == held[0]):
        return held
    return (best,)


def order(version: StoredVersion, tie: str = "id") -> Rank:
    """What decides between versions as they are stored."""
    if tie == "id":
        return version.stamp, False, (), version.value.id
    return rank(cell_of(version), tie)


def cell_of(version: StoredVersion) -> Cell:
    """The items in one order, so that a cart is compared by what is in it."""
    value = version.value
    return Cell(version.stamp, not value.items, ",".join(sorted(value.items)), value.id)
