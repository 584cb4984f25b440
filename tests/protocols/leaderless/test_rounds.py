"""The rules of a round, one by one; `test_rounds_random.py` lets all of them meet faults."""

import pytest

from app.errors import InvariantViolation
from app.protocols.client_messages import Change, ClientRead, ClientReply, ClientWrite
from app.protocols.leaderless.ballots import Acceptor
from app.protocols.leaderless.invariants import Invariants
from app.protocols.leaderless.replica import Replica
from app.protocols.leaderless.round_ends import AGAIN
from app.protocols.leaderless.round_messages import (
    Accepted,
    Commit,
    Committed,
    Look,
    Looked,
    Prepare,
    Promise,
    Propose,
)
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.latency import Constant
from app.sim.network import NetworkSpec
from app.trace.events import (
    BallotLost,
    BallotOpened,
    BallotPromised,
    HintStored,
    MessageSent,
    ProposalAccepted,
    ProposalDecided,
    ProposalFound,
    RequestRecognised,
    TraceEvent,
    VersionsStored,
)
from app.trace.values import Value
from app.versions.dotted import DottedVersion, new_version
from app.versions.version_vector import EMPTY
from tests.protocols.leaderless.harness import MS, Recorder, World

NODES = ("n1", "n2", "n3")
CLIENTS = {"ann": "n1", "bob": "n2", "cy": "n3"}
ROUNDS = LeaderlessSettings(compare="rounds", counter="agreed", conflict="last_write")
WIRES = NetworkSpec(nodes=Constant(10 * MS), clients=Constant(10 * MS))
NEW = Value("ann-1", "a", ("new",))
NONE = (0, "")


def world(rules: LeaderlessSettings = ROUNDS) -> World:
    return World(1, NODES, CLIENTS, rules, WIRES)


def put(there: World, client: str, value: str) -> str:
    return there.ask(client, "put", value, write="compare", key="register")


def shown(there: World, client: str) -> tuple[str, ...]:
    told = there.done(client, "read", level="serial", key="register")
    assert told.outcome == "ok"
    return tuple(item for value in told.values for item in value.items)


def crash(there: World, *nodes: str) -> None:
    there.kernel.cause = None
    for node in nodes:
        there.kernel.crash(node)


# ---- the four phases -----------------------------------------------------------------------------


def test_a_write_takes_four_round_trips_and_a_read_three() -> None:
    there = world()
    before = there.kernel.now
    told = there.done("ann", "put", "new", write="compare", key="register")
    assert (told.outcome, told.at - before) == ("ok", (2 + 4 * 2) * 10 * MS)
    before = there.kernel.now
    assert there.done("bob", "read", level="serial", key="register").at - before == 80 * MS
    sent = [e for e in there.of(MessageSent) if e.op == "ann-1" and e.source == "n1"]
    assert [event.kind for event in sent if event.target == "n3"] == [
        "prepare", "read_request", "propose", "commit",
    ]  # fmt: skip


def test_of_two_at_once_one_is_told_that_it_has_changed() -> None:
    """A quorum is not consensus: two who read and write through quorums both hear OK."""
    for write, outcomes in (("whole", ["ok", "ok"]), ("compare", ["failed", "ok"])):
        there = World(3, NODES, CLIENTS, ROUNDS, WIRES)
        ops = [
            there.ask(client, "put", client, write=write, key="register")
            for client in ("ann", "bob")
        ]
        there.run(2_000 * MS)
        told = {event.op: event for event in there.kernel.trace if hasattr(event, "outcome")}
        assert sorted(told[op].outcome for op in ops) == outcomes, write


# ---- a replica -----------------------------------------------------------------------------------


def replica(node: str = "n1", rules: LeaderlessSettings = ROUNDS) -> tuple[Replica, Recorder]:
    return Replica(node, (*NODES, "n4"), rules), Recorder()


def test_a_promise_is_kept_also_after_a_crash() -> None:
    one, out = replica()
    one.on_message(out, "n2", Prepare("a", 1, (50, "n2")))
    one.on_crash()
    one.on_message(out, "n3", Prepare("b", 1, (40, "n3")))
    one.on_message(out, "n3", Propose("b", 3, (40, "n3"), (), "cart"))
    given, refused = [message for _, message in out.sent_of(Promise)]
    assert (given.given, refused.given, refused.promised) == (True, False, (50, "n2"))
    assert [message.taken for _, message in out.sent_of(Accepted)] == [False]
    one.on_message(out, "n2", Propose("a", 3, (50, "n2"), (), "cart"))
    assert out.sent_of(Accepted)[-1][1].taken


def test_of_equal_moments_the_name_of_the_disk_decides() -> None:
    one, out = replica()
    one.on_message(out, "n2", Prepare("a", 1, (50, "n2")))
    one.on_message(out, "n3", Prepare("b", 1, (50, "n3")))
    one.on_message(out, "n2", Prepare("c", 1, (50, "n2")))
    assert [message.given for _, message in out.sent_of(Promise)] == [True, True, False]


# ---- a coordinator, answer by answer -------------------------------------------------------------


class Led:
    """n1 leads a round of ann's; the test answers for n2 and n3."""

    def __init__(
        self, expected: tuple[str, ...] = (), read: bool = False, node: str = "n1"
    ) -> None:
        self.one, self.out = replica(node)
        change = Change("compare", "put", "new", expected)
        request: ClientRead | ClientWrite = ClientWrite("ann-1", 0, NEW, (), change, "register")
        if read:
            request = ClientRead("ann-1", 0, "register", level="serial")
        self.one.on_message(self.out, "ann", request)

    @property
    def ballot(self) -> tuple[int, str]:
        return self.out.sent_of(Prepare)[-1][1].ballot

    def promise(self, source: str, given: bool = True, promised: int = 0, **more: object) -> None:
        asked = self.out.sent_of(Prepare)[-1][1]
        empty = {"accepted": NONE, "proposal": (), "committed": NONE, "decided": ()}
        told = Promise(
            "ann-1",
            asked.attempt,
            asked.ballot,
            given,
            (promised, source),
            **(empty | more),  # type: ignore[arg-type]
        )
        self.one.on_message(self.out, source, told)

    def look(self, source: str) -> None:
        asked = self.out.sent_of(Look)[-1][1]
        self.one.on_message(self.out, source, Looked("ann-1", asked.attempt, ()))

    def accept(self, source: str, taken: bool = True, promised: int = 0) -> None:
        asked = self.out.sent_of(Propose)[-1][1]
        told = Accepted("ann-1", asked.attempt, asked.ballot, taken, (promised, source))
        self.one.on_message(self.out, source, told)

    def told(self) -> list[tuple[str, str]]:
        return [(reply.outcome, reply.reason) for _, reply in self.out.sent_of(ClientReply)]


def test_nothing_is_committed_before_a_majority_has_accepted() -> None:
    led = Led()
    led.promise("n2")
    led.look("n2")
    assert led.out.of(ProposalAccepted)
    assert not led.out.sent_of(Commit)
    assert not led.out.of(VersionsStored)
    led.accept("n2")
    assert {target for target, _ in led.out.sent_of(Commit)} == {"n2", "n3"}


def test_one_refusal_and_a_ballot_above_the_one_met_is_opened() -> None:
    led = Led()
    led.promise("n2", False, 9_000_000)
    assert len(led.out.of(BallotLost)) == 1
    led.promise("n3")
    assert not led.out.sent_of(Look), "an answer to a ballot that is lost"
    led.one.on_timer(led.out, "ann-1" + AGAIN)
    assert led.ballot == (9_000_001, "n1")


def test_a_proposal_that_some_have_taken_is_not_made_again() -> None:
    """n1 has taken its own: whoever asks it next may finish that one."""
    led = Led()
    led.promise("n2")
    led.look("n2")
    led.accept("n2", False, 9_000_000)
    assert not led.told()
    led.accept("n3", False, 9_000_000)
    assert led.told() == [("unknown", "overtaken")]
    led.one.on_timer(led.out, "ann-1" + AGAIN)
    assert len(led.out.of(BallotOpened)) == 1


def test_a_round_that_only_looked_is_held_again() -> None:
    led = Led(read=True)
    led.promise("n2")
    led.look("n2")
    led.accept("n2", False, 9_000_000)
    led.accept("n3", False, 9_000_000)
    assert not led.told()
    led.one.on_timer(led.out, "ann-1" + AGAIN)
    assert led.ballot[0] == 9_000_001


def test_acknowledgements_of_an_earlier_phase_do_not_count() -> None:
    led = Led()
    led.promise("n2")
    led.look("n2")
    led.accept("n2")
    led.look("n3")
    led.promise("n3")
    assert not led.told(), "n1 alone has stored it"


def other(moment: int) -> DottedVersion:
    return new_version(Value(f"bob-{moment}", "b", ("other",)), "n2", moment, EMPTY, moment)


def prepared(**told: object) -> list[str]:
    """What n1, which has taken a proposal under 3, proposes after n2's promise; nothing: it looks
    first."""
    led = Led()
    led.one.state.disk.rounds["register"] = Acceptor((3, "n3"), (3, "n3"), (other(3),))
    led.one.on_timer(led.out, "ann-1" + AGAIN)
    led.promise("n2", **told)  # type: ignore[arg-type]
    return [value.stored.value.id for _, m in led.out.sent_of(Propose)[:1] for value in m.proposal]


def test_of_what_was_left_unfinished_the_highest_ballot_counts_above_what_is_decided() -> None:
    assert prepared() == ["bob-3"]
    assert prepared(accepted=(5, "n2"), proposal=(other(5),)) == ["bob-5"]
    assert prepared(accepted=(2, "n2"), proposal=(other(2),)) == ["bob-3"]
    assert prepared(accepted=(5, "n2")) == [], "a round that looked came later"
    assert prepared(committed=(5, "n2"), decided=(other(5),)) == []
    assert prepared(committed=(1, "n2"), decided=(other(1),)) == ["bob-3"]


def test_what_was_decided_last_is_known_from_the_promise_before_it_is_stored() -> None:
    """n4 has no copy; n1 told it of the commit, which n2 and n3 have not got yet."""
    led = Led(expected=("bob-5",), node="n4")
    led.promise("n1", committed=(5, "n2"), decided=(other(5),))
    led.promise("n2")
    assert [target for target, _ in led.out.sent_of(Commit)] == ["n2"]
    led.look("n2")
    led.look("n3")
    assert led.out.sent_of(Propose)[0][1].carries() == ("ann-1",)


def test_acknowledgements_of_what_was_finished_first_do_not_count() -> None:
    led = Led(expected=("bob-5",))
    led.promise("n2", accepted=(5, "n2"), proposal=(other(5),))
    led.accept("n2")
    first = led.out.sent_of(Commit)[-1][1].attempt
    led.one.on_message(led.out, "n2", Committed("ann-1", first))
    led.promise("n2")
    led.look("n2")
    led.accept("n2")
    led.one.on_message(led.out, "n3", Committed("ann-1", first))
    assert led.told() == [], "n3 acknowledged bob's value"
    last = led.out.sent_of(Commit)[-1][1].attempt
    led.one.on_message(led.out, "n3", Committed("ann-1", last))
    assert led.told() == [("ok", "")]


def test_only_the_region_decides_at_local_serial() -> None:
    regions = {"n1": "west", "n2": "west", "n3": "east"}
    one = Replica("n1", NODES, ROUNDS, regions=regions)
    out = Recorder()
    one.on_message(out, "ann", ClientRead("ann-1", 0, "register", level="local_serial"))
    assert [target for target, _ in out.sent_of(Prepare)] == ["n2"]
    one.on_message(out, "ann", ClientRead("ann-2", 0, "register", level="serial"))
    assert [target for target, _ in out.sent_of(Prepare)] == ["n2", "n2", "n3"]


# ---- what a coordinator leaves behind ------------------------------------------------------------


def left_behind(accepted_by_n2: bool) -> World:
    """ann's coordinator has taken its own proposal and crashes; n2 has taken it, or has not."""
    there = world()
    op = put(there, "ann", "new")
    there.run(49 * MS)
    there.kernel.cause = None
    there.kernel.cut_link("n1", "n3")
    if not accepted_by_n2:
        there.kernel.cut_link("n1", "n2")
    there.run(12 * MS)
    crash(there, "n1")
    there.run(1_000 * MS)
    assert [e.outcome for e in there.kernel.trace if getattr(e, "outcome", "") and e.op == op] == [  # type: ignore[attr-defined]
        "unknown"
    ]
    there.kernel.cause = None
    there.kernel.heal_all()
    return there


def test_an_unfinished_round_is_finished_by_the_next_one() -> None:
    there = left_behind(accepted_by_n2=True)
    assert not there.of(VersionsStored)
    assert shown(there, "cy") == ("new",)
    (found,) = there.of(ProposalFound)
    assert found.node == "n3"
    assert {event.node for event in there.of(VersionsStored)} == {"n2", "n3"}


def test_what_a_serial_read_did_not_show_never_happens() -> None:
    """n1 has the only copy of the proposal; the read had a majority without it."""
    there = left_behind(accepted_by_n2=False)
    assert shown(there, "cy") == ()
    there.kernel.cause = None
    there.kernel.restart("n1")
    there.run(500 * MS)
    for client in ("ann", "cy", "bob"):
        assert shown(there, client) == ()
    assert not there.of(ProposalFound)


def test_a_refused_compare_settles_it_as_well() -> None:
    there = left_behind(accepted_by_n2=False)
    there.clients["cy"].state.known["register"] = (Value("x", "x", ("x",)),)
    told = there.done("cy", "put", "other", write="compare", key="register")
    assert (told.outcome, told.reason) == ("failed", "changed")
    there.kernel.cause = None
    there.kernel.restart("n1")
    there.run(500 * MS)
    assert shown(there, "ann") == ()


def test_who_missed_a_commit_is_told_with_the_next_promise() -> None:
    there = world()
    there.kernel.cause = None
    there.kernel.cut_link("n1", "n3")
    assert there.done("ann", "put", "new", write="compare", key="register").outcome == "ok"
    there.kernel.cause = None
    there.kernel.heal_all()
    there.kernel.cut_link("n1", "n2")
    assert shown(there, "bob") == ("new",)
    there.run(100 * MS)
    assert {event.node for event in there.of(VersionsStored)} == set(NODES)


def test_without_a_majority_it_is_refused_before_anything_is_sent() -> None:
    there = world()
    crash(there, "n2", "n3")
    there.run(500 * MS)
    told = there.done("ann", "put", "new", write="compare", key="register")
    assert (told.outcome, told.reason) == ("failed", "no_quorum")
    assert not there.of(BallotOpened)


def test_a_silent_majority_leaves_it_unknown() -> None:
    there = world()
    crash(there, "n2", "n3")
    told = there.done("ann", "put", "new", write="compare", key="register")
    assert (told.outcome, told.reason) == ("unknown", "too_few_answers")


def test_a_replica_that_is_down_gets_the_commit_as_a_hint() -> None:
    there = world(LeaderlessSettings(compare="rounds", conflict="last_write", hints="on"))
    crash(there, "n3")
    there.run(500 * MS)
    assert there.done("ann", "put", "new", write="compare", key="register").outcome == "ok"
    (hint,) = there.of(HintStored)
    assert (hint.node, hint.home) == ("n1", "n3")


# ---- clocks, retries, counters -------------------------------------------------------------------


def test_a_later_decision_is_the_last_write_whatever_the_clocks_say() -> None:
    there = world()
    there.kernel.cause = None
    there.kernel.skew_clock("n1", 5_000 * MS)
    assert there.done("ann", "put", "first", write="compare", key="register").outcome == "ok"
    assert shown(there, "bob") == ("first",)
    assert there.done("bob", "put", "second", write="compare", key="register").outcome == "ok"
    there.run(200 * MS)
    for client in CLIENTS:
        assert shown(there, client) == ("second",)


def test_a_retry_knows_what_the_first_try_has_done() -> None:
    there = world()
    there.clients["ann"].state.retries = "with_id"
    there.clients["ann"].timeout_us = 95 * MS  # the answer takes 100
    told = there.done("ann", "put", "new", write="compare", key="register")
    assert told.outcome == "ok"
    there.run(500 * MS)
    stored = [version for event in there.of(VersionsStored) for version in event.versions]
    assert {version.value.id for version in stored} == {"ann-1"}
    assert len(there.of(RequestRecognised)) == 1


def test_the_last_seat_is_sold_once() -> None:
    there = world()
    assert there.done("cy", "increment", "1", write="operation", key="counter").outcome == "ok"
    ops = [
        there.ask(client, "increment", "-1", write="operation", key="counter")
        for client in ("ann", "bob")
    ]
    there.run(1_000 * MS)
    told = {e.op: (e.outcome, e.reason) for e in there.kernel.trace if getattr(e, "outcome", "")}  # type: ignore[attr-defined]
    assert sorted(told[op] for op in ops) == [("failed", "none_left"), ("ok", "")]
    read = there.done("cy", "read", level="serial", key="counter")
    assert [value.items for value in read.values] == [("0",)]


def test_where_rounds_are_not_held_nobody_compares() -> None:
    there = world(LeaderlessSettings())
    told = there.done("ann", "put", "new", write="compare", key="register")
    assert (told.outcome, told.reason) == ("failed", "no_compare")
    assert there.done("ann", "read", level="serial", key="register").reason == "no_compare"


# ---- invariants ----------------------------------------------------------------------------------


def accepted(node: str, ballot: int, value: str) -> TraceEvent:
    return ProposalAccepted(0, 0, None, node, "a", ballot, "n1", Value(value, "a", ()))


def decided(ballot: int) -> TraceEvent:
    return ProposalDecided(0, 0, None, "n1", "a", ballot, "n1", Value("v", "a", ()))


BROKEN: tuple[tuple[str, tuple[TraceEvent, ...]], ...] = (
    (
        "breaks its promise",
        (BallotPromised(0, 0, None, "n2", "a", 7, "n1"), accepted("n2", 6, "v")),
    ),
    ("breaks its promise", (BallotPromised(0, 0, None, "n2", "a", 7, "n1"),) * 2),
    ("two proposals", (accepted("n1", 7, "v"), accepted("n2", 7, "w"))),
    ("twice", (BallotOpened(0, 0, None, "n1", "a", 7, "n1", NODES),) * 2),
    (
        "takes v for decided",
        (BallotOpened(0, 0, None, "n1", "a", 7, "n1", NODES), accepted("n1", 7, "v"), decided(7)),
    ),
)


@pytest.mark.parametrize(("rule", "rows"), BROKEN)
def test_traces_that_break_a_rule_are_noticed(rule: str, rows: tuple[TraceEvent, ...]) -> None:
    watching = Invariants("leaderless", NODES)
    for row in rows[:-1]:
        watching.observe(row)
    with pytest.raises(InvariantViolation, match=rule):
        watching.observe(rows[-1])
