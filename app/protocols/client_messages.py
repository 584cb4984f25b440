"""What clients and nodes say to each other: the same words in both designs."""

from msgspec import Struct

from app.sim.process import Message
from app.trace.values import Value

Context = tuple[tuple[str, int], ...]
"""What a database gives its client to bring along, opaque to it: a version vector, or, beside a
leader, a position of the log."""


class Change(Struct, frozen=True, array_like=True, gc=False):
    """How to write (`commands.WriteKind`). `expected`: the ids that a compare-and-set must meet;
    `action` and `item`: what an operation does."""

    write: str = "whole"
    action: str = ""
    item: str = ""
    expected: tuple[str, ...] = ()


WHOLE = Change()


class ClientWrite(Message, frozen=True, gc=False):
    """Client → its entry node: replace what I had read (`context`). Answered by ClientReply."""

    value: Value
    context: Context
    change: Change = WHOLE

    def kind(self) -> str:
        return "request"

    def carries(self) -> tuple[str, ...]:
        return (self.value.id,)


class ClientRead(Message, frozen=True, gc=False):
    """Client → its entry node: what is in the cart? Answered by ClientReply.

    `context`: what the client was last told; beside a leader, the log position it has seen.
    """

    context: Context = ()

    def kind(self) -> str:
        return "read_request"


class ClientReply(Message, frozen=True, gc=False):
    """Entry node → client. `outcome`: ok, failed or unknown; `reason` says why not ok.

    `values`: for a read, the versions found; for an operation that is ok, the cart it led to at
    the node that applied it; for another write, empty.
    """

    outcome: str
    reason: str
    values: tuple[Value, ...]
    context: Context

    def kind(self) -> str:
        return {"ok": "answer_ok", "failed": "answer_refused"}.get(self.outcome, "answer_unknown")

    def carries(self) -> tuple[str, ...]:
        return tuple(value.id for value in self.values)
