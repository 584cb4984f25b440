"""What only the old leader had: rolled back, saved aside, kept, or asked for again."""

import pytest

from app.errors import CommandRejected
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.trace.commands import (
    Add,
    AnyCommand,
    CutOff,
    HealAll,
    LosePower,
    Promote,
    Read,
    Restart,
    WipeNode,
)
from app.trace.events import (
    LogAppended,
    LogDiverged,
    LogTruncated,
    OperationReturned,
    PromotionRefused,
    RequestRecognised,
    TailKept,
    TailResent,
    TraceEvent,
)
from app.trace.sentences import sentence
from app.trace.verdicts import FindingChanged, StatusChanged
from tests.checkers.traces import judged
from tests.protocols.leader_follower.outside_runs import Step, of, run, told

KINDS = ["roll_back", "save_aside", "keep", "resend"]
SPLIT: tuple[Step, ...] = (
    (400, [CutOff("n1"), Add("phone", "milk")]),
    (1_200, [Add("laptop", "bread")]),
    (1_600, [HealAll()]),
)
MODES = {
    "observer": {"failover": "observer"},
    "timeout": {"failover": "timeout"},
    "lease": {"failover": "lease"},
}


def split(seed: int, tail: str, mode: str, *more: Step, until: int = 4_000) -> list[TraceEvent]:
    """The old leader alone acknowledges milk, the new one bread; then all links heal."""
    return run(seed, {**MODES[mode], "copies": "1", "tail": tail}, *SPLIT, *more, until=until)


def status(trace: list[TraceEvent], op: str) -> str:
    rows = [r for r in judged("leader_follower", trace) if isinstance(r, StatusChanged)]
    return next(row.status for row in reversed(rows) if row.op == op)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("tail", "after"),
    [("roll_back", "lost"), ("save_aside", "set_aside"), ("keep", "set_aside"), ("resend", "kept")],
)
def test_what_became_of_it_is_what_the_judge_says(tail: str, after: str, mode: str) -> None:
    trace = split(1, tail, mode)
    assert told(trace, "phone-1") == ("ok", "")
    assert status(trace, "phone-1") == after
    rows = [
        r
        for r in judged("leader_follower", trace)
        if isinstance(r, FindingChanged) and r.verdict == "broken"
    ]
    gone = {row.op for row in rows if row.check == "lost_writes"}
    assert ("phone-1" in gone) == (after != "kept")
    assert ("laptop-1" in gone) == (tail == "resend"), "the old write took the newer one's place"


@pytest.mark.parametrize("tail", ["roll_back", "save_aside", "resend"])
def test_what_is_thrown_away_is_listed_by_name_and_client(tail: str) -> None:
    trace = split(1, tail, "observer")
    (cut,) = of(LogTruncated, trace)
    assert [value.id for value in cut.dropped] == ["phone-1"]
    assert sentence("leader_follower", cut) == "n1 throws away Phone's milk from its log."
    kept = [(e.node, e.how, [v.id for v in e.values]) for e in of(TailKept, trace)]
    how = {"roll_back": [], "save_aside": ["aside"], "resend": ["to_resend"]}[tail]
    assert kept == [("n1", word, ["phone-1"]) for word in how]


def test_a_node_that_keeps_its_log_follows_no_more_until_it_has_a_new_disk() -> None:
    trace = split(1, "keep", "observer", (2_500, [Promote("n1")]), (3_000, [WipeNode("n1")]))
    (parted,) = of(LogDiverged, trace)
    assert (parted.node, [value.id for value in parted.values]) == ("n1", ["phone-1"])
    assert "keeps a log of its own" in of(PromotionRefused, trace)[0].reason
    taken = [e for e in of(LogAppended, trace) if e.node == "n1" and e.at > parted.at]
    assert taken
    assert min(e.at for e in taken) > 3_000_000
    assert status(trace, "phone-1") == "lost", "the one disk that had it is gone"
    assert not of(LogTruncated, trace)


def test_a_kept_log_outlives_a_loss_of_power_and_shows_what_nobody_else_has() -> None:
    """A read of the node's own copy shows a write that the cluster does not have."""
    steps: tuple[Step, ...] = (
        (2_500, [LosePower("n1")]),
        (2_600, [Restart("n1")]),
        (3_500, [Read("phone")]),
    )
    settings = {**MODES["observer"], "copies": "1", "tail": "keep", "reads": "any"}
    trace = run(1, settings, *SPLIT, *steps, until=4_500)
    shown = next(e for e in of(OperationReturned, trace) if e.op == "phone-2")
    assert [value.items for value in shown.values] == [("milk",)]
    assert of(LogDiverged, trace)[-1].at < 2_500_000


def test_a_tail_without_values_parts_nobody() -> None:
    """The opening entry of a term is no write: who has nothing else follows on."""
    trace = run(
        1,
        {**MODES["timeout"], "tail": "keep", "copies": "1"},
        (400, [CutOff("n1"), CutOff("n2")]),
        (1_200, [HealAll()]),
    )
    assert of(LogTruncated, trace)
    assert not of(LogDiverged, trace)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_asked_for_again_is_applied_once_and_over_what_is_there(seed: int) -> None:
    """The new leader goes down before it has answered, so the old one asks again."""
    steps: tuple[Step, ...] = ((1_625, [CutOff("n1")]), (1_900, [HealAll()]))
    trace = split(seed, "resend", "observer", *steps)
    assert of(TailResent, trace)
    for node in ("n2", "n3"):
        log = [e.op for e in of(LogAppended, trace) if e.node == node and e.value is not None]
        assert log.count("phone-1") == 1, f"seed={seed} {node}"
    assert status(trace, "phone-1") == "kept"
    assert status(trace, "laptop-1") in ("overwritten", "superseded", "lost")


def test_a_second_try_of_the_same_write_is_known() -> None:
    """It is asked for again until the answer is there; the leader knows it by its name."""
    found = 0
    for at in range(1_620, 1_660, 3):
        steps: tuple[Step, ...] = ((at, [CutOff("n1")]), (1_900, [HealAll()]))
        found += len(of(RequestRecognised, split(2, "resend", "observer", *steps)))
    assert found


def test_with_elections_nobody_may_keep_another_log() -> None:
    with pytest.raises(CommandRejected, match="An elected leader's log is the only one"):
        LeaderFollowerSettings(failover="election", tail="keep").validate(3)
    LeaderFollowerSettings(failover="election", tail="save_aside").validate(3)


def test_a_rollback_list_goes_with_its_disk() -> None:
    more: list[AnyCommand] = [WipeNode("n1")]
    assert status(split(1, "save_aside", "observer", (3_000, more)), "phone-1") == "lost"
