"""A Merkle tree over the keys of a node: equal roots mean equal copies, and where they differ only
the branches that differ are looked into (Merkle 1987; DeCandia et al. 2007, §4.7).

Nodes are numbered as in a heap: 1 is the root, 2i and 2i+1 are the children of i, and the leaves of
a tree of depth D are 2^D … 2^(D+1)−1. A key lies in the leaf that the first D bits of its hash
name. What is empty has the hash 0 and is left out.
"""

from collections.abc import Iterable, Mapping

from app.sim.luck import MASK, mix, name_hash

Hashes = tuple[tuple[int, int], ...]
"""(node, hash) pairs."""


def leaf_of(key: str, depth: int) -> int:
    """The node at the bottom in which the key lies."""
    return (1 << depth) + (name_hash(key) >> (64 - depth))


def tree_of(digests: Mapping[str, str], depth: int) -> dict[int, int]:
    """All nodes that are not empty; `digests` say what is held of each key."""
    tree: dict[int, int] = {}
    for key in sorted(digests):
        leaf = leaf_of(key, depth)
        tree[leaf] = mix(tree.get(leaf, 0) ^ name_hash(f"{key}={digests[key]}"))
    level = sorted(tree)
    while level and level[0] > 1:
        level = list(dict.fromkeys(node >> 1 for node in level))
        for node in level:
            right = tree.get(2 * node + 1, 0)
            tree[node] = mix(tree.get(2 * node, 0) ^ mix(right ^ MASK))
    return tree


def of_nodes(tree: Mapping[int, int], nodes: Iterable[int]) -> Hashes:
    """What is sent to be compared."""
    return tuple([(node, tree.get(node, 0)) for node in nodes])


def differing(tree: Mapping[int, int], theirs: Hashes) -> tuple[int, ...]:
    """The nodes that are not the same here."""
    return tuple([node for node, found in theirs if tree.get(node, 0) != found])


def children(nodes: Iterable[int]) -> tuple[int, ...]:
    """What is to be compared next."""
    return tuple([child for node in nodes for child in (2 * node, 2 * node + 1)])


def is_leaf(node: int, depth: int) -> bool:
    """Is there nothing below?"""
    return node >> depth == 1
