"""Nodes join and leave the ring while writes go on, in steps that everybody must have taken.

One change at a time; the node that joins or leaves leads it. What a step is, all nodes learn by
gossip, and the next one comes when all have done what the last asks of them (as in Cassandra's
cluster metadata since 5.1; before, the new node waited for half a minute instead):

1. write_both: writes of a moving range go to its old and its new replicas, and wait for one more
   acknowledgement for each new one; reads ask the old ones. Done by a node when it has finished the
   writes that it began before.
2. stream: each new replica gets the range from the one whose place it takes.
3. read_new: reads ask the new replicas.
4. write_new: writes go to the new replicas alone.

Any two neighbouring steps may be in force at different nodes: every read quorum of either meets
every write quorum of either. A node that is down holds the change up. What a node has of ranges
that it has lost stays there (in Cassandra until an operator cleans up).
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from app.protocols.leaderless import ring as rings
from app.protocols.leaderless.ring import Layout
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.process import Out
from app.trace.events import RingChanged, RingLearned

if TYPE_CHECKING:
    from app.protocols.leaderless.placement import Place
    from app.protocols.leaderless.state import ReplicaState

PHASES = ("rest", "write_both", "stream", "read_new", "write_new")
REST, WRITE_BOTH, STREAM, READ_NEW, WRITE_NEW = range(len(PHASES))


class Ring(Struct, frozen=True, array_like=True):
    """`layout` before the change and `to` after it, the same at rest; `step` counts all steps of
    all changes, so that of two rings the one with more is newer. `node` joins or leaves."""

    step: int = 0
    layout: Layout = ()
    to: Layout = ()
    action: str = ""
    node: str = ""

    @property
    def phase(self) -> int:
        return self.step % len(PHASES)

    @property
    def reads(self) -> Layout:
        return self.layout if self.phase in (REST, WRITE_BOTH, STREAM) else self.to

    @property
    def doubled(self) -> bool:
        """Do writes go to old and new replicas?"""
        return self.phase in (WRITE_BOTH, STREAM, READ_NEW)

    def members(self) -> tuple[str, ...]:
        """Who has positions, this change done."""
        return tuple(dict.fromkeys([node for _, node in self.to]))


NO_RING = Ring()


def first_ring(nodes: tuple[str, ...], settings: LeaderlessSettings) -> Ring:
    """The ring at the start: all nodes but the spare ones."""
    if not settings.on_ring:
        return NO_RING
    lay = rings.tokens if settings.placement == "tokens" else rings.partitions
    layout = lay(nodes[: len(nodes) - settings.spares], settings.virtual_nodes)
    return Ring(0, layout, layout)


def refusal(place: "Place", action: str, newest: Ring) -> str:
    """Why this node cannot join or leave now; `newest`: the ring of whoever knows most."""
    node, n = place.node, place.settings.n
    if not place.settings.on_ring:
        return "keys lie on no ring"
    if newest.phase != REST:
        doing = "joins" if newest.action == "join" else "leaves"
        return f"{newest.node} {doing}, and one change goes on at a time"
    members = newest.members()
    if action == "join" and node in members:
        return f"{node} is on the ring already"
    if action == "leave" and node not in members:
        return f"{node} is not on the ring"
    if action == "leave" and len(members) == n:
        return f"{n} copies need {n} nodes"
    return ""


def begin(place: "Place", state: "ReplicaState", action: str) -> None:
    """A person wants this node to join or to leave."""
    before, node, settings = state.disk.ring, place.node, place.settings
    layout, each = before.to, settings.virtual_nodes
    if settings.placement == "tokens":
        to = rings.token_join(layout, node, each) if action == "join" else ()
        to = to or rings.token_leave(layout, node)
    elif action == "join":
        to = rings.partition_join(layout, node)
    else:
        to = rings.partition_leave(layout, node)
    # Who has not heard yet that the last change is at rest goes on from there all the same.
    change = before.step // len(PHASES) + (1 if before.phase else 0)
    step = change * len(PHASES) + WRITE_BOTH
    state.disk.ring = Ring(step, layout, to, action, node)


def learn(state: "ReplicaState", told: Ring) -> None:
    """By gossip."""
    if told.step > state.disk.ring.step:
        state.disk.ring = told


def go_on(place: "Place", state: "ReplicaState") -> None:
    """The leader of the change takes the next step when all nodes have done the last."""
    ring = state.disk.ring
    if ring.node != place.node or ring.phase == REST or settled(state) < ring.step:
        return
    known = state.memory.settled
    if any(known.get(peer, -1) < ring.step for peer in place.peers):
        return
    layout = ring.to if ring.phase == WRITE_NEW else ring.layout
    state.disk.ring = Ring(ring.step + 1, layout, ring.to, ring.action, ring.node)


def settled(state: "ReplicaState") -> int:
    """The last step of which this node has done all that it asks."""
    ring = state.disk.ring
    if ring.phase == WRITE_BOTH:
        waiting = state.memory.pending.values()
        if any(one.kind == "write" and one.ring_step < ring.step for one in waiting):
            return ring.step - 1
    if ring.phase == STREAM and state.disk.streamed != ring.step:
        return ring.step - 1
    return ring.step


def say(place: "Place", out: Out, first: bool = False) -> None:
    """That this node knows the ring; of who leads the change, and at the start of the first node,
    the whole of it."""
    ring, node = place.ring, place.node
    if node == ring.node or (first and node == place.nodes[0]):
        homes = tuple([(key, place.replicas_of(key), place.writes_to(key)) for key in place.keys])
        phase, members = PHASES[ring.phase], ring.members()
        lies = tuple([(key, rings.position(key)) for key in place.keys])
        change = (ring.step, ring.action, phase, ring.node)
        out.emit(RingChanged, node, *change, members, ring.to, homes, lies)
    if not first:
        out.emit(RingLearned, node, ring.step, PHASES[ring.phase], ring.node)
