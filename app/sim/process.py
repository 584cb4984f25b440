"""What a process is: a pure handler of messages and timers that may only fill its `Out`.

A process touches nothing outside: no clock, no luck, no network. All that it wants goes through
`Out`; all that it remembers is in `state`, a Struct that is snapshot and restored as bytes.
"""

from typing import Any, Protocol

from msgspec import Struct

from app.trace.events import TraceEvent, snake_case


class Message(Struct, frozen=True, array_like=True, gc=False, tag=snake_case):
    """Base of all messages. `op` is the causal name: the operation or timer that it serves.

    Two messages with the same op, attempt, kind, source and target get the same luck; so a
    sender that repeats itself counts `attempt` up.
    """

    op: str
    attempt: int

    def kind(self) -> str:
        """What the stage draws, and part of the causal name."""
        return type(self).__struct_config__.tag  # type: ignore[return-value]

    def carries(self) -> tuple[str, ...]:
        """Ids of the values inside, for the drawing."""
        return ()


class Out(Protocol):
    """The wishes of one step, carried out at once and in order by the kernel."""

    @property
    def now(self) -> int:
        """Microseconds since the start: what measures how long something took."""
        ...

    @property
    def clock(self) -> int:
        """Microseconds on this node's wall clock, which may be wrong: only for dating writes."""
        ...

    def send(self, target: str, message: Message) -> None:
        """Send; a message to oneself is not allowed: call the handler instead."""
        ...

    def set_timer(self, name: str, delay_us: int) -> None:
        """(Re)start the named timer of this node; `on_timer(name)` follows unless cancelled."""
        ...

    def cancel_timer(self, name: str) -> None: ...

    def emit(self, kind: type[TraceEvent], *fields: object) -> int:
        """Write a trace event; at, seq and cause are filled in. Returns its seq."""
        ...

    def draw(self, name: str, low: int, high: int) -> int:
        """A whole number in low … high (inclusive), fixed by the seed, this node and the name."""
        ...


class Process(Protocol):
    """One node or client. `state` must be a msgspec Struct of plain data."""

    state: Any

    def on_start(self, out: Out) -> None: ...

    def on_message(self, out: Out, source: str, message: Message) -> None: ...

    def on_timer(self, out: Out, name: str) -> None: ...

    def on_crash(self) -> None:
        """Forget what was in memory; keep what is on disk."""
        ...

    def after_crash(self, out: "Out", power: bool) -> None:
        """Write down what the disk has lost: what was not handed to the operating system, or, when
        the power is gone (also of a node that is down already), what was not flushed."""
        ...

    def on_restart(self, out: Out) -> None: ...

    def on_wipe(self, out: Out) -> None:
        """Start anew in place of a node whose disk was lost; `on_crash` came first."""
        ...
