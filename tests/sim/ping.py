"""A tiny process for tests of the world: every node greets every other now and then."""

from msgspec import Struct

from app.sim.kernel import Kernel
from app.sim.network import NetworkSpec
from app.sim.process import Message, Out
from app.trace.events import NodeRestarted

EVERY_US = 50_000


class Ping(Message, frozen=True, gc=False):
    """Any node → any node. Answered by Pong."""


class Pong(Message, frozen=True, gc=False):
    """The answer to Ping."""


PingMessage = Ping | Pong


class PingState(Struct):
    """`rounds` is on disk, `heard` in memory."""

    rounds: int = 0
    heard: int = 0


class PingProcess:
    """Pings all others every 50 ms unless it is silent."""

    def __init__(self, node: str, nodes: tuple[str, ...], silent: bool = False) -> None:
        self.node = node
        self.nodes = nodes
        self.silent = silent
        self.state = PingState()

    def on_start(self, out: Out) -> None:
        out.set_timer("round", EVERY_US)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        self.state.heard += 1
        if isinstance(message, Ping):
            out.send(source, Pong(message.op, 0))

    def on_timer(self, out: Out, name: str) -> None:
        self.state.rounds += 1
        if not self.silent:
            for other in self.nodes:
                if other != self.node:
                    out.send(other, Ping(f"{self.node}-{self.state.rounds}", 0))
        out.set_timer("round", EVERY_US)

    def on_crash(self) -> None:
        self.state.heard = 0

    def after_crash(self, out: Out, power: bool) -> None:
        """Its count is flushed at once."""

    def on_restart(self, out: Out) -> None:
        out.emit(NodeRestarted, f"{self.node} again")
        out.set_timer("round", EVERY_US)


def pinging(seed: int, silent: str = "", network: NetworkSpec | None = None) -> Kernel:
    """Three nodes that ping each other; one of them may be silent."""
    nodes = ("n1", "n2", "n3")
    processes = {node: PingProcess(node, nodes, node == silent) for node in nodes}
    kernel = Kernel("pings", seed, network or NetworkSpec(), nodes, dict(processes))
    kernel.start()
    return kernel
