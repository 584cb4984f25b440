"""What people do to a cluster: cut, slow and lossy links; crashed, paused and wiped nodes; clocks.

The half of the kernel that acts on commands. Each fault is one event with the resulting state; one
that changes nothing is written as FaultIgnored, so that nothing a person did is without a trace.
"""

from heapq import heapify, heappush
from operator import itemgetter
from typing import Any

from app.sim.network import link_name
from app.sim.process import Process
from app.sim.slow_nodes import DELIVER, TIMER, Entry, SlowNodes
from app.trace.events import (
    ClockSkewed,
    FaultIgnored,
    LinkCut,
    LinkCutOneWay,
    LinkHealed,
    LinkMadeLossy,
    LinkSlowed,
    MessageDropped,
    NodeCrashed,
    NodeLostPower,
    NodePaused,
    NodeRestarted,
    NodeResumed,
    NodeWiped,
)


class Faults(SlowNodes):
    """Mixed into Kernel, which owns all of these."""

    nodes: tuple[str, ...]
    seq: int
    processes: dict[str, Process]
    outs: dict[str, Any]
    timers: dict[tuple[str, str], int]
    cut: dict[str, bool]
    one_way: dict[tuple[str, str], bool]
    slow: dict[str, int]
    lossy: dict[str, int]
    down: dict[str, bool]
    skew: dict[str, int]

    def reaches(self, node: str) -> tuple[str, ...]:
        """The other nodes to which this one still has a link."""
        others = (other for other in self.nodes if other != node)
        return tuple(other for other in others if link_name(node, other) not in self.cut)

    def cut_link(self, a: str, b: str) -> None:
        """Nothing passes any more; what is under way dies at the gap."""
        link = link_name(a, b)
        if link in self.cut:
            self.emit(FaultIgnored, f"cut {link}", f"{link} is cut already")
            return
        self.cut[link] = True
        cut = self.emit(LinkCut, a, b, self.reaches(a), self.reaches(b))
        self._drop_under_way({(a, b), (b, a)})
        self.cause = cut

    def cut_one_way(self, source: str, target: str) -> None:
        """Nothing passes in this direction any more; what is under way dies at the gap."""
        if (source, target) in self.one_way or link_name(source, target) in self.cut:
            reason = f"nothing passes from {source} to {target} already"
            self.emit(FaultIgnored, f"cut {source} to {target}", reason)
            return
        self.one_way[(source, target)] = True
        cut = self.emit(LinkCutOneWay, source, target)
        self._drop_under_way({(source, target)})
        self.cause = cut

    def _drop_under_way(self, ways: set[tuple[str, str]]) -> None:
        def dies(entry: Entry) -> bool:
            return entry[2] == DELIVER and (entry[4], entry[3]) in ways

        dying = sorted((entry for entry in self.heap if dies(entry)), key=itemgetter(0, 1))
        self.heap = [entry for entry in self.heap if not dies(entry)]
        heapify(self.heap)
        for _, _, _, target, source, self.cause, message in dying:
            self.emit(MessageDropped, source, target, message.kind(), message.op, "cut")

    def slow_link(self, a: str, b: str, times: int) -> None:
        """What is under way arrives as it would have."""
        link = link_name(a, b)
        if self.slow.get(link) == times:
            self.emit(FaultIgnored, f"slow {link}", f"{link} takes {times} times as long already")
            return
        self.slow[link] = times
        self.cause = self.emit(LinkSlowed, a, b, times)

    def lose_on_link(self, a: str, b: str, percent: int) -> None:
        """Which messages are lost is their own luck, as their delay is."""
        link = link_name(a, b)
        if self.lossy.get(link) == percent:
            self.emit(FaultIgnored, f"lose on {link}", f"{link} loses {percent} % already")
            return
        self.lossy[link] = percent
        self.cause = self.emit(LinkMadeLossy, a, b, percent)

    def troubled_links(self) -> list[str]:
        """Every link that is cut, either way or one, slow or lossy, each once."""
        one_way = (link_name(*way) for way in self.one_way)
        return list(dict.fromkeys((*self.cut, *one_way, *self.slow, *self.lossy)))

    def cut_off(self, node: str) -> None:
        """Cut what still links the node to others."""
        reached = self.reaches(node)
        if not reached:
            self.emit(FaultIgnored, f"cut off {node}", f"{node} has no link left")
        for other in reached:
            self.cause = None
            self.cut_link(node, other)

    def heal_all(self) -> None:
        """Every link; nodes stay as they are."""
        troubled = self.troubled_links()
        if not troubled:
            self.emit(FaultIgnored, "heal all links", "every link is whole")
        for link in troubled:
            self.cause = None
            self.heal_link(*link.split("–"))

    def heal_everything(self) -> None:
        """Links whole, clocks right, nodes at speed and running: one event for each thing."""
        before = self.seq
        if self.troubled_links():
            self.heal_all()
        for node in self.nodes:
            self.cause = None
            if self.skew.get(node, 0):
                self.skew_clock(node, 0)
            if node in self.slowed:
                self.slow_node(node, 0)
            if node in self.paused:
                self.resume(node)
            if node in self.down:
                self.restart(node)
        if self.seq == before:
            self.emit(FaultIgnored, "heal everything", "nothing is broken")

    def heal_link(self, a: str, b: str) -> None:
        link = link_name(a, b)
        if link not in self.troubled_links():
            self.emit(FaultIgnored, f"heal {link}", f"{link} is whole")
            return
        for trouble in (self.cut, self.slow, self.lossy):
            trouble.pop(link, None)
        for way in ((a, b), (b, a)):
            self.one_way.pop(way, None)
        self.cause = self.emit(LinkHealed, a, b)

    def crash(self, node: str) -> None:
        """The process's memory is lost, timers stop, messages to it fall on deaf ears; its disk
        stays, and what the operating system had been handed."""
        if node in self.down:
            self.emit(FaultIgnored, f"crash {node}", f"{node} is down already")
            return
        self.down[node] = True
        self._forget(node)
        self.cause = self.emit(NodeCrashed, node)
        self.processes[node].after_crash(self.outs[node], False)

    def lose_power(self, node: str) -> None:
        """As a crash, and the operating system's memory is lost, too; also that of a crashed node,
        whose machine was still running."""
        if node not in self.down:
            self.down[node] = True
            self._forget(node)
        self.cause = self.emit(NodeLostPower, node)
        self.processes[node].after_crash(self.outs[node], True)

    def _forget(self, node: str) -> None:
        """Memory, timers and what waited for a paused node are gone."""
        waiting = [*self.forget_work(node), *self.paused.pop(node, [])]
        for _, _, what, target, source, self.cause, message in waiting:
            if what == DELIVER:
                self.emit(MessageDropped, source, target, message.kind(), message.op, "crashed")
        self.cause = None
        for key in [key for key in self.timers if key[0] == node]:
            del self.timers[key]
        self.processes[node].on_crash()

    def wipe(self, node: str) -> None:
        """Disk and memory are lost; an empty node of the same name starts in its place at once."""
        self._forget(node)
        self.down.pop(node, None)
        self.cause = self.emit(NodeWiped, node)
        self.processes[node].on_wipe(self.outs[node])

    def skew_clock(self, node: str, offset_us: int) -> None:
        """The wall clock that the node dates its writes by; its timers run as before."""
        if self.skew.get(node, 0) == offset_us:
            state = "that far off already" if offset_us else "right"
            self.emit(FaultIgnored, f"set the clock of {node}", f"the clock of {node} is {state}")
            return
        self.skew[node] = offset_us
        self.emit(ClockSkewed, node, offset_us)

    def restart(self, node: str) -> None:
        if node not in self.down:
            self.emit(FaultIgnored, f"restart {node}", f"{node} is running")
            return
        del self.down[node]
        self.cause = self.emit(NodeRestarted, node)
        self.processes[node].on_restart(self.outs[node])

    def pause(self, node: str) -> None:
        """The node does nothing; its messages and timers wait in the order they come."""
        if node in self.down or node in self.paused:
            state = "down" if node in self.down else "paused already"
            self.emit(FaultIgnored, f"pause {node}", f"{node} is {state}")
            return
        self.paused[node] = []
        self.hold_work(node)
        self.emit(NodePaused, node)

    def resume(self, node: str) -> None:
        """All that waited happens now, first come first served; a cancelled timer passes."""
        if node not in self.paused:
            self.emit(FaultIgnored, f"resume {node}", f"{node} is not paused")
            return
        waiting = self.paused.pop(node)
        self.emit(NodeResumed, node, len(waiting))
        self.go_on_working(node)
        for _, order, what, target, first, cause, message in waiting:
            if what == TIMER and self.timers.get((target, first)) != order:
                continue
            self.order += 1
            if what == TIMER:
                self.timers[(target, first)] = self.order
            heappush(self.heap, (self.now, self.order, what, target, first, cause, message))
