"""Random histories: versions written by people who had read some of the earlier ones."""

from hypothesis import strategies as st

from app.trace.values import Value
from app.versions.dotted import DottedVersion, context_of, new_version, reduce

NODES = ("a", "b", "c")


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[DottedVersion], list[set[int]]]:
    """The versions in order of writing, and for each the indexes of all that its writer had read.

    The second list is kept apart from all vectors: it is the truth that they must tell.
    """
    versions: list[DottedVersion] = []
    seen: list[set[int]] = []
    counters = dict.fromkeys(NODES, 0)
    for number in range(draw(st.integers(1, 7))):
        node = draw(st.sampled_from(NODES))
        read = draw(st.sets(st.sampled_from(range(number)), max_size=3)) if number else set()
        counters[node] += 1
        context = context_of(reduce(versions[index] for index in sorted(read)))
        value = Value(f"w-{number}", "a", ())
        versions.append(new_version(value, node, counters[node], context))
        seen.append(read.union(*(seen[index] for index in read)))
    return versions, seen
