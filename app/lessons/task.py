"""Whether a task is solved: each condition says yes, no or cannot tell, with the events for it.

The history decides, never the clicks. A condition asks for work to have been done, so that a
cluster that refuses everything meets none.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from msgspec import Meta, Struct

from app.lessons.outcome import Outcome, Side
from app.trace.commands import Name
from app.trace.events import OperationInvoked, OperationReturned, TraceEvent
from app.trace.values import items_of

Check = Literal["asked_at_once", "accepted", "shown_together", "nothing_lost"]
ITEMS_OF: dict[Check, tuple[int, int]] = {
    "asked_at_once": (2, 2),
    "accepted": (1, 8),
    "shown_together": (1, 8),
    "nothing_lost": (0, 0),
}
"""Of how many items a condition can speak: at least, at most."""
Words = Annotated[str, Meta(min_length=1, max_length=1_000)]
Answer = Literal["yes", "no", "cannot_tell"]


class Condition(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that must be so on both sides. `items`: what it is about."""

    check: Check
    text: Words
    items: tuple[Name, ...] = ()


class Met(Struct, frozen=True):
    """What became of one condition; `cluster` and `evidence`: where it failed or shows."""

    text: str
    answer: Answer
    because: str
    cluster: str = ""
    evidence: tuple[int, ...] = ()


class Verdict(Struct, frozen=True):
    answer: Answer
    met: tuple[Met, ...]


Rows = list[TraceEvent]
Finding = tuple[Answer, str, tuple[int, ...]]


class Case(Struct, frozen=True):
    """One side of a run, looked at for one condition about `items`."""

    items: tuple[str, ...]
    rows: Rows
    side: Side


def judge_task(
    conditions: tuple[Condition, ...],
    events: dict[str, Rows],
    found: Outcome,
    titles: dict[str, str],
) -> Verdict:
    """All conditions on all sides; `titles` name the sides in the sentences."""
    met = tuple(_condition(condition, events, found, titles) for condition in conditions)
    answers = {one.answer for one in met}
    answer: Answer = "no" if "no" in answers else "yes" if answers == {"yes"} else "cannot_tell"
    return Verdict(answer, met)


def _condition(
    condition: Condition, events: dict[str, Rows], found: Outcome, titles: dict[str, str]
) -> Met:
    best: tuple[str, Finding] | None = None
    for name, rows in events.items():
        case = Case(condition.items, rows, found[name])
        answer, because, evidence = CHECKS[condition.check](case)
        if best is None or _worse(answer, best[1][0]):
            best = (name, (answer, because, evidence))
    assert best is not None
    name, (answer, because, evidence) = best
    said = "On both sides." if answer == "yes" else f"{titles[name]}: {because}"
    return Met(condition.text, answer, said, name, evidence)


def _worse(answer: Answer, than: Answer) -> bool:
    order = ("yes", "cannot_tell", "no")
    return order.index(answer) > order.index(than)


def _adds(rows: Rows, item: str) -> list[tuple[OperationInvoked, OperationReturned | None]]:
    told = {row.op: row for row in rows if isinstance(row, OperationReturned)}
    return [
        (row, told.get(row.op))
        for row in rows
        if isinstance(row, OperationInvoked) and row.action == "add" and row.item == item
    ]


def _asked_at_once(case: Case) -> Finding:
    """Two shoppers ask for the two items, each before the other has an answer."""
    first, second = (_adds(case.rows, item) for item in case.items)
    for one, told in first:
        for other, told_other in second:
            ends = told.at if told else one.at + 10**12
            other_ends = told_other.at if told_other else other.at + 10**12
            if one.client != other.client and one.at <= other_ends and other.at <= ends:
                return "yes", "", (one.seq, other.seq)
    return "no", "the two have not asked at the same time yet.", ()


def _accepted(case: Case) -> Finding:
    for item in case.items:
        adds = _adds(case.rows, item)
        told = [reply for _, reply in adds if reply is not None]
        if any(reply.outcome == "ok" for reply in told):
            continue
        if any(reply is None for _, reply in adds):
            return "cannot_tell", f"{item} still waits for its answer.", ()
        seqs = tuple(reply.seq for reply in told)
        return "no", f"nobody was told OK for {item}.", seqs
    return "yes", "", ()


def _shown_together(case: Case) -> Finding:
    """The last read shows one version with all of it, and nothing was asked after that."""
    read = case.side.read
    if read is None:
        return "cannot_tell", "nobody has read the cart yet.", ()
    asked = [row for row in case.rows if isinstance(row, OperationInvoked)]
    later = [
        row.seq
        for row in asked
        if row.kind == "write" and row.key == read.key and row.seq > read.seq
    ]
    if later:
        return "cannot_tell", "the cart was changed after it was read.", (later[-1],)
    versions = case.side.versions()
    items = items_of(value for version in versions for value in version)
    missing = [item for item in case.items if item not in items]
    if missing:
        return "no", f"the cart that was read last has no {missing[0]}.", (read.seq,)
    if len(versions) > 1:
        return "no", f"the read shows {len(versions)} versions, not one cart.", (read.seq,)
    return "yes", "", (read.seq,)


def _nothing_lost(case: Case) -> Finding:
    """What was lost once stays lost, even when somebody puts it back by hand."""
    statuses, losses = case.side.statuses.values(), case.side.losses
    if losses:
        return "no", losses[0].because, losses[0].evidence
    open_ones = [row for row in statuses if row.status in ("pending", "waiting")]
    if open_ones:
        return "cannot_tell", open_ones[0].because, open_ones[0].evidence
    if not statuses:
        return "cannot_tell", "nothing has been written yet.", ()
    return "yes", "", ()


CHECKS: dict[str, Callable[[Case], Finding]] = {
    "asked_at_once": _asked_at_once,
    "accepted": _accepted,
    "shown_together": _shown_together,
    "nothing_lost": _nothing_lost,
}
