"""Cells of which each keeps its last write by itself: what is written to one cell displaces nothing
in another.

The LWW-element-set of Shapiro et al. 2011, specification 13, with one stamp a cell, as Cassandra
keeps the elements of a set column. State: (cell, stamp in µs, gone, who), sorted by cell. Merging
takes of each cell the greatest (stamp, gone, who): with equal stamps a removal stays. It commutes,
is associative and idempotent. Clocks decide what is last, so an add may lose against a removal that
came before it.
"""

Cell = tuple[str, int, bool, str]
State = tuple[Cell, ...]

EMPTY: State = ()


def write(state: State, cell: str, stamp: int, who: str, gone: bool = False) -> State:
    """The cell set, or removed where `gone`, unless it holds something newer."""
    return merge(state, ((cell, stamp, gone, who),))


def cells(state: State) -> tuple[str, ...]:
    """Those that are there."""
    return tuple([cell for cell, _, gone, _ in state if not gone])


def merge(one: State, other: State) -> State:
    newest = {held[0]: held for held in one}
    for held in other:
        newest[held[0]] = max(held, newest.get(held[0], held))
    return tuple([newest[cell] for cell in sorted(newest)])
