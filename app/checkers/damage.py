"""What a conflict rule does beyond losing a write: items that come back, values shown again.

- A removed item is *back* when its removal was acknowledged, some surviving version holds it, and
  that version holds no add of it that the remover had not read. So nobody put it there again: a
  merge by union did, or a version of somebody who knew nothing of the removal displaced it. So is
  what was deleted as a whole, cart or register, when a surviving version shows any of it. While
  the removal itself stands beside such a version, there is a conflict, and nothing is back yet.
- A *false sibling* is a whole value shown beside one whose writer had read it: the store no longer
  knows what its client knew.

Both are decided by who had read what (`history.Lineage`), never by the protocol's vectors.
"""

from app.checkers.because import label, name
from app.checkers.history import History, Lineage, Operation
from app.checkers.status import Standing, Survivor

REMOVALS = ("remove", "delete")
"""What takes items away."""


def brought_back(
    history: History, lineage: Lineage, standing: Standing, place: int, survivors: list[Survivor]
) -> Survivor | None:
    """The surviving version that holds what the removal, or delete, at `place` took away."""
    removal, bit = history.writes[place], 1 << place
    stands = any(found.mask & bit for found in survivors)
    if removal.outcome != "ok" or (not stands and standing.status not in ("lost", "overwritten")):
        return None
    read = lineage.masks[place]
    for found in survivors:
        if stands and not found.mask & bit:
            continue
        items = found.items if removal.action == "delete" else (removal.item,)
        if any(_came_back(history, found, item, found.mask & ~read) for item in items):
            return found
    return None


def _came_back(history: History, found: Survivor, item: str, since: int) -> bool:
    """Is it there, though none of these writes put it there?"""
    return item in found.items and not any(
        write.action in ("add", "put") and write.item == item and since >> place & 1
        for place, write in enumerate(history.writes)
    )


def why_back(removal: Operation, holder: Operation) -> str:
    """One sentence about the item."""
    if removal.action == "delete":
        return (
            f"{name(removal.client)} deleted everything, and version {label(holder)} by "
            f"{name(holder.client)} shows something again, though nobody has written it since."
        )
    return (
        f"{name(removal.client)} removed {removal.item}, and version {label(holder)} by "
        f"{name(holder.client)} holds it again, though nobody has added it since."
    )


def false_siblings(
    history: History, lineage: Lineage, read: Operation
) -> tuple[Operation, Operation] | None:
    """The first two shown side by side of which the second's writer had read the first."""
    shown = [value for value in read.values if not value.part and value.id in history.index]
    if len(shown) < 2:
        return None
    places = sorted(history.index[value.id] for value in shown)
    for old in places:
        for new in places:
            if new != old and lineage.masks[new] >> old & 1:
                return history.writes[old], history.writes[new]
    return None


def why_false(read: Operation, old: Operation, new: Operation) -> str:
    """One sentence about the read."""
    return (
        f"{name(read.client)} is shown version {label(old)} beside version {label(new)}, "
        f"though {name(new.client)} had read {label(old)} and replaced it."
    )
