"""What must hold of every trace of the design with a leader, checked for what each event changed.

The safety rules of Raft (figure 3), read off the rows alone: nothing here asks a replica.
"""

from msgspec import Struct, field

from app.errors import InvariantViolation
from app.trace.events import (
    ClusterStarted,
    CommitAdvanced,
    ElectionStarted,
    LeaderElected,
    LeaderPromoted,
    LogAppended,
    LogProgressed,
    LogTailLost,
    LogTruncated,
    NodeCrashed,
    NodeLostPower,
    NodeWiped,
    QuorumReached,
    ReplicationModeChanged,
    ReplyCounted,
    RequestAccepted,
    TraceEvent,
    VoteGranted,
)

REMEMBERED = 256
"""Requests remembered: those whose last answers never come must not fill the memory."""

EntryName = tuple[int, str]
"""(term, op): what an entry is, whatever its position."""


class InvariantState(Struct):
    """`logs` by node; `committed`: the longest prefix that any node knows to be committed.

    `elections` False: leaders take over without votes, and what is committed may be thrown away.
    `unflushed`, `unhanded`: entries at the end of each log that are not on disk, or not even with
    the operating system. `survives`: what a node's last stop leaves of its log, os or disk.
    `promoted`, `wiped`: has a node taken office without votes, or lost its disk? `modes`: how each
    node last waited. `arbiters`: who votes and holds no copy.
    """

    votes: dict[str, str] = field(default_factory=dict)
    leaders: dict[int, str] = field(default_factory=dict)
    logs: dict[str, list[EntryName]] = field(default_factory=dict)
    commits: dict[str, int] = field(default_factory=dict)
    committed: list[EntryName] = field(default_factory=list)
    counted: dict[str, list[str]] = field(default_factory=dict)
    elections: bool = True
    unflushed: dict[str, int] = field(default_factory=dict)
    unhanded: dict[str, int] = field(default_factory=dict)
    survives: dict[str, str] = field(default_factory=dict)
    promoted: bool = False
    wiped: bool = False
    modes: dict[str, str] = field(default_factory=dict)
    arbiters: list[str] = field(default_factory=list)


class Invariants:
    """Watches one cluster of `nodes`."""

    def __init__(self, cluster: str, nodes: tuple[str, ...]) -> None:
        self.cluster = cluster
        self.nodes = nodes
        self.state = InvariantState(logs={node: [] for node in nodes})

    def observe(self, event: TraceEvent) -> None:
        """Raise InvariantViolation if the event breaks a rule."""
        match event:
            case ClusterStarted():
                self.state.elections = ("failover", "timeout") not in event.settings
                count = int(dict(event.settings).get("arbiters", "0"))
                self.state.arbiters = list(self.nodes[len(self.nodes) - count :])
            case NodeWiped(_, _, _, node):
                self.state.logs[node] = []
                self.state.commits[node] = 0
                self.state.unflushed[node] = self.state.unhanded[node] = 0
                self.state.wiped = True
                # Its own candidacy is gone with its memory, so its vote for itself binds nobody.
                for vote, candidate in list(self.state.votes.items()):
                    if candidate == node and vote.startswith(f"{node}/"):
                        del self.state.votes[vote]
            case NodeCrashed(_, _, _, node):
                self.state.survives[node] = "os"
            case NodeLostPower(_, _, _, node):
                self.state.survives[node] = "disk"
            case LogProgressed():
                self._progressed(event)
            case LogTailLost():
                self._lost(event)
            case QuorumReached(_, _, _, _, op, _, have, need) if have < need:
                self._broken(f"{op} is content with {have} of {need}", event)
            case ReplicationModeChanged():
                self._mode(event)
            case LogAppended():
                self._appended(event)
            case CommitAdvanced():
                self._committed(event)
            case ReplyCounted():
                self._counted(event)
            case RequestAccepted():
                self.state.counted[event.op] = []
                if len(self.state.counted) > REMEMBERED:
                    del self.state.counted[next(iter(self.state.counted))]
            case LogTruncated():
                self._truncated(event)
            case ElectionStarted():
                self._voted(event, event.node, event.node, event.term)
            case VoteGranted():
                self._voted(event, event.node, event.candidate, event.term)
            case LeaderElected() | LeaderPromoted():
                # A leader that nobody voted for need not have what is committed.
                self.state.elections &= isinstance(event, LeaderElected)
                self.state.promoted |= isinstance(event, LeaderPromoted)
                self.state.modes.pop(event.node, None)
                if event.node in self.state.arbiters:
                    self._broken(f"{event.node} is an arbiter and leads", event)
                leader = self.state.leaders.setdefault(event.term, event.node)
                if leader != event.node:
                    self._broken(f"{leader} and {event.node} both lead term {event.term}", event)

    def _voted(self, event: TraceEvent, node: str, candidate: str, term: int) -> None:
        given = self.state.votes.setdefault(f"{node}/{term}", candidate)
        if given != candidate:
            self._broken(f"{node} votes for {given} and {candidate} in term {term}", event)

    def _appended(self, event: LogAppended) -> None:
        if event.node in self.state.arbiters:
            self._broken(f"{event.node} is an arbiter and takes an entry", event)
        log = self.state.logs[event.node]
        if event.position != len(log) + 1:
            self._broken(f"{event.node} leaves a hole before position {event.position}", event)
        log.append((event.term, event.op))
        for node, other in self.state.logs.items():
            same = len(other) >= event.position and other[event.position - 1][0] == event.term
            if same and other[event.position - 1][1] != event.op:
                rule = f"{node} and {event.node} differ at position {event.position}"
                self._broken(rule, event)

    def _truncated(self, event: LogTruncated) -> None:
        if not self.state.elections:
            commits = self.state.commits
            commits[event.node] = min(commits.get(event.node, 0), event.position - 1)
        elif event.position <= self.state.commits.get(event.node, 0):
            self._broken(f"{event.node} throws away committed entries", event)
        self._shorten(event.node, event.position)

    def _shorten(self, node: str, position: int) -> None:
        state = self.state
        removed = len(state.logs[node]) - position + 1
        del state.logs[node][position - 1 :]
        for behind in (state.unflushed, state.unhanded):
            behind[node] = max(0, behind.get(node, 0) - removed)

    def _progressed(self, event: LogProgressed) -> None:
        length = len(self.state.logs[event.node])
        if not max(event.flushed, event.applied) <= length or event.flushed > event.handed:
            self._broken(f"{event.node} has flushed or applied what it has not got", event)
        self.state.unflushed[event.node] = length - event.flushed
        self.state.unhanded[event.node] = length - event.handed

    def _lost(self, event: LogTailLost) -> None:
        """A crash takes what was not handed over, a loss of power what was not flushed."""
        state, node = self.state, event.node
        power = state.survives.get(node) == "disk"
        behind = state.unflushed if power else state.unhanded
        lost = len(state.logs[node]) - event.position + 1
        if lost != behind.get(node, 0):
            self._broken(f"{node} loses {lost} entries where {behind.get(node, 0)} can go", event)
        state.commits[node] = min(state.commits.get(node, 0), event.position - 1)
        self._shorten(node, event.position)

    def _mode(self, event: ReplicationModeChanged) -> None:
        if self.state.modes.get(event.node, "semi_sync") == event.mode:
            self._broken(f"{event.node} is {event.mode} already", event)
        self.state.modes[event.node] = event.mode

    def _on_disks(self, event: CommitAdvanced) -> None:
        """What is newly committed is on a majority of disks, or on all where arbiters leave fewer;
        nothing but a new disk loses it."""
        state = self.state
        if state.promoted or state.wiped:
            return
        entry = state.logs[event.node][event.position - 1]
        holders = 0
        for node, log in state.logs.items():
            safe = len(log) - state.unflushed.get(node, 0)
            holders += safe >= event.position and log[event.position - 1] == entry
        data = len(self.nodes) - len(state.arbiters)
        if holders < min(len(self.nodes) // 2 + 1, data):
            self._broken(f"{event.node} commits what {holders} nodes have flushed", event)

    def _committed(self, event: CommitAdvanced) -> None:
        log, committed = self.state.logs[event.node], self.state.committed
        if event.position > len(log):
            self._broken(f"{event.node} commits beyond the end of its log", event)
        shared = min(event.position, len(committed))
        if self.state.elections and log[:shared] != committed[:shared]:
            self._broken(f"{event.node} commits what differs from an earlier commit", event)
        if event.position > len(committed):
            self._on_disks(event)
            self.state.committed = log[: event.position]
        self.state.commits[event.node] = event.position

    def _counted(self, event: ReplyCounted) -> None:
        sources = self.state.counted.get(event.op)
        if sources is None:
            return
        if event.source in sources:
            self._broken(f"{event.op} counts {event.source} twice", event)
        sources.append(event.source)
        if event.have != len(sources):
            self._broken(f"{event.op} says {event.have} and has {len(sources)}", event)

    def _broken(self, rule: str, event: TraceEvent) -> None:
        raise InvariantViolation(rule, self.cluster, event.seq)
