"""Stale reads: did a read miss a write that had been acknowledged before the read began?

A read is fresh with regard to a write when it returns the write's value, or one that replaced it
knowingly, or (beside a leader) one later in the log's order. A write that was still going on when
the read began never makes it stale. A lost write goes on to make reads stale: it was promised.
"""

from app.checkers.because import name, version
from app.checkers.history import History, Lineage, Operation
from app.checkers.holdings import Holdings
from app.checkers.shown import Shown

READ_WORDS: dict[str, str] = {"fresh": "fresh", "stale": "old"}
"""The ledger's word for a read answered OK. Without a finding about it, it is fresh: the judge
looks at every read at the moment of its answer."""

FRESH = "No write that had been acknowledged before this read began is missing from it."
"""Why a read is called fresh."""


def missed_writes(
    read: Operation, history: History, lineage: Lineage, holdings: Holdings
) -> list[Operation]:
    """The acknowledged writes that this read should have shown and did not, oldest answer first."""
    shown = Shown(read.values, history, lineage, holdings)
    missed = [
        write
        for index, write in enumerate(history.writes)
        if not shown.covered >> index & 1
        and write.acknowledged_before(read.invoked_at)
        and index == history.records(index)[0]
        and not shown.has(index)
    ]
    missed.sort(key=lambda write: write.returned_seq)
    return missed


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
