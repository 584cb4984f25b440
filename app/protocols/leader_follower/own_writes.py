"""A write at a node that does not lead: handed on, refused, or taken on by that node alone.

Handed on, after etcd; refused, after a standby of PostgreSQL or a replica with super_read_only;
taken on, after a MySQL replica as it is installed. What a follower takes on is in its own log alone
(an errant transaction): no leader knows of it. The next entry of the leader meets it there, and
from then on the logs are apart (`tails.py`). It is answered at once.

Such an entry has a term of its own, below every leader's, so that no two entries are confused.
"""

from app.protocols.client_messages import ClientWrite
from app.protocols.leader_follower import disk, requests, writes
from app.protocols.leader_follower.state import LogEntry, Place, ReplicaState
from app.sim.process import Out
from app.trace.events import FollowerWrote, LogAppended


def take(place: Place, state: ReplicaState, out: Out, client: str, request: ClientWrite) -> None:
    """A write has reached a node that does not lead."""
    rule = place.rules.follower_writes
    if rule == "accept" and not state.disk.rejoining:
        _alone(place, state, out, client, request)
    elif rule == "refuse" and place.rules.routing == "forward":
        requests.refuse(place, out, client, request.op, request.key, "read_only")
    else:
        requests.forward(place, state, out, client, request)


def _alone(place: Place, state: ReplicaState, out: Out, client: str, request: ClientWrite) -> None:
    known = writes.known_as(state, request.op) if request.change.once else 0
    if known:
        value = state.disk.log[known - 1].value
        assert value is not None
        requests.answer(place, out, client, request.op, "ok", "", (value,))
        return
    if not writes.may(state, request):
        requests.refuse(place, out, client, request.op, request.key, "changed")
        return
    value, told = writes.work_in(place, state, out, request.op, request)
    out.emit(FollowerWrote, place.node, state.memory.leader or "", request.op, value, request.key)
    term = -1 - place.nodes.index(place.node)
    state.disk.log.append(LogEntry(term, request.op, value, request.key))
    position = len(state.disk.log)
    out.emit(LogAppended, place.node, position, term, request.op, value, request.key)
    disk.took(place, state, out, 1)
    requests.answer(place, out, client, request.op, "ok", "", told, position)
