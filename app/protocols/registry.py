"""The designs there are, and what each is made of. A new design is a line here."""

from collections.abc import Callable
from typing import Any, Protocol

from msgspec import Struct

from app.protocols.leader_follower.invariants import Invariants as LeaderFollowerInvariants
from app.protocols.leader_follower.messages import LeaderFollowerMessage
from app.protocols.leader_follower.replica import Replica as LeaderFollowerReplica
from app.protocols.leader_follower.settings import EFFECTS as LEADER_FOLLOWER_EFFECTS
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leaderless.invariants import Invariants as LeaderlessInvariants
from app.protocols.leaderless.messages import LeaderlessMessage
from app.protocols.leaderless.replica import Replica as LeaderlessReplica
from app.protocols.leaderless.settings import EFFECTS as LEADERLESS_EFFECTS
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.process import Out, Process
from app.trace.events import TraceEvent

Settings = LeaderFollowerSettings | LeaderlessSettings


class Invariants(Protocol):
    """Rules that hold after every step; `observe` raises InvariantViolation."""

    state: Any

    def observe(self, event: TraceEvent) -> None: ...


class Replica(Process, Protocol):
    """A node's process: its settings may change while it runs."""

    def configure(self, settings: Any) -> None: ...

    def on_configure(self, out: Out, settings: Any) -> None: ...

    def refuses_promotion(self) -> str: ...

    def on_promote(self, out: Out) -> None: ...


class Design(Struct, frozen=True):
    """One way to replicate: its settings and when each takes effect, messages, process, rules."""

    settings_type: type[Any]
    effects: dict[str, str]
    message_type: Any
    replica: Callable[[str, tuple[str, ...], Any], "Replica"]
    invariants: Callable[[str, tuple[str, ...]], Invariants]


DESIGNS: dict[str, Design] = {
    "leader_follower": Design(
        LeaderFollowerSettings,
        LEADER_FOLLOWER_EFFECTS,
        LeaderFollowerMessage,
        LeaderFollowerReplica,
        LeaderFollowerInvariants,
    ),
    "leaderless": Design(
        LeaderlessSettings,
        LEADERLESS_EFFECTS,
        LeaderlessMessage,
        LeaderlessReplica,
        LeaderlessInvariants,
    ),
}
