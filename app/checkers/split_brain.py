"""Split brain: two leaders in force, each for its own side.

A leader of an older term that takes a write on *after* another node took office in a newer one, and
then gathers what it needs for its OK, or no longer waits for it. A write it had begun before is
none of this: the nodes that stand behind it then voted later. The rule is about majorities, so a
cluster whose OK needs one never breaks it (Ongaro and Ousterhout 2014, election safety with log
matching).
"""

from msgspec import Struct, field

from app.trace.events import (
    LeaderElected,
    LeaderGaveUp,
    LeaderHandedOver,
    LeaderPromoted,
    LeaderSteppedDown,
    NodeCrashed,
    NodeLostPower,
    NodeWiped,
    QuorumReached,
    RequestAccepted,
    TraceEvent,
    WriteReleased,
)

TAKEN_IN: tuple[type[TraceEvent], ...] = (
    LeaderElected,
    LeaderGaveUp,
    LeaderHandedOver,
    LeaderPromoted,
    LeaderSteppedDown,
    NodeCrashed,
    NodeLostPower,
    NodeWiped,
    QuorumReached,
    RequestAccepted,
    WriteReleased,
)


class Office(Struct, frozen=True):
    """`node` leads `term` since the event `seq`."""

    node: str
    term: int
    seq: int


class Rival(Struct, frozen=True):
    """A write accepted (event `seq`) by `old` while `new` led already."""

    old: Office
    new: Office
    seq: int


class Leaders(Struct):
    """Who leads, as each node believes of itself."""

    offices: dict[str, Office] = field(default_factory=dict)
    rivals: dict[str, Rival] = field(default_factory=dict)

    def observe(self, event: TraceEvent) -> Rival | None:
        """The rivalry that this event proves, if it does."""
        match event:
            case LeaderElected(_, seq, _, node, term) | LeaderPromoted(_, seq, _, node, term):
                self.offices[node] = Office(node, term, seq)
            case LeaderSteppedDown(_, _, _, node) | NodeCrashed(_, _, _, node):
                self.offices.pop(node, None)
            case LeaderGaveUp(_, _, _, node) | LeaderHandedOver(_, _, _, node):
                self.offices.pop(node, None)
            case NodeWiped(_, _, _, node) | NodeLostPower(_, _, _, node):
                self.offices.pop(node, None)
            case RequestAccepted(_, seq, _, node, op, "write") if node in self.offices:
                newest = max(self.offices.values(), key=lambda office: office.term)
                if newest.term > self.offices[node].term:
                    self.rivals[op] = Rival(self.offices[node], newest, seq)
            case QuorumReached(_, _, _, _, op, "write") | WriteReleased(_, _, _, _, op):
                return self.rivals.pop(op, None)
        return None


def because(rival: Rival) -> str:
    """One sentence; its subject is the node that should not have answered."""
    old, new = rival.old, rival.new
    return (
        f"{old.node} acknowledged a write as leader of term {old.term} "
        f"while {new.node} led term {new.term}."
    )
