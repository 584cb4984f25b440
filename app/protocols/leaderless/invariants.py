"""What must hold of every leaderless trace, checked for what each event changed.

The rules are read off the rows alone: nothing here asks a replica.
"""

from typing import Any

from msgspec import Struct, field

from app.errors import InvariantViolation
from app.protocols.leaderless.round_invariants import ROUND_EVENTS, RoundsSeen, broken_by
from app.trace.events import (
    ClusterStarted,
    HintStored,
    NodeWiped,
    OperationInvoked,
    QuorumReached,
    ReplyCounted,
    RequestAccepted,
    SettingChanged,
    TombstoneReaped,
    TraceEvent,
    VersionsStored,
)
from app.trace.ids import operation_of
from app.trace.ties import DATED, order
from app.trace.values import StoredVersion
from app.versions.version_vector import concurrent, descends

REMEMBERED = 256
"""Requests remembered: those whose last answers never come must not fill the memory."""


class InvariantState(Struct):
    """`counted`: by op, who has been counted. `held`: by node and key, what it holds. `sloppy`:
    nodes that stand in for a replica may be counted. `rules`: the settings that say what may stay
    beside what, where they are not the usual ones. `homes`: by key, where its copies lie, if that
    is not the same for all; `keys`: by operation, which key it is on; `hinted`: whose hint is an
    answer to it; `rounds`: who promised and accepted what."""

    counted: dict[str, tuple[str, ...]] = field(default_factory=dict)
    held: dict[str, dict[str, tuple[StoredVersion, ...]]] = field(default_factory=dict)
    sloppy: bool = False
    rules: dict[str, str] = field(default_factory=dict)
    homes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    hinted: dict[str, str] = field(default_factory=dict)
    rounds: RoundsSeen = field(default_factory=RoundsSeen)


class Invariants:
    """Watches one cluster; `nodes` in the cluster's order, replicas first."""

    def __init__(self, cluster: str, nodes: tuple[str, ...]) -> None:
        self.cluster = cluster
        self.nodes = nodes
        self.state = InvariantState()

    def observe(self, event: TraceEvent) -> None:
        """Raise InvariantViolation if the event breaks a rule."""
        kind = type(event)
        if kind in ROUND_EVENTS and (rule := broken_by(self.state.rounds, event)):  # type: ignore[arg-type]
            self._broken(rule, event)
        if kind is ReplyCounted:
            self._counted(event)  # type: ignore[arg-type]
        elif kind is VersionsStored:
            self._stored(event)  # type: ignore[arg-type]
        elif kind is NodeWiped:
            self.state.held[event.node] = {}  # type: ignore[attr-defined]
        elif kind is ClusterStarted:
            self._started(event)  # type: ignore[arg-type]
        elif kind is OperationInvoked:
            self._asked(event)  # type: ignore[arg-type]
        elif kind is SettingChanged:
            self.state.sloppy |= event.choice == "sloppy"  # type: ignore[attr-defined]
        elif kind is QuorumReached:
            self._reached(event)  # type: ignore[arg-type]
        elif kind is TombstoneReaped:
            self.state.held.setdefault(event.node, {})[event.key] = event.versions  # type: ignore[attr-defined]
        elif kind is HintStored:
            self._kept(event)  # type: ignore[arg-type]
        elif kind is RequestAccepted:
            self._accepted(event)  # type: ignore[arg-type]

    def _started(self, event: ClusterStarted) -> None:
        settings = dict(event.settings)
        self.state.sloppy = settings.get("quorum") == "sloppy"
        usual = {"conflict": "siblings", "cart": "as_written", "tie": "id", "vector_limit": "0"}
        usual["shown"] = "all"
        self.state.rules = {
            name: settings[name] for name in usual if settings.get(name, usual[name]) != usual[name]
        }
        if settings.get("placement") == "in_turn":
            n, around = int(settings["n"]), self.nodes * (1 + len(event.keys))
            self.state.homes = {
                key: around[place * n : place * n + n] for place, (key, _) in enumerate(event.keys)
            }

    def _asked(self, event: OperationInvoked) -> None:
        if self.state.homes:
            _remember(self.state.keys, event.op, event.key)

    def _kept(self, event: HintStored) -> None:
        """At level ANY the coordinator's hint is an answer."""
        if event.counts:
            _remember(self.state.hinted, event.op, event.node)

    def _accepted(self, event: RequestAccepted) -> None:
        _remember(self.state.counted, event.op, ())

    def _counted(self, event: ReplyCounted) -> None:
        sources = self.state.counted.get(event.op)
        if sources is None:
            return
        if event.source in sources:
            self._broken(f"{event.op} counts {event.source} twice", event)
        key = self.state.keys.get(operation_of(event.op), "")
        homes = self.state.homes.get(key, self.nodes if self.state.homes else ())
        hinted = self.state.sloppy or self.state.hinted.get(event.op) == event.source
        if event.source not in (homes or self.nodes[: event.of]) and not hinted:
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
            if not any(self._outlives(kept, version) for kept in now):
                rule = f"{event.node} dropped {version.value.id}, which nothing there replaces"
                self._broken(rule, event)
        held[event.key] = now

    def _beside(
        self, new: StoredVersion, now: tuple[StoredVersion, ...], event: VersionsStored
    ) -> None:
        for other in now:
            if other is not new and not self._may_stand(other, new):
                rule = f"{event.node} holds {new.value.id} and {other.value.id}, one replaced"
                self._broken(rule, event)

    def _may_stand(self, other: StoredVersion, new: StoredVersion) -> bool:
        """May the two be beside each other?"""
        conflict, cart = self.state.rules.get("conflict", ""), self.state.rules.get("cart", "")
        if new.value.part or other.value.part:
            mixed = bool(conflict) or cart in ("two_phase", "cells")
            return mixed or concurrent(other.vector, new.vector)
        if conflict == "object_vectors":
            return other.vector == new.vector
        if conflict == "server_vectors" and other.vector == new.vector:
            return True
        dated = new.stamp >= 0 and (conflict in DATED or "shown" not in self.state.rules)
        return not dated and concurrent(other.vector, new.vector)

    def _outlives(self, kept: StoredVersion, dropped: StoredVersion) -> bool:
        """May `kept` stand where `dropped` stood? By its stamp where it has one, else by its
        vector; a removal in a two-phase set stands where any add of its item stood."""
        rules = self.state.rules
        if kept.value.part != dropped.value.part and rules.get("conflict"):
            return False
        if rules.get("cart") == "two_phase" and kept.value.part:
            return not kept.value.items or kept.value.items == dropped.value.items
        dated = rules.get("conflict") != "newest_sibling" and "shown" not in rules
        if kept.stamp >= 0 and (dated or kept.value.part):
            return order(kept, rules.get("tie", "id")) > order(dropped, rules.get("tie", "id"))
        return "vector_limit" in rules or descends(kept.vector, dropped.vector)

    def _broken(self, rule: str, event: TraceEvent) -> None:
        raise InvariantViolation(rule, self.cluster, event.seq)


def _remember(known: dict[str, Any], op: str, what: Any) -> None:
    known[op] = what
    if len(known) > REMEMBERED:
        del known[next(iter(known))]
