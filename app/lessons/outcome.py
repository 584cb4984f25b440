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
Item = Annotated[str, Meta(pattern=r"^[a-z0-9._-]{1,24}$")]


class Claim(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A statement about one side; everything given must hold.

    `cart`, `items` and `versions` are about what the last read of `key` was shown: its items (a
    register's values), how many, and how many versions there were. `accepted`, `refused`: how many
    writes were told so. `lost`: how many acknowledged writes are lost at the end.
    """

    side: str
    key: Name = CART
    cart: tuple[Item, ...] | None = None
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
            if isinstance(value, str):
                value = f'"{value}"'
            elif isinstance(value, tuple):
                value = "[" + ", ".join(f'"{item}"' for item in value) + "]"
            if value is not None and not (name == "key" and self.key == CART):
                parts.append(f"{name} = {value}")
        return "{ " + ", ".join(parts) + " }"


class Side(Struct):
    """What one cluster told its clients, and what became of it. `reads`: by key the last read that
    was OK; `statuses`: the last one by op; `losses`: every time that something was lost."""

    told: list[OperationReturned] = field(default_factory=list)
    reads: dict[str, OperationReturned] = field(default_factory=dict)
    statuses: dict[str, StatusChanged] = field(default_factory=dict)
    losses: list[StatusChanged] = field(default_factory=list)

    @property
    def read(self) -> OperationReturned | None:
        """The last one of the cart."""
        return self.reads.get(CART)

    def versions(self, key: str = CART) -> tuple[tuple[Value, ...], ...]:
        return carts(self.reads[key].values) if key in self.reads else ()

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
            if event.kind == "read" and event.outcome == "ok":
                side.reads[event.key] = event
    for row in verdicts:
        if isinstance(row, StatusChanged):
            side.statuses[row.op] = row
            if row.status == "lost":
                side.losses.append(row)
    return side


def all_of(name: str, found: Outcome, key: str = CART) -> Claim:
    """Everything that can be claimed of this side and holds, of reads of this key."""
    side = found[name]
    versions = side.versions(key)
    items = items_of(value for version in versions for value in version)
    told = side.writes("ok"), side.writes("failed"), side.lost()
    made = Claim(name, key, accepted=told[0], refused=told[1], lost=told[2])
    if key not in side.reads:
        return made
    return replace(made, cart=tuple(items), items=len(items), versions=len(versions))


def holds(claim: Claim, found: Outcome) -> bool:
    """Whether everything that is claimed of this side is so; where nobody read, nothing is so of
    what a read was shown."""
    true = all_of(claim.side, found, claim.key)
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
