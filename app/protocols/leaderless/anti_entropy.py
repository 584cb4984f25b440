"""Anti-entropy: two replicas compare their trees from the root down and exchange what differs.

One begins and sends the hash of its root; the other says which of the hashes that it is sent differ
from its own; then come the children of these, down to the leaves. Of those the keys are sent, all
that lie there, and what the other has of them comes back. Only keys of which both hold copies are
in the trees. If a message is lost the comparison ends there; the next one begins at the root again.
"""

from app.protocols.leaderless.digests import digest_of
from app.protocols.leaderless.merkle import (
    children,
    differing,
    is_leaf,
    leaf_of,
    of_nodes,
    tree_of,
)
from app.protocols.leaderless.messages import TreeDiffers, TreeHashes, TreeKeys
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.state import ReplicaState
from app.protocols.leaderless.storage import store
from app.protocols.leaderless.tombstones import live
from app.sim.process import Out
from app.trace.events import AntiEntropyEnded, TreesCompared
from app.versions.dotted import Siblings


def begin(place: Place, state: ReplicaState, out: Out, peer: str) -> None:
    """Compare with one peer; nothing happens if that has begun in this heartbeat already."""
    op = f"tree-{place.node}-{peer}-{state.disk.gossip_count}"
    if op in state.memory.trees:
        return
    state.memory.trees[op] = 1
    tree = _tree(place, state, out, peer)
    out.send(peer, TreeHashes(op, 0, of_nodes(tree, (1,))))


def begin_with_all(place: Place, state: ReplicaState, out: Out) -> None:
    """With every peer that has keys in common and seems to be up."""
    for peer in _partners(place, state):
        begin(place, state, out, peer)


def in_turn(place: Place, state: ReplicaState, out: Out) -> None:
    """Each `anti_entropy_us` with another peer."""
    memory, every = state.memory, place.settings.anti_entropy_us
    if not every or out.now - memory.compared_at < every:
        return
    memory.compared_at = out.now
    memory.trees.clear()
    memory.before.clear()
    partners = _partners(place, state)
    if partners:
        begin(place, state, out, partners[state.disk.gossip_count % len(partners)])


def on_hashes(
    place: Place, state: ReplicaState, out: Out, source: str, message: TreeHashes
) -> None:
    """At the other one: which of them are not mine?"""
    nodes = differing(_tree(place, state, out, source), message.hashes)
    out.send(source, TreeDiffers(message.op, message.attempt, nodes))


def on_differs(
    place: Place, state: ReplicaState, out: Out, source: str, message: TreeDiffers
) -> None:
    """At the one that began: go down, or send the keys."""
    memory, op, nodes = state.memory, message.op, message.nodes
    compared = memory.trees.get(op)
    if compared is None:
        return
    depth = place.settings.tree_depth
    level = message.attempt
    of = 1 if not level else compared - memory.before.get(op, 0)
    out.emit(TreesCompared, place.node, source, level, of, len(nodes))
    if not nodes:
        del memory.trees[op]
        memory.before.pop(op, None)
        out.emit(AntiEntropyEnded, place.node, source, compared, 0)
    elif is_leaf(nodes[0], depth):
        kept = _in_leaves(place, state, out, source, nodes)
        out.send(source, TreeKeys(op, 0, nodes, kept))
    else:
        below = children(nodes)
        memory.before[op] = compared
        memory.trees[op] = compared + len(below)
        tree = _tree(place, state, out, source)
        out.send(source, TreeHashes(op, level + 1, of_nodes(tree, below)))


def on_keys(place: Place, state: ReplicaState, out: Out, source: str, message: TreeKeys) -> None:
    """Take in what differs; the one that did not begin sends back what it had there."""
    mine = _in_leaves(place, state, out, source, message.leaves)
    for key, versions in message.kept:
        store(place, state, out, message.op, "anti_entropy", versions, key)
    compared = state.memory.trees.pop(message.op, None)
    if compared is None:
        out.send(source, TreeKeys(message.op, 1, message.leaves, mine))
        return
    state.memory.before.pop(message.op, None)
    moved = dict.fromkeys([key for key, _ in (*mine, *message.kept)])
    out.emit(AntiEntropyEnded, place.node, source, compared, len(moved))


def _partners(place: Place, state: ReplicaState) -> list[str]:
    return [
        peer
        for peer in place.peers
        if peer not in state.memory.suspected
        and any(peer in homes and place.node in homes for homes in place.sets)
    ]


def _held(place: Place, state: ReplicaState, out: Out, peer: str) -> dict[str, Siblings]:
    """What of the keys in common counts still."""
    found = {}
    for key, versions in state.disk.versions.items():
        homes = place.replicas_of(key)
        if peer in homes and place.node in homes and (held := live(place, out, versions)):
            found[key] = held
    return found


def _tree(place: Place, state: ReplicaState, out: Out, peer: str) -> dict[int, int]:
    held = _held(place, state, out, peer)
    digests = {key: digest_of(versions) for key, versions in held.items()}
    return tree_of(digests, place.settings.tree_depth)


def _in_leaves(
    place: Place, state: ReplicaState, out: Out, peer: str, leaves: tuple[int, ...]
) -> tuple[tuple[str, Siblings], ...]:
    depth, held = place.settings.tree_depth, _held(place, state, out, peer)
    return tuple([(key, held[key]) for key in sorted(held) if leaf_of(key, depth) in leaves])
