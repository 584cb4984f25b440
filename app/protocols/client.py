"""A shopper's device beside one cluster: it writes, reads and remembers what it was told.

The same logical client has one such process in each cluster; intents reach both at the same
moments. It does one operation at a time and queues the rest; it never retries. An operation
without an answer in time is *unknown*: it may have had its effect.
"""

from msgspec import Struct, field

from app.protocols.client_messages import Change, ClientRead, ClientReply, ClientWrite, Context
from app.sim.process import Message, Out
from app.trace.events import IntentQueued, IntentSkipped, OperationInvoked, OperationReturned
from app.trace.values import Value, carts, items_of

TIMEOUT = "answer"


class Intent(Struct, frozen=True, array_like=True):
    """What the person wants: add, remove, read or resolve (keep: a value id, or "both").

    `write` is the kind of write, `commands.WriteKind`.
    """

    op: str
    action: str
    item: str
    label: str
    keep: str
    write: str = "whole"


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

    def after_crash(self, out: Out, power: bool) -> None:
        """Devices do not crash."""

    def on_restart(self, out: Out) -> None:
        """Devices do not crash."""

    def on_wipe(self, out: Out) -> None:
        """Devices have no disk here."""

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
            if writing is None or busy.write == "operation":
                self.state.known = message.values
            else:
                self.state.known = (writing,)
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
            state.writing = self._value(intent)
            # An operation replaces nothing by itself: what it meets is worked out where it lands.
            if intent.write != "operation":
                context = tuple(value.id for value in state.known)
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
            "" if state.writing is None else intent.write,
        )
        if state.writing is None:
            out.send(self.entry, ClientRead(intent.op, 0, self.state.context))
        else:
            change = Change(intent.write, intent.action, intent.item, context)
            out.send(self.entry, ClientWrite(intent.op, 0, state.writing, state.context, change))
        out.set_timer(TIMEOUT, self.timeout_us)

    def _nothing_to_do(self, intent: Intent) -> str:
        known = self.state.known
        if intent.action == "remove" and not any(intent.item in v.items for v in known):
            return f"its cart shows no {intent.item} here"
        if intent.action == "resolve" and len(carts(known)) < 2:
            return "it sees a single version here"
        if intent.action == "resolve" and intent.keep not in ("both", *(v.id for v in known)):
            return "it does not see that version here"
        return ""

    def _value(self, intent: Intent) -> Value:
        """What is sent: the change alone, or the union of the versions seen (the client's merge)
        with the change in it."""
        if intent.write == "operation":
            items = (intent.item,) if intent.action == "add" else ()
            return Value(intent.op, intent.label, items, part=True)
        return Value(intent.op, intent.label, self._new_cart(intent))

    def _new_cart(self, intent: Intent) -> tuple[str, ...]:
        chosen = ("", "both")
        kept = [v for v in self.state.known if v.part or intent.keep in (*chosen, v.id)]
        items = list(items_of(kept))
        if intent.action == "add" and intent.item not in items:
            items.append(intent.item)
        if intent.action == "remove":
            items.remove(intent.item)
        return tuple(items)
