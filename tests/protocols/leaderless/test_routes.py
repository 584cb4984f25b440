"""Who coordinates: each way's messages, time-outs and hints."""

from typing import TypeVar

import pytest
from msgspec.structs import replace

from app.errors import CommandRejected
from app.main import read_scenarios
from app.protocols.leaderless.settings import LeaderlessSettings
from app.scenarios.scenario import Scenario
from app.scenarios.simulation import Simulation
from app.scenarios.sizes import lab_name
from app.sim.latency import Constant
from app.sim.network import NetworkSpec
from app.trace.codec import encode_lines
from app.trace.commands import Add, AnyCommand, Crash, Read, Restart
from app.trace.events import (
    ClientSuspected,
    ClientTrusts,
    HintDelivered,
    HintStored,
    MessageSent,
    OperationInvoked,
    OperationReturned,
    RequestAccepted,
    TraceEvent,
    VersionsStored,
    WriteHandedOn,
)
from tests.protocols.leaderless.harness import MS

LAB = read_scenarios()[lab_name(5)]
WIRES = NetworkSpec(nodes=Constant(10 * MS), clients=Constant(10 * MS))
SECOND = 1_000 * MS
E = TypeVar("E", bound=TraceEvent)
HOMES = ("n1", "n2", "n3")
"""Of the cart; the phone enters at n1, the laptop elsewhere."""


def scene(entry: str = "n4", **values: str | int) -> Scenario:
    clusters = tuple(
        replace(spec, values={"n": 3, **values}) if spec.design == "leaderless" else spec
        for spec in LAB.clusters
    )
    clients = tuple(replace(one, entry=entry) for one in LAB.clients)
    return replace(LAB, clusters=clusters, clients=clients, network=WIRES)


def played(there: Scenario, *steps: list[AnyCommand]) -> list[TraceEvent]:
    """Each step a second after the one before."""
    simulation = Simulation(there, 1)
    simulation.start()
    for place, step in enumerate(steps, 1):
        simulation.do(place * SECOND, step)
    simulation.run_until((len(steps) + 2) * SECOND)
    return simulation.traces()["leaderless"]


def of(kind: type[E], trace: list[TraceEvent]) -> list[E]:
    return [event for event in trace if isinstance(event, kind)]


def took(trace: list[TraceEvent], op: str) -> int:
    """From the call to the answer, in ms."""
    (asked,) = [event.at for event in of(OperationInvoked, trace) if event.op == op]
    (told,) = [event.at for event in of(OperationReturned, trace) if event.op == op]
    return (told - asked) // MS


def coordinators(trace: list[TraceEvent]) -> list[str]:
    return [event.node for event in of(RequestAccepted, trace)]


MILK, READ = Add("phone", "milk"), Read("phone")


def test_the_entry_coordinates_whether_or_not_it_has_a_copy() -> None:
    trace = played(scene(), [MILK], [READ])
    assert coordinators(trace) == ["n4", "n4"]
    assert [took(trace, op) for op in ("phone-1", "phone-2")] == [40, 40]


def test_a_driver_takes_nodes_in_turn() -> None:
    trace = played(scene(coordinator="in_turn"), [MILK], [READ], [READ])
    assert coordinators(trace) == ["n4", "n5", "n1"]


def test_a_write_is_handed_on_to_a_replica_and_a_read_is_not() -> None:
    trace = played(scene(coordinator="home"), [MILK], [READ])
    (handed,) = of(WriteHandedOn, trace)
    assert (handed.node, handed.home) == ("n4", "n1")
    assert coordinators(trace) == ["n1", "n4"]
    # In: one hop and one more; among replicas there and back; out straight to the client.
    assert [took(trace, op) for op in ("phone-1", "phone-2")] == [50, 40]
    assert of(VersionsStored, trace)[0].versions[0].vector == (("n1", 1),)
    assert not of(WriteHandedOn, played(scene("n2", coordinator="home"), [MILK]))


def test_a_replica_that_says_nothing_is_passed_over() -> None:
    trace = played(scene(coordinator="home", forward_us=60 * MS), [Crash("n1"), MILK])
    assert [handed.home for handed in of(WriteHandedOn, trace)] == ["n1", "n2"]
    assert coordinators(trace) == ["n2"]
    assert took(trace, "phone-1") == 60 + 50
    assert [told.outcome for told in of(OperationReturned, trace)] == ["ok"]


def test_who_is_known_to_be_down_is_not_tried() -> None:
    trace = played(scene(coordinator="home"), [Crash("n1")], [MILK])
    assert [handed.home for handed in of(WriteHandedOn, trace)] == ["n2"]


def test_a_driver_that_knows_the_replicas_asks_one_of_them() -> None:
    trace = played(scene(coordinator="aware"), [MILK], [READ])
    assert coordinators(trace) == ["n1", "n1"]
    assert took(trace, "phone-1") == 40
    trace = played(scene("n3", coordinator="aware"), [MILK])
    assert coordinators(trace) == ["n3"]


def test_after_a_silence_it_asks_the_next_one_and_the_first_again_later() -> None:
    trace = played(scene(coordinator="aware"), [Crash("n1"), MILK], [Restart("n1")], [READ], [READ])
    (left_out,) = of(ClientSuspected, trace)
    assert (left_out.client, left_out.node) == ("phone", "n1")
    assert of(ClientTrusts, trace)
    assert [event.entry for event in of(OperationInvoked, trace)] == ["n1", "n1", "n1"]
    quick = played(scene(coordinator="aware", silence_us=2 * SECOND), [Crash("n1"), MILK], [READ])
    assert [event.entry for event in of(OperationInvoked, quick)] == ["n1", "n2"]


DATED: dict[str, str | int] = {"coordinator": "client", "conflict": "last_write"}


def test_a_client_that_coordinates_saves_two_hops() -> None:
    trace = played(scene(**DATED), [MILK], [READ])
    assert coordinators(trace) == ["phone", "phone"]
    assert [took(trace, op) for op in ("phone-1", "phone-2")] == [20, 20]
    assert [event.entry for event in of(OperationInvoked, trace)] == ["its library"] * 2
    sent = [event.target for event in of(MessageSent, trace) if event.op == "phone-1"]
    assert sent[:3] == list(HOMES)


def test_without_time_stamps_its_writes_go_to_a_replica() -> None:
    trace = played(scene(coordinator="client"), [MILK], [READ])
    assert coordinators(trace) == ["n1", "phone"]


def test_it_learns_of_a_silent_node_by_waiting_for_it_once() -> None:
    rules = {**DATED, "w": 3, "silence_us": 2 * SECOND}
    trace = played(scene(**rules), [Crash("n2"), MILK], [Add("phone", "tea")])
    told = of(OperationReturned, trace)
    assert [(event.outcome, event.reason) for event in told] == [
        ("unknown", "too_few_answers"), ("failed", "no_quorum"),
    ]  # fmt: skip
    assert took(trace, "phone-2") == 0
    assert [event.node for event in of(ClientSuspected, trace)] == ["n2"]


def test_its_hints_are_kept_by_a_node() -> None:
    rules = {**DATED, "hints": "on", "hint_keeper": "next_node"}
    trace = played(scene(**rules), [Crash("n2"), MILK], [Restart("n2")])
    (hint,) = of(HintStored, trace)
    assert (hint.node, hint.home) == ("n4", "n2")
    assert of(HintDelivered, trace)
    # All five have copies: a replica keeps it.
    trace = played(scene(**{**rules, "n": 5, "w": 3}), [Crash("n2"), MILK])
    assert [(hint.node, hint.home) for hint in of(HintStored, trace)] == [("n1", "n2")]
    with pytest.raises(CommandRejected, match="A client keeps nothing for others"):
        LeaderlessSettings(coordinator="client", hints="on").validate(5)


def test_a_stand_in_serves_a_client_that_coordinates() -> None:
    rules = {**DATED, "quorum": "sloppy", "hints": "on", "silence_us": 3 * SECOND, "w": 3}
    trace = played(scene(**rules), [Crash("n2"), MILK], [Add("phone", "tea")])
    assert [told.outcome for told in of(OperationReturned, trace)] == ["unknown", "ok"]
    assert [(hint.node, hint.counts) for hint in of(HintStored, trace)][-1] == ("n4", True)


ALONE: dict[str, str | int] = {
    "coordinator": "client", "conflict": "server_vectors", "first_write": "alone",
}  # fmt: skip


def test_the_first_replica_is_written_to_alone_and_raises_the_version() -> None:
    trace = played(scene(**ALONE), [MILK])
    sent = [event for event in of(MessageSent, trace) if event.op == "phone-1"]
    assert [event.target for event in sent[:1]] == ["n1"]
    later = [(one.target, one.at - sent[0].at) for one in sent if one.kind == "replicate"]
    assert later == [("n2", 20 * MS), ("n3", 20 * MS)]
    assert took(trace, "phone-1") == 40
    assert of(VersionsStored, trace)[0].versions[0].vector == (("n1", 1),)


def test_of_two_writes_of_one_version_the_first_replica_refuses_the_second() -> None:
    both: list[AnyCommand] = [MILK, Add("laptop", "bread")]
    trace = played(scene(**ALONE), both)
    told = {event.op: (event.outcome, event.reason) for event in of(OperationReturned, trace)}
    assert sorted(told.values()) == [("failed", "obsolete"), ("ok", "")]
    stored = {version.value.id for e in of(VersionsStored, trace) for version in e.versions}
    assert len(stored) == 1
    trace = played(scene(**{**ALONE, "first_write": "with_all", "coordinator": "home"}), both)
    assert [event.outcome for event in of(OperationReturned, trace)] == ["ok", "ok"]


def test_where_the_first_replica_is_silent_nothing_is_written() -> None:
    rules = {**ALONE, "hints": "on", "hint_keeper": "next_node"}
    trace = played(scene(**rules), [Crash("n1"), MILK])
    (told,) = of(OperationReturned, trace)
    assert told.outcome == "unknown"
    assert not of(VersionsStored, trace)
    assert not of(HintStored, trace)


@pytest.mark.parametrize("values", [{"coordinator": "home"}, {"coordinator": "aware"}, ALONE])
def test_a_run_goes_on_from_any_snapshot(values: dict[str, str | int]) -> None:
    there = scene(**values)
    whole = Simulation(there, 1)
    halves = [Simulation(there, 1) for _ in range(2)]
    whole.start(), halves[0].start(), halves[1].start()
    for one in (whole, halves[0]):
        one.do(SECOND, [MILK, Crash("n1"), Add("laptop", "bread")])
    for at in (SECOND + 5 * MS, SECOND + 25 * MS, SECOND + 250 * MS):
        halves[0].run_until(at)
        halves[1].restore(halves[0].snapshot())
        rest = halves[0].traces()["leaderless"]
        whole.run_until(3 * SECOND)
        halves[1].run_until(3 * SECOND)
        after = halves[1].traces()["leaderless"]
        assert encode_lines([*rest, *after]) == encode_lines(whole.traces()["leaderless"])
