"""What became of the writes of one key, and which of its reads were old.

Every key has a history, a lineage and holdings of its own; what is common to the cluster (who can
be reached, how many cases there were so far) is the judge's.
"""

from collections.abc import Sequence

from msgspec import Struct, field

from app.checkers import damage, stale_reads
from app.checkers.because import Case, because, evidence
from app.checkers.copies import Change
from app.checkers.history import History, Lineage, Operation
from app.checkers.holdings import Holdings
from app.checkers.reachability import Reachability
from app.checkers.status import BEST_FIRST, Standing, Survivor, follow, status_now, survivor
from app.trace.events import (
    OperationApplied,
    OperationInvoked,
    OperationRetried,
    OperationReturned,
    TraceEvent,
)
from app.trace.ids import operation_of
from app.trace.verdicts import FindingChanged, StatusChanged, VerdictRow

Picture = tuple[tuple[str, bool], ...]
"""The surviving values, and whether a node within reach holds each."""


class KeyState(Struct):
    """All that is remembered of one key, as plain data. `type` is the key's; `standings` go with
    the history's writes; `named`: the key, where sentences must say it. `shard`: the group that
    holds it, 0 where there is one."""

    holdings: Holdings
    type: str
    named: str
    history: History = field(default_factory=History)
    standings: list[Standing] = field(default_factory=list)
    picture: Picture = ()
    shard: int = 0


class KeyJudge:
    """Judges one key; changes `state` and `counts` in place."""

    def __init__(self, state: KeyState, reachability: Reachability, counts: dict[str, int]) -> None:
        self.state = state
        self.reachability = reachability
        self.counts = counts
        self.lineage = Lineage(state.history, state.type)

    # ---- the history --------------------------------------------------------------------------

    def invoked(self, event: OperationInvoked) -> list[VerdictRow]:
        operation = self.state.history.invoke(event)
        if operation.value is None:
            return []
        self.lineage.add(operation)
        self.state.standings.append(Standing())
        return self._judge(event, [len(self.state.standings) - 1])

    def retried(self, event: OperationRetried) -> list[VerdictRow]:
        """Nobody changes the mind about an operation because its client asks again."""
        record = self.state.history.retry(event)
        if record is not None:
            self.lineage.add(record)
            self.state.standings.append(Standing())
        return []

    def applied(self, event: OperationApplied) -> list[VerdictRow]:
        place = self.state.history.apply(event)
        if place is not None:
            self.lineage.extend(place, event.replaced)
        return []

    def returned(self, event: OperationReturned) -> list[VerdictRow]:
        history = self.state.history
        operation = history.finish(event)
        if operation is None:
            return []
        if operation.value is not None:
            rows = self._judge(event, [history.index[operation.op]])
            return [*rows, *self._back(event)] if operation.action in damage.REMOVALS else rows
        if operation.outcome != "ok":
            return []
        return [*self._stale(event, operation), *self._shown_again(event, operation)]

    def _stale(self, event: TraceEvent, operation: Operation) -> list[VerdictRow]:
        history = self.state.history
        missed = stale_reads.missed_writes(operation, history, self.lineage, self.state.holdings)
        if not missed:
            return []
        reason = stale_reads.staleness(operation, missed, self.state.named)
        seqs = stale_reads.evidence(operation, missed)
        return [self.broken(event, "stale_reads", operation, reason, seqs)]

    def _shown_again(self, event: TraceEvent, read: Operation) -> list[VerdictRow]:
        history = self.state.history
        found = damage.false_siblings(history, self.lineage, read)
        if found is None:
            return []
        seqs = sorted((*(write.invoked_seq for write in found), event.seq))
        reason = damage.why_false(read, *found)
        return [self.broken(event, "false_siblings", read, reason, tuple(seqs))]

    # ---- what became of the writes ------------------------------------------------------------

    def disks(self, event: TraceEvent) -> list[VerdictRow]:
        """Something changed on a disk, perhaps for this key."""
        return self.settle(event, self.state.holdings.observe(event, self.lineage))

    def settle(self, event: TraceEvent, change: Change) -> list[VerdictRow]:
        """Follow the disks, then judge anew every write that may stand differently now."""
        state = self.state
        if change.refold:
            for standing in state.standings:
                standing.fate, standing.by = "none", ""
        for step in change.steps:
            survivors = self._survivors(step.survivors)
            newcomers = self._survivors(step.newcomers)
            for place, write in enumerate(state.history.writes):
                follow(state.standings[place], write, 1 << place, survivors, newcomers)
        picture = tuple((op, self._within_reach(op)) for op in state.holdings.survivors())
        if change.steps or change.refold or picture != state.picture:
            state.picture = picture
            rows = self._judge(event, range(len(state.standings)))
            return [*rows, *self._back(event)]
        index = state.history.index
        return self._judge(event, sorted(index[op] for op in change.touched if op in index))

    def _survivors(self, ops: tuple[str, ...]) -> list[Survivor]:
        history, lineage = self.state.history, self.lineage
        return [survivor(history, lineage, op, True) for op in ops if op in history.index]

    def _back(self, event: TraceEvent) -> list[VerdictRow]:
        """Removed items that a surviving version holds again; each removal is counted once."""
        state, history, rows = self.state, self.state.history, list[VerdictRow]()
        survivors = self._survivors(tuple(op for op, _ in state.picture))
        for place, removal in enumerate(history.writes):
            standing = state.standings[place]
            if removal.action not in damage.REMOVALS or standing.back:
                continue
            found = damage.brought_back(history, self.lineage, standing, place, survivors)
            if found is None:
                continue
            standing.back = True
            holder = history.write(found.op)
            seqs = {removal.invoked_seq, removal.returned_seq, holder.invoked_seq, event.seq}
            reason = damage.why_back(removal, holder)
            rows.append(
                self.broken(event, "resurrected_items", removal, reason, tuple(sorted(seqs)))
            )
        return rows

    def _within_reach(self, op: str) -> bool:
        copies = self.state.holdings.copies
        return any(self.reachability.reachable(node) for node in copies.of(op))

    def _judge(self, event: TraceEvent, places: Sequence[int]) -> list[VerdictRow]:
        """Rows for those of these writes whose status is not what it was."""
        if not places:
            return []
        state, history = self.state, self.state.history
        survivors = [
            survivor(history, self.lineage, op, reachable)
            for op, reachable in state.picture
            if op in history.index
        ]
        rows: list[VerdictRow] = []
        if history.tries:
            places = list({history.records(place)[0]: True for place in places})
        for place in places:
            found = [(self._status(one, survivors), one) for one in history.records(place)]
            status, best = min(found, key=lambda it: BEST_FIRST.index(it[0]))
            if status != state.standings[place].status:
                write, standing = history.writes[best], state.standings[best]
                case = Case(
                    history, self.lineage, state.holdings, survivors, write, standing, state.named
                )
                rows.extend(self._change(event, case, status, state.standings[place]))
        return rows

    def _status(self, place: int, survivors: list[Survivor]) -> str:
        """The status of one write, of one try alone where there are several."""
        history, holdings = self.state.history, self.state.holdings
        write, standing = history.writes[place], self.state.standings[place]
        stored = holdings.stored(write.op)
        if stored and write.outcome == "failed":
            standing.exposed = True
        displacer = history.write(standing.by) if standing.by else None
        disks = (stored, holdings.in_tail(write.op), holdings.is_aside(write.op))
        return status_now(standing, write, 1 << place, survivors, disks, displacer)

    def _change(
        self, event: TraceEvent, case: Case, status: str, standing: Standing
    ) -> list[VerdictRow]:
        """`standing`: of the operation's first try, where its last word is kept."""
        write, op = case.write, operation_of(case.write.op)
        standing.status = status
        reason = because(case, status, event)
        seqs = evidence(event, case)
        rows: list[VerdictRow] = [
            StatusChanged(event.at, event.seq, op, write.client, write.item, status, reason, seqs)
        ]
        # Set aside is lost to whoever was told OK: it takes people to bring it back.
        gone = status == "lost" or (status == "set_aside" and write.outcome == "ok")
        if gone and not standing.lost:
            standing.lost = True
            rows.append(self.broken(event, "lost_writes", write, reason, seqs))
        if status == "stored_anyway" and write.outcome == "failed":
            rows.append(self.broken(event, "refused_writes", write, reason, seqs))
        return rows

    def broken(
        self,
        event: TraceEvent,
        check: str,
        broken_by: Operation,
        reason: str,
        seqs: tuple[int, ...],
    ) -> FindingChanged:
        count = self.counts.get(check, 0) + 1
        self.counts[check] = count
        op = operation_of(broken_by.op)
        return FindingChanged(event.at, event.seq, check, "broken", count, op, reason, seqs)
