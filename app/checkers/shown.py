"""What a read showed, and what by that it may leave out.

A write is shown by its value, by one that replaced it knowingly, or (beside a leader) by one later
in the log's order. Whoever asks about the order of versions alone (`dated`) also counts it as shown
where a later time stamp won; who asks about what was promised does not, for it is lost all the
same.
"""

from app.checkers.history import History, Lineage, Operation
from app.checkers.holdings import Holdings, Shelves
from app.trace.ties import Rank, order
from app.trace.values import Value, items_of


class Shown:
    """Of one read's `values` of one key."""

    def __init__(
        self,
        values: tuple[Value, ...],
        history: History,
        lineage: Lineage,
        holdings: Holdings,
        dated: bool = False,
    ) -> None:
        self.history, self.lineage, self.holdings = history, lineage, holdings
        returned = [value.id for value in values]
        self.covered = lineage.covered(returned)
        places = [place for place in map(holdings.log_order, returned) if place is not None]
        self.latest = max(places, default=(0, 0))
        self.items = items_of(values)
        self.newest: dict[str, Rank] = {}
        if dated and isinstance(holdings, Shelves):
            for value_id in returned:
                self._date(value_id, holdings)

    def _date(self, value_id: str, shelves: Shelves) -> None:
        version = shelves.stamped.get(value_id)
        if version is not None:
            cell, rank = self.lineage.cell_of(version.value), order(version, shelves.tie)
            self.newest[cell] = max(rank, self.newest.get(cell, rank))

    def has(self, place: int) -> bool:
        """Is the write at this place shown, or something newer?"""
        tries = self.history.records(place)
        if any(self.covered >> one & 1 for one in tries):
            return True
        if self._same_item(self.history.writes[place]):
            return True
        orders = [self.holdings.log_order(op) for op in self._in_force(tries)]
        if any(found is not None and found <= self.latest for found in orders):
            return True
        return bool(self.newest) and any(self._outdated(one) for one in tries)

    def _same_item(self, write: Operation) -> bool:
        """Is it the add of an item that the cart shows, if by another's add? Operations are judged
        by items: two adds of one item are one item."""
        part = write.value is not None and write.value.part
        return part and write.action == "add" and write.item in self.items

    def _in_force(self, tries: list[int]) -> list[str]:
        """The tries that a log has for good; all, while it has none. One that was rolled back says
        nothing about what a later read must show."""
        ops = [self.history.writes[place].op for place in tries]
        return [op for op in ops if len(ops) > 1 and self.holdings.has_committed(op)] or ops

    def _outdated(self, place: int) -> bool:
        """Did a value that is shown come after it by its time stamp?"""
        shelves = self.holdings
        assert isinstance(shelves, Shelves)
        version = shelves.stamped.get(self.history.writes[place].op)
        if version is None:
            return False
        newest = self.newest.get(self.lineage.cell_of(version.value))
        return newest is not None and order(version, shelves.tie) <= newest
