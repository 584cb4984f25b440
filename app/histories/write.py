"""Operations as events in Jepsen's EDN, one a line, in the order of time."""

from collections.abc import Hashable, Iterator, Sequence

from app.checkers.outside.operation import Operation
from app.checkers.outside.search import INVOKE, moments

NAMES = {"increment": "inc"}


def edn_lines(operations: Sequence[Operation]) -> Iterator[str]:
    """Calls come before answers of the same moment: what touches is concurrent."""
    processes = _processes(operations)
    for index, (at, what, one) in enumerate(moments(operations)):
        value: Hashable = one.value
        if one.action == "cas":
            value = (one.expected, one.value)
        elif one.action == "read" and what == INVOKE:
            value = None
        yield (
            f"{{:process {processes[one.id]}, :type :{'invoke' if what == INVOKE else 'ok'}, "
            f":f :{NAMES.get(one.action, one.action)}, :key {_edn(one.key)}, "
            f":value {_edn(value)}, :time {at}, :index {index}}}"
        )


def _processes(operations: Sequence[Operation]) -> dict[int, int]:
    """A number for each operation: of its client, and a new one where that still waits."""
    busy_until: dict[tuple[str, int], int] = {}
    names: dict[tuple[str, int], int] = {}
    found = {}
    for one in sorted(operations, key=lambda each: (each.invoked, each.id)):
        turn = 0
        while busy_until.get((one.process, turn), -1) >= one.invoked:
            turn += 1
        busy_until[one.process, turn] = one.returned
        found[one.id] = names.setdefault((one.process, turn), len(names))
    return found


def _edn(value: Hashable) -> str:
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return f"[{' '.join(_edn(one) for one in value)}]"
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{text}"'
    return str(value)
