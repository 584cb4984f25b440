"""Sets and lists that only grow, held to trying every order."""

import os
import random

import pytest

from app.checkers.outside import growing
from app.checkers.outside.notation import history
from app.checkers.outside.operation import Operation
from tests.checkers.outside.histories import possible, random_history

SEEDS = int(os.environ.get("SEEDS", "300"))


@pytest.mark.parametrize("kind", ["set", "append"])
def test_it_agrees_with_trying_every_order(kind: str) -> None:
    broken = 0
    for seed in range(SEEDS):
        operations = random_history(random.Random(f"{kind}/{seed}"), kind, 2 + seed % 5)
        if not growing.applies(operations):
            continue
        verdict = growing.linearizable(operations)
        assert verdict.holds is possible(operations), f"seed={seed} {kind} {operations}"
        broken += not verdict.holds
        if verdict.holds:
            found = [operations[number] for number in verdict.order]
            assert in_real_time(found), f"seed={seed}"
        else:
            assert set(verdict.evidence) <= set(range(len(operations))), f"seed={seed}"
    assert SEEDS // 4 < broken < SEEDS


def in_real_time(order: list[Operation]) -> bool:
    latest = -1
    for operation in order:
        if operation.returned < latest:
            return False
        latest = max(latest, operation.invoked)
    return True


@pytest.mark.parametrize(
    ("text", "evidence", "words"),
    [
        ("a1[0,1] r:[2,3]", (0, 1), "0: p0 adds 1 was over"),
        ("r:1[0,1] a1[2,3]", (0, 1), "0: p0 reads [1] was over"),
        ("a1[0,9] a2[0,9] r:1[1,2] r:2[1,2]", (0, 1, 2, 3), "neither read continues the other"),
        ("r:7[0,1] a1[0,1]", (0,), "nobody added 7"),
        ("a1[0,1] a2[0,9] r:1+2[3,4] r:1[5,6]", (1, 2, 3), "2: p2 reads [1 2] was over"),
        ("p1[0,1] p2[2,3] r:2+1[4,5]", (0, 1, 2), "0: p0 appends 1 was over"),
        ("p1[0,1] r:1+1[2,3]", (0, 1), "1 stands there twice"),
    ],
)
def test_the_evidence_is_small_and_told(text: str, evidence: tuple[int, ...], words: str) -> None:
    operations = history(text)
    assert not possible(operations)
    verdict = growing.linearizable(operations)
    assert verdict.holds is False
    assert verdict.evidence == evidence
    assert words in verdict.because


def test_what_was_never_read_may_never_have_been() -> None:
    assert growing.linearizable(history("a1[0,?] r:[5,6]")).holds
    assert not growing.linearizable(history("a1[0,1] r:[5,6]")).holds
