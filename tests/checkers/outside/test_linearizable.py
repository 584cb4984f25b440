import os
import random

import pytest

from app.checkers.outside import search, zones
from app.checkers.outside.notation import history
from app.checkers.outside.smallest import may_leave_out
from tests.checkers.outside.histories import possible, random_history, random_steps

SEEDS = int(os.environ.get("SEEDS", "300"))

KNOWN = [
    ("w100[0,100] r100[25,75] r0[30,60]", True),
    ("w200[0,100] r200[10,30] r0[40,90]", False),
    ("w100[0,100] r100[25,75] r0[30,30] r0[30,30]", True),
    ("w200[0,100] r200[10,10] r200[10,10] r0[40,90]", False),
    ("w1[0,?] r0[5,6]", True),
    ("r1[0,10] w1[5,6]", True),
    ("r1[0,1]", False),
    ("r1[0,3] w1[5,6]", False),
    ("w1[0,60] r1[2,5] r0[10,12]", False),
    ("w1[0,60] r1[2,5] r1[10,12]", True),
    ("w1[0,?] r0[30,32] r1[40,42]", True),
    ("w1[0,?] r1[30,32] r0[40,42]", False),
    ("w1[0,5] r0[30,32]", False),
    ("w1[0,10] w2[2,12] r2[20,22]", True),
    ("w1[0,5] w2[10,15] r1[20,22]", False),
    ("w1[0,?] w2[10,15] r1[30,31]", True),
    ("w1[0,?] w2[10,15] r2[20,21] r1[30,31]", True),
    ("w1[0,5] r1[5,9] r0[5,9]", True),
]


@pytest.mark.parametrize(("text", "holds"), KNOWN)
def test_histories_with_known_verdicts(text: str, holds: bool) -> None:
    operations = history(text)
    assert zones.linearizable(operations, 0).holds is holds
    assert search.linearizable(operations, 0).holds is holds
    assert possible(operations) is holds


def test_a_write_of_unknown_outcome_may_come_after_one_that_repeats_it() -> None:
    operations = history("w1[0,?] w2[10,15] w1[20,25] r1[30,31]")
    assert not zones.unique_writes(operations, 0)
    assert search.linearizable(operations, 0).holds


@pytest.mark.parametrize("kind", ["unique", "register", "cas", "set", "append", "counter"])
def test_the_search_agrees_with_trying_every_order(kind: str) -> None:
    for seed in range(SEEDS):
        operations = random_history(random.Random(f"{kind}/{seed}"), kind, 2 + seed % 4)
        verdict = search.linearizable(operations, 0)
        assert verdict.holds is possible(operations), f"seed={seed} {kind} {operations}"


@pytest.mark.parametrize("kind", ["text", "items"])
def test_the_search_agrees_on_texts_and_on_items_that_go(kind: str) -> None:
    kept = 0
    for seed in range(SEEDS):
        operations = random_steps(random.Random(f"{kind}/{seed}"), kind, 2 + seed % 4)
        if len({o.action for o in operations} - {"read", "write"}) == 0:
            continue
        verdict = search.linearizable(operations)
        assert verdict.holds is possible(operations), f"seed={seed} {kind} {operations}"
        kept += bool(verdict.holds)
    assert SEEDS // 5 < kept < SEEDS * 4 // 5


def test_the_near_linear_check_agrees_with_trying_every_order() -> None:
    for seed in range(SEEDS):
        operations = random_history(random.Random(seed), "unique", 2 + seed % 5)
        verdict = zones.linearizable(operations, 0)
        assert verdict.holds is possible(operations), f"seed={seed} {operations}"
        if not verdict.holds:
            part = [operations[place] for place in verdict.evidence]
            assert not possible(part), f"seed={seed}: {verdict.evidence}"
            for one in part:
                rest = [o for o in part if o is not one]
                idle = may_leave_out([one], rest) and not possible(rest)
                assert not idle, f"seed={seed}: {one.id} of {verdict.evidence}"


def test_the_near_linear_check_and_the_search_agree_on_longer_histories() -> None:
    both = set()
    for seed in range(SEEDS):
        operations = random_history(random.Random(-seed - 1), "unique", 6 + seed % 9)
        verdict = zones.linearizable(operations, 0)
        assert verdict.holds is search.linearizable(operations, 0).holds, f"seed={seed}"
        both.add(verdict.holds)
    assert both == {True, False}


def test_the_order_found_is_an_order() -> None:
    found = 0
    for seed in range(SEEDS):
        operations = random_history(random.Random(seed), "unique", 2 + seed % 6)
        verdict = zones.linearizable(operations, 0)
        if not verdict.holds:
            continue
        found += 1
        ordered = [operations[place] for place in verdict.order]
        assert {o.id for o in operations if o.certain} <= set(verdict.order)
        state, latest = 0, -1
        for operation in ordered:
            assert operation.returned >= latest, f"seed={seed}: {verdict.order}"
            latest = max(latest, operation.invoked)
            if operation.action == "write":
                state = operation.value  # type: ignore[assignment]
            else:
                assert operation.value == state, f"seed={seed}: {verdict.order}"
    assert found > SEEDS / 10


@pytest.mark.parametrize("kind", ["unique", "register", "cas", "set", "append"])
def test_the_evidence_breaks_the_promise_by_itself_and_nothing_in_it_is_idle(kind: str) -> None:
    checked = 0
    for seed in range(SEEDS):
        operations = random_history(random.Random(f"{kind}/{seed}"), kind, 3 + seed % 4)
        verdict = search.linearizable(operations, 0)
        if verdict.holds is not False:
            continue
        checked += 1
        part = [operations[place] for place in verdict.evidence]
        assert not possible(part), f"seed={seed}: {verdict.evidence}"
        for one in part:
            rest = [o for o in part if o is not one]
            idle = may_leave_out([one], rest) and not possible(rest)
            assert not idle, f"seed={seed}: {one.id} of {verdict.evidence}"
    assert checked > SEEDS / 20


def test_beyond_the_bound_the_answer_is_cannot_tell() -> None:
    text = "c0>1[0,9] c1>2[0,9] c2>3[0,9] c3>4[0,9] r4[10,11] r7[12,13] w7[1,?]"
    operations = history(text)
    assert search.linearizable(operations, 0, most=1).holds is None
    assert search.linearizable(operations, 0).holds
