"""The client's side of the design: which node it asks, or the library in it that asks the replicas.

A driver takes nodes in turn, or knows the replicas of a key and asks one of them. With the
coordinator in the client (Dynamo's client-driven coordination, DeCandia et al. 2007, §6.4;
Voldemort) the library runs a coordinator's code in the client: one hop less, and nothing is kept
there for others. Who versions are named after must be a replica, so it writes by itself only where
time stamps date versions, or the first replica raises them; other writes, and rounds, go to one.

It hears no gossip: a node that let a request time out is left out for `silence_us`, or until it
answers after all.
"""

from collections.abc import Mapping
from typing import cast

from msgspec import field

from app.protocols.client import TIMEOUT, Client
from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite
from app.protocols.client_state import ClientState, Retries
from app.protocols.intents import Intent
from app.protocols.leaderless import answers, coordinator, first_writes, rounds, tombstones
from app.protocols.leaderless.messages import (
    FirstWritten,
    HintAck,
    ReplicaReadReply,
    ReplicaRepairAck,
    ReplicaWriteAck,
)
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.settings import LeaderlessSettings
from app.protocols.leaderless.state import ReplicaState
from app.sim.process import Message, Out
from app.trace.events import ClientSuspected, ClientTrusts

LIBRARY = "its library"
"""What a client asks that coordinates by itself."""
ROUTED = ("in_turn", "aware", "client")
"""Where the client, and not its entry, decides who coordinates."""
TRUST = "/trust"
"""Ends the name of the timer after which a node that was left out is asked again."""


class LibraryState(ClientState):
    """`turn`: so many operations were given out in turn. `library`: what the coordinator in the
    client remembers; its disk is never written."""

    turn: int = 0
    library: ReplicaState = field(default_factory=ReplicaState)


class Inward:
    """The client's Out for its library: an answer to the client itself is kept for it."""

    def __init__(self, out: Out, name: str) -> None:
        self.out = out
        self.name = name
        self.replies: list[ClientReply] = []
        self.set_timer, self.cancel_timer = out.set_timer, out.cancel_timer
        self.emit, self.draw = out.emit, out.draw

    @property
    def now(self) -> int:
        return self.out.now

    @property
    def clock(self) -> int:
        return self.out.clock

    def send(self, target: str, message: Message) -> None:
        if target == self.name:
            self.replies.append(cast(ClientReply, message))
        else:
            self.out.send(target, message)


class RoutedClient(Client):
    """A client that chooses whom it asks, by the setting `coordinator`."""

    state: LibraryState

    def __init__(
        self,
        name: str,
        entry: str,
        timeout_us: int,
        retries: Retries,
        nodes: tuple[str, ...],
        settings: LeaderlessSettings,
        keys: tuple[str, ...],
        regions: Mapping[str, str],
    ) -> None:
        super().__init__(name, entry, timeout_us, retries)
        self.state = LibraryState(entry, retries)
        self.around = nodes, keys, regions
        self.configure(settings)

    def configure(self, settings: LeaderlessSettings) -> None:
        """From now on."""
        nodes, keys, regions = self.around
        self.place = Place(self.name, nodes, settings, keys, regions)

    def _whom(self, intent: Intent) -> str:
        state, nodes = self.state, self.place.nodes
        match self.place.settings.coordinator:
            case "in_turn":
                state.turn += 1
                return nodes[(nodes.index(state.entry) + state.turn - 1) % len(nodes)]
            case "aware":
                return self._replica(intent.key)
            case "client":
                return self.name
        return state.entry

    def _asked(self) -> str:
        return LIBRARY if self.state.asks == self.name else self.state.asks

    def _replica(self, key: str) -> str:
        """The entry if it is one, else one of its region, else the first; none that is left out."""
        regions, suspected = self.place.regions, self.state.library.memory.suspected
        here = regions.get(self.name, "")
        return min(
            self.place.replicas_of(key),
            key=lambda home: (
                home in suspected,
                home != self.state.entry,
                regions.get(home, "") != here,
            ),
        )

    def _send(self, out: Out, intent: Intent) -> None:
        """The library may refuse at once; the client is told when it has begun to wait."""
        self.inward = Inward(out, self.name)
        super()._send(out, intent)
        self._take_in(out, self.inward)

    def _hand(self, out: Out, message: ClientRead | ClientWrite) -> None:
        place, library = self.place, self.state.library
        if self.state.asks != self.name:
            super()._hand(out, message)
            return
        if rounds.takes(place, message) or not self._writes(message):
            out.send(self._replica(message.key), message)
            return
        if isinstance(message, ClientRead):
            coordinator.read(place, library, self.inward, self.name, message)
        else:
            coordinator.write(place, library, self.inward, self.name, message)

    def _writes(self, message: ClientRead | ClientWrite) -> bool:
        """May the library coordinate it?"""
        if isinstance(message, ClientRead):
            return True
        settings = self.place.settings
        named = settings.conflict == "last_write" or settings.first_write == "alone"
        return named and message.change.write == "whole"

    def on_message(self, out: Out, source: str, message: Message) -> None:
        place, library = self.place, self.state.library
        if source in library.memory.suspected:
            self._trust(out, source)
        inward = Inward(out, self.name)
        match message:
            case ReplicaWriteAck() | HintAck():
                answers.on_answer(place, library, inward, source, message.op, ())
            case ReplicaReadReply():
                told, digest = message.versions, message.digest
                answers.on_answer(place, library, inward, source, message.op, told, digest)
            case ReplicaRepairAck():
                answers.on_mended(place, library, inward, source, message.op)
            case FirstWritten():
                first_writes.on_written(place, library, inward, source, message)
            case _:
                super().on_message(out, source, message)
        self._take_in(out, inward)

    def on_timer(self, out: Out, name: str) -> None:
        place, library = self.place, self.state.library
        inward = Inward(out, self.name)
        if name == TIMEOUT:
            self._on_no_answer(out)
        elif name.endswith(TRUST):
            self._trust(out, name.removesuffix(TRUST))
        elif name.endswith(tombstones.REAP):
            tombstones.reap(place, library, inward, name.removesuffix(tombstones.REAP))
        elif name.endswith(answers.MORE):
            coordinator.on_slow(place, library, inward, name.removesuffix(answers.MORE))
        else:
            pending = library.memory.pending[name]
            asked = (pending.first,) if pending.first else tuple(pending.asked.values())
            silent = [node for node in asked if node not in pending.answers]
            answers.on_time_out(place, library, inward, name)
            for node in silent:
                self._suspect(out, node)
        self._take_in(out, inward)

    def _on_no_answer(self, out: Out) -> None:
        """A driver that knows the replicas asks another one next time."""
        state = self.state
        if self.place.settings.coordinator == "aware" and state.busy is not None:
            self._suspect(out, state.asks)
            state.asks = self._whom(state.busy)
        super().on_timer(out, TIMEOUT)

    def _suspect(self, out: Out, node: str) -> None:
        memory = self.state.library.memory
        if node not in memory.suspected and node in self.place.nodes:
            memory.suspected = (*memory.suspected, node)
            out.emit(ClientSuspected, self.name, node, memory.suspected)
            out.set_timer(node + TRUST, self.place.settings.silence_us)

    def _trust(self, out: Out, node: str) -> None:
        memory = self.state.library.memory
        memory.suspected = tuple([one for one in memory.suspected if one != node])
        out.cancel_timer(node + TRUST)
        out.emit(ClientTrusts, self.name, node, memory.suspected)

    def _take_in(self, out: Out, inward: Inward) -> None:
        """What the library has told the client."""
        for reply in inward.replies:
            super().on_message(out, self.name, reply)
