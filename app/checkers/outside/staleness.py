"""How far a register is from linearizable: by how much time, and by how many writes.

Least Δ (Golab, Li and Shah 2011): the least time by which every read must be allowed to have begun
earlier for the history to be linearizable. It is the greatest, over all pairs of clusters that
exclude each other, of what parts them. Least k (k-atomicity): the least k such that in some order
that agrees with real time every read shows one of the last k writes; found by search, bounded.
"""

from collections.abc import Hashable, Sequence

from app.checkers.outside.operation import Operation, Verdict
from app.checkers.outside.zones import START, Cluster, clusters_of

MOST_STATES = 100_000


def least_delta(operations: Sequence[Operation], initial: Hashable = None) -> int | None:
    """In the time of the history, of one key whose writes all differ; 0: linearizable, None: no
    time is enough, for a read shows what nobody wrote, or what nobody had begun to write."""
    clusters = clusters_of(operations, initial)
    if isinstance(clusters, Verdict):
        return None
    least = 0
    ordered = sorted(clusters.values(), key=lambda cluster: cluster.least_return)
    for place, a in enumerate(ordered):
        for b in ordered[place + 1 :]:
            if b.least_return >= a.last_invoke:
                break
            if a.conflicts(b):
                apart = _apart(a, b)
                if apart is None:
                    return None
                least = max(least, apart)
    return least


def _apart(a: Cluster, b: Cluster) -> int | None:
    """By how much the reads of one of the two must begin earlier for both to have a place."""
    found = [
        one.last_read - other.least_return
        for one, other in ((a, b), (b, a))
        if _written(one) <= other.least_return
    ]
    return min(found, default=None)


def _written(cluster: Cluster) -> int:
    return START if cluster.write is None else cluster.write.invoked


def least_k(
    operations: Sequence[Operation], initial: Hashable = None, most: int = MOST_STATES
) -> int | None:
    """Of one key that is read and written alone; 1: linearizable, None: no k, or beyond `most`
    states looked at."""
    kept = sorted(
        (o for o in operations if o.certain or o.action == "write"),
        key=lambda operation: operation.invoked,
    )
    writes = sum(1 for o in kept if o.action == "write")
    for k in range(1, writes + 2):
        fits = _fits(kept, initial, k, most)
        if fits is not False:
            return k if fits else None
    return None


def _fits(kept: Sequence[Operation], initial: Hashable, k: int, most: int) -> bool | None:
    """Is there an order in which each read shows one of the last k values? None: not found out.

    Depth first over (operations placed, last values), each looked at once (Wing and Gong 1993,
    Lowe 2017).
    """
    needed = sum(1 << place for place, o in enumerate(kept) if o.certain)
    to_do: list[tuple[int, tuple[Hashable, ...]]] = [(0, (initial,))]
    seen = set(to_do)
    while to_do:
        if len(seen) > most:
            return None
        placed, last = to_do.pop()
        if not needed & ~placed:
            return True
        rest = [(place, o) for place, o in enumerate(kept) if not placed >> place & 1]
        until = min(o.returned for _, o in rest)
        for place, operation in rest:
            if operation.invoked > until:
                break
            if operation.action == "read" and operation.value not in last:
                continue
            shown = (*last, operation.value)[-k:] if operation.action == "write" else last
            after = (placed | 1 << place, shown)
            if after not in seen:
                seen.add(after)
                to_do.append(after)
    return False
