"""What a person wants of the data, and what a client makes of that with what it last saw."""

from msgspec import Struct

from app.trace.types import TYPES
from app.trace.values import CART, Value, carts


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


def nothing_to_do(intent: Intent, known: tuple[Value, ...]) -> str:
    """Why there is nothing to send, `known` being what this side last showed; "" if there is."""
    if intent.action == "remove" and not any(intent.item in v.items for v in known):
        return f"its {intent.key} shows no {intent.item} here"
    if intent.action == "resolve" and len(carts(known)) < 2:
        return "it sees a single version here"
    if intent.action == "resolve" and intent.keep not in ("both", *(v.id for v in known)):
        return "it does not see that version here"
    return ""


def value_of(intent: Intent, known: tuple[Value, ...]) -> Value:
    """What is sent: the change alone, or what was seen with the change worked in."""
    kind = TYPES[intent.type]
    if intent.write == "operation":
        return Value(intent.op, intent.label, kind.part(intent.action, intent.item), part=True)
    if intent.action == "resolve":
        items, tally = kind.settle(known, intent.keep)
    else:
        items, tally = kind.work_in(known, intent.action, intent.item)
    return Value(intent.op, intent.label, items, tally=tally)
