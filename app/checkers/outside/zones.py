"""Linearizability of a register whose writes are all different, in n log n.

Gibbons and Korach 1997; the conflict test as in Golab, Li and Shah 2011. A *cluster* is a write and
all reads of its value. Its *zone* lies between the least moment at which one of its operations
returned (`least_return`) and the greatest at which one was invoked (`last_invoke`): forward when
the first comes first, else backward. Two clusters conflict when each has an operation that
returned before one of the other was invoked; then no order has either of them whole. Without a
conflict there is an order: each cluster at one point of its zone.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from app.checkers.outside.operation import NEVER, Operation, Verdict, told

PROMISE = "linearizable"
START = -NEVER
"""The write of the initial value came before everything."""


class Cluster(Struct):
    """`write` None: the initial value. The four operations are those that set the bounds."""

    value: Hashable
    write: Operation | None
    least_return: int
    last_invoke: int
    first_out: Operation | None
    last_in: Operation | None
    last_read: int = START
    reads: int = 0

    @property
    def forward(self) -> bool:
        return self.least_return < self.last_invoke

    def conflicts(self, other: "Cluster") -> bool:
        return self.least_return < other.last_invoke and other.least_return < self.last_invoke


def unique_writes(operations: Iterable[Operation], initial: Hashable = None) -> bool:
    """Does the algorithm apply: a register, and no value written twice?"""
    seen = {initial}
    for operation in operations:
        if operation.action not in ("read", "write"):
            return False
        if operation.action == "write":
            if operation.value in seen:
                return False
            seen.add(operation.value)
    return True


def linearizable(operations: Sequence[Operation], initial: Hashable = None) -> Verdict:
    """The verdict on one key. Reads of unknown outcome say nothing and are left out."""
    clusters = clusters_of(operations, initial)
    if isinstance(clusters, Verdict):
        return clusters
    pair = conflict(list(clusters.values()))
    if pair is None:
        order = _order(operations, clusters)
        return Verdict(PROMISE, True, "Every operation has a place in one order.", (), order)
    return broken_by(*pair)


def clusters_of(
    operations: Iterable[Operation], initial: Hashable
) -> dict[Hashable, Cluster] | Verdict:
    """The clusters by value, or what is wrong with a read by itself."""
    clusters = {initial: Cluster(initial, None, START, START, None, None)}
    reads = []
    for operation in operations:
        if operation.action == "write":
            clusters[operation.value] = Cluster(
                operation.value,
                operation,
                operation.returned,
                operation.invoked,
                operation,
                operation,
            )
        elif operation.certain:
            reads.append(operation)
    for read in reads:
        cluster = clusters.get(read.value)
        if cluster is None:
            return Verdict(PROMISE, False, f"{told(read)}, {_nobody(read, clusters)}.", (read.id,))
        write = cluster.write
        if write is not None and read.returned < write.invoked:
            because = f"{told(read)} before {told(write)} began."
            return Verdict(PROMISE, False, because, (read.id, write.id))
        _join(cluster, read)
    return clusters


def _nobody(read: Operation, clusters: dict[Hashable, Cluster]) -> str:
    several = isinstance(read.value, tuple) and all(value in clusters for value in read.value)
    return "which are several values at once" if several else "which nobody wrote"


def _join(cluster: Cluster, read: Operation) -> None:
    cluster.reads += 1
    cluster.last_read = max(cluster.last_read, read.invoked)
    if read.returned < cluster.least_return:
        cluster.least_return, cluster.first_out = read.returned, read
    if read.invoked > cluster.last_invoke:
        cluster.last_invoke, cluster.last_in = read.invoked, read


def conflict(clusters: list[Cluster]) -> tuple[Cluster, Cluster] | None:
    """Two clusters that exclude each other, if there are any."""
    forward = sorted((c for c in clusters if c.forward), key=lambda c: c.least_return)
    for before, after in pairwise(forward):
        if after.least_return < before.last_invoke:
            return before, after
    starts = [cluster.least_return for cluster in forward]
    for backward in clusters:
        if backward.forward:
            continue
        # Forward zones are disjoint: the last that begins before this one is the only candidate.
        place = bisect_left(starts, backward.last_invoke) - 1
        if place >= 0 and forward[place].conflicts(backward):
            return forward[place], backward
    return None


def broken_by(a: Cluster, b: Cluster) -> Verdict:
    """What the two exclude each other by: of each what was over before something of the other
    began, its write where that is enough."""
    later, other = (b, a) if a.write is None or a.last_in is a.write else (a, b)
    over, begun = _over(other, later), _begun(later, other)
    over_too, begun_too = _over(later, other), _begun(other, later)
    pieces = (later.write, other.write, over, begun, over_too, begun_too)
    found = {piece.id: piece for piece in pieces if piece is not None}
    last, reason = (
        (begun, over) if begun is not None and over is not None else (begun_too, over_too)
    )
    assert last is not None
    assert reason is not None
    because = f"{told(last)}, though {told(reason)} was over before."
    if begun is last and begun_too is not None and over_too is not None:
        what = "had begun" if begun_too is reason else f"{told(begun_too)} began"
        because = f"{because[:-1]} and {what} after {told(over_too)} was over."
    return Verdict(PROMISE, False, because, tuple(sorted(found)))


def _over(cluster: Cluster, other: Cluster) -> Operation | None:
    """What of the cluster was over before something of the other began."""
    write = cluster.write
    if write is not None and write.returned < other.last_invoke:
        return write
    return cluster.first_out


def _begun(cluster: Cluster, other: Cluster) -> Operation | None:
    """What of the cluster began after something of the other was over."""
    write = cluster.write
    if write is not None and write.invoked > other.least_return:
        return write
    return cluster.last_in


def _order(operations: Sequence[Operation], clusters: dict[Hashable, Cluster]) -> tuple[int, ...]:
    """Each cluster at a point of its zone that no forward zone covers; in it the write first."""
    forward = sorted((c for c in clusters.values() if c.forward), key=lambda c: c.least_return)
    starts = [cluster.least_return for cluster in forward]

    def point(cluster: Cluster) -> tuple[int, int]:
        if cluster.forward:
            return cluster.least_return, 1
        place = bisect_left(starts, cluster.last_invoke) - 1
        if place >= 0 and cluster.last_invoke < forward[place].last_invoke:
            # It began inside a forward zone and so ends after it: right behind that one.
            return forward[place].last_invoke, -1
        return cluster.last_invoke, 0

    points = {
        value: (*point(cluster), number) for number, (value, cluster) in enumerate(clusters.items())
    }
    unread = {value for value, cluster in clusters.items() if not cluster.reads}
    placed = sorted(
        (points[o.value], _within(o), o.id)
        for o in operations
        if o.certain or (o.action == "write" and o.value not in unread)
    )
    return tuple(op_id for _, _, op_id in placed)


def _within(operation: Operation) -> tuple[int, int]:
    return (0, 0) if operation.action == "write" else (1, operation.invoked)
