"""What a process wishes, carried to its kernel under its node's name."""

from functools import partial
from typing import TYPE_CHECKING

from app.sim.luck import draw

if TYPE_CHECKING:
    from app.sim.kernel import Kernel


class NodeOut:
    """The `Out` of one node: its name goes with every wish."""

    __slots__ = ("emit", "kernel", "node", "send", "set_timer")

    def __init__(self, kernel: "Kernel", node: str) -> None:
        self.kernel = kernel
        self.node = node
        self.emit = kernel.emit
        self.send = partial(kernel.send, node)
        self.set_timer = partial(kernel.set_timer, node)

    @property
    def now(self) -> int:
        return self.kernel.now

    @property
    def clock(self) -> int:
        return max(0, self.kernel.now + self.kernel.skew.get(self.node, 0))

    def cancel_timer(self, name: str) -> None:
        self.kernel.timers.pop((self.node, name), None)

    def draw(self, name: str, low: int, high: int) -> int:
        return draw(self.kernel.seed, self.node, name, low, high)
