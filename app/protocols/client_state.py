"""What a client remembers."""

from typing import Literal

from msgspec import Struct, field

from app.protocols.client_messages import Context
from app.protocols.finding import Known
from app.protocols.intents import Intent
from app.trace.values import Value

Retries = Literal["off", "blind", "with_id"]
"""Silence: give up; ask again as if anew; ask again so that nodes know it is the same request."""


class ClientState(Struct):
    """By key: `known` is what this side last showed of it; `context` is what goes with it.

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
    stamp: int = 0
    leaders: Known = field(default_factory=Known)
