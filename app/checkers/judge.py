"""The judge of one cluster: folds its trace, says what became of every write and every promise.

It believes clients about what they read and were told, disks about what they hold, and no
protocol about which version is newer. One event at a time; most change nothing. Rows are written
only when the judge changes its mind, so no row yet means that every promise holds so far.

The promises (`check` of a FindingChanged), each of which latches once broken:

- `lost_writes`: what was acknowledged is not lost; a value that comes back stays counted.
- `stale_reads`: a read shows every write acknowledged before it began.
- `refused_writes`: a write that was refused has no effect.
- `two_leaders`: of two nodes that lead, only the newer one acknowledges writes.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import Struct, field

from app.checkers import split_brain, stale_reads
from app.checkers.because import Case, because
from app.checkers.history import History, Lineage, Operation
from app.checkers.holdings import NOTHING, Change, Holdings, empty_holdings
from app.checkers.reachability import Reachability
from app.checkers.split_brain import Leaders, Office
from app.checkers.status import Standing, Survivor, follow, status_now, survivor
from app.trace.events import (
    ClusterStarted,
    CommitAdvanced,
    HintDelivered,
    HintStored,
    LinkCut,
    LinkHealed,
    LogAppended,
    LogTailLost,
    LogTruncated,
    NodeCrashed,
    NodeLostPower,
    NodePaused,
    NodeRestarted,
    NodeResumed,
    NodeWiped,
    OperationApplied,
    OperationInvoked,
    OperationReturned,
    QuorumReached,
    TraceEvent,
    VersionsStored,
    WriteReleased,
)
from app.trace.verdicts import FindingChanged, StatusChanged, VerdictRow

Picture = tuple[tuple[str, bool], ...]
"""The surviving values, and whether a node within reach holds each."""


class JudgeState(Struct):
    """All that the judge remembers, as plain data. `standings` go with the history's writes."""

    holdings: Holdings
    history: History = field(default_factory=History)
    reachability: Reachability = field(default_factory=Reachability)
    standings: list[Standing] = field(default_factory=list)
    picture: Picture = ()
    counts: dict[str, int] = field(default_factory=dict)
    leaders: Leaders = field(default_factory=Leaders)


class Judge:
    """`state` continues an earlier judge of the same trace; the judge changes it in place."""

    def __init__(self, cluster: str, design: str, state: JudgeState | None = None) -> None:
        self.cluster = cluster
        self.design = design
        self.state = JudgeState(empty_holdings(design)) if state is None else state
        self._handlers: dict[type[TraceEvent], Callable[[Any], list[VerdictRow]]] = {
            ClusterStarted: self._on_started,
            LinkCut: self._on_link_cut,
            LinkHealed: self._on_link_healed,
            NodeCrashed: self._on_crashed,
            NodeLostPower: self._on_crashed,
            NodeRestarted: self._on_restarted,
            NodePaused: self._on_crashed,
            NodeResumed: self._on_restarted,
            OperationInvoked: self._on_invoked,
            OperationApplied: self._on_applied,
            OperationReturned: self._on_returned,
            LogAppended: self._on_disk,
            LogTruncated: self._on_disk,
            LogTailLost: self._on_disk,
            CommitAdvanced: self._on_disk,
            VersionsStored: self._on_disk,
            HintStored: self._on_disk,
            HintDelivered: self._on_disk,
            NodeWiped: self._on_wiped,
        }

    @property
    def state(self) -> JudgeState:
        return self._state

    @state.setter
    def state(self, state: JudgeState) -> None:
        # What is derived from the state must never outlive it.
        self._state = state
        self.lineage = Lineage(state.history)

    def observe(self, event: TraceEvent) -> list[VerdictRow]:
        """Take in the next event of the trace; what the judge changes its mind about."""
        handler = self._handlers.get(type(event))
        rows = handler(event) if handler is not None else []
        if type(event) in split_brain.TAKEN_IN:
            return [*rows, *self._two_leaders(event)]
        return rows

    def _two_leaders(self, event: TraceEvent) -> list[VerdictRow]:
        rival = self.state.leaders.observe(event)
        if rival is None or not isinstance(event, QuorumReached | WriteReleased):
            return []
        evidence = tuple(sorted((rival.new.seq, rival.seq, event.seq)))
        write = self.state.history.write(event.op)
        return [self._break(event, "two_leaders", write, split_brain.because(rival), evidence)]

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode(self.state)

    @classmethod
    def restore(cls, cluster: str, design: str, data: bytes) -> "Judge":
        return cls(cluster, design, msgspec.msgpack.decode(data, type=JudgeState))

    # ---- the world ----------------------------------------------------------------------------

    def _on_started(self, event: ClusterStarted) -> list[VerdictRow]:
        self.state.reachability.nodes = event.nodes
        if event.design == "leader_follower":
            self.state.leaders.offices[event.nodes[0]] = Office(event.nodes[0], 1, event.seq)
        return []

    def _on_link_cut(self, event: LinkCut) -> list[VerdictRow]:
        self.state.reachability.cut_link(event)
        return self._settle(event, NOTHING)

    def _on_link_healed(self, event: LinkHealed) -> list[VerdictRow]:
        self.state.reachability.heal_link(event)
        return self._settle(event, NOTHING)

    def _on_crashed(self, event: NodeCrashed | NodeLostPower | NodePaused) -> list[VerdictRow]:
        """Crashed or standing still: nobody can ask its disk for now."""
        self.state.reachability.crash(event.node)
        return self._settle(event, NOTHING)

    def _on_restarted(self, event: NodeRestarted | NodeResumed) -> list[VerdictRow]:
        self.state.reachability.restart(event.node)
        return self._settle(event, NOTHING)

    def _on_wiped(self, event: NodeWiped) -> list[VerdictRow]:
        """An empty disk, and the node runs."""
        self.state.reachability.restart(event.node)
        return self._settle(event, self.state.holdings.observe(event, self.lineage))

    def _on_disk(self, event: TraceEvent) -> list[VerdictRow]:
        return self._settle(event, self.state.holdings.observe(event, self.lineage))

    # ---- the history --------------------------------------------------------------------------

    def _on_invoked(self, event: OperationInvoked) -> list[VerdictRow]:
        operation = self.state.history.invoke(event)
        if operation.value is None:
            return []
        self.lineage.add(operation)
        self.state.standings.append(Standing())
        return self._judge(event, [len(self.state.standings) - 1])

    def _on_applied(self, event: OperationApplied) -> list[VerdictRow]:
        place = self.state.history.apply(event)
        if place is not None:
            self.lineage.extend(place, event.replaced)
        return []

    def _on_returned(self, event: OperationReturned) -> list[VerdictRow]:
        history = self.state.history
        operation = history.finish(event)
        if operation is None:
            return []
        if operation.value is not None:
            return self._judge(event, [history.index[operation.op]])
        if operation.outcome != "ok":
            return []
        missed = stale_reads.missed_writes(operation, history, self.lineage, self.state.holdings)
        if not missed:
            return []
        reason = stale_reads.staleness(operation, missed)
        seqs = stale_reads.evidence(operation, missed)
        return [self._break(event, "stale_reads", operation, reason, seqs)]

    # ---- what became of the writes ------------------------------------------------------------

    def _settle(self, event: TraceEvent, change: Change) -> list[VerdictRow]:
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
            return self._judge(event, range(len(state.standings)))
        index = state.history.index
        return self._judge(event, sorted(index[op] for op in change.touched if op in index))

    def _survivors(self, ops: tuple[str, ...]) -> list[Survivor]:
        history, lineage = self.state.history, self.lineage
        return [survivor(history, lineage, op, True) for op in ops if op in history.index]

    def _within_reach(self, op: str) -> bool:
        holdings, reachability = self.state.holdings, self.state.reachability
        return any(reachability.reachable(node) for node in holdings.copies.of(op))

    def _judge(self, event: TraceEvent, places: Sequence[int]) -> list[VerdictRow]:
        """Rows for those of these writes whose status is not what it was."""
        if not places:
            return []
        state, history = self._state, self._state.history
        survivors = [
            survivor(history, self.lineage, op, reachable)
            for op, reachable in state.picture
            if op in history.index
        ]
        rows: list[VerdictRow] = []
        for place in places:
            write, standing = history.writes[place], state.standings[place]
            stored = state.holdings.stored(write.op)
            if stored and write.outcome == "failed":
                standing.exposed = True
            displacer = history.write(standing.by) if standing.by else None
            disks = (stored, state.holdings.in_tail(write.op))
            status = status_now(standing, write, 1 << place, survivors, disks, displacer)
            if status != standing.status:
                case = Case(history, self.lineage, state.holdings, survivors, write, standing)
                rows.extend(self._change(event, case, status))
        return rows

    def _change(self, event: TraceEvent, case: Case, status: str) -> list[VerdictRow]:
        write, standing = case.write, case.standing
        standing.status = status
        reason = because(case, status, event)
        seqs = _evidence(event, case)
        rows: list[VerdictRow] = [
            StatusChanged(
                event.at, event.seq, write.op, write.client, write.item, status, reason, seqs
            )
        ]
        if status == "lost" and not standing.lost:
            standing.lost = True
            rows.append(self._break(event, "lost_writes", write, reason, seqs))
        if status == "stored_anyway" and write.outcome == "failed":
            rows.append(self._break(event, "refused_writes", write, reason, seqs))
        return rows

    def _break(
        self,
        event: TraceEvent,
        check: str,
        broken_by: Operation,
        reason: str,
        seqs: tuple[int, ...],
    ) -> FindingChanged:
        count = self.state.counts.get(check, 0) + 1
        self.state.counts[check] = count
        return FindingChanged(
            event.at, event.seq, check, "broken", count, broken_by.op, reason, seqs
        )


def _evidence(event: TraceEvent, case: Case) -> tuple[int, ...]:
    """The write, what its client was told, what replaced it, and the event that shows it."""
    write, displacer = case.write, case.displacer
    seqs = {write.invoked_seq, event.seq}
    if write.returned_seq >= 0:
        seqs.add(write.returned_seq)
    if displacer is not None:
        seqs.add(displacer.invoked_seq)
    return tuple(sorted(seqs))
