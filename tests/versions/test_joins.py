"""What meets at a node: every rule that merges, on versions that nodes really make.

A script lets three nodes take writes by writers who had read some node before, and join what
others hold. Under plain vectors a dot is still a name of its own.
"""

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.trace.values import StoredVersion, Value
from app.versions import object_vectors
from app.versions.dotted import DottedVersion, Siblings, context_of, new_version
from app.versions.object_vectors import clock_of, newest, put
from app.versions.plain_vectors import vector_of
from app.versions.pruning import MARK, apart, prune, with_times
from app.versions.rules import CartRule, Conflict, Join, rule_of
from app.versions.version_vector import EMPTY

NODES = ("a", "b", "c")


class Rule(NamedTuple):
    conflict: Conflict
    cart: CartRule
    associative: bool = True


RULES = (
    Rule("siblings", "as_written"),
    Rule("last_write", "as_written"),
    Rule("server_vectors", "as_written"),
    Rule("client_vectors", "as_written"),
    Rule("siblings", "or_set"),
    Rule("server_vectors", "or_set"),
    Rule("siblings", "two_phase"),
    Rule("last_write", "cells"),
    Rule("object_vectors", "as_written", associative=False),
    Rule("newest_sibling", "as_written", associative=False),
)
writes = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 7), st.integers(0, 3)), max_size=9)
"""(node, 0 to 2: join that node's, 3 and 4 a part, else a whole value; whom the writer had read)"""


def held_by(rule: Rule, join: Join, script: list[tuple[int, int, int]]) -> list[Siblings]:
    """Everything that some node ever held."""
    held: list[Siblings] = [(), (), ()]
    found: list[Siblings] = [()]
    for number, (node, what, read) in enumerate(script, 1):
        if what < 3:
            held[node] = join(held[node], held[what])
        else:
            context = context_of(held[read]) if read < 3 else EMPTY
            made = version(rule, node, number, what in (3, 4), context, held[node])
            held[node] = join(held[node], made)
        found.append(held[node])
    return found


def version(
    rule: Rule,
    node: int,
    number: int,
    part: bool,
    context: tuple[tuple[str, int], ...],
    held: Siblings,
) -> Siblings:
    name, item = NODES[node], f"e{number % 2}"
    gone = part and number % 3 == 0
    value = Value(f"w-{number}", "a", () if gone else (item,), part and rule.cart != "as_written")
    made = new_version(value, name, number, context, number % 4)
    if value.part:
        return (replace(made, cell="" if rule.cart == "or_set" else item),)
    if rule.conflict in ("object_vectors", "newest_sibling"):
        wholes = tuple([one for one in held if not one.stored.value.part])
        made_of = put(wholes, context, made, name)
        return newest(made_of) if rule.conflict == "newest_sibling" else made_of
    if rule.conflict in ("server_vectors", "client_vectors"):
        who = name if rule.conflict == "server_vectors" else f"client-{number % 2}"
        return (replace(made, stored=replace(made.stored, vector=vector_of(context, who))),)
    return (made,)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.conflict}-{rule.cart}")
@settings(max_examples=60)
@given(writes, st.tuples(*[st.integers(0, 9)] * 3))
def test_joining_commutes_is_associative_and_idempotent(
    rule: Rule, script: list[tuple[int, int, int]], picked: tuple[int, int, int]
) -> None:
    join = rule_of(rule.conflict, rule.cart, "greater_value", rule.cart != "as_written")
    found = held_by(rule, join, script)
    one, two, three = (found[place % len(found)] for place in picked)
    assert join(one, two) == join(two, one)
    assert join(one, one) is one
    assert join(join(one, two), two) == join(one, two)
    if rule.associative:
        assert join(join(one, two), three) == join(one, join(two, three))


def whole(name: str, node: str, clock: tuple[tuple[str, int], ...]) -> DottedVersion:
    return DottedVersion(node, dict(clock)[node], StoredVersion(Value(name, "a", ()), clock))


def test_one_vector_a_key_keeps_a_replaced_value_or_not_by_the_order_of_meeting() -> None:
    """x; z by who had read x; y beside them. That it is not associative is the published flaw."""
    x, z = (whole("x", "a", (("a", 1),)),), (whole("z", "a", (("a", 2),)),)
    y = (whole("y", "b", (("b", 1),)),)
    join = object_vectors.join

    def names(held: Siblings) -> list[str]:
        return [one.stored.value.id for one in held]

    assert names(join(join(x, y), z)) == ["x", "z", "y"]
    assert names(join(x, join(y, z))) == ["z", "y"]
    assert clock_of(join(join(x, y), z)) == clock_of(join(x, join(y, z)))


def test_of_pairs_that_are_too_many_the_one_raised_longest_ago_goes() -> None:
    vector = (("a", 4), ("b", 1), ("c", 2))
    times = ((MARK + "a", 5), (MARK + "b", 9), (MARK + "c", 7))
    assert prune(vector, times, 2) == ((("b", 1), ("c", 2)), times[1:])
    assert prune(vector, times, 0) == prune(vector, times, 3) == (vector, times)
    assert prune(vector, times[:2], 2)[0] == (("a", 4), ("b", 1)), "no time: the oldest"
    assert apart(with_times(vector, times)) == (vector, times)
