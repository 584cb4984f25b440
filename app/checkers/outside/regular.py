"""The regular register, of writes that all differ, in n log n.

There is one order of the writes, in real time, such that every read shows the last write of it that
was over before the read began, or a later one that had begun before the read was over. Lamport 1986
for one writer; for several, that all reads agree on one order is the strict reading (Shao, Welch,
Pierce and Lee 2011). Weaker than linearizable: of two reads during a write the first may show it
and the second not.

As in `zones.py`, but a value counts as there only once its write is over, not once it was read.
"""

from collections.abc import Hashable, Sequence

from msgspec.structs import replace

from app.checkers.outside.operation import Operation, Verdict
from app.checkers.outside.zones import Cluster, broken_by, clusters_of, conflict, unique_writes

PROMISE = "a regular register"


def regular(operations: Sequence[Operation], initial: Hashable = None) -> Verdict:
    """The verdict on one key."""
    if not unique_writes(operations, initial):
        because = "Some value was written twice, or the key is no register: it cannot be told."
        return Verdict(PROMISE, None, because)
    clusters = clusters_of(operations, initial)
    if isinstance(clusters, Verdict):
        return replace(clusters, promise=PROMISE)
    pair = conflict([_by_writes(cluster) for cluster in clusters.values()])
    if pair is not None:
        return replace(broken_by(*pair), promise=PROMISE)
    return Verdict(PROMISE, True, "Every read shows the last write that was over, or a later one.")


def _by_writes(cluster: Cluster) -> Cluster:
    if cluster.write is None:
        return cluster
    return replace(cluster, least_return=cluster.write.returned, first_out=cluster.write)
