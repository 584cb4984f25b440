"""Linearizability of any object by search, bounded in states and never in seconds.

Just-in-time linearization (Lowe 2017), breadth first: the history is walked in the order of time
with the set of all *configurations* that agree with it so far. A configuration is a state of the
object and a standing of each pending operation: *open* (it must take effect by its answer), *used*
(it has, and cannot again) or *safe* (its answer is fine as it is). At an answer those stay in
which the operation is used or safe, after whatever other pending operations before it.

What keeps the set small:
- a pending read that the state satisfies becomes safe at once: earlier is never worse;
- a blind write makes all pending blind writes safe: they may have come just before it, unseen;
- so may whatever is appended to what no read can show any more;
- an operation of unknown outcome is safe from its call on: it may be used, and need not be;
- a configuration goes when another one of the same state has every operation standing as well or
  better, where safe is better than open and than used.

Passes, each of which can only be right: with few configurations kept (one left at the end: there is
an order); with operations of unknown outcome that are never used up (none left: there is no order);
with more and more kept, as many as the bound allows.
"""

from collections.abc import Hashable, Iterable, Sequence

from msgspec import Struct

from app.checkers.outside.models import ILLEGAL, Model, Register, State, model_of
from app.checkers.outside.operation import Operation, Verdict, told
from app.checkers.outside.smallest import shrunk

PROMISE = "linearizable"
MOST_STATES = 400_000
"""Configurations looked at in one pass before the answer is "cannot tell"."""
NO_LIMIT = 1 << 60
WIDTHS = ((1, 12), (1, 64), (2, 400), (NO_LIMIT, NO_LIMIT))
"""Pass by pass: how many configurations that differ in their unknown operations alone are kept, and
how many in all; those that used the fewest operations of unknown outcome first."""

Configuration = tuple[State, int, int]
"""(state, used operations, safe operations), the two as masks of slots."""
INVOKE, RETURN = 0, 1


class Walk(Struct):
    """One pass through one history. Slots number the pending operations; that of a certain one is
    given again after its answer. `kinds`: the unknown operations by what they do, of equal ones the
    first called first. `reusable`: unknown operations are never used up. `cut`: not all
    configurations were kept."""

    model: Model
    alike: int
    width: int
    most: int
    reusable: bool
    configurations: list[Configuration]
    changes: dict[int, Operation]
    reads: dict[int, Operation]
    kinds: dict[tuple[Hashable, ...], list[tuple[int, Operation]]]
    writes: int = 0
    appends: int = 0
    unknown: int = 0
    states: int = 0
    cut: bool = False


def linearizable(
    operations: Sequence[Operation], initial: Hashable = None, most: int = MOST_STATES
) -> Verdict:
    """The verdict on one key, with a small sub-history that has no order when there is none."""
    kept = useful(operations)
    failed, sure = search(kept, model_of(kept, initial), most)
    if failed is None:
        return Verdict(PROMISE, True, "Every operation has a place in one order.")
    if not sure:
        return Verdict(PROMISE, None, f"More than {most} states would have to be looked at.")

    def fails(some: Sequence[Operation]) -> bool:
        found, certain = search(some, model_of(some, initial), most)
        return found is not None and certain

    evidence = set(shrunk(kept, failed, fails))
    few = [operation for operation in kept if operation.id in evidence]
    last = search(few, model_of(few, initial), most)[0] or failed
    because = f"{told(last)}: there is no moment between its call and its answer for that."
    return Verdict(PROMISE, False, because, tuple(sorted(evidence)))


def useful(operations: Sequence[Operation]) -> list[Operation]:
    """Without what cannot matter: reads without an answer, and, of a register, writes of unknown
    outcome whose value nobody was shown or compared with (they may simply never have happened)."""
    register = all(o.action in ("read", "write", "cas") for o in operations)
    seen = {o.value for o in operations if o.certain and o.action == "read"}
    seen |= {o.expected for o in operations if o.action == "cas"}

    def matters(operation: Operation) -> bool:
        if operation.certain:
            return True
        if operation.action == "read":
            return False
        return not register or operation.value in seen

    return [operation for operation in operations if matters(operation)]


def search(
    operations: Sequence[Operation], model: Model, most: int
) -> tuple[Operation | None, bool]:
    """(the operation at whose answer no configuration is left, is that sure); (None, True) when
    there is an order."""
    passes = [(*widths, False) for widths in WIDTHS]
    finite = isinstance(model, Register)
    if finite and not all(operation.certain for operation in operations):
        passes.insert(1, (NO_LIMIT, NO_LIMIT, True))
    failed: Operation | None = None
    for alike, width, reusable in passes:
        walk = Walk(model, alike, width, most, reusable, [(model.initial, 0, 0)], {}, {}, {})
        failed = _through(walk, operations)
        if failed is None and not reusable:
            return None, True
        if failed is not None and not walk.cut:
            return failed, True
    return failed, False


def moments(operations: Iterable[Operation]) -> list[tuple[int, int, Operation]]:
    """Calls and answers in the order of time; at one moment calls come first (closed intervals)."""
    found = [(o.invoked, INVOKE, o) for o in operations]
    found += [(o.returned, RETURN, o) for o in operations if o.certain]
    found.sort(key=lambda moment: (moment[0], moment[1], moment[2].id))
    return found


def _through(walk: Walk, operations: Sequence[Operation]) -> Operation | None:
    slots: dict[int, int] = {}
    free: list[int] = []
    given = 0
    for _, what, operation in moments(operations):
        if what == RETURN:
            slot = slots.pop(operation.id)
            _answer(walk, slot)
            _forget(walk, slot)
            free.append(slot)
            if not walk.configurations:
                return operation
            continue
        if free:
            slot = free.pop()
        else:
            slot, given = given, given + 1
        slots[operation.id] = slot
        _call(walk, slot, operation)
    return None


def _call(walk: Walk, slot: int, operation: Operation) -> None:
    bit = 1 << slot
    if operation.action == "read":
        walk.reads[slot] = operation
        shows = walk.model.reads
        walk.configurations = [
            (state, used, safe | bit if shows(operation, state) else safe)
            for state, used, safe in walk.configurations
        ]
        return
    if operation.action == "write":
        walk.writes |= bit
    elif operation.action == "append":
        walk.appends |= bit
        unseen = walk.model.unseen
        walk.configurations = [
            (state, used, safe | bit if state == unseen else safe)
            for state, used, safe in walk.configurations
        ]
    if operation.certain:
        walk.changes[slot] = operation
    else:
        walk.unknown |= bit
        what = (operation.action, operation.value, operation.expected)
        walk.kinds.setdefault(what, []).append((bit, operation))
        walk.configurations = [(s, used, safe | bit) for s, used, safe in walk.configurations]


def _forget(walk: Walk, slot: int) -> None:
    walk.reads.pop(slot, None)
    walk.changes.pop(slot, None)
    walk.writes &= ~(1 << slot)
    walk.appends &= ~(1 << slot)


def _answer(walk: Walk, slot: int) -> None:
    """Keep and make the configurations in which the operation of the slot is used or safe."""
    bit, is_read = 1 << slot, slot in walk.reads
    done, seen = Front(walk), Front(walk)
    to_do = [one for one in walk.configurations if seen.add(one)]
    while to_do and walk.states <= walk.most:
        following: list[Configuration] = []
        for one in to_do:
            _, used, safe = one
            if (used | safe) & bit:
                done.add((one[0], used & ~bit, safe & ~bit))
            # A write that may have gone unseen can still be used: now or never.
            if used & bit or (is_read and safe & bit):
                continue
            walk.states += 1
            following += [after for after in _steps(walk, one) if seen.add(after)]
        to_do = _narrowed(walk, following)
    walk.cut = walk.cut or bool(to_do)
    walk.configurations = _narrowed(walk, done.all())


def _narrowed(walk: Walk, found: list[Configuration]) -> list[Configuration]:
    if len(found) > walk.width:
        walk.cut = True
        found.sort(key=lambda one: ((one[1] & walk.unknown).bit_count(), one[1].bit_count()))
        del found[walk.width :]
    return found


def _steps(walk: Walk, one: Configuration) -> Iterable[Configuration]:
    """One pending change more; reads follow by themselves."""
    state, used, safe = one
    step = walk.model.step
    for slot, operation in walk.changes.items():
        bit = 1 << slot
        if used & bit:
            continue
        after = step(state, operation)
        if after is not ILLEGAL and not (safe & bit and after == state):
            yield _settled(walk, after, used | bit, safe & ~bit, operation)
    for (action, _, expected), equals in walk.kinds.items():
        if action == "cas" and expected != state:
            continue
        unused = next((each for each in equals if not used & each[0]), None)
        if unused is None:
            continue
        bit, operation = unused
        after = step(state, operation)
        if after is ILLEGAL or after == state:
            continue
        if walk.reusable:
            yield _settled(walk, after, used, safe, operation)
        else:
            yield _settled(walk, after, used | bit, safe & ~bit, operation)


def _settled(walk: Walk, state: State, used: int, safe: int, by: Operation) -> Configuration:
    """What the change made safe: writes that it hides, and reads of the new state."""
    if by.action == "write":
        safe |= walk.writes & ~used
    if walk.appends and state == walk.model.unseen:
        safe |= walk.appends & ~used
    shows = walk.model.reads
    for slot, read in walk.reads.items():
        if shows(read, state):
            safe |= 1 << slot
    return state, used, safe


class Front:
    """Configurations none of which another one makes superfluous."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._by_state: dict[State, list[tuple[int, int]]] = {}
        self._counts: dict[tuple[State, int, int], int] = {}

    def add(self, one: Configuration) -> bool:
        """Take it in, unless one is there that stands as well or better in everything, or the pass
        keeps no more of its like."""
        state, used, safe = one
        there = self._by_state.setdefault(state, [])
        settled = used | safe
        for other_used, other_safe in there:
            if not other_used & ~used and not settled & ~(other_used | other_safe):
                return False
        known = ~self._walk.unknown
        like = (state, used & known, safe & known)
        count = self._counts.get(like, 0)
        if count >= self._walk.alike:
            self._walk.cut = True
            return False
        self._counts[like] = count + 1
        there[:] = [
            (other_used, other_safe)
            for other_used, other_safe in there
            if used & ~other_used or (other_used | other_safe) & ~settled
        ]
        there.append((used, safe))
        return True

    def all(self) -> list[Configuration]:
        return [
            (state, used, safe) for state, pairs in self._by_state.items() for used, safe in pairs
        ]
