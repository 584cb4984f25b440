"""What a single copy would do: each object as a pure step from state to state.

`step` gives the next state, or ILLEGAL when the operation cannot have happened in this state. All
states are small and hashable; a set is a mask of its elements, an append-only list its length.
"""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import Protocol

from msgspec import Struct

from app.checkers.outside.operation import Operation, told

State = Hashable
ILLEGAL = object()


class Model(Protocol):
    """`reads(operation, state)`: is this what a read shows now? It never changes the state.
    `unseen`: the state that no read can show, in which appending changes nothing; None: there is
    none."""

    @property
    def unseen(self) -> State: ...

    @property
    def initial(self) -> State: ...

    def step(self, state: State, operation: Operation) -> State: ...

    def reads(self, operation: Operation, state: State) -> bool: ...


class Register(Struct, frozen=True):
    """Reads, writes and compare-and-set of one value."""

    initial: Hashable = None
    unseen: None = None

    def step(self, state: State, operation: Operation) -> State:
        if operation.action == "write":
            return operation.value
        return operation.value if state == operation.expected else ILLEGAL

    def reads(self, operation: Operation, state: State) -> bool:
        return bool(operation.value == state)


class Counter(Struct, frozen=True):
    """Reads and increments of a whole number."""

    initial: int = 0
    unseen: None = None

    def step(self, state: State, operation: Operation) -> State:
        assert isinstance(state, int)
        assert isinstance(operation.value, int)
        return state + operation.value

    def reads(self, operation: Operation, state: State) -> bool:
        return bool(operation.value == state)


class Elements(Struct, frozen=True):
    """A set that is added to and read whole.

    `places` gives each element its bit; `shown` is each read, by id, as a mask: NOWHERE when it has
    an element that nobody added.
    """

    places: dict[Hashable, int]
    shown: dict[int, int]
    initial: int = 0
    unseen: None = None

    def step(self, state: State, operation: Operation) -> State:
        assert isinstance(state, int)
        return state | 1 << self.places[operation.value]

    def reads(self, operation: Operation, state: State) -> bool:
        return self.shown[operation.id] == state


class Appended(Struct, frozen=True):
    """A list that is appended to and read whole.

    `spine`: the longest read. A state is how much of it is there; FREE once something else was
    appended, which no read can show any more. `shown`: the length of each read, by id; NOWHERE when
    it does not begin as the longest one does.
    """

    spine: tuple[Hashable, ...]
    shown: dict[int, int]
    initial: int = 0
    unseen: int = -1

    def step(self, state: State, operation: Operation) -> State:
        assert isinstance(state, int)
        if state in (FREE, len(self.spine)):
            return FREE
        return state + 1 if self.spine[state] == operation.value else ILLEGAL

    def reads(self, operation: Operation, state: State) -> bool:
        return self.shown[operation.id] == state


class Text(Struct, frozen=True):
    """A text that is written, appended to at its end and read whole.

    A state that is not how some read begins can be shown by none before the next write: all such
    states are one, FREE. `shown`: what was ever read, sorted, so that the text which would begin
    with a state stands right behind it.
    """

    shown: tuple[str, ...]
    initial: Hashable = ""
    unseen: int = -1

    def step(self, state: State, operation: Operation) -> State:
        if operation.action == "write":
            text = operation.value
        elif state == FREE:
            return FREE
        else:
            text = f"{state}{operation.value}"
        assert isinstance(text, str)
        place = bisect_left(self.shown, text)
        begins = place < len(self.shown) and self.shown[place].startswith(text)
        return text if begins else FREE

    def reads(self, operation: Operation, state: State) -> bool:
        return bool((operation.value or "") == state)


class Items(Struct, frozen=True):
    """A collection to which single items are added and removed, or which is written whole."""

    initial: Hashable = frozenset()
    unseen: None = None

    def step(self, state: State, operation: Operation) -> State:
        assert isinstance(state, frozenset)
        if operation.action == "write":
            return frozenset(_listed(operation))
        one = {operation.value}
        return state | one if operation.action == "add" else state - one

    def reads(self, operation: Operation, state: State) -> bool:
        return frozenset(_listed(operation)) == state


FREE, NOWHERE = -1, -2
"""A state that no read can show; a read that no state shows."""


def model_of(operations: Sequence[Operation], initial: Hashable) -> Model:
    """The model that the actions of one key ask for; raises ValueError when they mix objects."""
    actions = {operation.action for operation in operations}
    if actions == {"read"} and any(isinstance(o.value, tuple) for o in operations):
        return _elements(operations)
    if actions <= {"read", "write", "cas"}:
        return Register(initial)
    if actions <= {"read", "increment"}:
        return Counter(0 if initial is None else _number(initial))
    if actions <= {"read", "add"}:
        return _elements(operations)
    if actions <= {"read", "append"} and not _of_text(operations):
        return _appended(operations)
    if actions <= {"read", "write", "append"} and _of_text(operations):
        return Text(tuple(sorted({str(o.value or "") for o in _reads(operations)})), initial or "")
    if actions <= {"read", "write", "add", "remove"}:
        return Items(frozenset(initial) if isinstance(initial, tuple) else frozenset())
    raise ValueError(
        f"One key has {', '.join(sorted(actions))}: no single object has all of these. "
        "Give each object a key of its own."
    )


def _of_text(operations: Sequence[Operation]) -> bool:
    """Is all that was written, appended and shown text?"""
    return all(isinstance(o.value, str | None) for o in operations)


def _number(value: Hashable) -> int:
    if not isinstance(value, int):
        raise ValueError(f"A counter cannot start at {value}. Give a whole number.")
    return value


def _elements(operations: Sequence[Operation]) -> Elements:
    added = dict.fromkeys(o.value for o in operations if o.action == "add")
    places = {value: place for place, value in enumerate(added)}
    shown = {}
    for read in _reads(operations):
        mask = 0
        for element in _listed(read):
            mask = mask | 1 << places[element] if element in places else NOWHERE
            if mask == NOWHERE:
                break
        shown[read.id] = mask
    return Elements(places, shown)


def _appended(operations: Sequence[Operation]) -> Appended:
    spine: tuple[Hashable, ...] = max((_listed(r) for r in _reads(operations)), key=len, default=())
    shown = {
        read.id: len(found) if found == spine[: len(found)] else NOWHERE
        for read in _reads(operations)
        for found in (_listed(read),)
    }
    return Appended(spine, shown)


def _reads(operations: Sequence[Operation]) -> list[Operation]:
    return [o for o in operations if o.action == "read" and o.certain]


def _listed(read: Operation) -> tuple[Hashable, ...]:
    if read.value is None:
        return ()
    if not isinstance(read.value, tuple):
        raise ValueError(f"{told(read)} where a list is expected. Give a list.")
    return read.value
