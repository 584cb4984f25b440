"""The judge of one cluster: folds its trace, says what became of every write and every promise.

It believes clients about what they read and were told, disks about what they hold, and no
protocol about which version is newer. Key by key (`key_judge.py`), one event at a time; most
change nothing. Rows are written only when the judge changes its mind, so no row yet means that
every promise holds so far.

The promises are `CHECKS`: each is the `check` of a FindingChanged, and latches once broken.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct, field

from app.checkers import split_brain
from app.checkers.copies import NOTHING
from app.checkers.holdings import empty_holdings
from app.checkers.key_judge import KeyJudge, KeyState
from app.checkers.reachability import Reachability
from app.checkers.split_brain import Leaders, Office
from app.trace.events import (
    ClusterStarted,
    CommitAdvanced,
    HintDelivered,
    HintStored,
    LinkCut,
    LinkHealed,
    LogAppended,
    LogDiverged,
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
    OperationRetried,
    OperationReturned,
    QuorumReached,
    RequestAccepted,
    TailKept,
    TraceEvent,
    VersionsStored,
    WriteReleased,
)
from app.trace.values import CART
from app.trace.verdicts import VerdictRow

CHECKS: dict[str, str] = {
    "lost_writes": "What was acknowledged is not lost; what comes back stays counted.",
    "stale_reads": "A read shows every write that was acknowledged before it began.",
    "refused_writes": "A write that was refused has no effect.",
    "resurrected_items": "What was acknowledged as removed or deleted does not come back by itself.",
    "false_siblings": "No value is shown beside one whose writer had read it.",
    "two_leaders": "Of two nodes that lead, only the newer one acknowledges writes.",
}


class JudgeState(Struct):
    """All that the judge remembers, as plain data. `counts`: cases of each promise, of all keys.
    `leaders`: of each shard, of 0 where there is one."""

    keys: dict[str, KeyState] = field(default_factory=dict)
    reachability: Reachability = field(default_factory=Reachability)
    counts: dict[str, int] = field(default_factory=dict)
    leaders: dict[int, Leaders] = field(default_factory=dict)


class Judge:
    """`state` continues an earlier judge of the same trace; the judge changes it in place."""

    def __init__(self, cluster: str, design: str, state: JudgeState | None = None) -> None:
        self.cluster = cluster
        self.design = design
        self.state = JudgeState() if state is None else state
        self._handlers: dict[type[TraceEvent], Callable[[Any], list[VerdictRow]]] = {
            ClusterStarted: self._on_started,
            LinkCut: self._on_link_cut,
            LinkHealed: self._on_link_healed,
            NodeCrashed: self._on_crashed,
            NodeLostPower: self._on_crashed,
            NodeRestarted: self._on_restarted,
            NodePaused: self._on_crashed,
            NodeResumed: self._on_restarted,
            OperationInvoked: lambda event: self.keys[event.key].invoked(event),
            OperationRetried: lambda event: self.keys[event.key].retried(event),
            OperationApplied: lambda event: self.keys[event.key].applied(event),
            OperationReturned: lambda event: self.keys[event.key].returned(event),
            LogAppended: self._on_log,
            LogTruncated: self._on_log,
            LogTailLost: self._on_log,
            LogDiverged: self._on_log,
            TailKept: self._on_log,
            CommitAdvanced: self._on_log,
            VersionsStored: lambda event: self.keys[event.key].disks(event),
            HintStored: lambda event: self.keys[event.key].disks(event),
            HintDelivered: lambda event: self.keys[event.key].disks(event),
            NodeWiped: self._on_wiped,
        }

    @property
    def state(self) -> JudgeState:
        return self._state

    @state.setter
    def state(self, state: JudgeState) -> None:
        # What is derived from the state must never outlive it.
        self._state = state
        self.keys = {
            key: KeyJudge(found, state.reachability, state.counts)
            for key, found in state.keys.items()
        }

    def observe(self, event: TraceEvent) -> list[VerdictRow]:
        """Take in the next event of the trace; what the judge changes its mind about."""
        handler = self._handlers.get(type(event))
        rows = handler(event) if handler is not None else []
        if type(event) in split_brain.TAKEN_IN:
            return [*rows, *self._two_leaders(event)]
        return rows

    def _two_leaders(self, event: TraceEvent) -> list[VerdictRow]:
        if not isinstance(event, QuorumReached | RequestAccepted | WriteReleased):
            for shard, leaders in self.state.leaders.items():
                if shard == getattr(event, "shard", shard):
                    leaders.observe(event)
            return []
        if getattr(event, "kind", "write") != "write" or not self.state.leaders:
            return []
        judges = (one for one in self.keys.values() if event.op in one.state.history.index)
        judge = next(judges, None)
        if judge is None:
            return []
        rival = self.state.leaders[judge.state.shard].observe(event)
        if rival is None:
            return []
        evidence = tuple(sorted((rival.new.seq, rival.seq, event.seq)))
        write, reason = judge.state.history.write(event.op), split_brain.because(rival)
        return [judge.broken(event, "two_leaders", write, reason, evidence)]

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode(self.state)

    @classmethod
    def restore(cls, cluster: str, design: str, data: bytes) -> "Judge":
        return cls(cluster, design, msgspec.msgpack.decode(data, type=JudgeState))

    # ---- the world ----------------------------------------------------------------------------

    def _on_started(self, event: ClusterStarted) -> list[VerdictRow]:
        state = self.state
        state.reachability.nodes = event.nodes
        if event.design == "leader_follower":
            groups = dict(enumerate(event.shards, 1)) or {0: (event.nodes, ())}
            for number, (nodes, _) in groups.items():
                state.leaders[number] = Leaders({nodes[0]: Office(nodes[0], 1, event.seq)})
        shard_of = {key: n for n, (_, keys) in enumerate(event.shards, 1) for key in keys}
        alone = event.keys == ((CART, CART),)
        settings = dict(event.settings)
        tie, rule = settings.get("tie", "id"), settings.get("conflict", "last_write")
        for key, kind in event.keys:
            holdings = empty_holdings(self.design, key, tie, rule)
            named = "" if alone else key
            state.keys[key] = KeyState(holdings, kind, named, shard=shard_of.get(key, 0))
        self.state = state
        return []

    def _on_link_cut(self, event: LinkCut) -> list[VerdictRow]:
        self.state.reachability.cut_link(event)
        return self._settle(event)

    def _on_link_healed(self, event: LinkHealed) -> list[VerdictRow]:
        self.state.reachability.heal_link(event)
        return self._settle(event)

    def _on_crashed(self, event: NodeCrashed | NodeLostPower | NodePaused) -> list[VerdictRow]:
        """Crashed or standing still: nobody can ask its disk for now."""
        self.state.reachability.crash(event.node)
        return self._settle(event)

    def _on_restarted(self, event: NodeRestarted | NodeResumed) -> list[VerdictRow]:
        self.state.reachability.restart(event.node)
        return self._settle(event)

    def _on_wiped(self, event: NodeWiped) -> list[VerdictRow]:
        """An empty disk, and the node runs."""
        self.state.reachability.restart(event.node)
        return self._on_log(event)

    def _on_log(self, event: TraceEvent) -> list[VerdictRow]:
        """What is on a disk for every key of its shard: a log has one order for all."""
        shard = getattr(event, "shard", 0)
        judges = [one for one in self.keys.values() if not shard or one.state.shard == shard]
        return [row for judge in judges for row in judge.disks(event)]

    def _settle(self, event: TraceEvent) -> list[VerdictRow]:
        return [row for judge in self.keys.values() for row in judge.settle(event, NOTHING)]
