"""Arbiters: they vote and keep a leader in office, and hold no copy of anything."""

import pytest

from app.errors import CommandRejected, InvariantViolation
from app.main import read_presets
from app.protocols.leader_follower.invariants import Invariants
from app.protocols.leader_follower.replica import Replica
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.protocols.leader_follower.write_concern import implicit_copies, majority_of
from app.trace.commands import (
    Add,
    Crash,
    CutLink,
    CutOff,
    HealAll,
    Promote,
    Read,
    Restart,
    WipeNode,
)
from app.trace.events import (
    ClusterStarted,
    CommitAdvanced,
    FailoverWithheld,
    LeaderElected,
    LeaderGaveUp,
    LogAppended,
    LogTruncated,
    MessageSent,
    NodeRejoined,
    PromotionRefused,
    QuorumReached,
    ReplyCounted,
    TraceEvent,
    VoteGranted,
)
from tests.protocols.leader_follower.outside_runs import broken, of, run, started, told

SEEDS = range(5)
PSA = {"failover": "election", "arbiters": "1", "step_down": "on"}
"""n1 and n2 hold copies, n3 is the arbiter; an OK needs two copies, a majority of the voters."""
ALONE = {**PSA, "copies": "1"}


def holds_nothing(trace: list[TraceEvent], arbiter: str = "n3") -> bool:
    return not [e for e in of(LogAppended, trace) if e.node == arbiter]


@pytest.mark.parametrize("seed", SEEDS)
def test_with_the_secondary_down_there_is_a_leader_and_no_majority_write(seed: int) -> None:
    """The surprise: n1 and the arbiter are a majority of votes, and one copy."""
    trace = run(
        seed,
        {**PSA, "ack_timeout_us": "500000", "on_timeout": "unknown", "read_concern": "majority",
         "reads": "leader_local"},
        (300, [Add("phone", "milk")]),
        (600, [Crash("n2")]),
        (1_000, [Add("phone", "tea")]),
        (2_000, [Read("phone")]),
    )  # fmt: skip
    assert told(trace, "phone-1") == ("ok", "")
    assert told(trace, "phone-2") == ("unknown", "too_few_copies"), f"seed={seed}"
    assert not of(LeaderGaveUp, trace)
    assert not of(LeaderElected, trace)
    commits = [e.at for e in of(CommitAdvanced, trace) if e.node == "n1"]
    assert max(commits) < 600_000, "the commit point stands still"
    (read,) = [e for e in trace if getattr(e, "op", "") == "phone-3" and hasattr(e, "outcome")]
    assert [value.items for value in read.values] == [("milk",)], "reads of a majority do, too"
    assert holds_nothing(trace)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_arbiter_elects_who_misses_what_one_copy_was_enough_for(seed: int) -> None:
    trace = run(
        seed,
        ALONE,
        (300, [CutOff("n2")]),
        (500, [Add("phone", "milk")]),
        (600, [Crash("n1"), HealAll()]),
        (2_000, [Restart("n1")]),
    )
    assert told(trace, "phone-1") == ("ok", "")
    assert of(LeaderElected, trace)[-1].node == "n2"
    assert {e.node for e in of(VoteGranted, trace) if e.candidate == "n2"} == {"n3"}
    (cut,) = of(LogTruncated, trace)
    assert [value.id for value in cut.dropped] == ["phone-1"]
    assert "lost_writes" in broken(trace)
    assert holds_nothing(trace)


@pytest.mark.parametrize("seed", SEEDS)
def test_with_two_copies_nothing_that_was_ok_is_lost(seed: int) -> None:
    trace = run(
        seed,
        PSA,
        (300, [Add("phone", "milk")]),
        (500, [Crash("n1")]),
        (1_800, [Add("laptop", "bread")]),
        (2_200, [Restart("n1")]),
        until=4_000,
    )
    assert told(trace, "phone-1") == ("ok", "")
    assert of(LeaderElected, trace)[-1].node == "n2"
    assert "lost_writes" not in broken(trace)
    assert all(e.of == 2 for e in of(QuorumReached, trace) if e.kind == "write")
    assert "n3" not in {e.source for e in of(ReplyCounted, trace) if e.need == 2 and e.of == 2}


def test_a_request_that_lands_at_an_arbiter_goes_to_the_leader() -> None:
    """Under every way to read: it has no copy to answer from."""
    for reads in ("leader", "leader_local", "any", "spread", "sticky", "wait_position"):
        trace = run(
            1, {**PSA, "reads": reads}, (300, [Add("laptop", "bread")]), (800, [Read("laptop")])
        )
        assert told(trace, "laptop-1") == told(trace, "laptop-2") == ("ok", ""), reads
        (read,) = [e for e in trace if getattr(e, "op", "") == "laptop-2" and hasattr(e, "values")]
        assert [value.items for value in read.values] == [("bread",)], reads
        asked = {e.target for e in of(MessageSent, trace) if e.kind == "replica_read"}
        assert "n3" not in asked


def test_it_never_leads_and_says_why() -> None:
    trace = run(1, PSA, (300, [Crash("n1"), Crash("n2")]), (400, [Promote("n3")]))
    (refused,) = of(PromotionRefused, trace)
    assert refused.reason == "n3 is an arbiter: it holds no copy and never leads"
    assert not of(LeaderElected, trace)
    assert not of(FailoverWithheld, trace)


def test_an_arbiter_with_a_new_disk_takes_no_log() -> None:
    trace = run(1, PSA, (300, [Add("phone", "milk")]), (600, [WipeNode("n3")]))
    (back,) = of(NodeRejoined, trace)
    assert (back.node, back.entries) == ("n3", 0)
    assert holds_nothing(trace)


def test_one_data_node_and_two_arbiters_commit_alone() -> None:
    trace = run(
        1, {**ALONE, "arbiters": "2"}, (300, [Add("phone", "milk")]), (600, [Read("phone")])
    )
    assert told(trace, "phone-1") == told(trace, "phone-2") == ("ok", "")
    assert [e.node for e in of(CommitAdvanced, trace)][:1] == ["n1"]
    trace = run(1, {**ALONE, "arbiters": "2"}, (300, [CutOff("n1")]), (1_500, [HealAll()]))
    assert len(of(LeaderGaveUp, trace)) == 1
    assert of(LeaderElected, trace)[-1].node == "n1"


@pytest.mark.parametrize(("arbiters", "safe"), [(0, 3), (1, 3), (2, 3), (3, 2), (4, 1)])
def test_a_write_is_safe_on_a_majority_or_on_all_that_hold_copies(arbiters: int, safe: int) -> None:
    settings = LeaderFollowerSettings(failover="election", arbiters=arbiters)
    place = Replica("n1", ("n1", "n2", "n3", "n4", "n5"), settings).place
    assert place.safe == safe == majority_of(voters=5, data_bearing=5 - arbiters)
    assert (place.of("write"), place.of("read")) == (5 - arbiters, 5)


def test_a_leader_that_reaches_the_arbiter_alone_stays() -> None:
    trace = run(1, ALONE, (300, [CutLink("n1", "n2"), CutLink("n2", "n3")]), until=2_000)
    assert not of(LeaderGaveUp, trace)
    assert not of(LeaderElected, trace)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"arbiters": 3, "failover": "election"}, "Somebody has to hold the data"),
        ({"arbiters": 1}, "without elections nobody is asked"),
        ({"arbiters": 1, "failover": "election", "replicas": 2}, "each has nodes of its own"),
        ({"arbiters": 1, "failover": "election", "copies": 3}, "2 nodes hold a copy"),
        ({"arbiters": 1, "failover": "election", "standbys": "ANY 1 (n2, n3)"}, "n3 is an arbiter"),
    ],
)  # fmt: skip
def test_arbiters_that_cannot_be_are_refused_in_a_sentence(
    values: dict[str, object], words: str
) -> None:
    settings = LeaderFollowerSettings(**values)  # type: ignore[arg-type]
    with pytest.raises(CommandRejected, match=words):
        settings.validate(3, ("n1", "n2", "n3"))


def test_the_preset_waits_for_what_such_a_set_waits_for_by_default() -> None:
    psa, full = read_presets()["mongodb-psa"].values, read_presets()["mongodb"].values
    assert psa["arbiters"] == 1
    assert psa["copies"] == implicit_copies(voters=3, data_bearing=2) == 1
    assert full["copies"] == implicit_copies(voters=3, data_bearing=3) == 2
    assert majority_of(voters=3, data_bearing=2) == 2
    assert majority_of(voters=5, data_bearing=2) == 2


def test_the_rules_know_arbiters() -> None:
    def rules() -> Invariants:
        found = Invariants("leader", ("n1", "n2", "n3"))
        start = started(1, PSA).traces()["leader"][0]
        assert isinstance(start, ClusterStarted)
        found.observe(start)
        return found

    with pytest.raises(InvariantViolation, match="n3 is an arbiter and takes an entry"):
        rules().observe(LogAppended(1, 1, None, "n3", 1, 1, "phone-1", None, "cart"))
    with pytest.raises(InvariantViolation, match="n3 is an arbiter and leads"):
        rules().observe(LeaderElected(1, 1, None, "n3", 2, 2))
    alone = rules()
    alone.observe(LogAppended(1, 1, None, "n1", 1, 1, "phone-1", None, "cart"))
    with pytest.raises(InvariantViolation, match="commits what 1 nodes have flushed"):
        alone.observe(CommitAdvanced(1, 2, None, "n1", 1, 1))
