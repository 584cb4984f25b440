"""A counter that only grows: one count a replica, and its number is their sum.

G-counter of Shapiro, Preguiça, Baquero, Zawirski 2011, specification 6. State: (replica, count)
pairs in order of replica. Merging takes the greater count of each replica, so it commutes, is
associative and idempotent; a single number merged by maximum would lose one of two increments, and
one merged by addition would count them again with every merge.
"""

Counts = tuple[tuple[str, int], ...]

EMPTY: Counts = ()


def increment(state: Counts, replica: str, by: int = 1) -> Counts:
    """`by` more at this replica."""
    counts = dict(state)
    counts[replica] = counts.get(replica, 0) + by
    return tuple(sorted(counts.items()))


def value(state: Counts) -> int:
    return sum(count for _, count in state)


def merge(one: Counts, other: Counts) -> Counts:
    """Of each replica the greater count."""
    counts = dict(one)
    for replica, count in other:
        counts[replica] = max(count, counts.get(replica, 0))
    return tuple(sorted(counts.items()))
