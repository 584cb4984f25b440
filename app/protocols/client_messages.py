"""What clients and nodes say to each other: the same words in both designs."""

from app.sim.process import Message
from app.trace.values import Value

Context = tuple[tuple[str, int], ...]
"""A version vector as the client carries it: opaque to it, empty beside a leader."""


class ClientWrite(Message, frozen=True, gc=False):
    """Client → its entry node: replace what I had read (`context`). Answered by ClientReply."""

    value: Value
    context: Context

    def kind(self) -> str:
        return "request"

    def carries(self) -> tuple[str, ...]:
        return (self.value.id,)


class ClientRead(Message, frozen=True, gc=False):
    """Client → its entry node: what is in the cart? Answered by ClientReply."""

    def kind(self) -> str:
        return "read_request"


class ClientReply(Message, frozen=True, gc=False):
    """Entry node → client. `outcome`: ok, failed or unknown; `reason` says why not ok.

    `values`: for a read, the versions found; for a write that is ok, empty.
    """

    outcome: str
    reason: str
    values: tuple[Value, ...]
    context: Context

    def kind(self) -> str:
        return {"ok": "answer_ok", "failed": "answer_refused"}.get(self.outcome, "answer_unknown")

    def carries(self) -> tuple[str, ...]:
        return tuple(value.id for value in self.values)
