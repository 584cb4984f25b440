"""Causal consistency of registers whose writes all differ, by bad patterns.

Bouajjani, Enea, Guerraoui and Hamza, "On verifying causal consistency" (POPL 2017): a history is
causally consistent (CC) when it has none of the first four patterns, and causally convergent (CCv)
when it has no CyclicCF either. A process is a session; real time plays no part.
"""

from collections.abc import Hashable, Iterable, Sequence

from app.checkers.outside.operation import Operation, Verdict, told
from app.checkers.outside.sessions import (
    KEPT,
    REPEATED,
    causal_order,
    of_sessions,
    session_promise,
    unique_writes_by_key,
)
from app.checkers.outside.smallest import shrunk

CAUSAL, CONVERGENT = "causally consistent", "causally convergent"
Edges = list[int]
"""For each operation, by its place, the mask of those that come after it."""


def causal(operations: Sequence[Operation], initial: Hashable = None) -> Verdict:
    """CC of all keys together: nobody sees an effect without its cause."""
    kept = of_sessions(operations)
    if not unique_writes_by_key(kept, initial):
        return Verdict(CAUSAL, None, REPEATED)
    return _patterns(kept, initial) or Verdict(CAUSAL, True, KEPT["causal"])


def convergent(operations: Sequence[Operation], initial: Hashable = None) -> Verdict:
    """CCv: CC, and all can agree on one order of the writes."""
    kept = of_sessions(operations)
    if not unique_writes_by_key(kept, initial):
        return Verdict(CONVERGENT, None, REPEATED)
    broken = _patterns(kept, initial)
    if broken is not None:
        return Verdict(CONVERGENT, False, broken.because, broken.evidence)
    loop = _apart(kept)
    if not loop:
        because = "There is an order of all writes that every read agrees with."
        return Verdict(CONVERGENT, True, because)
    names = ", ".join(told(kept[place]) for place in loop)
    because = f"Reads put these writes in orders that no one order has: {names}."
    last = max((kept[place] for place in loop), key=lambda one: one.invoked)
    evidence = shrunk(kept, last, lambda some: bool(_apart(some)))
    return Verdict(CONVERGENT, False, because, tuple(sorted(evidence)))


def _apart(kept: Sequence[Operation]) -> tuple[int, ...]:
    """CyclicCF: writes that no one order can have; empty: none."""
    order = _closed(_direct(kept))
    return _loop([a | b for a, b in zip(order, _conflicts(kept, order), strict=True)])


def _patterns(kept: Sequence[Operation], initial: Hashable) -> Verdict | None:
    """ThinAirRead, CyclicCO, WriteCOInitRead or WriteCORead, if there is one."""
    writer = {(o.key, o.value): place for place, o in enumerate(kept) if o.action == "write"}
    for place, read in enumerate(kept):
        wrote = read.action == "write" or (read.key, read.value) in writer
        if not wrote and read.value != initial:
            return _broken(kept, (place,), f"{told(read)}, which nobody wrote.")
    if sum(1 for _ in causal_order(kept)) < len(kept):
        loop = _loop(_direct(kept))
        return _broken(kept, loop, f"{told(kept[loop[0]])} is its own cause.")
    verdict = session_promise(kept, "causal", initial)
    return verdict if verdict.holds is False else None


def _direct(kept: Sequence[Operation]) -> Edges:
    """The order of each session, and from each write to its reads; closed, it is called co."""
    after = [0] * len(kept)
    writer = {(o.key, o.value): place for place, o in enumerate(kept) if o.action == "write"}
    last: dict[str, int] = {}
    for place, one in enumerate(kept):
        if one.process in last:
            after[last[one.process]] |= 1 << place
        if one.certain:  # What had no answer may take effect after what its client did next.
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
