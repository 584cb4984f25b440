"""The promises to one session, of registers whose writes all differ, from what clients saw alone.

`pasts.py` says which writes a read must not be behind. It is behind one when it shows the start,
or a value that was surely older: one that the write had behind it. So a promise is only called
broken where no order of the writes helps (of causal consistency these are the bad patterns
WriteCOInitRead and WriteCORead of Bouajjani et al. 2017). The live judge (`checkers/sessions.py`)
knows more: it sees which version each store takes for the newer one.
"""

from collections import deque
from collections.abc import Container, Hashable, Iterator, Sequence

from msgspec import Struct

from app.checkers.outside.operation import Operation, Verdict, short, told
from app.checkers.outside.pasts import SESSION_PROMISES, Pasts, bits
from app.checkers.outside.smallest import shrunk
from app.checkers.outside.zones import unique_writes

WORDS = {
    "read_your_writes": "read your writes",
    "monotonic_reads": "monotonic reads",
    "monotonic_writes": "monotonic writes",
    "writes_follow_reads": "writes follow reads",
    "causal": "causally consistent",
}
KEPT = {
    "read_your_writes": "No read is behind what its client had written.",
    "monotonic_reads": "No read is behind what its client had been shown.",
    "monotonic_writes": "Whoever was shown a write was shown no state without its client's earlier "
    "ones.",
    "writes_follow_reads": "Whoever was shown a write was shown no state without what its client "
    "had read.",
    "causal": "No read contradicts what came before.",
}


REPEATED = (
    "Some value was written twice, or a key is no register: who read whose write cannot be told."
)


class Behind(Struct, frozen=True):
    """A read that shows something older than a write which it must not be behind."""

    read: Operation
    write: Operation
    promise: str


def session_promise(
    operations: Sequence[Operation], promise: str, initial: Hashable = None
) -> Verdict:
    """The verdict on one promise, of all keys together, with the smallest part that shows it."""
    kept = of_sessions(operations)
    if not unique_writes_by_key(operations, initial):
        return Verdict(WORDS[promise], None, REPEATED)
    found = first_behind(kept, promise, initial)
    if found is None:
        fed = sum(1 for _ in causal_order(kept))
        if fed < len(kept):
            because = "Some operations are their own cause: nothing comes first to judge by."
            return Verdict(WORDS[promise], None, because)
        return Verdict(WORDS[promise], True, KEPT[promise])
    evidence = shrunk(
        kept, found.read, lambda some: first_behind(some, promise, initial) is not None
    )
    return Verdict(WORDS[promise], False, why(found), tuple(sorted(evidence)))


def of_sessions(operations: Sequence[Operation]) -> list[Operation]:
    """Reads that were answered and all writes; in the order of their calls, session by session."""
    return [o for o in operations if o.action == "write" or (o.action == "read" and o.certain)]


def unique_writes_by_key(kept: Sequence[Operation], initial: Hashable) -> bool:
    keys: dict[Hashable, list[Operation]] = {}
    for one in kept:
        keys.setdefault(one.key, []).append(one)
    return all(unique_writes(some, initial) for some in keys.values())


def first_behind(kept: Sequence[Operation], promise: str, initial: Hashable) -> Behind | None:
    """The first read that breaks the promise, in an order that agrees with causes."""
    pasts, writes = Pasts(), list[Operation]()
    for one in causal_order(kept):
        if one.action == "write":
            number = pasts.wrote(one.process, one.key, one.value)
            writes.append(one)
            if one.certain:
                pasts.confirmed(one.process, number)
            continue
        values = shown(one, pasts.number)
        required = pasts.read(one.process, one.key, values)[promise]
        if not values and one.value != initial:
            continue  # Nobody wrote it: another promise speaks of that.
        seen = 0
        for value in values:
            seen |= 1 << pasts.number[one.key, value]
        for number in bits(required & ~seen):
            if not seen & ~pasts.past[number]:
                return Behind(one, writes[number], promise)
    return None


def shown(read: Operation, written: Container[tuple[Hashable, Hashable]]) -> tuple[Hashable, ...]:
    """The written values that a read shows: none at the start, several where versions stand side by
    side."""
    if (read.key, read.value) in written:
        return (read.value,)
    several = read.value if isinstance(read.value, tuple) else ()
    return several if all((read.key, value) in written for value in several) else ()


def why(found: Behind) -> str:
    """One sentence about the read."""
    read, write = told(found.read), told(found.write)
    match found.promise:
        case "read_your_writes":
            return f"{read} after its own {write}, which is newer."
        case "monotonic_reads":
            return f"{read} after it had been shown {short(found.write.value)}, which is newer."
        case "monotonic_writes":
            client, value = found.write.process, short(found.write.value)
            return f"{read}, though it had been shown what {client} wrote after {value}."
        case "writes_follow_reads":
            value = short(found.write.value)
            return f"{read}, though it had been shown what was written by one who had read {value}."
    return f"{read} after {write} had come to it, which is newer."


def causal_order(kept: Sequence[Operation]) -> Iterator[Operation]:
    """Each after its session's last and after the write that it shows; what is on a cycle, or
    behind one, never comes."""
    writers = {(o.key, o.value) for o in kept if o.action == "write"}
    queues: dict[str, deque[Operation]] = {}
    for one in kept:
        queues.setdefault(one.process, deque()).append(one)
    written: set[tuple[Hashable, Hashable]] = set()
    waiting: dict[tuple[Hashable, Hashable], list[str]] = {}
    ready = deque(queues)
    while ready:
        process = ready.popleft()
        queue = queues[process]
        while queue:
            one = queue[0]
            values = shown(one, writers) if one.action == "read" else ()
            lacks = [(one.key, v) for v in values if (one.key, v) not in written]
            if lacks:
                waiting.setdefault(lacks[0], []).append(process)
                break
            yield queue.popleft()
            if one.action == "write":
                written.add((one.key, one.value))
                ready.extend(waiting.pop((one.key, one.value), ()))


assert set(WORDS) == set(SESSION_PROMISES) == set(KEPT)
