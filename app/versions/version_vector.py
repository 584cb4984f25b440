"""Version vectors: which writes a version, or a reader, has seen.

A vector is a sorted tuple of (node, count) pairs: "everything that this node wrote up to count".
A node's writes may also be seen with a gap: its third without its second, by a shopper who never
read the second. Then further pairs of the same node follow, one for each write seen beyond the
gap: (("n1", 1), ("n1", 3)). Without them a vector would claim to have seen the write in the gap,
and replace it unread (version vectors with exceptions: Malkhi and Terry 2005).

The form is canonical: equal sets of writes are equal tuples.
"""

VersionVector = tuple[tuple[str, int], ...]

EMPTY: VersionVector = ()


def get(vector: VersionVector, node: str) -> int:
    """The greatest count seen of this node, 0 if none."""
    found = 0
    for name, count in vector:
        if name == node:
            found = count
    return found


def covers(vector: VersionVector, node: str, count: int) -> bool:
    """Whether this one write of the node has been seen."""
    without_gap = True
    for name, seen in vector:
        if name == node:
            if count == seen or (without_gap and count < seen):
                return True
            without_gap = False
    return False


def descends(vector: VersionVector, other: VersionVector) -> bool:
    """Whether the vector has seen everything that the other has (equal ones descend both ways)."""
    if vector == other:
        return True
    last = ""
    for name, count in other:
        seen = _without_gap(vector, name) >= count if name != last else covers(vector, name, count)
        if not seen:
            return False
        last = name
    return True


def concurrent(vector: VersionVector, other: VersionVector) -> bool:
    """Whether each has seen something that the other has not."""
    return not descends(vector, other) and not descends(other, vector)


def merge(vector: VersionVector, other: VersionVector) -> VersionVector:
    """Everything that either has seen."""
    if vector == other or not other:
        return vector
    if not vector:
        return other
    up_to: dict[str, int] = {}
    beyond: dict[str, list[int]] = {}
    for one in (vector, other):
        last = ""
        for name, count in one:
            if name == last:
                beyond.setdefault(name, []).append(count)
            elif count > up_to.get(name, -1):
                up_to[name] = count
            last = name
    if not beyond:
        return tuple(sorted(up_to.items()))
    return _close_gaps(up_to, beyond)


def add(vector: VersionVector, node: str, count: int) -> VersionVector:
    """The vector that has also seen this one write of the node."""
    return merge(vector, ((node, 1),) if count == 1 else ((node, 0), (node, count)))


def increment(vector: VersionVector, node: str) -> VersionVector:
    """The vector after one more write at the node."""
    return add(vector, node, get(vector, node) + 1)


def _without_gap(vector: VersionVector, node: str) -> int:
    """The count up to which every write of the node has been seen."""
    for name, count in vector:
        if name == node:
            return count
    return 0


def _close_gaps(up_to: dict[str, int], beyond: dict[str, list[int]]) -> VersionVector:
    """Canonical form: what joins on to the first pair of a node is part of it."""
    pairs: list[tuple[str, int]] = []
    for name in sorted(up_to):
        whole = up_to[name]
        apart: list[int] = []
        for count in sorted(beyond.get(name, ())):
            if count == whole + 1:
                whole = count
            elif count > whole and (not apart or count > apart[-1]):
                apart.append(count)
        pairs.append((name, whole))
        pairs.extend((name, count) for count in apart)
    return tuple(pairs)
