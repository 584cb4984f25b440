"""Siblings in one compact object: every value has its own dot, and none is written down twice.

Dotted version vector sets (Almeida, Baquero, Gonçalves, Preguiça, Fonte 2014). State: (server,
count, values newest first), sorted by server: the value at place i of a server has the dot (server,
count − i), and counts without a value were replaced. Merging commutes, is associative and
idempotent. `dotted.py` is the same rule with a vector for each version, which the picture can show;
a test holds both to each other.
"""

from app.versions import g_counter

Entry = tuple[str, int, tuple[str, ...]]
State = tuple[Entry, ...]
Context = g_counter.Counts

EMPTY: State = ()


def context(state: State) -> Context:
    """What a reader of this has read."""
    return tuple([(server, count) for server, count, _ in state])


def values(state: State) -> tuple[str, ...]:
    return tuple([value for _, _, held in state for value in held])


def put(state: State, read: Context, value: str, server: str) -> State:
    """`value`, written at `server` by someone who had read `read`, replaces just that."""
    seen = dict(read)
    kept = {
        name: (max(count, seen.get(name, 0)), held[: max(0, count - seen.get(name, 0))])
        for name, count, held in state
    }
    for name, count in read:
        kept.setdefault(name, (count, ()))
    count, held = kept.get(server, (0, ()))
    kept[server] = (count + 1, (value, *held))
    return tuple([(name, *kept[name]) for name in sorted(kept)])


def merge(one: State, other: State) -> State:
    found = {name: (count, held) for name, count, held in one}
    for name, count, held in other:
        found[name] = _newer(found.get(name, (0, ())), (count, held))
    return tuple([(name, *found[name]) for name in sorted(found)])


def _newer(
    one: tuple[int, tuple[str, ...]], other: tuple[int, tuple[str, ...]]
) -> tuple[int, tuple[str, ...]]:
    """Of one server: what is in both, and what the side that has seen less does not know of."""
    (count, held), (fewer, rest) = max(one, other), min(one, other)
    return count, held[: max(0, count - max(count - len(held), fewer - len(rest)))]
