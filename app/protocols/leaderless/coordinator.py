"""A client's entry node asks the replicas and answers when the rule of the request is met.

Any node coordinates, whether it holds a copy or not. An operation ends in one of three ways:
refused before anything was sent (failed: surely no effect), answered by enough (ok), or given up
after the time-out (unknown: a minority may keep the write).
"""

from app.protocols.client_messages import ClientRead, ClientWrite
from app.protocols.leaderless import first_writes, hints, new_versions, rounds
from app.protocols.leaderless.answers import (
    MORE,
    accept,
    count,
    out_of_reach,
    read_by_writer,
    say_no,
    wish,
)
from app.protocols.leaderless.hints import stand_ins
from app.protocols.leaderless.levels import Need, is_met
from app.protocols.leaderless.messages import ReplicaRead
from app.protocols.leaderless.operations import has_right
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.retries import known
from app.protocols.leaderless.state import Pending, ReplicaState
from app.protocols.leaderless.storage import store
from app.protocols.leaderless.writing import send_writes
from app.sim.process import Out
from app.trace.events import ReplicaAdded, RequestRecognised
from app.versions.dotted import Siblings
from app.versions.version_vector import EMPTY


def write(place: Place, state: ReplicaState, out: Out, client: str, request: ClientWrite) -> None:
    """Give the value a dot, keep it here if this node is a replica, send it to all the others.

    What another try of the same operation made, and this node still holds, is sent again.
    """
    if rounds.takes(place, request):
        # Each replica would compare with what it happens to hold; to agree takes rounds.
        rounds.begin(place, state, out, client, request)
        return
    if request.change.write == "operation" and request.change.action == "delete":
        # The parts of a cart have rules of their own: a whole value would stand beside them.
        say_no(place, out, client, request, "no_delete")
        return
    need = place.need("write", request.level, request.key)
    if reason := out_of_reach(place, state.memory, need, request.key):
        say_no(place, out, client, request, reason)
        return
    disk, key = state.disk, request.key
    version = known(state, request) if request.change.once else None
    pending = Pending("write", client, request.attempt, need.answers, EMPTY, rule=need)
    pending.key, pending.asked = key, stand_ins(place, state.memory, key)
    pending.of = len(pending.asked)
    wish(pending, state.memory, place.settings.preferred_w)
    if version is None and (first := first_writes.first_of(place, state, request, pending)):
        first_writes.begin(place, state, out, request, pending, first)
        return
    if version is None:
        if _is_take(place, request) and not has_right(state, request):
            say_no(place, out, client, request, "no_share")
            return
        pending.written = new_versions.make(place, state, out, client, request)
        if new_versions.too_many(place, state, request, pending.written):
            say_no(place, out, client, request, "too_many_siblings")
            return
    else:
        pending.written = (version, *new_versions.beside(place, state, key, version))
        pending.values = (version.stored.value,)
        out.emit(RequestRecognised, place.node, request.op, version.stored.value, key)
    pending.context = read_by_writer(pending.written)
    accept(place, state, out, request.op, pending)
    if place.node in pending.asked:
        store(place, state, out, request.op, "write", pending.written, key)
    if request.change.write == "operation" or len(pending.written) > 1:
        now_held = place.join(disk.versions.get(key, ()), pending.written)
        pending.values = tuple([held.stored.value for held in now_held])
        # Of what is told alone: the next whole list would replace unseen what only this covers.
        pending.context = read_by_writer(now_held)
    send_writes(place, state, out, request.op, pending)
    if place.node in pending.asked.values() or pending.hinted:
        count(place, state, out, request.op, pending, place.node, ())


def _is_take(place: Place, request: ClientWrite) -> bool:
    """Is it a change of a counter under escrow?"""
    change = request.change
    escrow = place.settings.counter == "escrow"
    return escrow and change.write == "operation" and change.action == "increment"


def read(place: Place, state: ReplicaState, out: Out, client: str, request: ClientRead) -> None:
    """Ask all replicas, or as many as are needed, or their stand-ins; this node's own copy is the
    first answer."""
    if rounds.takes(place, request):
        rounds.begin(place, state, out, client, request)
        return
    need, key = place.need("read", request.level, request.key), request.key
    if reason := out_of_reach(place, state.memory, need, key):
        say_no(place, out, client, request, reason)
        return
    pending = Pending("read", client, request.attempt, need.answers, EMPTY, rule=need)
    pending.key, pending.repair = key, place.settings.read_repair
    pending.asked = stand_ins(place, state.memory, key)
    pending.of = len(pending.asked)
    if place.settings.read_fanout == "needed":
        _as_few_as_needed(place, state, pending)
    wish(pending, state.memory, place.settings.preferred_r)
    if place.settings.notfound == "fails":
        pending.nothings = _nothings(place, need, len(pending.asked))
    accept(place, state, out, request.op, pending)
    own: Siblings | None = None
    in_short = False
    for home, asked in pending.asked.items():
        if asked == place.node:
            own = hints.kept(place, state, key)
            if asked == home:
                own = state.disk.versions.get(key, ())
        else:
            message = ReplicaRead(request.op, request.attempt, asked != home, key, in_short)
            out.send(asked, message)
        in_short = place.settings.digests == "on"
    if pending.rest and place.settings.speculative_us:
        out.set_timer(request.op + MORE, place.settings.speculative_us)
    if own is not None:
        count(place, state, out, request.op, pending, place.node, own)


def _nothings(place: Place, need: Need, asked: int) -> int:
    """So many who have nothing, and the read is over (Riak's `riak_kv_get_core`)."""
    never = asked - max(need.answers, need.primaries) + 1
    return min(asked // 2 + 1, never) if place.settings.basic_quorum == "on" else never


def _as_few_as_needed(place: Place, state: ReplicaState, pending: Pending) -> None:
    """This node first, then its region, then the others in the order of the list; who seems to be
    silent comes last."""
    suspected, here = state.memory.suspected, place.regions.get(place.node, "")
    order = sorted(
        pending.asked.items(),
        key=lambda pair: (
            pair[1] in suspected,
            pair[1] != place.node,
            place.regions.get(pair[1], "") != here,
        ),
    )
    chosen = dict(order)
    for home, _ in reversed(order):
        others = [one for one in chosen if one != home]
        enough = len(others) >= place.settings.preferred_r
        if enough and is_met(pending.rule, others, sum(1 for one in others if chosen[one] == one)):
            pending.rest[home] = chosen.pop(home)
    pending.asked = chosen
    pending.rest = dict(reversed(pending.rest.items()))


def on_slow(place: Place, state: ReplicaState, out: Out, op: str) -> None:
    """Whoever was asked takes long: ask one replica more (Cassandra's speculative retry)."""
    pending = state.memory.pending.get(op)
    if pending is None or pending.reached or not pending.rest:
        return
    home = next(iter(pending.rest))
    asked = pending.asked[home] = pending.rest.pop(home)
    out.emit(ReplicaAdded, place.node, op, asked, pending.key)
    out.send(asked, ReplicaRead(op, pending.attempt, asked != home, pending.key))
    out.set_timer(op + MORE, place.settings.speculative_us)
