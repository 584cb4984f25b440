"""A client that had no answer asks again: what it does, and what comes of it in each design."""

from typing import Any

import pytest

from app.checkers.judge import Judge
from app.protocols.client import Client
from app.protocols.client_messages import ClientReply
from app.protocols.intents import Intent
from app.scenarios.simulation import Simulation
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    ConfigureClient,
    Crash,
    CutOff,
    HealAll,
    PauseNode,
    Read,
    Remove,
    Restart,
    ResumeNode,
)
from app.trace.events import (
    LeaderElected,
    LogAppended,
    OperationRetried,
    OperationReturned,
    RequestRecognised,
    TraceEvent,
    VersionsStored,
)
from app.trace.values import Value
from app.trace.verdicts import StatusChanged
from tests.checkers.traces import judged
from tests.home import home
from tests.protocols.leaderless.harness import Recorder

SEEDS = range(6)
MS = 1_000
Traces = dict[str, list[TraceEvent]]


def run(seed: int, *placed: tuple[int, AnyCommand], configured: tuple[Any, ...] = ()) -> Traces:
    """Commands at moments in ms; then everything comes to rest."""
    simulation = Simulation(home(), seed, configured)
    simulation.start()
    for at, command in placed:
        simulation.do(at * MS, [command])
    simulation.run_until(placed[-1][0] * MS + 4_000 * MS)
    return simulation.traces()


def told(trace: list[TraceEvent], op: str) -> OperationReturned:
    return next(e for e in trace if isinstance(e, OperationReturned) and e.op == op)


def logged(trace: list[TraceEvent], node: str) -> list[str]:
    """Value ids in a node's log, in order of arrival."""
    rows = [e for e in trace if isinstance(e, LogAppended) and e.node == node]
    return [e.value.id for e in rows if e.value is not None]


def held(trace: list[TraceEvent], node: str) -> list[str]:
    rows = [e for e in trace if isinstance(e, VersionsStored) and e.node == node]
    return [version.value.id for version in rows[-1].versions]


def count(trace: list[TraceEvent], kind: type[TraceEvent]) -> int:
    return sum(isinstance(event, kind) for event in trace)


def statuses(trace: list[TraceEvent], design: str, op: str) -> list[str]:
    rows = judged(design, trace)
    return [row.status for row in rows if isinstance(row, StatusChanged) and row.op == op]


def retries(client: str, value: str) -> tuple[int, AnyCommand]:
    return 1, ConfigureClient(client, "retries", value)


SILENT_LEADER: tuple[tuple[int, AnyCommand], ...] = (
    (10, CutOff("n1")),
    (300, Add("phone", "milk")),
    (1_700, HealAll()),
)
"""n1 keeps what it is sent and cannot answer before the links are whole: three tries."""


@pytest.mark.parametrize("seed", SEEDS)
def test_blind_tries_are_entries_of_their_own_beside_a_leader(seed: int) -> None:
    trace = run(seed, retries("phone", "blind"), *SILENT_LEADER)["leader"]
    for node in ("n1", "n2", "n3"):
        assert logged(trace, node) == ["phone-1", "phone-1~1", "phone-1~2"], f"seed={seed}"
    assert told(trace, "phone-1").outcome == "ok"
    assert statuses(trace, "leader_follower", "phone-1") == ["pending", "kept"]


@pytest.mark.parametrize("seed", SEEDS)
def test_with_the_id_the_leader_applies_it_once_and_answers(seed: int) -> None:
    trace = run(seed, retries("phone", "with_id"), *SILENT_LEADER)["leader"]
    for node in ("n1", "n2", "n3"):
        assert logged(trace, node) == ["phone-1"], f"seed={seed}"
    assert told(trace, "phone-1").outcome == "ok"
    assert count(trace, RequestRecognised) == 2


@pytest.mark.parametrize("write", ["whole", "compare", "operation"])
@pytest.mark.parametrize("seed", range(5))  # in all of them somebody leads again by the retry
def test_the_next_leader_knows_the_request_as_well(seed: int, write: str) -> None:
    """n1 replicates the write and dies before it can say so; the retry meets another leader."""
    election = (Configure("leader", "failover", "election"),)
    for way, entries in (("with_id", 1), ("blind", 2)):
        steps = (
            retries("laptop", way),
            (300, Add("laptop", "milk", write)),  # type: ignore[arg-type]
            (326, Crash("n1")),
        )
        trace = run(seed, *steps, configured=election)["leader"]
        assert count(trace, LeaderElected) >= 1, f"seed={seed}"
        found = told(trace, "laptop-1")
        again = len(logged(trace, "n3")) - 1
        if write == "compare" and way == "blind":
            # The first try changed the cart, so the second is refused: the client cannot know.
            assert (found.outcome, found.reason, again) == ("unknown", "tried_before", 0)
            assert statuses(trace, "leader_follower", "laptop-1")[-1] == "stored_anyway"
            continue
        assert (found.outcome, again + 1) == ("ok", entries), f"seed={seed} {way}"
        assert statuses(trace, "leader_follower", "laptop-1")[-1] == "kept"


SILENT_COORDINATOR: tuple[tuple[int, AnyCommand], ...] = (
    (10, Add("laptop", "milk")),
    (26, Crash("n3")),
    (300, Restart("n3")),
    (1_500, Read("phone")),
)
"""n3 has stored the write and sent it on when it crashes; it answers the second try."""


@pytest.mark.parametrize("seed", SEEDS)
def test_blind_tries_are_versions_of_their_own_without_a_leader(seed: int) -> None:
    trace = run(seed, retries("laptop", "blind"), *SILENT_COORDINATOR)["leaderless"]
    assert held(trace, "n1") == ["laptop-1", "laptop-1~1"], f"seed={seed}"
    assert len(told(trace, "phone-1").values) == 2, "the same list twice, side by side"
    assert statuses(trace, "leaderless", "laptop-1")[-1] == "sibling"


@pytest.mark.parametrize("seed", SEEDS)
def test_with_the_id_the_coordinator_keeps_one_version(seed: int) -> None:
    trace = run(seed, retries("laptop", "with_id"), *SILENT_COORDINATOR)["leaderless"]
    assert held(trace, "n1") == ["laptop-1"], f"seed={seed}"
    assert told(trace, "laptop-1").outcome == "ok"
    assert [value.id for value in told(trace, "laptop-1").values] == ["laptop-1"]
    assert count(trace, RequestRecognised) == 1
    assert statuses(trace, "leaderless", "laptop-1")[-1] == "kept"


def test_a_version_that_was_replaced_is_not_recognised_and_comes_back() -> None:
    """The documented limit: without a leader nobody keeps a list of answered requests."""
    trace = run(
        3,
        retries("laptop", "with_id"),
        (10, Add("laptop", "milk")),
        (26, Crash("n3")),
        (100, Read("phone")),
        (200, Remove("phone", "milk")),
        (400, Restart("n3")),
        (500, Read("phone")),  # repairs n3: it no longer holds the first try
        (1_900, Read("phone")),
    )["leaderless"]
    assert "laptop-1~1" in held(trace, "n3")
    assert len(told(trace, "phone-4").values) == 2
    # The shopper who removed it had read one of the two values; the other is in the cart.
    assert statuses(trace, "leaderless", "laptop-1")[-1] == "sibling"


def test_what_waits_at_a_paused_node_is_three_requests() -> None:
    steps: tuple[tuple[int, AnyCommand], ...] = (
        (10, PauseNode("n3")),
        (20, Add("laptop", "milk", "operation")),
        (1_600, ResumeNode("n3")),
    )
    for way, versions in (("blind", 3), ("with_id", 1), ("off", 1)):
        trace = run(5, retries("laptop", way), *steps)["leaderless"]
        assert len(held(trace, "n1")) == versions, way
        assert count(trace, OperationRetried) == (0 if way == "off" else 2)


def test_a_late_blind_try_overwrites_what_came_meanwhile_and_the_judge_says_lost() -> None:
    """Beside a leader the second entry of an old list stands above a newer one."""
    trace = run(
        7,
        retries("laptop", "blind"),
        (10, Add("laptop", "milk")),
        (26, PauseNode("n3")),  # the forwarded write is on its way; the answer waits at n3
        (300, Read("phone")),
        (400, Add("phone", "bread")),
        (700, ResumeNode("n3")),
    )["leader"]
    assert logged(trace, "n1") == ["laptop-1", "phone-2", "laptop-1~1"]
    assert statuses(trace, "leader_follower", "phone-2")[-1] == "lost"
    assert statuses(trace, "leader_follower", "laptop-1")[-1] == "kept"


@pytest.mark.parametrize("design", ["leader_follower", "leaderless"])
def test_the_judge_remembers_the_tries(design: str) -> None:
    """Restored anywhere, it says the same of the rest."""
    steps = (*SILENT_COORDINATOR, (1_600, Remove("phone", "milk")), (2_000, Read("laptop")))
    trace = run(2, retries("laptop", "blind"), *steps)[
        "leader" if design == "leader_follower" else "leaderless"
    ]
    assert count(trace, OperationRetried) == 1
    whole = judged(design, trace)
    for cut in range(0, len(trace), 7):
        judge = Judge("test", design)
        rows = [row for event in trace[:cut] for row in judge.observe(event)]
        again = Judge.restore("test", design, judge.snapshot())
        rows += [row for event in trace[cut:] for row in again.observe(event)]
        assert rows == whole, f"cut={cut}"


# ---- the client by itself -----------------------------------------------------------------------


def asked(way: str, action: str = "add") -> tuple[Client, Recorder]:
    client, out = Client("phone", "n1", 100, way), Recorder()  # type: ignore[arg-type]
    client.on_intent(out, Intent("phone-1", action, "milk", "a", ""))
    return client, out


def answers(client: Client, out: Recorder, attempt: int, outcome: str) -> list[tuple[Any, ...]]:
    """The node answers this try; what the client has returned so far, as (outcome, reason)."""
    op = f"phone-1~{attempt}" if attempt else "phone-1"
    client.on_message(out, "n1", ClientReply(op, attempt, outcome, "no_leader", (), ()))
    return [fields[5:7] for fields in out.of(OperationReturned)]


def test_three_tries_each_with_a_name_of_its_own_then_unknown() -> None:
    client, out = asked("blind")
    for _ in range(3):
        assert out.of(OperationReturned) == []
        client.on_timer(out, "answer")
    assert [message.op for _, message in out.sent] == ["phone-1", "phone-1~1", "phone-1~2"]
    assert [fields[2] for fields in out.of(OperationRetried)] == [1, 2]
    assert [fields[5:7] for fields in out.of(OperationReturned)] == [("unknown", "no_answer")]


def test_without_retries_silence_is_unknown_at_once() -> None:
    client, out = asked("off")
    client.on_timer(out, "answer")
    assert len(out.sent) == 1
    assert [fields[5:7] for fields in out.of(OperationReturned)] == [("unknown", "no_answer")]


def test_an_answer_ends_the_tries() -> None:
    client, out = asked("blind")
    client.on_timer(out, "answer")
    assert answers(client, out, 1, "ok")[0][0] == "ok"
    assert out.timers == {}
    assert client.state.known["cart"] == (Value("phone-1~1", "a", ("milk",)),)


def test_a_late_answer_to_an_earlier_try_counts_and_a_later_one_changes_nothing() -> None:
    client, out = asked("blind")
    client.on_timer(out, "answer")
    assert answers(client, out, 0, "ok") == [("ok", "no_leader")]
    assert client.state.known["cart"][0].id == "phone-1"
    assert len(answers(client, out, 1, "failed")) == 1


def test_a_refused_retry_leaves_the_outcome_open_but_all_refused_is_a_no() -> None:
    client, out = asked("blind")
    client.on_timer(out, "answer")
    assert answers(client, out, 1, "failed") == [("unknown", "tried_before")]
    client, out = asked("blind")
    client.on_timer(out, "answer")
    assert answers(client, out, 0, "failed") == [], "the second try is still under way"
    assert answers(client, out, 1, "failed") == [("failed", "no_leader")]


def test_a_refused_retry_of_a_read_is_a_no() -> None:
    client, out = asked("blind", "read")
    client.on_timer(out, "answer")
    assert answers(client, out, 1, "failed") == [("failed", "no_leader")]


def test_a_change_of_entry_or_retries_holds_from_the_next_operation_on() -> None:
    client, out = asked("blind")
    client.state.entry, client.state.retries = "n3", "off"
    client.on_timer(out, "answer")
    assert [target for target, _ in out.sent] == ["n1", "n1"]
    answers(client, out, 0, "ok")
    client.on_intent(out, Intent("phone-2", "read", "", "", ""))
    client.on_timer(out, "answer")
    assert [target for target, _ in out.sent] == ["n1", "n1", "n3"]
