"""What a single copy would do: each object as a pure step from state to state.

`step` gives the next state, or ILLEGAL when the operation cannot have happened in this state. All
states are small and hashable; a set is a mask of its elements, an append-only list its length.
"""

from collections.abc import Hashable, Sequence
from typing import Protocol

from msgspec import Struct

from app.checkers.outside.operation import Operation

State = Hashable
ILLEGAL = object()


class Model(Protocol):
    """`reads(operation, state)`: is this what a read shows now? It never changes the state."""

    @property
    def initial(self) -> State: ...

    def step(self, state: State, operation: Operation) -> State: ...

    def reads(self, operation: Operation, state: State) -> bool: ...


class Register(Struct, frozen=True):
    """Reads, writes and compare-and-set of one value."""

    initial: Hashable = None

    def step(self, state: State, operation: Operation) -> State:
        if operation.action == "write":
            return operation.value
        return operation.value if state == operation.expected else ILLEGAL

    def reads(self, operation: Operation, state: State) -> bool:
        return bool(operation.value == state)


class Counter(Struct, frozen=True):
    """Reads and increments of a whole number."""

    initial: int = 0

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

    def step(self, state: State, operation: Operation) -> State:
        assert isinstance(state, int)
        if state in (FREE, len(self.spine)):
            return FREE
        return state + 1 if self.spine[state] == operation.value else ILLEGAL

    def reads(self, operation: Operation, state: State) -> bool:
        return self.shown[operation.id] == state


FREE, NOWHERE = -1, -2


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
    if actions <= {"read", "append"}:
        return _appended(operations)
    raise ValueError(
        f"One key has {', '.join(sorted(actions))}: no single object has all of these. "
        "Give each object a key of its own."
    )


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
    if not isinstance(read.value, tuple):
        raise ValueError(f"A read shows {read.value} where a list is expected. Give a list.")
    return read.value
