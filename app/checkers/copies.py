"""Which node has a copy of what, and what one trace event did to that."""

from msgspec import Struct, field


class Step(Struct, frozen=True):
    """The survivors changed; `newcomers` are the values that made them change."""

    survivors: tuple[str, ...]
    newcomers: tuple[str, ...]


class Change(Struct, frozen=True):
    """What one trace event did to the disks.

    `touched` got or lost a copy. `refold`: the survivors' past itself was rewritten, so that
    `steps` tell it again from its start.
    """

    touched: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    refold: bool = False


NOTHING = Change()


class Copies(Struct):
    """Value id → the nodes that have it on disk."""

    nodes_of: dict[str, list[str]] = field(default_factory=dict)

    def add(self, value_id: str, node: str) -> None:
        nodes = self.nodes_of.setdefault(value_id, [])
        if node not in nodes:
            nodes.append(node)
            nodes.sort()

    def remove(self, value_id: str, node: str) -> None:
        nodes = self.nodes_of.get(value_id, [])
        if node in nodes:
            nodes.remove(node)

    def forget(self, node: str) -> tuple[str, ...]:
        """The node has nothing any more; what it had."""
        gone = tuple([value_id for value_id, nodes in self.nodes_of.items() if node in nodes])
        for value_id in gone:
            self.nodes_of[value_id].remove(node)
        return gone

    def of(self, value_id: str) -> list[str]:
        return self.nodes_of.get(value_id, [])
