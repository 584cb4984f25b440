"""Who stands beside the nodes where there are several groups: one process, a part for each of them.

Each part knows of one group, as if there were no other: its nodes, who leads it, its lock. The
parts live and die together, and their messages travel in the envelope of their group.
"""

from typing import Any, cast

from msgspec import Struct, field

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite
from app.protocols.leader_follower.lock_service import LockService, LockState
from app.protocols.leader_follower.messages import InShard
from app.protocols.leader_follower.observer import Observer, ObserverState
from app.protocols.leader_follower.proxy import Proxy, ProxyState
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.shard_out import ShardOut
from app.sim.process import Message, Out

Beside = Observer | LockService | Proxy


class ObserverStates(Struct):
    groups: dict[int, ObserverState] = field(default_factory=dict)


class LockStates(Struct):
    groups: dict[int, LockState] = field(default_factory=dict)


class ProxyStates(Struct):
    groups: dict[int, ProxyState] = field(default_factory=dict)


STATES: dict[type, type] = {
    Observer: ObserverStates,
    LockService: LockStates,
    Proxy: ProxyStates,
}


class ShardedBeside:
    """`shard_of`: the group of each key; `inside`: nodes and those beside them, to whom what is
    said goes in an envelope."""

    def __init__(
        self,
        kind: type[Observer] | type[LockService] | type[Proxy],
        members: dict[int, tuple[str, ...]],
        settings: LeaderFollowerSettings,
        shard_of: dict[str, int],
        inside: tuple[str, ...],
    ) -> None:
        self.parts: dict[int, Beside] = {n: kind(nodes, settings) for n, nodes in members.items()}
        self.states = STATES[kind]
        self.shard_of = shard_of
        self.inside = inside

    @property
    def state(self) -> Any:
        return self.states({number: part.state for number, part in self.parts.items()})

    @state.setter
    def state(self, state: Any) -> None:
        for number, part in self.parts.items():
            part.state = state.groups[number]

    def _outs(self, out: Out) -> list[tuple[Beside, ShardOut]]:
        return [(part, ShardOut(out, n, self.inside)) for n, part in self.parts.items()]

    def configure(self, settings: LeaderFollowerSettings) -> None:
        for part in self.parts.values():
            part.configure(settings)

    def on_configure(self, out: Out, settings: LeaderFollowerSettings) -> None:
        for part, its in self._outs(out):
            part.on_configure(its, settings)

    def on_start(self, out: Out) -> None:
        for part, its in self._outs(out):
            part.on_start(its)

    def on_crash(self) -> None:
        for part in self.parts.values():
            part.on_crash()

    def after_crash(self, out: Out, power: bool) -> None:
        for part, its in self._outs(out):
            part.after_crash(its, power)

    def on_restart(self, out: Out) -> None:
        for part, its in self._outs(out):
            part.on_restart(its)

    def on_wipe(self, out: Out) -> None:
        """Its disk is not modelled."""

    def is_work(self, message: Message) -> bool:
        """It holds no copy to work on."""
        return False

    def on_timer(self, out: Out, name: str) -> None:
        number, _, rest = name.partition("/")
        self.parts[int(number)].on_timer(ShardOut(out, int(number), self.inside), rest)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        """From a node in an envelope, from a client as it is: its key says which group is meant."""
        if isinstance(message, InShard):
            number, inner = message.shard, cast(Message, message.message)
        elif isinstance(message, ClientWrite | ClientRead):
            number, inner = self.shard_of[message.key], message
        else:
            assert isinstance(message, ClientReply)
            return
        self.parts[number].on_message(ShardOut(out, number, self.inside), source, inner)
