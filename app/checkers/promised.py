"""Rows of the judge about promises to clients as a whole: one copy, sessions, counters, disks."""

from typing import TYPE_CHECKING

from app.checkers import sessions
from app.checkers.because import both, name, thing, version
from app.checkers.history import Operation
from app.checkers.one_copy import Broken
from app.checkers.shown import Shown
from app.trace.events import OperationInvoked, TraceEvent
from app.trace.types.counter import total
from app.trace.values import carts
from app.trace.verdicts import FindingChanged, VerdictRow

if TYPE_CHECKING:
    from app.checkers.key_judge import KeyJudge


def searched(
    judge: "KeyJudge", event: OperationInvoked, write: Operation, named: str
) -> list[VerdictRow]:
    """From now on no order of the key is known without a search."""
    if judge.counts.get("linearizable"):
        return []  # It is broken already, for another key.
    what = f"the {named}" if named else "the cart"
    how = "compares and sets" if event.write == "compare" else "changes by a step"
    because = f"{name(write.client)} {how} {what}: its order must be searched for."
    seqs = (event.seq,)
    return [
        FindingChanged(
            event.at, event.seq, "linearizable", "cannot_tell", 0, write.op, because, seqs
        )
    ]


def written(judge: "KeyJudge", event: TraceEvent, write: Operation) -> list[VerdictRow]:
    """The client of a write was told what came of it."""
    judge.sessions.answered(write)
    rows = _one_copy(judge, event, write, judge.state.one_copy.answered(write))
    if write.outcome == "ok":
        rows += _copies(judge, event, write)
    return rows


def _copies(judge: "KeyJudge", event: TraceEvent, write: Operation) -> list[VerdictRow]:
    """On how many disks is it at its OK? A row when these are fewer than ever before."""
    state, history = judge.state, judge.state.history
    tries = [history.writes[place].op for place in history.records(history.index[write.op])]
    nodes = sorted({node: True for op in tries for node in state.holdings.copies.of(op)})
    if 0 <= state.least_copies <= len(nodes):
        return []
    state.least_copies = len(nodes)
    least = min(judge.counts.get("durable_copies", len(nodes)), len(nodes))
    judge.counts["durable_copies"] = least
    what, told = thing(write, state.named), f"{name(write.client)} was told OK"
    because = f"{both(nodes)} had {what} when {told}." if nodes else f"{told}; no disk had {what}."
    seqs = (write.invoked_seq, event.seq)
    return [
        FindingChanged(
            event.at, event.seq, "durable_copies", "holds", least, write.op, because, seqs
        )
    ]


def read(judge: "KeyJudge", event: TraceEvent, answered: Operation) -> list[VerdictRow]:
    """A read was answered OK: is it behind what it must show, and is there one order still?"""
    state = judge.state
    shown = Shown(answered.values, state.history, judge.lineage, state.holdings, dated=True)
    rows: list[VerdictRow] = []
    for behind in judge.sessions.read(answered, judge.key, shown):
        write = state.history.write(behind.write)
        reason = sessions.why(behind.promise, answered, write, state.named)
        rows.append(judge.broken(event, behind.promise, answered, reason, behind.evidence))
    return rows + _one_copy(judge, event, answered, state.one_copy.read(answered))


def _one_copy(
    judge: "KeyJudge", event: TraceEvent, operation: Operation, broken: Broken | None
) -> list[VerdictRow]:
    if broken is None:
        return []
    return [judge.broken(event, "linearizable", operation, broken.because, broken.evidence)]


def below_zero(judge: "KeyJudge", event: TraceEvent) -> list[VerdictRow]:
    """Does a counter show less than 0 now, and did not before?"""
    state = judge.state
    if state.type != "counter":
        return []
    known = (state.history.write(op) for op, _ in state.picture if op in state.history.index)
    values = tuple(one.value for one in known if one.value is not None)
    least = min((total(each) for each in carts(values)), default=0)
    was, state.below = state.below, least < 0
    if was or not state.below:
        return []
    last = state.history.write(values[-1].id)
    what = state.named or "counter"
    because = f"{name(last.client)} wrote {version(last)}, and the {what} came to {least}."
    seqs = tuple(sorted({last.invoked_seq, event.seq}))
    return [judge.broken(event, "below_zero", last, because, seqs)]
