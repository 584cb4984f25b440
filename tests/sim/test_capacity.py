"""A node of bounded capacity: one operation after another; what is no work passes."""

from itertools import pairwise

from app.sim.kernel import Kernel
from app.sim.latency import Constant
from app.sim.network import NetworkSpec
from app.sim.snapshot import restore, snapshot
from app.trace.codec import encode_lines
from app.trace.events import MessageDropped, MessageSent, QueueChanged
from tests.sim.ping import Ping, PingMessage, PingProcess, Pong

TEN_MS = NetworkSpec(nodes=Constant(10_000))
NODES = ("n1", "n2", "n3")


def pinged(service_us: int, extra: int) -> Kernel:
    """`extra` pings on their way to n2, all to arrive at 10 ms; nobody else says anything."""
    processes = {node: PingProcess(node, NODES, silent=True) for node in NODES}
    kernel = Kernel("pings", 1, TEN_MS, NODES, dict(processes), service_us=service_us)
    kernel.start()
    for number in range(extra):
        kernel.send("n1", "n2", Ping(f"extra-{number}", 0))
    return kernel


def pongs(kernel: Kernel) -> list[tuple[str, int]]:
    rows = [e for e in kernel.trace if isinstance(e, MessageSent)]
    return [(e.op, e.at) for e in rows if e.kind == "pong"]


def test_operations_are_done_one_after_another_each_in_its_time() -> None:
    kernel = pinged(100_000, 3)
    kernel.run_until(1_000_000)
    told = pongs(kernel)
    assert [op for op, _ in told] == ["extra-0", "extra-1", "extra-2"]
    assert told[0][1] == 110_000
    assert [b - a for (_, a), (_, b) in pairwise(told)] == [100_000, 100_000]


def test_what_is_no_operation_does_not_wait_behind_them() -> None:
    kernel = pinged(100_000, 3)
    kernel.send("n3", "n2", Pong("free", 0))
    kernel.run_until(10_000)
    assert kernel.processes["n2"].state.heard == 1


def test_the_queue_is_told_of_whenever_it_changes_and_only_where_capacity_is_bounded() -> None:
    kernel = pinged(100_000, 3)
    kernel.run_until(1_000_000)
    told = [(e.at, e.waiting) for e in kernel.trace if isinstance(e, QueueChanged)]
    arrived = [(10_000, 1), (10_000, 2), (10_000, 3)]
    assert told == [*arrived, (110_000, 2), (210_000, 1), (310_000, 0)]
    free = pinged(0, 3)
    free.slow_node("n2", 20)
    free.run_until(1_000_000)
    assert not [e for e in free.trace if isinstance(e, QueueChanged)]


def test_a_slow_node_of_bounded_capacity_needs_both_times() -> None:
    kernel = pinged(100_000, 2)
    kernel.slow_node("n2", 20)
    kernel.run_until(1_000_000)
    assert [at for _, at in pongs(kernel)] == [130_000, 250_000]


def test_what_is_known_by_the_time_it_is_its_turn_costs_nothing() -> None:
    kernel = pinged(100_000, 3)
    process = kernel.processes["n2"]
    known: list[str] = []

    class OnceOnly(PingProcess):
        """A ping of a name that it has answered is no operation."""

        def is_work(self, message: object) -> bool:
            return isinstance(message, Ping) and message.op not in known

        def on_message(self, out: object, source: str, message: object) -> None:
            known.append(message.op)  # type: ignore[attr-defined]
            super().on_message(out, source, message)  # type: ignore[arg-type]

    once = OnceOnly("n2", NODES, silent=True)
    once.state = process.state
    kernel.processes["n2"] = once
    kernel.send("n3", "n2", Ping("extra-0", 1))
    kernel.run_until(1_000_000)
    assert [at for op, at in pongs(kernel) if op == "extra-0"] == [110_000, 310_000]
    assert max(at for _, at in pongs(kernel)) == 310_000


def test_a_crash_empties_the_queue_and_a_pause_holds_it() -> None:
    kernel = pinged(100_000, 3)
    kernel.run_until(150_000)
    kernel.pause("n2")
    kernel.run_until(650_000)
    assert len(pongs(kernel)) == 1
    kernel.resume("n2")
    kernel.run_until(720_000)
    assert [at for _, at in pongs(kernel)] == [110_000, 710_000]
    kernel.crash("n2")
    assert [e.op for e in kernel.trace if isinstance(e, MessageDropped)] == ["extra-2"]
    kernel.restart("n2")
    kernel.run_until(2_000_000)
    assert len(pongs(kernel)) == 2


def test_a_restored_kernel_goes_on_with_the_same_queue() -> None:
    whole = pinged(100_000, 5)
    whole.run_until(1_000_000)
    first = pinged(100_000, 5)
    first.run_until(250_000)
    data, begun = snapshot(first), list(first.trace)
    second = pinged(100_000, 0)
    restore(second, data, PingMessage)
    second.run_until(1_000_000)
    assert encode_lines([*begun, *second.trace]) == encode_lines(whole.trace)
