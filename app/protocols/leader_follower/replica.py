"""A node that leads or follows; what each message leads to stands in the module it calls."""

from typing import cast

from app.protocols.client_messages import (
    ClientRead,
    ClientReply,
    ClientWrite,
    FindLeader,
    LeaderIs,
)
from app.protocols.leader_follower import (
    disk,
    election,
    fencing,
    leadership,
    lease,
    outside,
    own_writes,
    reads,
    rejoin,
    replication,
    requests,
    step_down,
    tails,
    transfer,
    waits,
    work,
    writes,
)
from app.protocols.leader_follower.arbiters import bearing
from app.protocols.leader_follower.messages import (
    AppendEntries,
    AppendReply,
    ConfirmLeader,
    ForwardedRead,
    ForwardedWrite,
    ForwardReply,
    GroupMessage,
    HandOverRequest,
    LeaderConfirmed,
    PreVoteReply,
    PreVoteRequest,
    RejoinReply,
    RejoinRequest,
    ReplicaRead,
    TailReply,
    TailRequest,
    TakeOverNow,
    VoteReply,
    VoteRequest,
)
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.standbys import parse
from app.protocols.leader_follower.state import Memory, Place, ReplicaState
from app.sim.process import Message, Out
from app.trace.events import LeaderElected


class Replica:
    """The process of one node. The first of `nodes` leads term 1 from the start."""

    def __init__(
        self,
        node: str,
        nodes: tuple[str, ...],
        settings: LeaderFollowerSettings,
        state: ReplicaState | None = None,
    ) -> None:
        self.state = state or ReplicaState()
        self.node = node
        self.nodes = nodes
        self.configure(settings)

    def configure(self, settings: LeaderFollowerSettings) -> None:
        """From now on; requests under way keep what they began with."""
        others = tuple(other for other in self.nodes if other != self.node)
        lease_us = settings.lease_us if settings.fencing == "on" else 0
        majority = len(self.nodes) // 2 + 1
        data = bearing(self.nodes, settings.arbiters)
        priority = settings.priority(self.nodes.index(self.node)) if self.node in data else 0
        peers = tuple(other for other in data if other != self.node)
        self.place = Place(
            self.node, self.nodes, others, majority, settings.needs, lease_us, settings,
            parse(settings.standbys), priority, data, peers, min(majority, len(data)),
        )  # fmt: skip
        self.settings = settings

    def on_configure(self, out: Out, settings: LeaderFollowerSettings) -> None:
        """A setting is changed while the node runs."""
        before = self.place
        self.configure(settings)
        if self.state.memory.role == "leader":
            fencing.on_change(self.place, self.state, out)
            step_down.begin(self.place, self.state, out, settings)
            waits.on_change(self.place, self.state, out, before)

    def on_start(self, out: Out) -> None:
        """Term 1 needs no election: everybody was told who leads it."""
        first = self.place.nodes[0]
        self.state.disk.voted_for = first
        self.state.memory.leader = first
        self.state.memory.heard_leader_at = out.now
        self.state.disk.named = int(self.place.node == first)
        self._begin(out, self.place.node == first, fresh=True)

    def on_crash(self) -> None:
        """Role, commit position and requests under way are gone; term, vote and log stay."""
        self.state.memory = Memory()

    def after_crash(self, out: Out, power: bool) -> None:
        disk.survive(self.place, self.state, out, power)

    def on_restart(self, out: Out) -> None:
        """Without automatic failover the leader that people named leads on; else all follow."""
        if self.state.disk.rejoining:
            rejoin.begin(self.place, self.state, out, self.settings.silence_us)
            return
        named = self._is_named()
        torn = self.state.disk.torn
        disk.recover(self.place, self.state, out)
        if named and torn:
            election.lead_on(self.place, self.state, out, self.settings)
            return
        if named:
            self.state.memory.leader = self.place.node
            out.emit(LeaderElected, self.place.node, self.state.disk.term, 0)
        self._begin(out, named)

    def _is_named(self) -> bool:
        """Did people make this node the leader, and has it heard of no later one?"""
        disk = self.state.disk
        return self.settings.failover in ("none", "observer") and disk.named == disk.term

    def refuses_promotion(self) -> str:
        """Why a person cannot make this node the leader now; "" if they can."""
        return transfer.refusal(self.place, self.state)

    def on_promote(self, out: Out) -> None:
        """A person wants this node to lead."""
        transfer.promote(self.place, self.state, out, self.settings)

    def on_wipe(self, out: Out) -> None:
        """A new disk: nothing is known of what the old one held until all others were asked."""
        rejoin.begin(self.place, self.state, out, self.settings.silence_us)

    def _rejoin(self, out: Out, source: str, reply: RejoinReply) -> None:
        place, state = self.place, self.state
        if not rejoin.on_answer(place, state, out, source, reply):
            return
        lead = self._is_named()
        election.lead_on(place, state, out, self.settings) if lead else self._begin(out, False)

    def _begin(self, out: Out, leads: bool, fresh: bool = False) -> None:
        """`fresh`: the cluster starts, and all were told just now who leads."""
        memory = self.state.memory
        lease.begin(self.state, out, self.settings)
        if self.state.disk.errant:
            out.set_timer(tails.RESEND, 0)
        if not leads:
            if self.place.lease_us and memory.heard_leader_at < 0:
                # Before the crash it may have acknowledged something; a lease may hang on it.
                memory.heard_leader_at = out.now
            election.watch(self.place, self.state, out, self.settings)
            return
        memory.role = "leader"
        memory.serves_from = memory.beat_length = len(self.state.disk.log)
        fencing.begin(self.place, self.state, out, trusted=fresh)
        lease.begin(self.state, out, self.settings)
        waits.take_office(self.place, self.state, out)
        step_down.begin(self.place, self.state, out, self.settings)
        replication.beat(self.place, self.state, out, self.settings.heartbeat_us)

    def is_work(self, message: Message) -> bool:
        return work.is_work(self.state, self.settings, message)

    def on_timer(self, out: Out, name: str) -> None:
        place, state, settings = self.place, self.state, self.settings
        if name in disk.TIMERS:
            replication.on_disk(place, state, out, name)
            reads.serve(place, state, out)
            return
        match name:
            case replication.HEARTBEAT:
                replication.beat(place, state, out, settings.heartbeat_us)
            case rejoin.REJOIN:
                rejoin.ask(place, state, out, settings.silence_us)
            case fencing.LEASE:
                fencing.on_end(place, state, out)
            case fencing.WAITED:
                fencing.on_waited(place, state, out)
                requests.settle(place, state, out)
            case lease.LOOP | lease.DEMOTE:
                outside.on_timer(place, state, out, name, settings)
            case tails.RESEND:
                tails.resend(place, state, out)
            case waits.TIMEOUT:
                waits.on_timeout(place, state, out)
            case reads.READ_WAIT:
                reads.on_late(place, state, out)
            case _:
                leadership.on_timer(place, state, out, name, settings)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        place, state = self.place, self.state
        known = cast(GroupMessage, message)
        if state.disk.rejoining and not isinstance(known, RejoinReply | ClientWrite | ClientRead):
            return  # It must not vote, acknowledge or lead before it knows what it had.
        match known:
            case AppendEntries():
                reply = self._append_entries(out, source, known)
                if reply is not None:
                    out.send(source, reply)
                reads.serve(place, state, out)
            case AppendReply():
                election.meet_term(place, state, out, known.term, self.settings)
                if state.memory.role == "leader" and known.term == state.disk.term:
                    replication.on_reply(place, state, out, source, known)
                    reads.serve(place, state, out)
                    transfer.prefer(place, state, out, source, self.settings)
                    transfer.go_on(place, state, out, self.settings)
            case ConfirmLeader():
                out.send(source, self._confirm(out, source, known))
            case LeaderConfirmed():
                election.meet_term(place, state, out, known.term, self.settings)
                if known.ok and state.memory.role == "leader" and known.term == state.disk.term:
                    requests.count(place, state, out, known.op, source)
                    requests.settle(place, state, out)
            case (
                VoteRequest()
                | VoteReply()
                | PreVoteRequest()
                | PreVoteReply()
                | TailRequest()
                | TailReply()
                | HandOverRequest()
                | TakeOverNow()
            ):
                leadership.on_message(place, state, out, source, known, self.settings)
            case RejoinRequest():
                what = rejoin.answer(state, known)
                if what is not None:
                    out.send(source, what)
            case RejoinReply():
                self._rejoin(out, source, known)
            case ClientWrite() | ForwardedWrite():
                self._write(out, source, known)
            case ClientRead() | ForwardedRead() | ReplicaRead():
                reads.read(place, state, out, source, known)
            case ForwardReply():
                tails.on_answer(state, known)
                requests.hand_back(state, out, known)
            case FindLeader():
                requests.tell_who_leads(place, state, out, source, known)
            case ClientReply() | LeaderIs():
                pass  # replies to clients are for clients
            case _:
                outside.on_message(place, state, out, source, known, self.settings)

    def _append_entries(self, out: Out, source: str, message: AppendEntries) -> AppendReply | None:
        place, state = self.place, self.state
        if message.term < state.disk.term:
            return AppendReply(message.op, message.attempt, state.disk.term, False, 0, False)
        election.meet_term(place, state, out, message.term, self.settings)
        election.hear(place, state, out, source, self.settings)
        return replication.take(place, state, out, source, message)

    def _confirm(self, out: Out, source: str, message: ConfirmLeader) -> LeaderConfirmed:
        ok = message.term >= self.state.disk.term
        if ok:
            election.meet_term(self.place, self.state, out, message.term, self.settings)
            election.hear(self.place, self.state, out, source, self.settings)
        return LeaderConfirmed(message.op, message.attempt, self.state.disk.term, ok)

    def _write(self, out: Out, source: str, request: ClientWrite | ForwardedWrite) -> None:
        place, state = self.place, self.state
        if state.memory.role == "leader":
            if writes.is_second_copy(state, request):
                return
            busy = transfer.takes_no_writes(state)
            if busy:
                requests.refuse(place, out, source, request.op, request.key, busy)
                return
            if not fencing.serves(place, state, out):
                why = fencing.reason(place, state, out)
                requests.refuse(place, out, source, request.op, request.key, why)
                return
            if request.change.once and writes.known_as(state, request.op):
                writes.answer_again(place, state, out, source, request.op)
                return
            if not writes.may(state, request):
                requests.refuse(place, out, source, request.op, request.key, "changed")
                return
            value, answer = writes.work_in(place, state, out, request.op, request)
            position = replication.append(place, state, out, request.op, value, request.key)
            waits.begin_write(place, state, out, request.op, source, position, answer)
        elif isinstance(request, ClientWrite):
            own_writes.take(place, state, out, source, request)
        else:
            requests.refuse(place, out, source, request.op, request.key)
