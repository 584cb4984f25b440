"""Random scripts: replicas that change their own state and merge each other's, for every type."""

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from app.trace import ties
from app.versions import (
    bounded_counter,
    dvv_set,
    flag,
    g_counter,
    lww_map,
    lww_register,
    mv_register,
    or_map,
    or_set,
    pn_counter,
    two_phase_set,
    version_vector,
)

REPLICAS = ("a", "b", "c")


class Kind(NamedTuple):
    """A type: `changes` take (state, replica, number of the step, a small number)."""

    empty: Any
    merge: Callable[[Any, Any], Any]
    changes: tuple[Callable[[Any, str, int, int], Any], ...]


def cell(state: Any, who: str, step: int, number: int) -> ties.Cell:
    """Few stamps and few contents, so that there are ties of every kind."""
    return ties.Cell(number % 2, step % 5 == 0, f"v{number}", f"{who}{step}")


def newest(tie: str) -> Kind:
    def merge(one: ties.Cell, other: ties.Cell) -> ties.Cell:
        return max(one, other, key=lambda it: ties.rank(it, tie))

    start = ties.Cell(-1, False, "", "")
    return Kind(start, merge, (lambda *seen: merge(seen[0], cell(*seen)),))


KINDS: dict[str, Kind] = {
    "version vector": Kind(
        version_vector.EMPTY,
        version_vector.merge,
        (lambda s, who, _, __: version_vector.increment(s, who),),
    ),
    "dotted version vector set": Kind(
        dvv_set.EMPTY,
        dvv_set.merge,
        (
            lambda s, who, step, _: dvv_set.put(s, dvv_set.context(s), f"w{step}", who),
            lambda s, who, step, _: dvv_set.put(s, (), f"w{step}", who),
        ),
    ),
    **{f"last write, {tie}": newest(tie) for tie in ties.TIES},
    "last-write register": Kind(
        lww_register.EMPTY,
        lww_register.merge,
        (lambda s, who, step, n: lww_register.assign(s, n, who, f"v{step}"),),
    ),
    "multi-value register": Kind(
        mv_register.EMPTY,
        mv_register.merge,
        (lambda s, who, step, _: mv_register.assign(s, who, f"v{step}"),),
    ),
    "growing counter": Kind(
        g_counter.EMPTY, g_counter.merge, (lambda s, who, _, n: g_counter.increment(s, who, n),)
    ),
    "counter up and down": Kind(
        pn_counter.EMPTY, pn_counter.merge, (lambda s, who, _, n: pn_counter.change(s, who, n - 2),)
    ),
    "bounded counter": Kind(
        bounded_counter.EMPTY,
        bounded_counter.merge,
        (
            lambda s, who, _, n: bounded_counter.bring(s, who, n),
            lambda s, who, _, n: bounded_counter.take(s, who, n) or s,
            lambda s, who, step, n: (
                bounded_counter.hand(s, who, REPLICAS[step % 3], n) or s
                if REPLICAS[step % 3] != who
                else s
            ),
        ),
    ),
    "two-phase set": Kind(
        two_phase_set.EMPTY,
        two_phase_set.merge,
        (
            lambda s, _, __, n: two_phase_set.add(s, f"e{n}"),
            lambda s, _, __, n: two_phase_set.remove(s, f"e{n}"),
        ),
    ),
    "observed-remove set": Kind(
        or_set.EMPTY,
        or_set.merge,
        (
            lambda s, who, _, n: or_set.add(s, who, f"e{n}"),
            lambda s, _, __, n: or_set.remove(s, f"e{n}"),
        ),
    ),
    "last write a cell": Kind(
        lww_map.EMPTY,
        lww_map.merge,
        (
            lambda s, who, step, n: lww_map.write(s, f"e{n}", step % 3, who),
            lambda s, who, step, n: lww_map.write(s, f"e{n}", step % 3, who, gone=True),
        ),
    ),
    "flag": Kind(
        flag.EMPTY,
        flag.merge,
        (lambda s, who, _, __: flag.enable(s, who), lambda s, _, __, ___: flag.disable(s)),
    ),
    "map": Kind(
        or_map.EMPTY,
        or_map.merge,
        (
            lambda s, who, _, n: or_map.update(s, who, f"f{n}", n - 1),
            lambda s, _, __, n: or_map.remove(s, f"f{n}"),
        ),
    ),
}

Steps = list[tuple[int, int, int]]
scripts: st.SearchStrategy[Steps] = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 6), st.integers(1, 3)), max_size=14
)
"""(replica, what it does, a small number)."""


def states(kind: Kind, script: Steps) -> list[Any]:
    """Every state that some replica was in, in order; the last of each replica at the end."""
    held = [kind.empty] * 3
    found = [kind.empty]
    for step, (place, what, number) in enumerate(script):
        if what < 2 and what != place:
            held[place] = kind.merge(held[place], held[what])
        else:
            change = kind.changes[what % len(kind.changes)]
            held[place] = change(held[place], REPLICAS[place], step, number)
        found.append(held[place])
    return [*found, *held]
