"""A shopper's device beside one cluster: it writes, reads and remembers what it was told.

The same logical client has one such process in each cluster; intents reach both at the same
moments. It does one operation at a time and queues the rest; it never retries. An operation
without an answer in time is *unknown*: it may have had its effect.
"""

from msgspec import Struct, field

from app.protocols.client_messages import Change, ClientRead, ClientReply, ClientWrite, Context
from app.sim.process import Message, Out
from app.trace.events import IntentQueued, IntentSkipped, OperationInvoked, OperationReturned
from app.trace.types import TYPES
from app.trace.values import CART, Value, carts

TIMEOUT = "answer"


class Intent(Struct, frozen=True, array_like=True):
    """What the person wants: an action of the key's type, read, or resolve (keep: a value id, or
    "both"). `item` as in OperationInvoked.

    `write` is the kind of write, `commands.WriteKind`; `type` that of the key.
    """

    op: str
    action: str
    item: str
    label: str
    keep: str
    write: str = "whole"
    key: str = CART
    type: str = CART


class ClientState(Struct):
    """By key: `known` is what this side last showed of it; `context` is what goes with it.

    `position`: beside a leader, the last position of the log that it has seen or written.
    """

    busy: Intent | None = None
    writing: Value | None = None
    queue: list[Intent] = field(default_factory=list)
    known: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    context: dict[str, Context] = field(default_factory=dict)
    position: int = 0


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
                self.state.known[busy.key] = message.values
            else:
                self.state.known[busy.key] = (writing,)
            self.state.context[busy.key] = message.context
            self.state.position = max(self.state.position, message.position)
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
            self.state.known.get(busy.key, ()),
            busy.key,
        )
        self.state.busy = self.state.writing = None
        while self.state.queue and self.state.busy is None:
            self._begin(out, self.state.queue.pop(0))

    def _begin(self, out: Out, intent: Intent) -> None:
        reason = self._nothing_to_do(intent)
        if reason:
            out.emit(IntentSkipped, self.name, intent.op, intent.action, reason, intent.key)
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
                context = tuple(value.id for value in state.known.get(intent.key, ()))
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
            intent.key,
        )
        if state.writing is None:
            out.send(self.entry, ClientRead(intent.op, 0, intent.key, self.state.position))
        else:
            change = Change(intent.write, intent.action, intent.item, context)
            seen = state.context.get(intent.key, ())
            out.send(self.entry, ClientWrite(intent.op, 0, state.writing, seen, change, intent.key))
        out.set_timer(TIMEOUT, self.timeout_us)

    def _nothing_to_do(self, intent: Intent) -> str:
        known = self.state.known.get(intent.key, ())
        if intent.action == "remove" and not any(intent.item in v.items for v in known):
            return f"its {intent.key} shows no {intent.item} here"
        if intent.action == "resolve" and len(carts(known)) < 2:
            return "it sees a single version here"
        if intent.action == "resolve" and intent.keep not in ("both", *(v.id for v in known)):
            return "it does not see that version here"
        return ""

    def _value(self, intent: Intent) -> Value:
        """What is sent: the change alone, or what was seen with the change worked in."""
        kind, known = TYPES[intent.type], self.state.known.get(intent.key, ())
        if intent.write == "operation":
            return Value(intent.op, intent.label, kind.part(intent.action, intent.item), part=True)
        if intent.action == "resolve":
            items, tally = kind.settle(known, intent.keep)
        else:
            items, tally = kind.work_in(known, intent.action, intent.item)
        return Value(intent.op, intent.label, items, tally=tally)
