"""The history of a run for other tools: a line of JSON an operation and cluster.

Times are whole microseconds of simulated time. What had no answer at the end of the run is
`unknown` with `returned_us` null, as is, with a time, what the client gave up waiting for.

`part`: a value is what an operation left, and several in one list add up. `tally` of a counter:
[node, increments, their sum] that a part stands for, or that a whole has counted in already.
"""

from collections.abc import Iterator
from typing import Any

from app.histories import own_lines
from app.histories.json_lines import decode
from app.histories.write import edn_lines
from app.rooms.guided import GuidedRun
from app.rooms.transcript import rows
from app.trace.codec import encode
from app.trace.events import (
    OperationApplied,
    OperationInvoked,
    OperationReturned,
    ReplyCounted,
    RequestAccepted,
)
from app.trace.ids import operation_of
from app.trace.values import Value, carts

Line = dict[str, Any]


def history(run: GuidedRun) -> Iterator[str]:
    """The lines, in order of invocation: (invoked_us, cluster, place in the trace)."""
    lines: dict[tuple[str, str], Line] = {}
    for _, cluster, _, is_verdict, row in rows(run):
        if is_verdict:
            continue
        if isinstance(row, OperationInvoked):
            lines[(cluster, row.op)] = _invoked(cluster, row)
            continue
        line = lines.get((cluster, operation_of(getattr(row, "op", ""))))
        if line is not None:
            _go_on(line, row)
    for line in lines.values():
        yield encode(line).decode()


def edn_history(run: GuidedRun) -> Iterator[str]:
    """The same as events in Jepsen's EDN, for other judges."""
    lines = [(number, decode(line)) for number, line in enumerate(history(run), 1)]
    yield from edn_lines(own_lines.recorded(lines).operations)


def _invoked(cluster: str, row: OperationInvoked) -> Line:
    return {
        "cluster": cluster,
        "op": row.op,
        "client": row.client,
        "action": row.action,
        "kind": row.kind,
        "write": row.write or None,
        "key": row.key,
        "item": row.item or None,
        "value": None if row.value is None else _value(row.value),
        "context": row.context,
        "entry": row.entry,
        "invoked_us": row.at,
        "returned_us": None,
        "outcome": "unknown",
        "reason": None,
        "coordinator": None,
        "need": None,
        "of": None,
        "answered": [],
        "replaced": None,
        "read": None,
    }


def _go_on(line: Line, row: object) -> None:
    """What the nodes and the client went on to do about the operation."""
    match row:
        case RequestAccepted(node=node, need=need, of=of) if line["coordinator"] is None:
            line.update(coordinator=node, need=need, of=of)
        case ReplyCounted(source=source) if source not in line["answered"]:
            line["answered"].append(source)
        case OperationApplied(value=value, replaced=replaced):
            line.update(value=_value(value), replaced=replaced)
        case OperationReturned(at=at, outcome=outcome, reason=reason, values=values):
            line.update(returned_us=at, outcome=outcome, reason=reason or None)
            if line["kind"] == "read" and outcome == "ok":
                line["read"] = [[_value(one) for one in cart] for cart in carts(values)]


def _value(value: Value) -> Line:
    line: Line = {"id": value.id, "label": value.label, "items": value.items}
    if value.part:
        line["part"] = True
    if value.tally:
        line["tally"] = value.tally
    return line
