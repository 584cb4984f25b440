"""Where the copies of a key lie: all keys on the same nodes, or each on the next ones in turn."""

import pytest

from app.errors import InvariantViolation
from app.protocols.leaderless.invariants import Invariants
from app.protocols.leaderless.placement import Place
from app.protocols.leaderless.settings import LeaderlessSettings
from app.scenarios.simulation import Simulation
from app.trace.commands import Add, Crash, Put
from app.trace.events import (
    OperationReturned,
    QuorumOutOfReach,
    ReplyCounted,
    RequestAccepted,
    VersionsStored,
)
from tests.scenarios.sharded import KEYS, SECOND, sharded

NODES = ("n1", "n2", "n3", "n4", "n5", "n6")
NAMES = tuple(key.name for key in KEYS)
IN_TURN: dict[str, str | int] = {"n": 3, "placement": "in_turn"}


def test_keys_take_the_nodes_in_turn_and_stand_ins_come_after_the_replicas() -> None:
    place = Place("n1", NODES, LeaderlessSettings(placement="in_turn"), NAMES)
    assert place.replicas_of("cart") == ("n1", "n2", "n3")
    assert place.replicas_of("price") == ("n4", "n5", "n6")
    assert place.replicas_of("stock") == ("n1", "n2", "n3")
    assert place.stand_ins_of("price") == ("n1", "n2", "n3")
    five = Place("n1", NODES[:5], LeaderlessSettings(placement="in_turn"), NAMES)
    assert five.replicas_of("price") == ("n4", "n5", "n1")
    head = Place("n1", NODES, LeaderlessSettings(), NAMES)
    assert {head.replicas_of(name) for name in NAMES} == {("n1", "n2", "n3")}


def run(*commands: object) -> Simulation:
    simulation = Simulation(sharded(6, {}, IN_TURN), 7)
    simulation.start()
    for place, command in enumerate(commands):
        simulation.do(1 + place * SECOND, [command])  # type: ignore[list-item]
    simulation.run_until((1 + len(commands)) * SECOND)
    return simulation


def test_a_write_is_stored_by_the_nodes_of_its_key_alone() -> None:
    trace = run(Add("phone", "milk"), Put(client="phone", key="price", value="12")).traces()
    held: dict[str, set[str]] = {}
    for event in trace["leaderless"]:
        if isinstance(event, VersionsStored):
            held.setdefault(event.key, set()).add(event.node)
    assert held == {"cart": {"n1", "n2", "n3"}, "price": {"n4", "n5", "n6"}}


def test_crashes_among_the_nodes_of_one_key_are_nothing_to_another() -> None:
    write = Put(client="phone", key="price", value="12")
    trace = run(Crash("n4"), Crash("n5"), Add("phone", "milk"), write).traces()["leaderless"]
    told = {e.op: e for e in trace if isinstance(e, OperationReturned)}
    assert told["phone-1"].outcome == "ok"
    assert (told["phone-2"].outcome, told["phone-2"].reason) == ("failed", "no_quorum")
    assert [e.alive for e in trace if isinstance(e, QuorumOutOfReach) and e.node == "n1"] == [1]


def test_an_answer_of_a_node_that_has_no_copy_of_the_key_is_no_answer() -> None:
    simulation = run(Put(client="phone", key="price", value="12"))
    events = simulation.traces()["leaderless"]
    rules = Invariants("leaderless", NODES)
    for event in events:
        if isinstance(event, ReplyCounted):
            with pytest.raises(InvariantViolation, match="holds no copy"):
                rules.observe(ReplyCounted(0, 0, None, "n1", event.op, "n2", 1, 2, 3))
            return
        rules.observe(event)
        if isinstance(event, RequestAccepted):
            assert event.of == 3
    raise AssertionError("nothing was counted")
