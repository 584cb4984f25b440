"""Stale reads: did a read miss a write that had been acknowledged before the read began?

A read is fresh with regard to a write when it returns the write's value, or one that replaced it
knowingly, or (beside a leader) one later in the log's order. A write that was still going on when
the read began never makes it stale. A lost write goes on to make reads stale: it was promised.
"""

from app.checkers.because import name, version
from app.checkers.history import History, Lineage, Operation
from app.checkers.holdings import Holdings
from app.trace.values import items_of

READ_WORDS: dict[str, str] = {"fresh": "fresh", "stale": "old"}
"""The ledger's word for a read answered OK. Without a finding about it, it is fresh: the judge
looks at every read at the moment of its answer."""

FRESH = "No write that had been acknowledged before this read began is missing from it."
"""Why a read is called fresh."""


def missed_writes(
    read: Operation, history: History, lineage: Lineage, holdings: Holdings
) -> list[Operation]:
    """The acknowledged writes that this read should have shown and did not, oldest answer first."""
    returned = [value.id for value in read.values]
    covered = lineage.covered(returned)
    places = [place for place in map(holdings.log_order, returned) if place is not None]
    latest = max(places, default=(0, 0))
    shown = items_of(read.values)
    missed = []
    for index, write in enumerate(history.writes):
        if covered >> index & 1 or not write.acknowledged_before(read.invoked_at):
            continue
        tries = history.records(index)
        if index != tries[0] or any(covered >> one & 1 for one in tries):
            continue
        if _same_item(write, shown):
            continue
        orders = [holdings.log_order(op) for op in _in_force(history, tries, holdings)]
        if not any(place is not None and place <= latest for place in orders):
            missed.append(write)
    missed.sort(key=lambda write: write.returned_seq)
    return missed


def _same_item(write: Operation, shown: tuple[str, ...]) -> bool:
    """Is it the add of an item that the cart shows, if by another's add? Operations are judged by
    items: two adds of one item are one item."""
    part = write.value is not None and write.value.part
    return part and write.action == "add" and write.item in shown


def _in_force(history: History, tries: list[int], holdings: Holdings) -> list[str]:
    """The tries that a log has for good; all, while it has none. One that was rolled back says
    nothing about what a later read must show."""
    ops = [history.writes[place].op for place in tries]
    return [op for op in ops if len(ops) > 1 and holdings.has_committed(op)] or ops


def staleness(read: Operation, missed: list[Operation], named: str) -> str:
    """The sentence; the time is how long the oldest missed write had been acknowledged."""
    oldest = missed[0]
    where = f"the {named}" if named else "a cart"
    behind_ms = max(1, (read.invoked_at - oldest.returned_at + 500) // 1000)
    return (
        f"{name(read.client)} was shown {where} without {version(oldest)}, for which "
        f"{name(oldest.client)} had an OK. Old: {len(missed)} behind, {behind_ms} ms"
    )


def evidence(read: Operation, missed: list[Operation]) -> tuple[int, ...]:
    """The smallest sub-history that shows it: one acknowledgement, then the read."""
    return (missed[0].returned_seq, read.invoked_seq, read.returned_seq)
