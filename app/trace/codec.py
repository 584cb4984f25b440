"""Bytes of the trace: one JSON array a row, the same on every machine."""

from typing import Any

import msgspec

from app.trace.events import EVENT_TYPES, AnyEvent, TraceEvent, snake_case
from app.trace.verdicts import VERDICT_TYPES, AnyVerdict

_encoder = msgspec.json.Encoder()
_rows = msgspec.json.Decoder(list[AnyEvent])
_verdicts = msgspec.json.Decoder(list[AnyVerdict])

LEGEND: dict[str, tuple[str, ...]] = {
    snake_case(kind.__name__): kind.__struct_fields__ for kind in (*EVENT_TYPES, *VERDICT_TYPES)
}
"""Field names of each kind of row, in order, after the kind itself."""


def encode(value: Any) -> bytes:
    """JSON bytes of any of our Structs, or of plain values."""
    return _encoder.encode(value)


def encode_lines(events: list[TraceEvent]) -> bytes:
    """One row a line: the canonical bytes of a trace, which two equal runs share."""
    return _encoder.encode_lines(events)


def decode_events(data: bytes) -> list[AnyEvent]:
    return _rows.decode(data)


def decode_verdicts(data: bytes) -> list[AnyVerdict]:
    return _verdicts.decode(data)
