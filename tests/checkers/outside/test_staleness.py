"""Least Δ and least k, held to trying every order."""

import os
import random
from collections.abc import Sequence
from itertools import permutations

import pytest
from msgspec.structs import replace

from app.checkers.outside import staleness
from app.checkers.outside.notation import history
from app.checkers.outside.operation import Operation
from tests.checkers.outside.histories import possible, random_history

SEEDS = int(os.environ.get("SEEDS", "300"))


def relaxed(operations: Sequence[Operation], delta: int) -> list[Operation]:
    return [replace(o, invoked=o.invoked - delta) if o.action == "read" else o for o in operations]


def test_least_delta_is_enough_and_a_quarter_less_is_not() -> None:
    told = 0
    for seed in range(SEEDS):
        found = random_history(random.Random(seed), "unique", 2 + seed % 5)
        # Four to a tick, so that a quarter of one can be tried.
        operations = [
            replace(o, invoked=o.invoked * 4, returned=o.returned * 4 if o.certain else o.returned)
            for o in found
        ]
        delta = staleness.least_delta(operations, 0)
        if delta is None:
            assert not possible(relaxed(operations, 1_000)), f"seed={seed}"
            continue
        assert possible(relaxed(operations, delta)), f"seed={seed} {delta} {operations}"
        if delta:
            told += 1
            assert not possible(relaxed(operations, delta - 1)), f"seed={seed} {delta}"
    assert told > SEEDS // 30


def possible_within(operations: Sequence[Operation], k: int) -> bool:
    certain = [o for o in operations if o.certain]
    unknown = [o for o in operations if not o.certain and o.action != "read"]
    for count in range(2 ** len(unknown)):
        chosen = [o for place, o in enumerate(unknown) if count >> place & 1]
        for order in permutations([*certain, *chosen]):
            latest, last, fits = -1, (0,), True
            for one in order:
                fits = fits and one.returned >= latest
                latest = max(latest, one.invoked)
                if one.action == "write":
                    last = (*last, one.value)[-k:]
                else:
                    fits = fits and one.value in last
            if fits:
                return True
    return False


def test_least_k_agrees_with_trying_every_order() -> None:
    for seed in range(SEEDS):
        operations = random_history(random.Random(seed), "unique", 2 + seed % 4)
        k = staleness.least_k(operations, 0)
        if k is None:
            assert not possible_within(operations, len(operations) + 1), f"seed={seed}"
        else:
            assert possible_within(operations, k), f"seed={seed} {k} {operations}"
            assert k == 1 or not possible_within(operations, k - 1), f"seed={seed} {k}"


@pytest.mark.parametrize(
    ("text", "delta", "k"),
    [
        ("w1[0,1] w2[2,3] w3[4,5] r1[6,7]", 3, 3),
        ("w1[0,1] w2[2,3] w3[4,5] r2[6,7]", 1, 2),
        ("w1[0,1] r1[2,3]", 0, 1),
        ("w1[0,5] r0[30,32]", 25, 2),
        ("r1[0,3] w1[5,6]", None, None),
        ("r9[0,3]", None, None),
    ],
)
def test_some_by_hand(text: str, delta: int | None, k: int | None) -> None:
    assert staleness.least_delta(history(text), 0) == delta
    assert staleness.least_k(history(text), 0) == k


def test_beyond_the_bound_k_is_not_told() -> None:
    text = " ".join(f"w{number}[0,99]" for number in range(1, 9))
    assert staleness.least_k(history(f"{text} r0[100,101]"), 0, most=20) is None
