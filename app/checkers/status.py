"""What is true now of what a write wrote: the table of statuses, and how one is decided.

A cart is judged by items: of an `add` the item is judged; a register by values; a counter by what
is in its number: an increment is there as long as a survivor has counted it in. Of a `remove` or
`resolve` the value as a whole is judged. Whether a value replaced another *knowingly* is decided
by what its writer had read.

The *fate* of a write follows the disks alone, step by step, whatever its client was told:

    none ──stored──▶ held ──replaced by one who had read it──▶ superseded
                      │ ▲                                        │
                      │ └──────── a value with the item survives ┘
                      └──replaced by one who had not, or dropped──▶ displaced

The status is then read off the outcome, the fate and the survivors.
"""

from msgspec import Struct

from app.checkers.history import History, Lineage, Operation


class Status(Struct, frozen=True):
    """`word`: what the ledger says."""

    word: str
    meaning: str


STATUSES: dict[str, Status] = {
    "pending": Status("waiting for the answer", "The client has no answer yet."),
    "kept": Status("kept", "A node within reach holds it, and so will a read."),
    "sibling": Status("kept as sibling", "A node within reach holds it, beside other versions."),
    "waiting": Status(
        "waiting", "It is only on disks that are down or cut off, or in an uncommitted log tail."
    ),
    "superseded": Status(
        "replaced knowingly", "A value whose writer had read it survives without it."
    ),
    "overwritten": Status(
        "overwritten",
        "A write invoked after its acknowledgement, by a client that had not read it, replaced it.",
    ),
    "set_aside": Status(
        "set aside",
        "It is only in a rollback list, or in the log of a node that follows no more: no read "
        "of the cluster shows it.",
    ),
    "lost": Status(
        "lost",
        "It was acknowledged, and no copy is left, or an earlier or concurrent write replaced it.",
    ),
    "stored_anyway": Status(
        "stored anyway", "The client was not told OK, and yet it has been stored."
    ),
    "never_stored": Status("never stored", "The client was refused, and no node holds it."),
    "not_stored": Status("not stored so far", "The client got no answer, and no node holds it."),
}
"""Every status a write can have."""

BEST_FIRST = tuple(STATUSES)
"""Of an operation with several stored values the best status of any is true: the table's order."""

STATUS_WORDS: dict[str, str] = {name: status.word for name, status in STATUSES.items()}
"""The words for the screen."""

NONE, HELD, SUPERSEDED, DISPLACED = "none", "held", "superseded", "displaced"


class Standing(Struct):
    """Where one write stands. `by`: the write that displaced it, "" when it was just dropped.

    `exposed`: it was seen on a disk after its client had been refused. `lost`: it has been lost at
    least once. `back`: what it removed has come back at least once. All three latch.
    """

    status: str = ""
    fate: str = NONE
    by: str = ""
    exposed: bool = False
    lost: bool = False
    back: bool = False


class Survivor(Struct, frozen=True):
    """A surviving value: `mask` is itself and all that its writer had read; `part` as of Value;
    `counted` as of Lineage."""

    op: str
    mask: int
    items: tuple[str, ...]
    reachable: bool
    part: bool
    counted: int


def survivor(history: History, lineage: Lineage, op: str, reachable: bool) -> Survivor:
    value = history.write(op).value
    items, part = (value.items, value.part) if value is not None else ((), False)
    counted = lineage.counted[history.index[op]]
    return Survivor(op, lineage.covered((op,)), items, reachable, part, counted)


def wholes(survivors: list[Survivor]) -> int:
    """How many versions of the key there are: parts belong to every one of them."""
    return sum(1 for found in survivors if not found.part)


def carries(found: Survivor, write: Operation, bit: int) -> bool:
    """Does this surviving value still hold what the write wrote?"""
    match write.action:
        case "add":
            return write.item in found.items
        case "put":
            return found.items == (write.item,)
        case "increment":
            return bool(found.counted & bit)
    return found.op == write.op


def carriers(write: Operation, bit: int, survivors: list[Survivor]) -> list[Survivor]:
    """The survivors that hold what it wrote: those that descend from it, or else any other."""
    holding = [found for found in survivors if carries(found, write, bit)]
    return [found for found in holding if found.mask & bit] or holding


def follow(
    standing: Standing,
    write: Operation,
    bit: int,
    survivors: list[Survivor],
    newcomers: list[Survivor],
) -> None:
    """The survivors changed by these newcomers: what becomes of the write's fate?"""
    holding = [found for found in survivors if carries(found, write, bit)]
    if any(found.mask & bit for found in holding):
        standing.fate = HELD
        standing.by = ""
    elif any(found.mask & bit for found in survivors):
        standing.fate = SUPERSEDED
        standing.by = ""
    elif standing.fate == HELD and not holding:
        standing.fate = DISPLACED
        standing.by = next((found.op for found in newcomers if not found.mask & bit), "")


def status_now(
    standing: Standing,
    write: Operation,
    bit: int,
    survivors: list[Survivor],
    disks: tuple[bool, bool, bool],
    displacer: Operation | None,
) -> str:
    """The status; `disks`: does any disk hold the value, does only a log tail, or only what nobody
    reads."""
    stored, in_tail, aside = disks
    match write.outcome:
        case "":
            return "pending"
        case "failed":
            return "stored_anyway" if standing.exposed else "never_stored"
        case "unknown":
            read = any(found.mask & bit for found in survivors)
            if aside and not read:
                return "set_aside"
            return "stored_anyway" if stored or read else "not_stored"
    if standing.fate == SUPERSEDED:
        return "superseded"
    holding = carriers(write, bit, survivors)
    if any(found.reachable for found in holding):
        beside_others = wholes(survivors) > 1 and not all(found.part for found in holding)
        return "sibling" if beside_others else "kept"
    if holding or in_tail:
        return "waiting"
    if aside:
        return "set_aside"
    # Intervals are closed: a write invoked at the very moment of the answer was concurrent.
    if displacer is not None and displacer.invoked_at > write.returned_at:
        return "overwritten"
    return "lost"
