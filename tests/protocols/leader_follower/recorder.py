"""One replica by itself: its wishes are written down instead of carried out."""

from typing import Any

from app.protocols.leader_follower.replica import Replica
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.sim.process import Message
from app.trace.events import TraceEvent

NODES = ("n1", "n2", "n3")


class Recorder:
    """An `Out` that remembers."""

    def __init__(self) -> None:
        self.now = 0
        self.sent: list[tuple[str, Any]] = []
        self.events: list[tuple[type[TraceEvent], tuple[object, ...]]] = []
        self.timers: dict[str, int] = {}

    @property
    def clock(self) -> int:
        """A clock that is right."""
        return self.now

    def send(self, target: str, message: Message) -> None:
        self.sent.append((target, message))

    def set_timer(self, name: str, delay_us: int) -> None:
        self.timers[name] = delay_us

    def cancel_timer(self, name: str) -> None:
        self.timers.pop(name, None)

    def emit(self, kind: type[TraceEvent], *fields: object) -> int:
        self.events.append((kind, fields))
        return len(self.events)

    def draw(self, name: str, low: int, high: int) -> int:
        return low

    def clear(self) -> None:
        self.sent.clear()
        self.events.clear()

    def kinds(self) -> list[str]:
        return [kind.__name__ for kind, _ in self.events]

    def answers(self) -> list[Any]:
        """What was sent to clients and entry nodes as answers."""
        return [m for _, m in self.sent if type(m).__name__ in ("ClientReply", "ForwardReply")]


def started(node: str, **settings: Any) -> tuple[Replica, Recorder]:
    """A replica that has just started, n1 leading term 1."""
    replica = Replica(node, NODES, LeaderFollowerSettings(**settings))
    out = Recorder()
    replica.on_start(out)
    out.clear()
    return replica, out
