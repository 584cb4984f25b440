"""A node that stands still: nothing happens at it, what reaches it waits, and a snapshot knows."""

from app.sim.kernel import Kernel
from app.sim.latency import Constant
from app.sim.network import NetworkSpec
from app.sim.snapshot import restore, snapshot
from app.trace.codec import encode_lines
from app.trace.events import (
    FaultIgnored,
    MessageDropped,
    MessageSent,
    NodeResumed,
)
from tests.sim.ping import PingMessage, pinging

TEN_MS = NetworkSpec(nodes=Constant(10_000))


def sent_by(kernel: Kernel, node: str, after: int, until: int) -> list[MessageSent]:
    rows = [e for e in kernel.trace if isinstance(e, MessageSent)]
    return [e for e in rows if e.source == node and after < e.at <= until]


def test_a_paused_node_does_nothing_and_loses_nothing() -> None:
    kernel, free = pinging(1, network=TEN_MS), pinging(1, network=TEN_MS)
    for one in (kernel, free):
        one.run_until(100_000)
    kernel.pause("n2")
    for one in (kernel, free):
        one.run_until(400_000)
    assert sent_by(kernel, "n2", 100_000, 400_000) == []
    assert sent_by(free, "n2", 100_000, 400_000)
    waiting = len(kernel.paused["n2"])
    assert waiting > 5
    kernel.resume("n2")
    assert isinstance(kernel.trace[-1], NodeResumed)
    assert kernel.trace[-1].waiting == waiting
    kernel.run_until(400_000)
    at_once = sent_by(kernel, "n2", 399_999, 400_000)
    pings = [e for e in at_once if e.kind == "pong"]
    asked = [
        e
        for e in kernel.trace
        if isinstance(e, MessageSent) and e.kind == "ping" and e.target == "n2"
        if 100_000 < e.arrives_at <= 400_000
    ]
    assert [e.op for e in pings] == [e.op for e in asked], "answered in the order they came"
    assert not any(isinstance(e, MessageDropped) for e in kernel.trace)


def test_a_crash_of_a_paused_node_loses_what_waited() -> None:
    kernel = pinging(1, network=TEN_MS)
    kernel.pause("n2")
    kernel.run_until(200_000)
    waiting = [entry for entry in kernel.paused["n2"] if entry[2] == 0]
    kernel.crash("n2")
    dropped = [e for e in kernel.trace if isinstance(e, MessageDropped)]
    assert len(dropped) == len(waiting) > 3
    assert {e.reason for e in dropped} == {"crashed"}
    kernel.resume("n2")
    assert isinstance(kernel.trace[-1], FaultIgnored)


def test_pausing_twice_or_a_node_that_is_down_is_a_visible_no_op() -> None:
    kernel = pinging(1)
    kernel.pause("n1")
    kernel.pause("n1")
    kernel.crash("n2")
    kernel.pause("n2")
    ignored = [e.reason for e in kernel.trace if isinstance(e, FaultIgnored)]
    assert ignored == ["n1 is paused already", "n2 is down"]


def test_a_snapshot_remembers_what_waits() -> None:
    first, second = pinging(9), pinging(9)
    first.pause("n3")
    first.run_until(300_000)
    restore(second, snapshot(first), PingMessage)
    before = len(first.trace)
    for kernel in (first, second):
        kernel.run_until(400_000)
        kernel.resume("n3")
        kernel.run_until(1_000_000)
    assert encode_lines(first.trace[before:]) == encode_lines(second.trace)
