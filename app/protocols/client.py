"""A shopper's device beside one cluster: it writes, reads and remembers what it was told.

The same logical client has one such process in each cluster; intents reach both at the same
moments. It does one operation at a time and queues the rest. Without an answer in time it asks
again, if it is set to, and gives up after that: the operation is *unknown*, it may have happened.
"""

from msgspec.structs import replace

from app.protocols.client_messages import Change, ClientRead, ClientReply, ClientWrite, LeaderIs
from app.protocols.client_state import ClientState, Retries
from app.protocols.finding import ENTRY_ALONE, LOOK, MOST_TURNS, NOBODY, Finding, ask_around
from app.protocols.intents import Intent, nothing_to_do, value_of
from app.sim.process import Message, Out
from app.trace.events import (
    ClientTurned,
    IntentQueued,
    IntentSkipped,
    LeaderFound,
    LeaderSought,
    OperationInvoked,
    OperationRetried,
    OperationReturned,
)
from app.trace.ids import attempt_of, operation_of, request_name
from app.trace.values import Value

TIMEOUT = "answer"
MOST_AGAIN = 2
"""So many times a client asks again before it gives up."""


class Client:
    """A client process; `entry` is the node it talks to at first."""

    def __init__(
        self,
        name: str,
        entry: str,
        timeout_us: int,
        retries: Retries = "off",
        finding: Finding = ENTRY_ALONE,
    ) -> None:
        self.name = name
        self.timeout_us = timeout_us
        self.finding = finding
        self.state = ClientState(entry, retries)

    def on_start(self, out: Out) -> None:
        """Nothing happens before the person asks, and devices do not crash."""

    def on_crash(self) -> None: ...
    def after_crash(self, out: Out, power: bool) -> None: ...

    def on_restart(self, out: Out) -> None: ...

    def on_wipe(self, out: Out) -> None: ...

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
        if busy is None or operation_of(message.op) != busy.op:
            return
        if isinstance(message, LeaderIs) and message.attempt == state.leaders.round:
            self._finds(out, source, busy)
        if not isinstance(message, ClientReply):
            return
        outcome, reason = message.outcome, message.reason
        if self._turns(out, source, message, busy) or self._looks(out, source, message, busy):
            return
        if outcome != "failed":
            state.leaders.served[self.finding.group(busy.key)] = source
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
        state, known, leader = self.state, self.state.leaders, message.leader
        if message.reason == "no_leader" and source != state.entry:
            leader = state.entry
        if not self.finding.learns or not leader or known.turns == MOST_TURNS:
            return False
        if source != state.asks or attempt_of(message.op) < state.attempt:
            return False
        known.turns += 1
        known.leaders[self.finding.group(busy.key)] = state.asks = leader
        out.emit(ClientTurned, self.name, busy.op, source, leader)
        self._send(out, busy)
        return True

    def _looks(self, out: Out, source: str, message: ClientReply, busy: Intent) -> bool:
        """Refused since nobody leads, by who never served it: it asks around before it takes no."""
        state, known, looks_us = self.state, self.state.leaders, self.finding.looks_us
        if message.outcome != "failed" or message.reason not in NOBODY or not looks_us:
            return False
        if source != state.asks or known.served.get(self.finding.group(busy.key)) == source:
            return False
        if not known.until:
            known.until = out.now + looks_us
            out.emit(LeaderSought, self.name, busy.op, source)
        elif out.now >= known.until:
            return False
        known.forget(self.finding.group(busy.key))
        out.cancel_timer(TIMEOUT)
        ask_around(known, out, state.entry, busy.op, busy.key)
        return True

    def _finds(self, out: Out, leader: str, busy: Intent) -> None:
        """A node says that it leads: the request goes there."""
        known = self.state.leaders
        known.round += 1  # Other answers of this round are too late.
        known.leaders[self.finding.group(busy.key)] = self.state.asks = leader
        out.cancel_timer(LOOK)
        out.emit(LeaderFound, self.name, busy.op, leader)
        self._send(out, busy)

    def _gives_up_looking(self, out: Out, busy: Intent) -> None:
        """Nobody led for so long. An earlier try may have had its effect all the same."""
        tried = self.state.attempt and self.state.writing is not None
        self._return(out, *(("unknown", "tried_before") if tried else ("failed", "no_leader")))

    def on_timer(self, out: Out, name: str) -> None:
        """No answer in time: once more, or the outcome is unknown. Who was asked may be gone."""
        state, busy, known = self.state, self.state.busy, self.state.leaders
        assert busy is not None
        if name == LOOK:
            if out.now >= known.until:
                self._gives_up_looking(out, busy)
            else:
                ask_around(known, out, state.entry, busy.op, busy.key)
            return
        known.forget(self.finding.group(busy.key))
        if self.finding.learns:
            self.state.asks = self.state.entry
        if self.state.again == "off" or self.state.attempt == MOST_AGAIN:
            self._return(out, "unknown", "no_answer")
            return
        self.state.attempt += 1
        value = self._carried(request_name(busy.op, self.state.attempt))
        attempt, entry = self.state.attempt, self._asked()
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
            self._asked(),
            self._known(busy),
            busy.key,
        )
        self.state.busy = self.state.writing = None
        while self.state.queue and self.state.busy is None:
            self._begin(out, self.state.queue.pop(0))

    def _begin(self, out: Out, intent: Intent) -> None:
        reason = nothing_to_do(intent, self._known(intent))
        if reason:
            out.emit(IntentSkipped, self.name, intent.op, intent.action, reason, intent.key)
            return
        state = self.state
        state.busy = intent
        state.asks, state.again = self._whom(intent), state.retries
        state.attempt = state.refused = state.leaders.turns = state.leaders.until = 0
        state.stamp = out.clock
        kind = "read"
        if intent.action != "read":
            kind = "write"
            state.writing = value_of(intent, self._known(intent))
        out.emit(
            OperationInvoked,
            self.name,
            intent.op,
            intent.action,
            kind,
            intent.item,
            self._asked(),
            state.writing,
            self._replaces(intent),
            "" if state.writing is None else intent.write,
            intent.key,
        )
        self._send(out, intent)

    def _whom(self, intent: Intent) -> str:
        """Who is asked first."""
        return self.finding.first(self.state.leaders, intent.key) or self.state.entry

    def _asked(self) -> str:
        """Who is asked, in a word."""
        return self.state.asks

    def _hand(self, out: Out, message: ClientRead | ClientWrite) -> None:
        """To whoever is asked."""
        out.send(self.state.asks, message)

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
            self._hand(out, ClientRead(name, state.attempt, key, state.position, level))
        else:
            once = state.again == "with_id"
            change = Change(intent.write, intent.action, intent.item, self._replaces(intent), once)
            seen = state.context.get(intent.key, ())
            write = ClientWrite(name, state.attempt, value, seen, change, key, state.stamp, level)
            self._hand(out, write)
        out.set_timer(TIMEOUT, self.timeout_us)
