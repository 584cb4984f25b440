"""A proxy, or a name in DNS, between clients and nodes: it knows one leader, and hears late of the
next.

Clients ask it whatever they want; it hands that to the node that it takes for the leader, and the
answer back. Whoever leads tells it so with each heartbeat; it turns to a later term `redirect_us`
after it first heard of it.
"""

from msgspec import Struct, field
from msgspec.structs import replace

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite
from app.protocols.leader_follower.observer import PROXY
from app.protocols.leader_follower.outside_messages import LeaderNamed
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.sim.process import Message, Out
from app.trace.events import ClientsRedirected
from app.trace.ids import operation_of

REDIRECT = "redirect"


class ProxyState(Struct):
    """`asked`: of each client, its newest operation. `coming`: the leader it is about to turn to.

    What it points to outlives a crash: it is in its configuration.
    """

    leader: str = ""
    term: int = 1
    asked: dict[str, str] = field(default_factory=dict)
    coming: str = ""
    coming_term: int = 0


class Proxy:
    def __init__(self, nodes: tuple[str, ...], settings: LeaderFollowerSettings) -> None:
        self.state = ProxyState(leader=nodes[0])
        self.configure(settings)

    def configure(self, settings: LeaderFollowerSettings) -> None:
        self.settings = settings

    def on_configure(self, out: Out, settings: LeaderFollowerSettings) -> None:
        self.configure(settings)

    def on_start(self, out: Out) -> None:
        """It points to the first node."""

    def on_crash(self) -> None:
        self.state = ProxyState(self.state.leader, self.state.term)

    def after_crash(self, out: Out, power: bool) -> None:
        """Its configuration stays."""

    def on_wipe(self, out: Out) -> None:
        """Its disk is not modelled."""

    def is_work(self, message: Message) -> bool:
        """It holds no copy to work on."""
        return False

    def on_restart(self, out: Out) -> None:
        """It points to where it pointed."""

    def on_timer(self, out: Out, name: str) -> None:
        """Turn to the newest leader that it has heard of."""
        state = self.state
        if state.coming_term > state.term:
            state.leader, state.term = state.coming, state.coming_term
            out.emit(ClientsRedirected, PROXY, state.leader, state.term)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        state = self.state
        if isinstance(message, LeaderNamed):
            if message.term > max(state.term, state.coming_term):
                first = state.coming_term <= state.term
                state.coming, state.coming_term = message.leader, message.term
                if first:
                    out.set_timer(REDIRECT, self.settings.redirect_us)
        elif isinstance(message, ClientWrite | ClientRead):
            state.asked[source] = operation_of(message.op)
            out.send(state.leader, replace(message, op=message.op))
        elif isinstance(message, ClientReply):
            operation = operation_of(message.op)
            client = next((name for name, op in state.asked.items() if op == operation), None)
            if client is not None:
                out.send(client, message)
