"""What must hold of every leaderless trace, checked for what each event changed.

The rules are read off the rows alone: nothing here asks a replica.
"""

from msgspec import Struct, field

from app.errors import InvariantViolation
from app.trace.events import (
    ClusterStarted,
    NodeWiped,
    QuorumReached,
    ReplyCounted,
    RequestAccepted,
    SettingChanged,
    TraceEvent,
    VersionsStored,
)
from app.trace.values import StoredVersion
from app.versions.version_vector import concurrent, descends

REMEMBERED = 256
"""Requests remembered: those whose last answers never come must not fill the memory."""


class InvariantState(Struct):
    """`counted`: by op, who has been counted. `held`: by node and key, what it holds. `sloppy`:
    nodes that stand in for a replica may be counted."""

    counted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    held: dict[str, dict[str, tuple[StoredVersion, ...]]] = field(default_factory=dict)
    sloppy: bool = False


class Invariants:
    """Watches one cluster; `nodes` in the cluster's order, replicas first."""

    def __init__(self, cluster: str, nodes: tuple[str, ...]) -> None:
        self.cluster = cluster
        self.nodes = nodes
        self.state = InvariantState()

    def observe(self, event: TraceEvent) -> None:
        """Raise InvariantViolation if the event breaks a rule."""
        kind = type(event)
        if kind is ReplyCounted:
            self._counted(event)  # type: ignore[arg-type]
        elif kind is VersionsStored:
            self._stored(event)  # type: ignore[arg-type]
        elif kind is NodeWiped:
            self.state.held[event.node] = {}  # type: ignore[attr-defined]
        elif kind is ClusterStarted:
            sloppy = ("quorum", "sloppy") in event.settings  # type: ignore[attr-defined]
            self.state.sloppy = sloppy
        elif kind is SettingChanged:
            self.state.sloppy |= event.choice == "sloppy"  # type: ignore[attr-defined]
        elif kind is QuorumReached:
            self._reached(event)  # type: ignore[arg-type]
        elif kind is RequestAccepted:
            self._accepted(event)  # type: ignore[arg-type]

    def _accepted(self, event: RequestAccepted) -> None:
        counted = self.state.counted
        counted[event.op] = ()
        if len(counted) > REMEMBERED:
            del counted[next(iter(counted))]

    def _counted(self, event: ReplyCounted) -> None:
        sources = self.state.counted.get(event.op)
        if sources is None:
            return
        if event.source in sources:
            self._broken(f"{event.op} counts {event.source} twice", event)
        if event.source not in self.nodes[: event.of] and not self.state.sloppy:
            self._broken(f"{event.op} counts {event.source}, which holds no copy", event)
        sources = (*sources, event.source)
        if event.have != len(sources):
            self._broken(f"{event.op} says {event.have} answers and has {len(sources)}", event)
        self.state.counted[event.op] = sources

    def _reached(self, event: QuorumReached) -> None:
        have = len(self.state.counted.get(event.op, self.nodes[: event.have]))
        if have < event.need or event.have < event.need:
            self._broken(f"{event.op} reached {event.need} with {have} answers", event)

    def _stored(self, event: VersionsStored) -> None:
        held = self.state.held.setdefault(event.node, {})
        before = held.get(event.key, ())
        now = event.versions
        for version in now:
            if version not in before:
                self._beside(version, now, event)
        for version in before:
            if version in now:
                continue
            if not any(_outlives(kept, version) for kept in now):
                rule = f"{event.node} dropped {version.value.id}, which nothing there replaces"
                self._broken(rule, event)
        held[event.key] = now

    def _beside(
        self, new: StoredVersion, now: tuple[StoredVersion, ...], event: VersionsStored
    ) -> None:
        for other in now:
            if other is not new and (new.stamp >= 0 or not concurrent(other.vector, new.vector)):
                rule = f"{event.node} holds {new.value.id} and {other.value.id}, one replaced"
                self._broken(rule, event)

    def _broken(self, rule: str, event: TraceEvent) -> None:
        raise InvariantViolation(rule, self.cluster, event.seq)


def _outlives(kept: StoredVersion, dropped: StoredVersion) -> bool:
    """May `kept` stand where `dropped` stood? By its stamp where it has one, else by its vector."""
    if kept.stamp >= 0:
        return (kept.stamp, kept.value.id) > (dropped.stamp, dropped.value.id)
    return descends(kept.vector, dropped.vector)
