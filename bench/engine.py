"""Engine speed against SimPy in one run: operations a second, with everything on.

Ours: 5 replicas, N 3, R 2, W 2, 10 closed-loop clients, full trace, causes, history, invariants.
All clients share one key, not 100, and write in turn with what they last read.
SimPy: the same exchange of messages as one process a message, with no trace and no protocol.
"""

import random
import time

from msgspec import Struct

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite, Context
from app.protocols.leaderless.invariants import Invariants
from app.protocols.leaderless.replica import Replica
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.kernel import Kernel
from app.sim.network import NetworkSpec
from app.sim.process import Message, Out
from app.trace.codec import encode_lines
from app.trace.events import OperationInvoked, OperationReturned
from app.trace.values import Value

NODES = ("n1", "n2", "n3", "n4", "n5")
CLIENTS = 10


class LoopState(Struct):
    count: int = 0
    context: Context = ()


class LoopClient:
    """Asks again as soon as it is answered: nine reads, then one write of what it last read."""

    def __init__(self, name: str, entry: str) -> None:
        self.name, self.entry = name, entry
        self.state = LoopState()

    def on_start(self, out: Out) -> None:
        self._ask(out)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        assert isinstance(message, ClientReply)
        kind = "write" if self.state.count % 10 == 0 else "read"
        out.emit(
            OperationReturned,
            self.name,
            message.op,
            kind,
            kind,
            "",
            message.outcome,
            message.reason,
            self.entry,
            message.values,
        )
        self.state.context = message.context
        self._ask(out)

    def on_timer(self, out: Out, name: str) -> None:
        raise AssertionError("no timers here")

    def on_crash(self) -> None:
        raise AssertionError("no crashes here")

    def on_restart(self, out: Out) -> None:
        raise AssertionError("no crashes here")

    def _ask(self, out: Out) -> None:
        self.state.count += 1
        op = f"{self.name}-{self.state.count}"
        if self.state.count % 10:
            out.emit(OperationInvoked, self.name, op, "read", "read", "", self.entry, None, (), "")
            out.send(self.entry, ClientRead(op, 0))
            return
        value = Value(op, "a", ("milk",))
        told = (op, "add", "write", "milk", self.entry, value, (), "whole")
        out.emit(OperationInvoked, self.name, *told)
        out.send(self.entry, ClientWrite(op, 0, value, self.state.context))


def ours(operations: int) -> tuple[float, float, int, int]:
    """(seconds simulating, seconds encoding, trace rows, operations done)."""
    settings = LeaderlessSettings()
    processes = {node: Replica(node, NODES, settings) for node in NODES}
    clients = {f"c{n}": LoopClient(f"c{n}", NODES[n % 5]) for n in range(CLIENTS)}
    kernel = Kernel("bench", 7, NetworkSpec(), NODES, {**processes, **clients})
    kernel.watchers.append(Invariants("bench", NODES).observe)
    begun = time.perf_counter()
    kernel.start()
    rows = done = encoded = 0
    encoding = 0.0
    while done < operations:
        for _ in range(20_000):
            kernel.step()
        done += sum(1 for event in kernel.trace if type(event) is OperationReturned)
        rows += len(kernel.trace)
        mark = time.perf_counter()
        encoded += len(encode_lines(kernel.trace))
        kernel.trace.clear()
        encoding += time.perf_counter() - mark
    return time.perf_counter() - begun - encoding, encoding, rows, done


def simpy_process_per_message(operations: int) -> float:
    """Seconds SimPy takes for as many operations of the same eight messages, a process each."""
    import simpy

    environment = simpy.Environment()
    luck = random.Random(7)
    done = 0

    def message(then: simpy.Event):  # type: ignore[no-untyped-def]
        yield environment.timeout(luck.uniform(8, 12))
        then.succeed()

    def round_trip(answered: simpy.Event):  # type: ignore[no-untyped-def]
        for _ in range(2):
            arrived = environment.event()
            environment.process(message(arrived))
            yield arrived
        if not answered.triggered:
            answered.succeed()

    def client():  # type: ignore[no-untyped-def]
        nonlocal done
        while done < operations:
            asked = environment.event()
            environment.process(message(asked))
            yield asked
            enough = environment.event()
            for _ in range(3):
                environment.process(round_trip(enough))
            yield enough
            told = environment.event()
            environment.process(message(told))
            yield told
            done += 1

    begun = time.perf_counter()
    for _ in range(CLIENTS):
        environment.process(client())
    environment.run()
    return time.perf_counter() - begun
