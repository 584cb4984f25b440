"""What came of a run on each side, and claims about it that hold or do not.

An outcome is folded from the rows of a run, the judge's included; nothing asks a replica.
"""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from app.trace.commands import Name
from app.trace.events import OperationReturned, TraceEvent
from app.trace.values import CART, Value, carts, items_of
from app.trace.verdicts import StatusChanged, VerdictRow

Count = Annotated[int, Meta(ge=0, le=1_000)]


class Claim(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A statement about one side; everything given must hold.

    `cart`, `items` and `versions` are about the last cart that a read was shown: its items, how
    many, and how many versions there were. `accepted`, `refused`: how many writes were told so.
    `lost`: how many acknowledged writes are lost at the end.
    """

    side: str
    cart: tuple[Name, ...] | None = None
    items: Count | None = None
    versions: Count | None = None
    accepted: Count | None = None
    refused: Count | None = None
    lost: Count | None = None

    def __str__(self) -> str:
        """As it stands in a lesson."""
        parts = []
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, tuple):
                value = "[" + ", ".join(f'"{item}"' for item in value) + "]"
            if value is not None:
                parts.append(f"{name} = {value}" if name != "side" else f'side = "{value}"')
        return "{ " + ", ".join(parts) + " }"


class Side(Struct):
    """What one cluster told its clients, and what became of it. `read`: the last read of the cart
    that was OK; `statuses`: the last one by op; `losses`: every time that something was lost."""

    told: list[OperationReturned] = field(default_factory=list)
    read: OperationReturned | None = None
    statuses: dict[str, StatusChanged] = field(default_factory=dict)
    losses: list[StatusChanged] = field(default_factory=list)

    def versions(self) -> tuple[tuple[Value, ...], ...]:
        return carts(self.read.values) if self.read is not None else ()

    def writes(self, outcome: str) -> int:
        return sum(1 for row in self.told if row.kind == "write" and row.outcome == outcome)

    def lost(self) -> int:
        """What was set aside is lost to whoever was told OK, as the judge counts it."""
        ok = {row.op: True for row in self.told if row.outcome == "ok"}
        return sum(
            1
            for op, row in self.statuses.items()
            if row.status == "lost" or (row.status == "set_aside" and op in ok)
        )


Outcome = dict[str, Side]


def outcome(events: dict[str, list[TraceEvent]], verdicts: dict[str, list[VerdictRow]]) -> Outcome:
    """By cluster."""
    return {name: _side(rows, verdicts[name]) for name, rows in events.items()}


def _side(events: Iterable[TraceEvent], verdicts: Iterable[VerdictRow]) -> Side:
    side = Side()
    for event in events:
        if isinstance(event, OperationReturned):
            side.told.append(event)
            if event.kind == "read" and event.outcome == "ok" and event.key == CART:
                side.read = event
    for row in verdicts:
        if isinstance(row, StatusChanged):
            side.statuses[row.op] = row
            if row.status == "lost":
                side.losses.append(row)
    return side


def all_of(name: str, found: Outcome) -> Claim:
    """Everything that can be claimed of this side and holds."""
    side = found[name]
    versions = side.versions()
    items = items_of(value for version in versions for value in version)
    made = Claim(name, accepted=side.writes("ok"), refused=side.writes("failed"), lost=side.lost())
    if side.read is None:
        return made
    return replace(made, cart=tuple(items), items=len(items), versions=len(versions))


def holds(claim: Claim, found: Outcome) -> bool:
    """Whether everything that is claimed of this side is so; where nobody read, nothing is so of
    what a read was shown."""
    true = all_of(claim.side, found)
    cart = claim.cart is None or (true.cart is not None and set(claim.cart) == set(true.cart))
    names = ("items", "versions", "accepted", "refused", "lost")
    return cart and all(getattr(claim, n) in (None, getattr(true, n)) for n in names)


def right_options(options: Iterable[tuple[Claim, ...]], found: Outcome) -> list[int]:
    """The places of the options all of whose claims hold; a good question has exactly one."""
    return [
        place
        for place, claims in enumerate(options)
        if claims and all(holds(claim, found) for claim in claims)
    ]


def evidence(found: Outcome) -> dict[str, tuple[int, ...]]:
    """By side the seqs that show what happened: each answer to a write, and the last read."""
    shown = {}
    for name, side in found.items():
        seqs = [row.seq for row in side.told if row.kind == "write"]
        if side.read is not None:
            seqs.append(side.read.seq)
        shown[name] = tuple(seqs)
    return shown
