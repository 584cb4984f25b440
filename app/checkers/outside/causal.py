"""Causal consistency of registers whose writes all differ, by bad patterns.

Bouajjani, Enea, Guerraoui and Hamza, "On verifying causal consistency" (POPL 2017): a history is
causally consistent (CC) when it has none of the first four patterns, and causally convergent (CCv)
when it has no CyclicCF either. A process is a session; real time plays no part.
"""

from collections.abc import Hashable, Iterable, Sequence

from app.checkers.outside.operation import Operation, Verdict, told

CAUSAL, CONVERGENT = "causally consistent", "causally convergent"
Edges = list[int]
"""For each operation, by its place, the mask of those that come after it."""


def causal(operations: Sequence[Operation], initial: Hashable = None) -> Verdict:
    """CC of all keys together: nobody sees an effect without its cause."""
    kept = _kept(operations)
    return _patterns(kept, initial) or Verdict(
        CAUSAL, True, "No read contradicts what came before."
    )


def convergent(operations: Sequence[Operation], initial: Hashable = None) -> Verdict:
    """CCv: CC, and all can agree on one order of the writes."""
    kept = _kept(operations)
    broken = _patterns(kept, initial)
    if broken is not None:
        return Verdict(CONVERGENT, False, broken.because, broken.evidence)
    order = _closed(_direct(kept))
    both = [after | more for after, more in zip(order, _conflicts(kept, order), strict=True)]
    loop = _loop(both)
    if loop:
        names = ", ".join(told(kept[place]) for place in loop)
        because = f"Reads put these writes in orders that no one order has: {names}."
        return Verdict(CONVERGENT, False, because, _ids(kept, loop))
    return Verdict(CONVERGENT, True, "There is an order of all writes that every read agrees with.")


def _kept(operations: Iterable[Operation]) -> list[Operation]:
    """Reads that were answered and all writes; in the order of their calls, session by session."""
    return [o for o in operations if o.action == "write" or (o.action == "read" and o.certain)]


def _patterns(kept: Sequence[Operation], initial: Hashable) -> Verdict | None:
    """ThinAirRead, CyclicCO, WriteCOInitRead or WriteCORead, if there is one."""
    writer = {(o.key, o.value): place for place, o in enumerate(kept) if o.action == "write"}
    for place, read in enumerate(kept):
        wrote = read.action == "write" or (read.key, read.value) in writer
        if not wrote and read.value != initial:
            return _broken(kept, (place,), f"{told(read)}, which nobody wrote.")
    loop = _loop(_direct(kept))
    if loop:
        return _broken(kept, loop, f"{told(kept[loop[0]])} is its own cause.")
    order = _closed(_direct(kept))
    for place, read in enumerate(kept):
        if read.action != "read":
            continue
        source = writer.get((read.key, read.value))
        for other, write in enumerate(kept):
            if write.action != "write" or write.key != read.key or other == source:
                continue
            newer = source is None or order[source] >> other & 1
            if newer and order[other] >> place & 1:
                shown = () if source is None else (source,)
                because = f"{told(read)} after {told(write)} had come to it, which is newer."
                return _broken(kept, (*shown, other, place), because)
    return None


def _direct(kept: Sequence[Operation]) -> Edges:
    """The order of each session, and from each write to its reads; closed, it is called co."""
    after = [0] * len(kept)
    writer = {(o.key, o.value): place for place, o in enumerate(kept) if o.action == "write"}
    last: dict[str, int] = {}
    for place, one in enumerate(kept):
        if one.process in last:
            after[last[one.process]] |= 1 << place
        last[one.process] = place
        source = writer.get((one.key, one.value)) if one.action == "read" else None
        if source is not None:
            after[source] |= 1 << place
    return after


def _conflicts(kept: Sequence[Operation], order: Edges) -> Edges:
    """cf: a write that was before a read, to the other write of the key that the read shows."""
    writer = {(o.key, o.value): place for place, o in enumerate(kept) if o.action == "write"}
    after = [0] * len(kept)
    for place, read in enumerate(kept):
        source = writer.get((read.key, read.value)) if read.action == "read" else None
        if source is None:
            continue
        for other, write in enumerate(kept):
            same = write.action == "write" and write.key == read.key and other != source
            if same and order[other] >> place & 1:
                after[other] |= 1 << source
    return after


def _closed(after: Edges) -> Edges:
    """Transitive closure (Warshall), a row a mask."""
    closed = list(after)
    for middle in range(len(closed)):
        reached = closed[middle]
        for place, row in enumerate(closed):
            if row >> middle & 1:
                closed[place] = row | reached
    return closed


def _loop(after: Edges) -> tuple[int, ...]:
    """The places on a shortest cycle through the first place that is on one; empty: none."""
    closed = _closed(after)
    start = next((place for place, row in enumerate(closed) if row >> place & 1), None)
    if start is None:
        return ()
    paths: list[tuple[int, ...]] = [(start,)]
    seen = {start}
    while True:
        following = []
        for path in paths:
            for place in range(len(after)):
                if not after[path[-1]] >> place & 1:
                    continue
                if place == start:
                    return path
                if place not in seen:
                    seen.add(place)
                    following.append((*path, place))
        paths = following


def _broken(kept: Sequence[Operation], places: Iterable[int], because: str) -> Verdict:
    return Verdict(CAUSAL, False, because, _ids(kept, places))


def _ids(kept: Sequence[Operation], places: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(kept[place].id for place in places))
