"""One copy, followed: it comes to what the whole history comes to, answer by answer."""

import os
import random

from app.checkers.history import Operation
from app.checkers.one_copy import OneCopy
from app.checkers.outside import zones
from app.checkers.outside.notation import history
from app.checkers.outside.operation import Operation as Seen
from app.checkers.outside.search import RETURN, moments
from app.trace.values import Value
from tests.checkers.outside.histories import random_history

SEEDS = int(os.environ.get("SEEDS", "1500"))


def followed(operations: list[Seen]) -> tuple[bool, bool]:
    """(does it hold, does its evidence break it by itself)"""
    copy, by_seq, records = OneCopy(), dict[int, Seen](), dict[int, Operation]()
    for seq, (_, what, one) in enumerate(moments(operations)):
        by_seq[seq] = one
        broken = None
        if what == RETURN:
            record = records[one.id]
            record.returned_at, record.returned_seq, record.outcome = one.returned, seq, "ok"
            broken = copy.answered(record) if record.value else copy.read(record)
        else:
            value = Value(f"p-{one.value}", str(one.value), ()) if one.action == "write" else None
            records[one.id] = Operation(
                f"p-{one.value}" if value else f"r-{one.id}",
                one.process, "put", one.action, "", value, (), one.invoked, seq,
            )  # fmt: skip
            if value is not None:
                copy.asked(records[one.id], "whole")
            elif one.value:
                records[one.id].values = (Value(f"p-{one.value}", str(one.value), ()),)
        if broken is not None:
            part = {by_seq[seq].id: by_seq[seq] for seq in broken.evidence}
            return False, not zones.linearizable(list(part.values()), 0).holds
    return True, True


def test_it_comes_to_what_the_whole_history_comes_to() -> None:
    both = set()
    for seed in range(SEEDS):
        operations = random_history(random.Random(f"one/{seed}"), "unique", 3 + seed % 9)
        # What is read before anybody wrote it cannot be in a run that goes on.
        operations = [o for o in operations if o.action == "write" or not _early(o, operations)]
        expected = zones.linearizable(operations, 0).holds
        assert followed(operations) == (expected, True), f"seed={seed} {operations}"
        both.add(expected)
    assert both == {True, False}


def _early(read: Seen, operations: list[Seen]) -> bool:
    writes = {o.value: o.invoked for o in operations if o.action == "write"}
    return not read.certain or (read.value != 0 and writes.get(read.value, 99) > read.returned)


def test_a_value_can_be_read_again_inside_another_one() -> None:
    assert followed(history("w2[0,10] w1[1,5] r1[12,14] r2[13,15]")) == (False, True)
    assert followed(history("w2[0,10] w1[1,5] r1[12,14] r1[13,15]")) == (True, True)
