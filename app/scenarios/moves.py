"""A node joins or leaves the ring because a person says so."""

from app.protocols.leaderless.replica import Replica
from app.sim.kernel import Kernel
from app.trace.events import FaultIgnored


def move(kernel: Kernel, node: str, action: str) -> None:
    """`action` join or leave. The person who asks sees all nodes: while one of them is in the midst
    of a change, no other begins."""
    replica = kernel.processes[node]
    halted = "down" if node in kernel.down else "paused" if node in kernel.paused else ""
    if not isinstance(replica, Replica):
        reason = "nobody here places keys on a ring"
    elif halted:
        reason = f"{node} is {halted}"
    else:
        others = [process for process in kernel.processes.values() if isinstance(process, Replica)]
        newest = max((other.state.disk.ring for other in others), key=lambda ring: ring.step)
        reason = replica.refuses_move(action, newest)
        if not reason:
            replica.on_move(kernel.outs[node], action)
            return
    kernel.emit(FaultIgnored, f"{action} {node}", reason)
