"""Answers to a request are counted until its rule is met; then its client has an answer, too.

One that comes later still counts for the repair; after the time-out none does.
"""

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite, Context
from app.protocols.leaderless import digests, hints, tombstones
from app.protocols.leaderless.hints import stand_ins
from app.protocols.leaderless.levels import Need, is_met
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.read_repair import (
    ask_the_rest,
    mend_first,
    repair_responders,
    winners,
)
from app.protocols.leaderless.state import Memory, Pending, ReplicaState
from app.sim.process import Out
from app.trace.events import (
    NothingFound,
    QuorumMissed,
    QuorumReached,
    ReplyCounted,
    RequestAccepted,
    RequestRefused,
)
from app.versions.dotted import Siblings, context_of
from app.versions.pruning import with_times
from app.versions.rules import newest_alone
from app.versions.version_vector import EMPTY

MORE = "/more"
"""Ends the name of the timer after which a read asks one replica more."""


def on_answer(
    place: Place,
    state: ReplicaState,
    out: Out,
    source: str,
    op: str,
    versions: Siblings,
    digest: str = "",
) -> None:
    """An acknowledgement or a read reply; one that comes after the time-out counts no more."""
    pending = state.memory.pending.get(op)
    if pending is None:
        return
    if source in pending.again:
        digests.on_full_answer(pending, source, versions)
        _settle(place, state, out, op, pending)
        return
    if source in pending.answers:
        return
    if digest:
        pending.digests[source] = digest
    count(place, state, out, op, pending, source, versions)


def on_mended(place: Place, state: ReplicaState, out: Out, source: str, op: str) -> None:
    """A repair before the reply is done; the last one lets the answer go."""
    pending = state.memory.pending.get(op)
    if pending is None or source not in pending.mending:
        return
    pending.mending.remove(source)
    if not pending.mending:
        out.send(pending.client, _answer(place, out, op, pending))
        _end(place, state, out, op, pending)


def on_time_out(place: Place, state: ReplicaState, out: Out, op: str) -> None:
    """Stop waiting. With too few answers nobody can say whether the operation had its effect."""
    pending = state.memory.pending[op]
    if not pending.reached and pending.is_enough():
        # It was wished that more would answer.
        pending.wish = 0
        _settle(place, state, out, op, pending)
    state.memory.pending.pop(op, None)
    out.cancel_timer(op + MORE)
    if pending.written and place.settings.hints == "on":
        for home, asked in pending.asked.items():
            if asked == home and home not in pending.answers and home not in pending.noted:
                hints.set_aside(place, state, out, op, home, pending)
    if pending.reached and not pending.mending:
        _after_all(place, state, out, op, pending)
        return
    reason = "repair_unfinished"
    if not pending.reached:
        reason = "too_few_answers"
        have = len(pending.answered())
        out.emit(QuorumMissed, place.node, op, pending.kind, have, pending.need, pending.of)
    reply = ClientReply(op, pending.attempt, "unknown", reason, (), EMPTY)
    out.send(pending.client, reply)


def out_of_reach(place: Place, memory: Memory, need: Need, key: str) -> str:
    """The up-front check: with too few replicas alive, in this node's opinion, do not begin. Says
    why not, or nothing."""
    if need.hint and place.settings.hints == "on":
        return ""  # a hint can always be kept
    asked = stand_ins(place, memory, key)
    up = [home for home, node in asked.items() if node not in memory.suspected]
    own = sum(1 for home in up if asked[home] == home)
    if is_met(need, up, own):
        return ""
    return "no_primaries" if is_met(need, up, need.primaries) else "no_quorum"


def say_no(
    place: Place, out: Out, client: str, request: ClientWrite | ClientRead, reason: str
) -> None:
    """Refused before anything was sent."""
    out.emit(RequestRefused, place.node, request.op, reason, request.key)
    reply = ClientReply(request.op, request.attempt, "failed", reason, (), EMPTY)
    out.send(client, reply)


def wish(pending: Pending, memory: Memory, preferred: int) -> None:
    """So many answers are waited for, if so many nodes seem to be up."""
    up = sum(1 for asked in pending.asked.values() if asked not in memory.suspected)
    pending.wish = min(preferred, up)


def accept(place: Place, state: ReplicaState, out: Out, op: str, pending: Pending) -> None:
    """From now on answers are waited for."""
    state.memory.pending[op] = pending
    out.emit(RequestAccepted, place.node, op, pending.kind, pending.need, pending.of)
    out.set_timer(op, place.settings.request_timeout_us)


def count(
    place: Place,
    state: ReplicaState,
    out: Out,
    op: str,
    pending: Pending,
    source: str,
    versions: Siblings,
) -> None:
    """One more node has answered, this one included."""
    before = len(pending.answered())
    pending.answers[source] = versions
    have = len(pending.answered())
    if have > before:
        out.emit(ReplyCounted, place.node, op, source, have, pending.need, pending.of)
    _settle(place, state, out, op, pending)


def _may_answer(pending: Pending) -> bool:
    """Has it all that it needs and wishes for, or will it never have?"""
    met = pending.is_enough() and len(pending.answered()) >= pending.wish
    return met or pending.is_nothing()


def _settle(place: Place, state: ReplicaState, out: Out, op: str, pending: Pending) -> None:
    """Is it enough by now?"""
    if not pending.reached and _may_answer(pending) and digests.agree(place, out, op, pending):
        pending.reached = True
        have = len(pending.answered())
        if pending.is_nothing():
            out.emit(NothingFound, place.node, op, pending.nothings, pending.of, pending.key)
        else:
            out.emit(QuorumReached, place.node, op, pending.kind, have, pending.need, pending.of)
        out.cancel_timer(op + MORE)
        if pending.kind == "read" and pending.repair == "before_reply":
            mend_first(place, state, out, op, pending)
        if not pending.mending:
            out.send(pending.client, _answer(place, out, op, pending))
        ask_the_rest(place, out, op, pending)
    _end(place, state, out, op, pending)


def _end(place: Place, state: ReplicaState, out: Out, op: str, pending: Pending) -> None:
    """When all have answered and nothing is being mended, nothing is waited for any more."""
    silent = [asked for asked in pending.asked.values() if asked not in pending.answers]
    if not silent and not pending.mending and not pending.again:
        del state.memory.pending[op]
        out.cancel_timer(op)
        out.cancel_timer(op + MORE)
        _after_all(place, state, out, op, pending)


def _answer(place: Place, out: Out, op: str, pending: Pending) -> ClientReply:
    if pending.kind == "write":
        return ClientReply(op, pending.attempt, "ok", "", pending.values, pending.context)
    found = pending.found or winners(place, out, pending)
    told = found
    if place.settings.shown == "newest":
        told = newest_alone(found, place.settings.tie)
    values = tuple([version.stored.value for version in told])
    return ClientReply(op, pending.attempt, "ok", "", values, read_by_writer(found))


def read_by_writer(versions: Siblings) -> Context:
    """What somebody who is told these has read, with the times of its pairs where they are kept."""
    context = context_of(versions)
    for version in versions:
        context = with_times(context, version.times)
    return context


def _after_all(place: Place, state: ReplicaState, out: Out, op: str, pending: Pending) -> None:
    """The client has its answer and no further one is waited for."""
    if pending.kind == "read" and pending.repair != "off":
        repair_responders(place, state, out, op, pending)
    tombstones.agree(place, state, out, op, pending)
