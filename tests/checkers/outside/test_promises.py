"""Each promise against its own histories, and against what its definition says of random ones."""

import os
import random
from collections.abc import Sequence
from itertools import combinations, permutations

import pytest

from app.checkers.outside import promises
from app.checkers.outside.notation import history, one
from app.checkers.outside.operation import Operation
from app.checkers.outside.pasts import SESSION_PROMISES
from app.checkers.outside.promises import PROMISES, judge
from tests.checkers.outside.histories import random_history

SEEDS = int(os.environ.get("SEEDS", "300"))
IMPLIED = {
    "linearizable": ("regular",),
    "convergent": ("causal",),
    "causal": SESSION_PROMISES,
}


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_its_own_bad_histories_break_it_and_what_only_looks_bad_does_not(
    promise: promises.Promise,
) -> None:
    assert promise.breaks
    assert promise.tempts
    for text in promise.breaks:
        verdict = judge(promise.name, history(text), 0)
        assert verdict.holds is False, f"{text}: {verdict.because}"
        part = [o for o in history(text) if o.id in verdict.evidence]
        assert judge(promise.name, part, 0).holds is False, f"{text}: {verdict.evidence}"
    for text in promise.tempts:
        verdict = judge(promise.name, history(text), 0)
        assert verdict.holds, f"{text}: {verdict.because}"


def test_what_is_kept_implies_the_weaker_and_what_repeats_values_cannot_be_told() -> None:
    for seed in range(SEEDS):
        operations = random_sessions(random.Random(f"implied/{seed}"), 3 + seed % 6)
        for name, weaker in IMPLIED.items():
            if judge(name, operations, 0).holds:
                for other in weaker:
                    assert judge(other, operations, 0).holds, f"seed={seed} {name} → {other}"
    for name in ("regular", "convergent", *SESSION_PROMISES):
        assert judge(name, history("w1[0,1] w1[2,3] r1[4,5]"), 0).holds is None, name


def random_sessions(luck: random.Random, size: int) -> list[Operation]:
    """Three clients, two keys, every value written once; some writes without an answer."""
    found: list[Operation] = []
    written: dict[str, list[int]] = {"x": [0], "y": [0]}
    busy = {"A": 0, "B": 0, "C": 0}
    for place in range(size):
        client, key = luck.choice("ABC"), luck.choice("xy")
        call = busy[client] + luck.randrange(1, 4)
        answer = call + luck.randrange(4)
        busy[client] = answer
        action, value = "read", luck.choice(written[key])
        if luck.random() < 0.45:
            action, value = "write", place + 1
            written[key].append(value)
        known = action == "read" or luck.random() > 0.1
        found.append(one(place, action, value, call, answer if known else None, None, client, key))
    return found


def causes(operations: Sequence[Operation]) -> set[tuple[int, int]]:
    """The pairs (a, b) with a before b: by session, by reading, and through others."""
    pairs = set()
    for a in operations:
        for b in operations:
            same = a.process == b.process and a.id < b.id and a.certain
            reads = (
                a.action == "write"
                and b.action == "read"
                and (a.key, a.value)
                == (
                    b.key,
                    b.value,
                )
            )
            if same or reads:
                pairs.add((a.id, b.id))
    while True:
        more = {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs
        if not more:
            return pairs
        pairs |= more


def required(operations: Sequence[Operation], read: Operation, promise: str) -> set[int]:
    """Writes of its key that a read must not be behind, as Terry et al. say it."""
    by_id = {o.id: o for o in operations}
    before = [o for o in operations if o.process == read.process and o.id < read.id]
    shown = [w for r in [*before, read] if r.action == "read" for w in operations if wrote(w, r)]
    match promise:
        case "read_your_writes":
            found = [o for o in before if o.action == "write" and o.certain]
        case "monotonic_reads":
            found = [w for r in before if r.action == "read" for w in operations if wrote(w, r)]
        case "monotonic_writes":
            found = [
                o
                for w in shown
                for o in operations
                if o.action == "write" and o.certain and o.process == w.process and o.id < w.id
            ]
        case "writes_follow_reads":
            found = [
                source
                for w in shown
                for r in operations
                if r.action == "read" and r.process == w.process and r.id < w.id
                for source in operations
                if wrote(source, r)
            ]
        case _:
            pairs = causes(operations)
            found = [by_id[a] for a, b in pairs if b == read.id]
    return {o.id for o in found if o.action == "write" and o.key == read.key}


def wrote(write: Operation, read: Operation) -> bool:
    same = (write.key, write.value) == (read.key, read.value)
    return write.action == "write" and read.action == "read" and same


@pytest.mark.parametrize("promise", SESSION_PROMISES)
def test_promises_to_a_session_are_what_their_definitions_say(promise: str) -> None:
    broken = 0
    for seed in range(5 * SEEDS):
        operations = random_sessions(random.Random(f"sessions/{seed}"), 5 + seed % 8)
        pairs = causes(operations)
        expected = True
        for read in (o for o in operations if o.action == "read"):
            source = next((w.id for w in operations if wrote(w, read)), None)
            for write in required(operations, read, promise) - {source}:
                expected = expected and source is not None and (source, write) not in pairs
        verdict = judge(promise, operations, 0)
        assert verdict.holds is expected, f"seed={seed} {verdict.because} {operations}"
        broken += not expected
        if not expected:
            part = [o for o in operations if o.id in verdict.evidence]
            assert judge(promise, part, 0).holds is False, f"seed={seed} {verdict.evidence}"
    assert SEEDS // 150 < broken < 4 * SEEDS


def test_causal_convergence_agrees_with_trying_every_order_of_the_writes() -> None:
    both = set()
    for seed in range(SEEDS):
        operations = random_sessions(random.Random(f"ccv/{seed}"), 3 + seed % 5)
        pairs = causes(operations)
        writes = [o for o in operations if o.action == "write"]
        expected = any(_agrees(o, operations, pairs) for o in permutations(writes))
        assert judge("convergent", operations, 0).holds is expected, f"seed={seed} {operations}"
        both.add(expected)
    assert both == {True, False}


def _agrees(
    order: tuple[Operation, ...], operations: Sequence[Operation], pairs: set[tuple[int, int]]
) -> bool:
    place = {write.id: number for number, write in enumerate(order)}
    if any(place[a] > place[b] for a, b in pairs if a in place and b in place):
        return False
    for read in (o for o in operations if o.action == "read"):
        seen = [w for w in order if w.key == read.key and (w.id, read.id) in pairs]
        last = max(seen, key=lambda write: place[write.id], default=None)
        if (last.value if last else 0) != read.value:
            return False
    return True


def test_a_regular_register_agrees_with_trying_every_order_of_the_writes() -> None:
    apart = 0
    for seed in range(SEEDS):
        operations = random_history(random.Random(f"regular/{seed}"), "unique", 2 + seed % 6)
        expected = _regular(operations)
        verdict = judge("regular", operations, 0)
        assert verdict.holds is expected, f"seed={seed} {verdict.because} {operations}"
        apart += expected and not judge("linearizable", operations, 0).holds
        if not expected:
            part = [o for o in operations if o.id in verdict.evidence]
            assert not _regular(part), f"seed={seed}: {verdict.evidence}"
    assert apart, "some are regular and yet not linearizable"


def _regular(operations: Sequence[Operation]) -> bool:
    certain = [o for o in operations if o.action == "write" and o.certain]
    unknown = [o for o in operations if o.action == "write" and not o.certain]
    reads = [o for o in operations if o.action == "read" and o.certain]
    return any(
        _shows(order, reads)
        for count in range(len(unknown) + 1)
        for chosen in combinations(unknown, count)
        for order in permutations([*certain, *chosen])
    )


def _shows(order: tuple[Operation, ...], reads: Sequence[Operation]) -> bool:
    for place, later in enumerate(order):
        if any(later.returned < earlier.invoked for earlier in order[:place]):
            return False
    for read in reads:
        over = [place for place, w in enumerate(order) if w.returned < read.invoked]
        last = max(over, default=-1)
        fine = [w.value for w in order[max(last, 0) :] if w.invoked <= read.returned]
        if last < 0:
            fine.append(0)
        if read.value not in fine:
            return False
    return True


def test_how_far_from_linearizable_is_told_over_all_keys() -> None:
    stale = history("w1@x[0,1] w2@x[2,3] r1@x[6,7] w1@y[0,1] r1@y[2,3]")
    assert promises.distance(stale, 0) == promises.Distance(3, 2)
    assert promises.distance(history("w1[0,1] r1[2,3]"), 0) == promises.Distance(0, 1)
    assert promises.distance(history("r7[0,1]"), 0) == promises.Distance(None, None)
