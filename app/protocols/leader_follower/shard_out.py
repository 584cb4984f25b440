"""The envelope of a replication group: what its part on one node sends, sets, draws and writes down
is told apart from what other groups do there by the group's number."""

from functools import partial
from typing import cast

from app.protocols.leader_follower.messages import GroupMessage, InShard
from app.sim.process import Message, Out
from app.trace.events import ShardEvent, TraceEvent

ATTEMPTS = 1 << 20
"""Tries of a message in one group. Two groups may use the same name for messages of their own (a
heartbeat's, an election's); as tries that nobody else has, they have luck of their own."""


class ShardOut:
    """The `Out` of one group on one node, or beside the nodes; `inside`: who is sent envelopes."""

    __slots__ = ("inside", "number", "out")

    def __init__(self, out: Out, number: int, inside: tuple[str, ...]) -> None:
        self.out = out
        self.number = number
        self.inside = inside

    @property
    def now(self) -> int:
        return self.out.now

    @property
    def clock(self) -> int:
        return self.out.clock

    def send(self, target: str, message: Message) -> None:
        """To a client as it is, to everybody else in an envelope."""
        if target in self.inside:
            message = envelope(self.number, message)
        self.out.send(target, message)

    def set_timer(self, name: str, delay_us: int) -> None:
        self.out.set_timer(f"{self.number}/{name}", delay_us)

    def cancel_timer(self, name: str) -> None:
        self.out.cancel_timer(f"{self.number}/{name}")

    def emit(self, kind: type[TraceEvent], *fields: object) -> int:
        if issubclass(kind, ShardEvent):
            kind = cast(type[TraceEvent], partial(kind, shard=self.number))
        return self.out.emit(kind, *fields)

    def draw(self, name: str, low: int, high: int) -> int:
        return self.out.draw(f"{name} of shard {self.number}", low, high)


def envelope(number: int, message: Message) -> InShard:
    attempt = number * ATTEMPTS + message.attempt
    return InShard(message.op, attempt, number, cast(GroupMessage, message))
