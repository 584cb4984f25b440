"""Which nodes are down or cut off from all the others: their disks are out of reach for now."""

from msgspec import Struct, field

from app.trace.events import LinkCut, LinkHealed


class Reachability(Struct):
    """Folded from the trace. A crashed node keeps its disk, it just cannot be asked."""

    nodes: tuple[str, ...] = ()
    down: list[str] = field(default_factory=list)
    cut: list[tuple[str, str]] = field(default_factory=list)

    def crash(self, node: str) -> None:
        if node not in self.down:
            self.down.append(node)

    def restart(self, node: str) -> None:
        if node in self.down:
            self.down.remove(node)

    def cut_link(self, event: LinkCut) -> None:
        link = _link(event.a, event.b)
        if link not in self.cut:
            self.cut.append(link)

    def heal_link(self, event: LinkHealed) -> None:
        link = _link(event.a, event.b)
        if link in self.cut:
            self.cut.remove(link)

    def cut_off(self, node: str) -> bool:
        """Is the link to every other node cut?"""
        others = [other for other in self.nodes if other != node]
        return bool(others) and all(_link(node, other) in self.cut for other in others)

    def reachable(self, node: str) -> bool:
        if not self.down and not self.cut:
            return True
        return node not in self.down and not self.cut_off(node)


def _link(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)
