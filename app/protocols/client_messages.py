"""What clients and nodes say to each other: the same words in both designs."""

from msgspec import Struct

from app.sim.process import Message
from app.trace.values import CART, Value

Context = tuple[tuple[str, int], ...]
"""A version vector as the client carries it: opaque to it, empty beside a leader."""


class Change(Struct, frozen=True, array_like=True, gc=False):
    """How to write (`commands.WriteKind`). `expected`: the ids that a compare-and-set must meet;
    `action` and `item`: what an operation does, as in OperationInvoked. `once`: of several tries of
    the same operation (by `trace.ids.operation_of`) at most one may be applied."""

    write: str = "whole"
    action: str = ""
    item: str = ""
    expected: tuple[str, ...] = ()
    once: bool = False


WHOLE = Change()


class ClientWrite(Message, frozen=True, gc=False):
    """Client → its entry node: replace what I had read (`context`). Answered by ClientReply.

    `stamp`: the client's clock when its person asked, in microseconds. `level`: of this operation
    alone; "": as the cluster's settings say.
    """

    value: Value
    context: Context
    change: Change = WHOLE
    key: str = CART
    stamp: int = 0
    level: str = ""

    def kind(self) -> str:
        return "request"

    def carries(self) -> tuple[str, ...]:
        return (self.value.id,)


class ClientRead(Message, frozen=True, gc=False):
    """Client → its entry node: what is there of the key? Answered by ClientReply.

    `position`: of the log beside a leader, what the client has seen or written.
    """

    key: str = CART
    position: int = 0
    level: str = ""

    def kind(self) -> str:
        return "read_request"


class ClientReply(Message, frozen=True, gc=False):
    """Entry node → client. `outcome`: ok, failed or unknown; `reason` says why not ok.

    `values`: for a read, the versions found; for an operation that is ok, what it led to at
    the node that applied it; for another write, empty, or the value that an earlier try of the
    same operation had written. `position`: of the log beside a leader, what the client now has seen
    or written; 0: nothing new. `leader`: whom to ask instead of the node that refused.
    """

    outcome: str
    reason: str
    values: tuple[Value, ...]
    context: Context
    position: int = 0
    leader: str = ""

    def kind(self) -> str:
        return {"ok": "answer_ok", "failed": "answer_refused"}.get(self.outcome, "answer_unknown")

    def carries(self) -> tuple[str, ...]:
        return tuple(value.id for value in self.values)


class FindLeader(Message, frozen=True, gc=False):
    """Client → its entry → every other node: do you lead? `attempt` counts the rounds; `client`
    wants to know, "": who sent it. Answered by LeaderIs, to the client, by who does."""

    key: str = CART
    client: str = ""


class LeaderIs(Message, frozen=True, gc=False):
    """Node → client: I lead, and take writes."""
