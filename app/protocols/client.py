"""A shopper's device beside one cluster: it writes, reads and remembers what it was told.

The same logical client has one such process in each cluster; intents reach both at the same
moments. It does one operation at a time and queues the rest. Without an answer in time it asks
again, if it is set to, and gives up after that: the operation is *unknown*, it may have happened.
"""

from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from app.protocols.client_messages import Change, ClientRead, ClientReply, ClientWrite, Context
from app.sim.process import Message, Out
from app.trace.events import (
    ClientTurned,
    IntentQueued,
    IntentSkipped,
    OperationInvoked,
    OperationRetried,
    OperationReturned,
)
from app.trace.ids import attempt_of, operation_of, request_name
from app.trace.types import TYPES
from app.trace.values import CART, Value, carts

TIMEOUT = "answer"
MOST_TURNS = 3
"""So often a client lets itself be sent on in one operation."""
MOST_AGAIN = 2
"""So many times a client asks again before it gives up."""

Retries = Literal["off", "blind", "with_id"]
"""Silence: give up; ask again as if anew; ask again so that nodes know it is the same request."""


class Intent(Struct, frozen=True, array_like=True):
    """What the person wants: an action of the key's type, read, or resolve (`keep`: an id, "both").

    `write` is the kind of write, `commands.WriteKind`; `type` that of the key; `level` the
    consistency level of this operation, "" for the cluster's.
    """

    op: str
    action: str
    item: str
    label: str
    keep: str
    write: str = "whole"
    key: str = CART
    type: str = CART
    level: str = ""


class ClientState(Struct):
    """By key: `known` is what this side last showed of it; `context` is what goes with it.

    `leader`: the one it has learnt of, "" none; `turns`: so often it was sent on in this operation.

    `position`: beside a leader, the last position of the log that it has seen or written.

    `entry` and `retries` hold for the next operation; `asks` and `again` are those of the one under
    way, whose newest try is `attempt` and of which so many tries were `refused`; it was asked for
    when the client's clock showed `stamp`.
    """

    entry: str
    retries: Retries = "off"
    busy: Intent | None = None
    writing: Value | None = None
    queue: list[Intent] = field(default_factory=list)
    known: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    context: dict[str, Context] = field(default_factory=dict)
    position: int = 0
    asks: str = ""
    again: Retries = "off"
    attempt: int = 0
    refused: int = 0
    leader: str = ""
    turns: int = 0
    stamp: int = 0


class Client:
    """A client process; `entry` is the node it talks to at first. `via`: whom it asks instead,
    whatever its entry; `learns`: it goes to the leader that a refusal names, and stays there."""

    def __init__(
        self,
        name: str,
        entry: str,
        timeout_us: int,
        retries: Retries = "off",
        via: str = "",
        learns: bool = False,
    ) -> None:
        self.name = name
        self.timeout_us = timeout_us
        self.via = via
        self.learns = learns
        self.state = ClientState(entry, retries)

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

    def is_work(self, message: Message) -> bool:
        """Devices keep no copy."""
        return False

    def on_intent(self, out: Out, intent: Intent) -> None:
        """The person wants something; a busy device lets it wait."""
        if self.state.busy is not None:
            self.state.queue.append(intent)
            out.emit(IntentQueued, self.name, intent.op, self.state.busy.op)
            return
        self._begin(out, intent)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        """The answer to any try, if it is still waited for; a late one changes nothing."""
        state = self.state
        busy = state.busy
        if not isinstance(message, ClientReply) or busy is None:
            return
        if operation_of(message.op) != busy.op:
            return
        outcome, reason = message.outcome, message.reason
        if self._turns(out, source, message, busy):
            return
        if outcome == "ok":
            self._take(message)
        elif state.attempt:
            state.refused += outcome == "failed"
            if attempt_of(message.op) < state.attempt:
                return  # The newest try may still do better.
            if state.writing is not None and outcome == "failed" and state.refused <= state.attempt:
                # A refusal speaks for its own try alone: one before it may have had its effect.
                outcome, reason = "unknown", "tried_before"
        out.cancel_timer(TIMEOUT)
        self._return(out, outcome, reason)

    def _turns(self, out: Out, source: str, message: ClientReply, busy: Intent) -> bool:
        """Refused by a node that does not lead and knows who does: ask that one. Such a refusal has
        had no effect; two nodes that send a client to and fro do so a few times only. One
        that led and hears of no leader now sends it back to its entry."""
        state, leader = self.state, message.leader
        if message.reason == "no_leader" and source != state.entry:
            leader = state.entry
        if not self.learns or not leader or state.turns == MOST_TURNS:
            return False
        if source != state.asks or attempt_of(message.op) < state.attempt:
            return False
        state.turns += 1
        state.leader = state.asks = leader
        out.emit(ClientTurned, self.name, busy.op, source, leader)
        self._send(out, busy)
        return True

    def on_timer(self, out: Out, name: str) -> None:
        """No answer in time: once more, or the outcome is unknown. Who was asked may be gone."""
        self.state.leader = ""
        if self.learns:
            self.state.asks = self.state.entry
        if self.state.again == "off" or self.state.attempt == MOST_AGAIN:
            self._return(out, "unknown", "no_answer")
            return
        busy = self.state.busy
        assert busy is not None
        self.state.attempt += 1
        value = self._carried(request_name(busy.op, self.state.attempt))
        attempt, entry = self.state.attempt, self.state.asks
        out.emit(OperationRetried, self.name, busy.op, attempt, entry, value, busy.key)
        self._send(out, busy)

    def _take(self, message: ClientReply) -> None:
        """What is known after an OK: what was read, or worked out, or written."""
        state, busy = self.state, self.state.busy
        assert busy is not None
        written = self._carried(message.op)
        if written is None or message.values or busy.write == "operation":
            state.known[busy.key] = message.values
        else:
            state.known[busy.key] = (written,)
        state.context[busy.key] = message.context
        state.position = max(state.position, message.position)

    def _carried(self, request: str) -> Value | None:
        """The value that this try carries."""
        writing = self.state.writing
        if writing is None or request == writing.id:
            return writing
        return replace(writing, id=request)

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
            self.state.asks,
            self._known(busy),
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
        state.asks, state.again = self.via or state.leader or state.entry, state.retries
        state.attempt = state.refused = state.turns = 0
        state.stamp = out.clock
        kind = "read"
        if intent.action != "read":
            kind = "write"
            state.writing = self._value(intent)
        out.emit(
            OperationInvoked,
            self.name,
            intent.op,
            intent.action,
            kind,
            intent.item,
            state.asks,
            state.writing,
            self._replaces(intent),
            "" if state.writing is None else intent.write,
            intent.key,
        )
        self._send(out, intent)

    def _known(self, intent: Intent) -> tuple[Value, ...]:
        """What this side last showed of the key."""
        return self.state.known.get(intent.key, ())

    def _replaces(self, intent: Intent) -> tuple[str, ...]:
        """Ids of what this write means to replace. An operation replaces nothing by itself: what
        it meets is worked out where it lands."""
        if self.state.writing is None or intent.write == "operation":
            return ()
        return tuple(value.id for value in self._known(intent))

    def _send(self, out: Out, intent: Intent) -> None:
        """The newest try; nothing that it says has changed since the first."""
        state = self.state
        name = request_name(intent.op, state.attempt)
        value, key, level = self._carried(name), intent.key, intent.level
        if value is None:
            out.send(state.asks, ClientRead(name, state.attempt, key, state.position, level))
        else:
            once = state.again == "with_id"
            change = Change(intent.write, intent.action, intent.item, self._replaces(intent), once)
            seen = state.context.get(intent.key, ())
            write = ClientWrite(name, state.attempt, value, seen, change, key, state.stamp, level)
            out.send(state.asks, write)
        out.set_timer(TIMEOUT, self.timeout_us)

    def _nothing_to_do(self, intent: Intent) -> str:
        known = self._known(intent)
        if intent.action == "remove" and not any(intent.item in v.items for v in known):
            return f"its {intent.key} shows no {intent.item} here"
        if intent.action == "resolve" and len(carts(known)) < 2:
            return "it sees a single version here"
        if intent.action == "resolve" and intent.keep not in ("both", *(v.id for v in known)):
            return "it does not see that version here"
        return ""

    def _value(self, intent: Intent) -> Value:
        """What is sent: the change alone, or what was seen with the change worked in."""
        kind, known = TYPES[intent.type], self._known(intent)
        if intent.write == "operation":
            return Value(intent.op, intent.label, kind.part(intent.action, intent.item), part=True)
        if intent.action == "resolve":
            items, tally = kind.settle(known, intent.keep)
        else:
            items, tally = kind.work_in(known, intent.action, intent.item)
        return Value(intent.op, intent.label, items, tally=tally)
