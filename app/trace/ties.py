"""Which of several versions with time stamps is the last one, and who decides between equal stamps.

Every store has a rule of its own (`TIES`):

- id: the value's id. Ours, for want of a published rule (Dynamo's paper gives none).
- greater_value: a removal, then the greater bytes (Cassandra, `Cells.resolveRegular`).
- smaller_value: what is there before a removal, then the smaller term (Riak,
  `compare_content_dates`).

Each is a total order, so that all nodes, and the judge, come to the same.
"""

from typing import Literal, NamedTuple, get_args

from app.trace.values import StoredVersion

Tie = Literal["id", "greater_value", "smaller_value"]
TIES: tuple[str, ...] = get_args(Tie)
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


def order(version: StoredVersion, tie: str = "id") -> Rank:
    """What decides between versions as they are stored."""
    if tie == "id":
        return version.stamp, False, (), version.value.id
    return rank(cell_of(version), tie)


def cell_of(version: StoredVersion) -> Cell:
    """The items in one order, so that a cart is compared by what is in it."""
    value = version.value
    return Cell(version.stamp, not value.items, ",".join(sorted(value.items)), value.id)
