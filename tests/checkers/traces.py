"""Hand-made traces of one cluster, a line an event, and the judge's answer to them."""

from collections.abc import Iterable

from app.checkers.judge import Judge
from app.trace.events import (
    ClusterStarted,
    CommitAdvanced,
    LinkCut,
    LinkHealed,
    LogAppended,
    LogTailLost,
    LogTruncated,
    NodeCrashed,
    NodeLostPower,
    NodeRestarted,
    OperationInvoked,
    OperationReturned,
    TraceEvent,
    VersionsStored,
)
from app.trace.values import StoredVersion, Value
from app.trace.verdicts import FindingChanged, StatusChanged, VerdictRow

NODES = ("n1", "n2", "n3")


class Tale:
    """A trace being told: every call is one event, 10 ms after the one before it."""

    def __init__(self, design: str) -> None:
        self.design = design
        self.events: list[TraceEvent] = []
        self.values: dict[str, Value] = {}
        self.actions: dict[str, tuple[str, str]] = {}
        self.logs: dict[str, list[str]] = {node: [] for node in NODES}
        self.now = 0
        clients = (("phone", "n1"), ("laptop", "n3"))
        self.events.append(ClusterStarted(0, 0, None, design, NODES, clients, ()))

    def tell(self, kind: type[TraceEvent], *fields: object) -> "Tale":
        self.now += 10_000
        self.events.append(kind(self.now, len(self.events), None, *fields))
        return self

    def at_once(self) -> "Tale":
        """The next event happens at the same moment as the last."""
        self.now = self.events[-1].at - 10_000
        return self

    # ---- clients ------------------------------------------------------------------------------

    def add(self, op: str, item: str, items: str = "", context: str = "") -> "Tale":
        return self.invoke(op, "add", item, items or item, context)

    def invoke(self, op: str, action: str, item: str, items: str, context: str = "") -> "Tale":
        label = "abcdefghijklmnopqrstuvwxyz"[len(self.values) % 26]
        value = Value(op, label, tuple(items.split()))
        self.values[op] = value
        self.actions[op] = (action, item)
        client = op.rpartition("-")[0]
        return self.tell(
            OperationInvoked,
            client,
            op,
            action,
            "write",
            item,
            "n1",
            value,
            tuple(context.split()),
            "whole",
        )

    def told(self, op: str, outcome: str = "ok") -> "Tale":
        action, item = self.actions[op]
        client = op.rpartition("-")[0]
        return self.tell(
            OperationReturned, client, op, action, "write", item, outcome, "", "n1", ()
        )

    def asks(self, op: str) -> "Tale":
        client = op.rpartition("-")[0]
        return self.tell(OperationInvoked, client, op, "read", "read", "", "n1", None, (), "")

    def shown(self, op: str, *ids: str, outcome: str = "ok") -> "Tale":
        values = tuple(self.values[value_id] for value_id in ids)
        client = op.rpartition("-")[0]
        return self.tell(
            OperationReturned, client, op, "read", "read", "", outcome, "", "n1", values
        )

    # ---- disks --------------------------------------------------------------------------------

    def holds(self, nodes: str, *ids: str) -> "Tale":
        versions = tuple(StoredVersion(self.values[value_id], ()) for value_id in ids)
        for node in nodes.split():
            self.tell(VersionsStored, node, "", "write", versions)
        return self

    def append(self, nodes: str, op: str, term: int = 1) -> "Tale":
        for node in nodes.split():
            self.logs[node].append(op)
            position = len(self.logs[node])
            self.tell(LogAppended, node, position, term, op, self.values.get(op))
        return self

    def commits(self, nodes: str, position: int, term: int = 1) -> "Tale":
        for node in nodes.split():
            self.tell(CommitAdvanced, node, position, term)
        return self

    def truncates(self, node: str, position: int) -> "Tale":
        dropped = self.logs[node][position - 1 :]
        del self.logs[node][position - 1 :]
        values = tuple(self.values[op] for op in dropped if op in self.values)
        return self.tell(LogTruncated, node, position, values, ())

    def loses_power(self, node: str, position: int) -> "Tale":
        """And with it the log from `position` on."""
        self.tell(NodeLostPower, node)
        dropped = self.logs[node][position - 1 :]
        del self.logs[node][position - 1 :]
        values = tuple(self.values[op] for op in dropped if op in self.values)
        return self.tell(LogTailLost, node, position, values, ())

    # ---- the world ----------------------------------------------------------------------------

    def crash(self, node: str) -> "Tale":
        return self.tell(NodeCrashed, node)

    def restart(self, node: str) -> "Tale":
        return self.tell(NodeRestarted, node)

    def cut(self, a: str, b: str) -> "Tale":
        return self.tell(LinkCut, a, b, (), ())

    def heal(self, a: str, b: str) -> "Tale":
        return self.tell(LinkHealed, a, b)

    # ---- verdicts -----------------------------------------------------------------------------

    def rows(self) -> list[VerdictRow]:
        return judged(self.design, self.events)

    def statuses(self, op: str) -> list[str]:
        """All the statuses the write had, in order."""
        rows = self.rows()
        return [row.status for row in rows if isinstance(row, StatusChanged) and row.op == op]

    def now_is(self, op: str) -> str:
        return self.statuses(op)[-1]

    def last(self, op: str) -> StatusChanged:
        rows = self.rows()
        return [row for row in rows if isinstance(row, StatusChanged) and row.op == op][-1]

    def findings(self, check: str) -> list[FindingChanged]:
        rows = self.rows()
        return [row for row in rows if isinstance(row, FindingChanged) and row.check == check]


def judged(design: str, events: Iterable[TraceEvent]) -> list[VerdictRow]:
    judge = Judge("test", design)
    return [row for event in events for row in judge.observe(event)]


def leader() -> Tale:
    return Tale("leader_follower")


def leaderless() -> Tale:
    return Tale("leaderless")
