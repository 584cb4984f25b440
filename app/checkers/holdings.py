"""What is on which node's disk of one key, from the trace alone.

Both designs answer the same questions: which values *survive* (are what the cluster would show
once all could talk), which nodes hold a value, and whether a value is only in a log tail.
"""

from msgspec import Struct, field

from app.checkers.copies import NOTHING, Change, Copies, Step
from app.checkers.history import Lineage
from app.trace.events import (
    CommitAdvanced,
    HintDelivered,
    HintReaddressed,
    HintStored,
    LogAppended,
    LogDiverged,
    LogTailLost,
    LogTruncated,
    NodeWiped,
    TailKept,
    TraceEvent,
    VersionsStored,
)
from app.trace.ties import DATED, order
from app.trace.values import CART, StoredVersion

LogEntry = tuple[int, str]
"""(term, value id); the id is "" for an entry that is not of the key. Its place is its position."""


class Logs(Struct, tag="leader_follower"):
    """Beside a leader: every node's log, and the log up to the highest commit position known in
    the highest term. Its last value survives; entries above it, or beside it, are tails. Entries of
    other keys have their place in the log and no id here. `aside`: in a list that nobody reads, or
    in the log of a node that follows no more; `queued`: thrown away and to be asked for again.
    """

    key: str = CART
    copies: Copies = field(default_factory=Copies)
    logs: dict[str, list[LogEntry]] = field(default_factory=dict)
    committed: list[LogEntry] = field(default_factory=list)
    committed_ids: dict[str, bool] = field(default_factory=dict)
    commit_term: int = 0
    order: dict[str, tuple[int, int]] = field(default_factory=dict)
    aside: Copies = field(default_factory=Copies)
    queued: Copies = field(default_factory=Copies)

    def observe(self, event: TraceEvent, lineage: Lineage) -> Change:
        if isinstance(event, LogAppended):
            return self._append(event)
        if isinstance(event, CommitAdvanced):
            return self._commit(event)
        if isinstance(event, LogTruncated | LogTailLost):
            return self._truncate(event.node, event.position)
        if isinstance(event, NodeWiped):
            gone = (*self.aside.forget(event.node), *self.queued.forget(event.node))
            change = self._truncate(event.node, 1)
            return Change((*gone, *change.touched), change.steps, change.refold)
        if isinstance(event, TailKept):
            return self._put_away(event)
        if isinstance(event, LogDiverged):
            # No leader continues this log: what stands there is where no read finds it.
            ids = [value_id for _, value_id in self.logs[event.node][event.position - 1 :]]
            for value_id in filter(None, ids):
                self.aside.add(value_id, event.node)
            return self._truncate(event.node, event.position)
        return NOTHING

    def _put_away(self, event: TailKept) -> Change:
        kept = self.aside if event.how == "aside" else self.queued
        mine = [value.id for value in event.values if value.id in self.order]
        for value_id in mine:
            kept.add(value_id, event.node)
        return Change(tuple(mine))

    def is_aside(self, value_id: str) -> bool:
        """Is it where nobody reads it, and nowhere else?"""
        copies, queued = self.copies.of(value_id), self.queued.of(value_id)
        return bool(self.aside.of(value_id)) and not copies and not queued

    def keepers(self, value_id: str) -> list[str]:
        """There are no hints here; who keeps it aside or is to ask for it again."""
        return [*self.aside.of(value_id), *self.queued.of(value_id)]

    def survivors(self) -> tuple[str, ...]:
        return next(((value_id,) for _, value_id in reversed(self.committed) if value_id), ())

    def stored(self, value_id: str) -> bool:
        """Is it on any disk?"""
        return bool(self.copies.of(value_id)) or bool(self.keepers(value_id))

    def in_tail(self, value_id: str) -> bool:
        """Is it on a disk, yet not in the committed log?"""
        on_disk = self.copies.of(value_id) or self.queued.of(value_id)
        return value_id not in self.committed_ids and bool(on_disk)

    def has_committed(self, value_id: str) -> bool:
        """Is it in the committed log?"""
        return value_id in self.committed_ids

    def log_order(self, value_id: str) -> tuple[int, int] | None:
        """(term, position): among leaders' logs, the greater one is the later one."""
        return self.order.get(value_id)

    def _append(self, event: LogAppended) -> Change:
        log = self.logs.setdefault(event.node, [])
        change = NOTHING
        if event.position <= len(log):
            change = self._truncate(event.node, event.position)
        assert event.position == len(log) + 1, "a log has no gaps"
        value_id = event.value.id if event.value is not None and event.key == self.key else ""
        log.append((event.term, value_id))
        if not value_id:
            return change
        self.copies.add(value_id, event.node)
        place = (event.term, event.position)
        self.order[value_id] = max(place, self.order.get(value_id, place))
        return Change((*change.touched, value_id), change.steps, change.refold)

    def _truncate(self, node: str, position: int) -> Change:
        log = self.logs.setdefault(node, [])
        gone = [value_id for _, value_id in log[position - 1 :] if value_id]
        del log[position - 1 :]
        for value_id in gone:
            self.copies.remove(value_id, node)
        kept = len(self.committed)
        while kept and not self._on_a_disk(kept):
            kept -= 1
        if kept == len(self.committed):
            return Change(tuple(gone))
        return self._rewrite(self.committed[:kept], tuple(gone))

    def _on_a_disk(self, position: int) -> bool:
        entry = self.committed[position - 1]
        return any(
            len(log) >= position and log[position - 1] == entry for log in self.logs.values()
        )

    def _commit(self, event: CommitAdvanced) -> Change:
        known = len(self.committed)
        if (event.term, event.position) <= (self.commit_term, known):
            return NOTHING
        log = self.logs.get(event.node, [])[: event.position]
        if log == self.committed[: len(log)]:
            return NOTHING  # A follower that catches up in a new term has nothing new to say.
        self.commit_term = event.term
        if log[:known] != self.committed:
            return self._rewrite(log, ())
        fresh = log[known:]
        self.committed = log
        return Change(steps=self._steps(fresh), touched=tuple(v for _, v in fresh if v))

    def _rewrite(self, log: list[LogEntry], touched: tuple[str, ...]) -> Change:
        self.committed = log
        self.committed_ids = {}
        return Change(touched, self._steps(log), refold=True)

    def _steps(self, entries: list[LogEntry]) -> tuple[Step, ...]:
        ids = [value_id for _, value_id in entries if value_id]
        for value_id in ids:
            self.committed_ids[value_id] = True
        return tuple(Step((value_id,), (value_id,)) for value_id in ids)


class Shelves(Struct, tag="leaderless"):
    """Without a leader: the versions each node holds. All held values survive, except those that
    the writer of another held one had read; or, of those with time stamps, all but the last, and of
    a cart's parts all but the last of each item (`stamped`, as they are stored). `rule`: how the
    cluster decides; under newest_sibling what was read goes first, then the newest stays."""

    copies: Copies = field(default_factory=Copies)
    held: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hints: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stamped: dict[str, StoredVersion] = field(default_factory=dict)
    tie: str = "id"
    rule: str = "last_write"
    surviving: tuple[str, ...] = ()

    def observe(self, event: TraceEvent, lineage: Lineage) -> Change:
        if isinstance(event, HintStored | HintDelivered):
            ids = self._stamped(event.versions)
            return self._hint({f"{event.node}/{event.home}": ids}, lineage)
        if isinstance(event, HintReaddressed):
            return self._hint({f"{event.node}/{event.home}": ()}, lineage)
        if isinstance(event, NodeWiped):
            gone = [place for place in self.hints if place.startswith(f"{event.node}/")]
            hinted = self._hint(dict.fromkeys(gone, ()), lineage)
            emptied = self._shelve(event.node, (), lineage)
            return Change((*hinted.touched, *emptied.touched), (*hinted.steps, *emptied.steps))
        if not isinstance(event, VersionsStored):
            return NOTHING
        return self._shelve(event.node, self._stamped(event.versions), lineage)

    def _stamped(self, versions: tuple[StoredVersion, ...]) -> tuple[str, ...]:
        """Their ids; their stamps, where they have one, are noted."""
        for version in versions:
            if version.stamp >= 0 and (version.value.part or self.rule in DATED):
                self.stamped[version.value.id] = version
        return tuple(version.value.id for version in versions)

    def _hint(self, changed: dict[str, tuple[str, ...]], lineage: Lineage) -> Change:
        """What is kept for another node will reach it: it survives, though nobody is shown it."""
        touched: list[str] = []
        for place, ids in changed.items():
            touched += [*self.hints.get(place, ()), *ids]
            self.hints[place] = ids
        return self._survive(tuple(dict.fromkeys(touched)), tuple(touched), lineage)

    def _shelve(self, node: str, after: tuple[str, ...], lineage: Lineage) -> Change:
        before = self.held.get(node, ())
        gone = tuple(value_id for value_id in before if value_id not in after)
        come = tuple(value_id for value_id in after if value_id not in before)
        if not gone and not come:
            return NOTHING
        self.held[node] = after
        for value_id in gone:
            self.copies.remove(value_id, node)
        for value_id in come:
            self.copies.add(value_id, node)
        return self._survive((*gone, *come), come, lineage)

    def _survive(self, touched: tuple[str, ...], come: tuple[str, ...], lineage: Lineage) -> Change:
        union = [value_id for ids in self.held.values() for value_id in ids]
        union += [value_id for ids in self.hints.values() for value_id in ids]
        if self.stamped and self.rule != "newest_sibling":
            survivors = self._newest(union, lineage)
        else:
            survivors = lineage.maximal(union)
            if self.stamped:
                survivors = self._newest(list(survivors), lineage)
        if survivors == self.surviving:
            return Change(touched)
        self.surviving = survivors
        return Change(touched, (Step(survivors, come),))

    def _newest(self, union: list[str], lineage: Lineage) -> tuple[str, ...]:
        """The last write wins: once all could talk, the newest stamp alone would be left, of a cart
        in parts that of each item; what has no stamp goes by who had read what."""
        last: dict[str, StoredVersion] = {}
        for value_id in union:
            version = self.stamped.get(value_id)
            if version is None:
                continue
            cell = lineage.cell_of(version.value)
            if cell not in last or order(version, self.tie) > order(last[cell], self.tie):
                last[cell] = version
        rest = lineage.maximal(value_id for value_id in union if value_id not in self.stamped)
        return (*[version.value.id for version in last.values()], *rest)

    def survivors(self) -> tuple[str, ...]:
        return self.surviving

    def stored(self, value_id: str) -> bool:
        """Is it on any disk, if only as a hint?"""
        return bool(self.copies.of(value_id)) or bool(self.keepers(value_id))

    def keepers(self, value_id: str) -> list[str]:
        """Who keeps it as a hint, in words: "n4 for n2"."""
        return [place.replace("/", " for ") for place, ids in self.hints.items() if value_id in ids]

    def in_tail(self, value_id: str) -> bool:
        """There is no log here; what is kept only as a hint is as little to be read."""
        return not self.copies.of(value_id) and bool(self.keepers(value_id))

    def has_committed(self, value_id: str) -> bool:
        """There is no log here."""
        return False

    def is_aside(self, value_id: str) -> bool:
        """There is no log here."""
        return False

    def log_order(self, value_id: str) -> tuple[int, int] | None:
        """There is no log here."""
        return None


Holdings = Logs | Shelves


def empty_holdings(design: str, key: str, tie: str = "id", rule: str = "last_write") -> Holdings:
    """What stands on the disks of a cluster of this design before anything happened; `tie`: what
    decides there between equal time stamps; `rule`: its conflict rule."""
    match design:
        case "leader_follower":
            return Logs(key)
        case "leaderless":
            return Shelves(tie=tie, rule=rule)
        case _:
            raise ValueError(
                f"The judge knows leader_follower and leaderless, not {design}: "
                "give it what ClusterStarted.design says."
            )
