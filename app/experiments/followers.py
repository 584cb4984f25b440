"""Asynchronous replication from a leader, read at a random node: how stale, by the engine.

The leader answers when it has the write itself, and each follower has it a delay later. So a read
of a node drawn from N misses it as a read of one copy misses a write to one copy: the closed form
of the design without a leader holds here as well (R = W = 1, answers take no time).
"""

from msgspec import Struct

from app.experiments.staleness import NEVER, SEED
from app.protocols.client import Client
from app.protocols.intents import Intent
from app.protocols.leader_follower.replica import Replica
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.sim.kernel import Kernel
from app.sim.latency import Constant, Latency
from app.sim.luck import draw
from app.sim.network import NetworkSpec
from app.sim.process import Process
from app.trace.events import OperationReturned

SETTINGS = LeaderFollowerSettings(
    copies=1, reads="any", read_concern="local", heartbeat_us=NEVER, silence_us=2 * NEVER
)


class Followers(Struct, frozen=True):
    """`way`: how long a copy of a write takes; `settled`: by then all have heard the leader."""

    n: int
    way: Latency
    settled: int


def is_stale(followers: Followers, number: int, after: int) -> bool:
    """Does a read miss a write that returned so long before it began?"""
    nodes = tuple(f"n{place + 1}" for place in range(followers.n))
    asked = nodes[draw(SEED, "reads", f"trial {number}", 0, followers.n - 1)]
    writing, reading = Client("writes", nodes[0], NEVER), Client("reads", asked, NEVER)
    processes: dict[str, Process] = {node: Replica(node, nodes, SETTINGS) for node in nodes}
    processes |= {"writes": writing, "reads": reading}
    network = NetworkSpec(nodes=followers.way, clients=Constant(0))
    kernel = Kernel("experiment", SEED, network, nodes, processes)
    kernel.start()
    kernel.run_until(followers.settled)
    kernel.cause = None
    writing.on_intent(kernel.outs["writes"], Intent(f"w{number}", "add", "milk", "a", ""))
    kernel.run_until(followers.settled + after)
    kernel.cause = None
    reading.on_intent(kernel.outs["reads"], Intent(f"r{number}", "read", "", "", ""))
    kernel.run_until(followers.settled + after)
    told = [event for event in kernel.trace if isinstance(event, OperationReturned)]
    written, read = told
    assert written.at == followers.settled
    assert written.outcome == read.outcome == "ok"
    return [value.id for value in read.values] != [f"w{number}"]
