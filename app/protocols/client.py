"""A shopper's device beside one cluster: it writes whole carts and remembers what it was told.

The same logical client has one such process in each cluster; intents reach both at the same
moments. It does one operation at a time and queues the rest; it never retries. An operation
without an answer in time is *unknown*: it may have had its effect.
"""

from msgspec import Struct, field

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite, Context
from app.sim.process import Message, Out
from app.trace.events import IntentQueued, IntentSkipped, OperationInvoked, OperationReturned
from app.trace.values import Value

TIMEOUT = "answer"


class Intent(Struct, frozen=True, array_like=True):
    """What the person wants: add, remove, read or resolve (keep: a value id, or "both")."""

    op: str
    action: str
    item: str
    label: str
    keep: str


class ClientState(Struct):
    """`known` is the cart as this side last showed it; `context` is what goes with it."""

    busy: Intent | None = None
    writing: Value | None = None
    queue: list[Intent] = field(default_factory=list)
    known: tuple[Value, ...] = ()
    context: Context = ()


class Client:
    """A client process; `entry` is the node it talks to."""

    def __init__(self, name: str, entry: str, timeout_us: int) -> None:
        self.name = name
        self.entry = entry
        self.timeout_us = timeout_us
        self.state = ClientState()

    def on_start(self, out: Out) -> None:
        """Nothing happens before the person asks."""

    def on_crash(self) -> None:
        """Devices do not crash."""

    def on_restart(self, out: Out) -> None:
        """Devices do not crash."""

    def on_intent(self, out: Out, intent: Intent) -> None:
        """The person wants something; a busy device lets it wait."""
        if self.state.busy is not None:
            self.state.queue.append(intent)
            out.emit(IntentQueued, self.name, intent.op, self.state.busy.op)
            return
        self._begin(out, intent)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        """The answer, if it is still waited for; a late one changes nothing."""
        busy = self.state.busy
        if not isinstance(message, ClientReply) or busy is None or message.op != busy.op:
            return
        out.cancel_timer(TIMEOUT)
        if message.outcome == "ok":
            writing = self.state.writing
            self.state.known = message.values if writing is None else (writing,)
            self.state.context = message.context
        self._return(out, message.outcome, message.reason)

    def on_timer(self, out: Out, name: str) -> None:
        """No answer in time: the outcome is unknown."""
        self._return(out, "unknown", "no_answer")

    def _return(self, out: Out, outcome: str, reason: str) -> None:
        busy = self.state.busy
        assert busy is not None
        kind = "read" if self.state.writing is None else "write"
        out.emit(
            OperationReturned,
            self.name,
            busy.op,
            busy.action,
            kind,
            busy.item,
            outcome,
            reason,
            self.entry,
            self.state.known,
        )
        self.state.busy = self.state.writing = None
        while self.state.queue and self.state.busy is None:
            self._begin(out, self.state.queue.pop(0))

    def _begin(self, out: Out, intent: Intent) -> None:
        reason = self._nothing_to_do(intent)
        if reason:
            out.emit(IntentSkipped, self.name, intent.op, intent.action, reason)
            return
        state = self.state
        state.busy = intent
        context: tuple[str, ...] = ()
        kind = "read"
        if intent.action != "read":
            kind = "write"
            context = tuple(value.id for value in state.known)
            state.writing = Value(intent.op, intent.label, self._new_cart(intent))
        out.emit(
            OperationInvoked,
            self.name,
            intent.op,
            intent.action,
            kind,
            intent.item,
            self.entry,
            state.writing,
            context,
        )
        if state.writing is None:
            out.send(self.entry, ClientRead(intent.op, 0))
        else:
            out.send(self.entry, ClientWrite(intent.op, 0, state.writing, state.context))
        out.set_timer(TIMEOUT, self.timeout_us)

    def _nothing_to_do(self, intent: Intent) -> str:
        known = self.state.known
        if intent.action == "remove" and not any(intent.item in v.items for v in known):
            return f"its cart shows no {intent.item} here"
        if intent.action == "resolve" and len(known) < 2:
            return "it sees a single version here"
        if intent.action == "resolve" and intent.keep not in ("both", *(v.id for v in known)):
            return "it does not see that version here"
        return ""

    def _new_cart(self, intent: Intent) -> tuple[str, ...]:
        """What is written: the union of the versions seen (the client's merge), then the change."""
        kept = [v for v in self.state.known if intent.keep in ("", "both", v.id)]
        items = list(dict.fromkeys(item for value in kept for item in value.items))
        if intent.action == "add" and intent.item not in items:
            items.append(intent.item)
        if intent.action == "remove":
            items.remove(intent.item)
        return tuple(items)
