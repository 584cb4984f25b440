"""Versions on their way to the replicas, or to who stands in for one."""

from app.protocols.leaderless import hints
from app.protocols.leaderless.messages import HintedWrite, ReplicaWrite
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import Pending, ReplicaState
from app.sim.process import Out


def send_writes(
    place: Place, state: ReplicaState, out: Out, op: str, pending: Pending, besides: str = ""
) -> None:
    """To every replica but the one `besides`, the suspected ones too, for suspicion is an opinion;
    or to its stand-in."""
    attempt, key, versions = pending.attempt, pending.key, pending.written
    for home, asked in pending.asked.items():
        if asked == besides:
            continue
        if asked == place.node and asked != home:
            hints.keep(place, state, out, op, home, versions, True, key)
        elif asked != home:
            out.send(asked, HintedWrite(op, attempt, versions, home, key))
        elif asked != place.node:
            out.send(home, ReplicaWrite(op, attempt, versions, key))
        missed = asked == home and home in state.memory.suspected
        if missed and place.settings.hints == "on":
            counts = pending.rule.hint and place.node not in pending.asked.values()
            pending.hinted |= hints.set_aside(place, state, out, op, home, pending, counts)
