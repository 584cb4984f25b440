"""The consistent-hash ring: who has which position, and in which order nodes follow a key.

A layout is a tuple of (position, node) in the order of positions, 0 to 2³² − 1; a node has some,
its virtual nodes. A position owns what lies after the one before it, up to itself. A key's nodes
are those met on the way round from the key's own position; a further position of a node that was
met already is skipped (DeCandia et al. 2007, §4.2–4.3).

Tokens: each node has positions that follow from its name, wherever they fall (strategy 1 of §6.2;
Cassandra). Partitions: Q equal ranges, dealt out so that each node has about as many (strategy 3 of
§6.2; Riak, Voldemort); who joins takes its share from those with most, and nobody else moves.
"""

from collections.abc import Mapping
from hashlib import blake2b

AROUND = 1 << 32
Layout = tuple[tuple[int, str], ...]


def position(name: str) -> int:
    """Where a name lies: the same on every machine."""
    return int.from_bytes(blake2b(name.encode(), digest_size=4).digest(), "big")


def tokens(members: tuple[str, ...], each: int, salt: str = "") -> Layout:
    """`each` positions for every node; another `salt` is another ring of the same nodes."""
    names = ((node, f"{salt}{node}#{number}") for node in members for number in range(each))
    return tuple(sorted((position(name), node) for node, name in names))


def partitions(members: tuple[str, ...], each: int) -> Layout:
    """`each` equal ranges for every node, neighbours on the ring at different nodes."""
    count = each * len(members)
    return tuple(
        ((place + 1) * AROUND // count - 1, members[place % len(members)]) for place in range(count)
    )


def token_join(layout: Layout, node: str, each: int) -> Layout:
    """The node adds its own positions; each takes a part of one range of another."""
    return tuple(sorted((*layout, *tokens((node,), each))))


def token_leave(layout: Layout, node: str) -> Layout:
    """Without the node's positions: what each owned falls to the next one."""
    return tuple([one for one in layout if one[1] != node])


def partition_join(layout: Layout, node: str) -> Layout:
    """The node takes its share, one range after another from whoever has most, as far as may be
    from those that it has."""
    owners = [owner for _, owner in layout]
    share = len(owners) // (len(dict.fromkeys(owners)) + 1)
    for _ in range(share):
        richest = _first_most(owners, [owner for owner in owners if owner != node])
        places = [place for place, owner in enumerate(owners) if owner == richest]
        owners[max(places, key=lambda place: (_apart(owners, node, place), -place))] = node
    return tuple([(end, owners[place]) for place, (end, _) in enumerate(layout)])


def partition_leave(layout: Layout, node: str) -> Layout:
    """Each of the node's ranges goes to the one with fewest, of these the one farthest away."""
    owners = [owner for _, owner in layout]
    others = [owner for owner in dict.fromkeys(owners) if owner != node]
    for place, owner in enumerate(owners):
        if owner == node:
            least = min(owners.count(other) for other in others)
            poorest = [other for other in others if owners.count(other) == least]
            owners[place] = max(poorest, key=lambda other: _apart(owners, other, place))
    return tuple([(end, owners[place]) for place, (end, _) in enumerate(layout)])


def _first_most(owners: list[str], among: list[str]) -> str:
    """Who has most ranges; of several the one met first."""
    return max(dict.fromkeys(among), key=owners.count)


def _apart(owners: list[str], node: str, place: int) -> int:
    """How many steps on the ring it is to the node's nearest range."""
    around = len(owners)
    steps = [abs(place - other) for other, owner in enumerate(owners) if owner == node]
    return min([min(step, around - step) for step in steps], default=around)


def met(layout: Layout, at: int, count: int = AROUND) -> tuple[str, ...]:
    """The nodes in the order in which they are met from a position on, at most `count`."""
    start = _index(layout, at)
    found: dict[str, bool] = {}
    for place in range(start, start + len(layout)):
        found[layout[place % len(layout)][1]] = True
        if len(found) == count:
            break
    return tuple(found)


def _index(layout: Layout, at: int) -> int:
    """The place in the layout of the first position that is not before `at`."""
    low, high = 0, len(layout)
    while low < high:
        middle = (low + high) // 2
        if layout[middle][0] < at:
            low = middle + 1
        else:
            high = middle
    return low % len(layout)


def spread(order: tuple[str, ...], n: int, region_of: Mapping[str, str]) -> tuple[str, ...]:
    """The order with the copies shared out among regions (or racks): the first N have no more than
    ⌈N / regions⌉ in any one while another has a node left (Cassandra's NetworkTopologyStrategy
    does so with racks). Who is passed over comes next."""
    regions = len(dict.fromkeys([region_of.get(node, "") for node in order]))
    most = -(-n // regions)
    chosen: list[str] = []
    taken: dict[str, int] = {}
    for node in order:
        region = region_of.get(node, "")
        if len(chosen) < n and taken.get(region, 0) < most:
            chosen.append(node)
            taken[region] = taken.get(region, 0) + 1
    return (*chosen, *[node for node in order if node not in chosen])


def shares(layout: Layout) -> dict[str, int]:
    """How much of the ring each node owns as the first of the list, of `AROUND` in all."""
    owned: dict[str, int] = {}
    before = layout[-1][0] - AROUND
    for end, node in layout:
        owned[node] = owned.get(node, 0) + end - before
        before = end
    return owned


def load(layout: Layout, n: int) -> dict[str, int]:
    """How much of the ring each node has a copy of: N times `AROUND` in all."""
    held: dict[str, int] = {}
    before = layout[-1][0] - AROUND
    for end, _ in layout:
        for node in met(layout, end, n):
            held[node] = held.get(node, 0) + end - before
        before = end
    return held
