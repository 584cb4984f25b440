"""A second opinion: the judge's verdicts recomputed by brute force from a whole trace.

Plain sets and whole replays, no masks, nothing carried from event to event but the disks. Shares
no code with the judge.
"""

from collections.abc import Iterator

from app.trace.events import (
    AnyEvent,
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
    TraceEvent,
    VersionsStored,
)
from app.trace.values import StoredVersion, Value

Entry = tuple[int, str]


class Oracle:
    """What a whole trace says of one key. `pasts`: (survivors, newcomers) one after the other."""

    def __init__(self, trace: list[TraceEvent], key: str = "cart") -> None:
        self.trace = trace
        self.key = key
        self.type = "cart"
        self.design = ""
        self.nodes: tuple[str, ...] = ()
        self.invoked: dict[str, OperationInvoked] = {}
        self.returned: dict[str, OperationReturned] = {}
        self.applied: dict[str, OperationApplied] = {}
        self.down: set[str] = set()
        self.cut: set[frozenset[str]] = set()
        self.disks: dict[str, list[str]] = {}
        self.logs: dict[str, list[Entry]] = {}
        self.committed: list[Entry] = []
        self.commit_term = 0
        self.stamps: dict[str, int] = {}
        self.order: dict[str, tuple[int, int]] = {}
        self.exposed: set[str] = set()
        self.stale: dict[str, int] = {}
        self.pasts: list[tuple[list[str], list[str]]] = []
        for event in trace:
            self._take(event)  # type: ignore[arg-type]
            refused = [op for op, told in self.returned.items() if told.outcome == "failed"]
            self.exposed.update(op for op in refused if self.holders(op))
        if self.design == "leader_follower":
            self.pasts = [([op], [op]) for _, op in self.committed if op]

    def _take(self, event: AnyEvent) -> None:
        if getattr(event, "key", self.key) != self.key and not isinstance(event, LogAppended):
            return
        match event:
            case ClusterStarted():
                self.design, self.nodes = event.design, event.nodes
                self.type = dict(event.keys)[self.key]
            case OperationInvoked():
                self.invoked[event.op] = event
            case OperationApplied():
                self.applied[event.op] = event
            case OperationReturned():
                self.returned[event.op] = event
                if event.kind == "read" and event.outcome == "ok":
                    self._read(event)
            case NodeCrashed() | NodeLostPower() | NodePaused():
                self.down.add(event.node)
            case NodeRestarted() | NodeResumed():
                self.down.discard(event.node)
            case NodeWiped():
                self.down.discard(event.node)
                self.logs[event.node] = []
                self._shorten()
                shelves = [shelf for shelf in self.disks if shelf.split(" ")[0] == event.node]
                for shelf in [*(one for one in shelves if " " in one), event.node]:
                    if self.disks.get(shelf):
                        self._shelve(shelf, [])
            case LinkCut():
                self.cut.add(frozenset((event.a, event.b)))
            case LinkHealed():
                self.cut.discard(frozenset((event.a, event.b)))
            case VersionsStored():
                self._shelve(event.node, self._ids(event.versions))
            case HintStored() | HintDelivered():
                self._shelve(f"{event.node} for {event.home}", self._ids(event.versions))
            case LogAppended():
                op = event.value.id if event.value and event.key == self.key else ""
                self.logs.setdefault(event.node, []).append((event.term, op))
                place = (event.term, event.position)
                self.order[op] = max(place, self.order.get(op, place))
            case LogTruncated() | LogTailLost():
                del self.logs[event.node][event.position - 1 :]
                self._shorten()
            case CommitAdvanced():
                log = self.logs.get(event.node, [])[: event.position]
                known = (self.commit_term, len(self.committed))
                prefix = self.committed[: len(log)] == log
                if (event.term, event.position) > known and not prefix:
                    self.commit_term, self.committed = event.term, log

    def _shorten(self) -> None:
        """Of the committed log only what some node still has."""
        while self.committed and not any(
            log[len(self.committed) - 1 : len(self.committed)] == self.committed[-1:]
            for log in self.logs.values()
        ):
            self.committed = self.committed[:-1]

    def _ids(self, versions: tuple[StoredVersion, ...]) -> list[str]:
        self.stamps.update({v.value.id: v.stamp for v in versions if v.stamp >= 0})
        return [version.value.id for version in versions]

    def _shelve(self, shelf: str, ids: list[str]) -> None:
        """`shelf`: a node, or "n1 for n2", what n1 keeps for n2."""
        before = self.disks.get(shelf, [])
        self.disks[shelf] = ids
        self.pasts.append((self._undominated(), [op for op in ids if op not in before]))

    def _undominated(self) -> list[str]:
        held = {op for ids in self.disks.values() for op in ids}
        if self.stamps:
            return sorted(held, key=lambda op: (self.stamps.get(op, -1), op))[-1:]
        return [
            op
            for op in self.invoked
            if op in held and not any(op in self.past(other) - {other} for other in held)
        ]

    def past(self, op: str) -> set[str]:
        """The write itself and all that its writer had read, however indirectly."""
        found, open_ends = set(), [op]
        while open_ends:
            next_op = open_ends.pop()
            if next_op in self.invoked and next_op not in found:
                found.add(next_op)
                open_ends.extend(self.invoked[next_op].context)
                if next_op in self.applied:
                    open_ends.extend(self.applied[next_op].replaced)
        return found

    def holders(self, op: str) -> list[str]:
        in_logs = [node for node, log in self.logs.items() if op in [held for _, held in log]]
        return in_logs + [shelf for shelf, ids in self.disks.items() if op in ids]

    def reachable(self, op: str) -> bool:
        """Not as a hint alone: that is shown to nobody."""
        for node in [shelf for shelf in self.holders(op) if " " not in shelf]:
            links = [frozenset((node, other)) for other in self.nodes if other != node]
            if node not in self.down and not all(link in self.cut for link in links):
                return True
        return False

    def carries(self, op: str, write: OperationInvoked) -> bool:
        value = self.value(op)
        match write.action:
            case "add":
                return write.item in value.items
            case "put":
                return write.item == value.items[0]
            case "increment":
                return write.op in self.counted(op)
        return op == write.op

    def counted(self, op: str) -> set[str]:
        """The writes that are in the number of this value of a counter."""
        found, open_ends = set(), [op]
        while open_ends:
            next_op = open_ends.pop()
            if next_op in self.invoked and next_op not in found:
                found.add(next_op)
                open_ends.extend(self.built_on(self.invoked[next_op]))
        return found

    def built_on(self, write: OperationInvoked) -> list[str]:
        if write.op in self.applied:
            return list(self.applied[write.op].replaced)
        known = [self.value(op) for op in write.context]
        wholes = {value.id: self.number(value, known) for value in known if not value.part}
        parts = [value.id for value in known if value.part]
        if not wholes:
            return parts
        least = write.item if write.item in wholes else min(wholes, key=lambda op: wholes[op])
        return [least, *parts]

    def number(self, whole: Value, known: list[Value]) -> int:
        """What a version of a counter shows: each node's increments once, whoever summed them."""
        seen = {who: (count, amount) for who, count, amount in whole.tally}
        number = int(whole.items[0])
        for who, count, amount in [tally for part in known if part.part for tally in part.tally]:
            if who not in seen:
                number += amount
            elif seen[who][0] < count:
                number += amount - seen[who][1]
        return number

    def value(self, op: str) -> Value:
        found = self.applied[op].value if op in self.applied else self.invoked[op].value
        assert found is not None
        return found

    # ---- verdicts -----------------------------------------------------------------------------

    def writes(self) -> Iterator[OperationInvoked]:
        return (event for event in self.invoked.values() if event.value is not None)

    def status(self, write: OperationInvoked) -> str:
        op, told = write.op, self.returned.get(write.op)
        survivors = self.pasts[-1][0] if self.pasts else []
        if told is None:
            return "pending"
        if told.outcome == "failed":
            return "stored_anyway" if op in self.exposed else "never_stored"
        heirs = [other for other in survivors if op in self.past(other)]
        if told.outcome == "unknown":
            return "stored_anyway" if heirs or self.holders(op) else "not_stored"
        given_up, displacer = self._story(write)
        if given_up:
            return "superseded"
        carriers = [other for other in survivors if self.carries(other, write)]
        carriers = [other for other in carriers if other in heirs] or carriers
        if any(self.reachable(other) for other in carriers):
            wholes = [other for other in survivors if not self.value(other).part]
            apart = any(other in wholes for other in carriers)
            return "sibling" if len(wholes) > 1 and apart else "kept"
        committed = [held for _, held in self.committed]
        in_tail = self.design == "leader_follower" and op not in committed and self.holders(op)
        hinted = self.design == "leaderless" and self.holders(op)
        if carriers or in_tail or (hinted and all(" " in shelf for shelf in hinted)):
            return "waiting"
        later = displacer and self.invoked[displacer].at > told.at
        return "overwritten" if later else "lost"

    def _story(self, write: OperationInvoked) -> tuple[bool, str]:
        """Was it last given up by one who knew it? And who displaced it otherwise?"""
        there, given_up, displacer = False, False, ""
        for survivors, newcomers in self.pasts:
            heirs = [op for op in survivors if write.op in self.past(op)]
            carriers = [op for op in survivors if self.carries(op, write)]
            if heirs:
                there = any(op in carriers for op in heirs)
                given_up, displacer = not there, ""
            elif there and not carriers:
                there = False
                strangers = [op for op in newcomers if write.op not in self.past(op)]
                displacer = strangers[0] if strangers else ""
        return given_up, displacer

    def _read(self, read: OperationReturned) -> None:
        began = self.invoked[read.op].at
        shown = [value.id for value in read.values]
        seen = {op for value_id in shown for op in self.past(value_id)}
        latest = max((self.order[op] for op in shown if op in self.order), default=(0, 0))
        missed = [
            write.op
            for write in self.writes()
            if write.op in self.returned
            and self.returned[write.op].outcome == "ok"
            and self.returned[write.op].at < began
            and write.op not in seen
            and not self.order.get(write.op, (10**9, 0)) <= latest
        ]
        if missed:
            self.stale[read.op] = len(missed)


def oracles(trace: list[TraceEvent]) -> list[Oracle]:
    """One a key."""
    assert isinstance(trace[0], ClusterStarted)
    return [Oracle(trace, key) for key, _ in trace[0].keys]
