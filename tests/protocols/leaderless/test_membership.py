"""Nodes join and leave the ring while clients write: what must hold at every moment, and after."""

from random import Random

import pytest
from msgspec.structs import replace

from app.protocols.leaderless.membership import PHASES
from app.scenarios.scenario import Region, RoundTrip
from app.trace.codec import encode_lines
from app.trace.commands import (
    AnyCommand,
    Crash,
    CutLink,
    HealAll,
    HealEverything,
    Join,
    Leave,
    LoseOnLink,
    Put,
    Read,
    Restart,
)
from app.trace.events import (
    FaultIgnored,
    OperationInvoked,
    OperationReturned,
    RangesStreamed,
    ReplyCounted,
    RequestAccepted,
    RingChanged,
    TraceEvent,
)
from tests.protocols.leaderless.harness import for_each_seed
from tests.protocols.leaderless.ring_scenes import (
    NAMES,
    homes_have_everything,
    of,
    phases,
    puts,
    replica,
    run,
    scene,
)
from tests.scenarios.sharded import SECOND


def reads_see_what_was_acknowledged(trace: list[TraceEvent]) -> int:
    """Every read that is answered tells every write that was acknowledged before it began, or one
    that began after that write's own acknowledgement (one client writes at a time). How many."""
    acked: dict[str, list[tuple[int, str]]] = {}
    begun: dict[str, OperationInvoked] = {}
    order: dict[str, int] = {}
    read = 0
    for event in trace:
        if isinstance(event, OperationInvoked):
            begun[event.op] = event
            order[event.op] = event.at
        elif isinstance(event, OperationReturned) and event.outcome == "ok":
            asked = begun[event.op]
            if asked.kind == "write":
                acked.setdefault(asked.key, []).append((event.at, event.op))
                continue
            read += 1
            for at, op in acked.get(asked.key, []):
                told = [value.id for value in event.values]
                if at < asked.at:
                    newer = [one for one in told if order[one] >= at]
                    assert op in told or newer, (event.op, told, op, at)
    return read


# ---- a change, step by step ---------------------------------------------------------------------


@pytest.mark.parametrize(("placement", "gossip"), [("partitions", "all"), ("tokens", "push_pull")])
def test_a_node_joins_and_leaves_in_steps_and_the_homes_have_everything(
    placement: str, gossip: str
) -> None:
    script = [
        *puts(range(10, 1_000, 40)),
        (1_010, [Join("n6")]),
        *puts(range(1_020, 2_500, 40)),
        (4_500, [Leave("n2")]),
        *puts(range(4_510, 6_000, 40)),
    ]
    silence = 60_000_000
    scenario = scene(placement=placement, gossip=gossip, silence_us=silence)
    simulation = run(scenario, 3, script, 9_000)
    steps = [*PHASES[1:], "rest"]
    joining, leaving = [("join", step) for step in steps], [("leave", step) for step in steps]
    assert phases(simulation) == [("", "rest"), *joining, *leaving]
    laid = [row for row in of(simulation, RingChanged) if isinstance(row, RingChanged)]
    homes = [{key: reads for key, reads, _ in row.homes} for row in laid]
    assert homes[0] == homes[1] == homes[2] != homes[3] == homes[4] == homes[5]
    both = [any(reads != writes for _, reads, writes in row.homes) for row in laid[:6]]
    assert both == [False, True, True, True, False, False]
    got = [row for row in of(simulation, RangesStreamed) if isinstance(row, RangesStreamed)]
    assert {row.node for row in got if row.at < 4_500_000} == {"n6"}
    assert {row.source for row in got if row.at > 4_500_000} == {"n2"}
    told = [row for row in of(simulation, OperationReturned) if isinstance(row, OperationReturned)]
    assert {row.outcome for row in told} == {"ok"}
    members = replica(simulation, "n1").place.ring.members()
    assert sorted(members) == ["n1", "n3", "n4", "n5", "n6"]
    homes_have_everything(simulation)


def test_while_a_range_moves_a_write_waits_for_one_answer_more_and_goes_to_one_node_more() -> None:
    script = [(10, [CutLink("n5", "n6")]), (20, [Join("n6")]), *puts(range(600, 2_000, 40))]
    simulation = run(scene(silence_us=60_000_000), 3, script, 3_000)
    assert phases(simulation) == [("", "rest"), ("join", "write_both")], "n5 has not heard of it"
    laid = of(simulation, RingChanged)[-1]
    assert isinstance(laid, RingChanged)
    extra = {key: len(writes) - len(reads) for key, reads, writes in laid.homes}
    assert set(extra.values()) == {0, 1}
    asked = {
        e.op: e.key for e in of(simulation, OperationInvoked) if isinstance(e, OperationInvoked)
    }
    for row in of(simulation, RequestAccepted):
        assert isinstance(row, RequestAccepted)
        assert (row.need, row.of) == (2 + extra[asked[row.op]], 3 + extra[asked[row.op]])


def test_a_node_is_done_with_the_first_step_when_its_older_writes_are_over() -> None:
    """A write of n1 that waits for a crashed node holds the change up until it is given up."""
    scenario = scene(r=1, w=3, silence_us=60_000_000, request_timeout_us=900_000)
    laid = replica(run(scenario, 3, [], 1), "n1").place
    key = next(key for key in NAMES if "n2" in laid.replicas_of(key))
    script: list[tuple[int, list[AnyCommand]]] = [
        (10, [CutLink("n1", "n2")]),
        (12, [Put(client="phone", key=key, value="v")]),
        (60, [HealAll(), Join("n6")]),
    ]
    simulation = run(scenario, 3, script, 3_000)
    (accepted,) = of(simulation, RequestAccepted)
    streamed = [e.at for e in of(simulation, RingChanged) if getattr(e, "phase", "") == "stream"]
    assert streamed
    assert min(streamed) > accepted.at + 900_000


def test_a_coordinator_need_not_be_a_replica() -> None:
    """A spare node takes requests and counts only others."""
    script = [*puts(range(10, 1_000, 40))]
    scenario = scene()
    scenario = replace(
        scenario, clients=tuple(replace(one, entry="n6") for one in scenario.clients)
    )
    simulation = run(scenario, 3, script, 2_000)
    counted = [row for row in of(simulation, ReplyCounted) if isinstance(row, ReplyCounted)]
    assert {row.node for row in counted} == {"n6"}
    assert "n6" not in {row.source for row in counted}
    assert not replica(simulation, "n6").state.disk.versions


def test_what_cannot_be_is_told() -> None:
    script: list[tuple[int, list[AnyCommand]]] = [
        (10, [Join("n1")]),
        (20, [Leave("n6")]),
        (30, [Join("n6"), Leave("n2")]),
    ]
    simulation = run(scene(n=5), 3, script, 40)
    rows = [row for row in of(simulation, FaultIgnored) if isinstance(row, FaultIgnored)]
    assert [row.reason for row in rows] == [
        "n1 is on the ring already",
        "n6 is not on the ring",
        "n6 joins, and one change goes on at a time",
    ]
    few = run(
        scene(5, n=4, r=3, w=3), 3, [(10, [Leave("n1")]), (20, [Crash("n5"), Join("n5")])], 40
    )
    rows = [row for row in of(few, FaultIgnored) if isinstance(row, FaultIgnored)]
    assert [row.reason for row in rows] == ["4 copies need 4 nodes", "n5 is down"]
    other = [e for e in few.traces()["leader"] if isinstance(e, FaultIgnored)]
    assert other[0].reason == "nobody here places keys on a ring"


def test_a_crash_of_either_side_holds_the_change_up_and_it_ends_after_the_restart() -> None:
    simulation = run(scene(hints="on"), 5, [*puts(range(10, 1_000, 30)), (1_010, [Join("n6")])], 0)
    while phases(simulation)[-1] != ("join", "stream"):
        simulation.run_until(simulation.now + 1_000)
    simulation.do(simulation.now, [Crash("n3"), Crash("n6")])
    simulation.do(2_000_000, [Restart("n6")])
    simulation.do(3_000_000, [Restart("n3")])
    assert phases(simulation)[-1] == ("join", "stream"), "it waits for n3"
    simulation.run_until(6_000_000)
    assert phases(simulation)[-1] == ("join", "rest")
    sources = [row.source for row in of(simulation, RangesStreamed) if row.at > 2_000_000]  # type: ignore[attr-defined]
    assert "n3" in sources
    homes_have_everything(simulation)


def test_a_change_is_the_same_after_a_snapshot_in_the_midst_of_it() -> None:
    script = [*puts(range(10, 900, 30)), (1_000, [Join("n6")]), *puts(range(1_010, 1_200, 30))]
    straight = run(scene(), 5, script, 1_250)
    kept = straight.snapshot()
    before = len(straight.traces()["leaderless"])
    straight.run_until(4 * SECOND)
    again = run(scene(), 5, [], 0)
    again.restore(kept)
    again.run_until(4 * SECOND)
    assert phases(straight)[-1] == ("join", "rest")
    rest = straight.traces()["leaderless"][before:]
    assert encode_lines(again.traces()["leaderless"]) == encode_lines(rest)


# ---- whatever happens ---------------------------------------------------------------------------


def random_script(luck: Random, nodes: int) -> list[tuple[int, list[AnyCommand]]]:
    """Reads and writes every few milliseconds, changes of the ring, and at most one fault at once
    that is taken back later."""
    script: list[tuple[int, list[AnyCommand]]] = []
    for at in range(10, 8_000, 45):
        key = luck.choice(NAMES[:4])
        asks: AnyCommand = Read("laptop", key)
        if luck.random() < 0.5:
            asks = Put(client="phone", key=key, value=f"v{at}")
        script.append((at, [asks]))
    names = [f"n{number}" for number in range(1, nodes + 1)]
    at = 300
    while at < 7_000:
        node, other = luck.sample(names, 2)
        kind = luck.randrange(5)
        if kind < 2:
            script.append((at, [Join(node) if luck.random() < 0.6 else Leave(node)]))
        elif kind == 2:
            script += [(at, [Crash(node)]), (at + luck.randrange(50, 900), [Restart(node)])]
        elif kind == 3:
            script += [(at, [CutLink(node, other)]), (at + luck.randrange(50, 900), [HealAll()])]
        else:
            script += [(at, [LoseOnLink(node, other, 40)])]
        at += luck.randrange(100, 900)
    script.append((8_100, [HealEverything()]))
    for place, key in enumerate(NAMES):
        script.append((12_000 + 100 * place, [Read("laptop", key)]))
    return sorted(script, key=lambda one: one[0])


def whatever_happens(seed: int) -> None:
    luck = Random(seed)
    nodes = luck.choice([5, 6, 8])
    scenario = scene(
        nodes,
        spares=luck.choice([1, 2]),
        placement=luck.choice(["partitions", "tokens"]),
        gossip=luck.choice(["all", "push_pull", "pull", "push"]),
        suspicion=luck.choice(["silence", "phi"]),
        silence_us=600_000,
        virtual_nodes=luck.choice([1, 4]),
        read_repair=luck.choice(["after_reply", "off"]),
        hints=luck.choice(["off", "on"]),
    )
    simulation = run(scenario, seed, random_script(luck, nodes), 20_000)
    assert reads_see_what_was_acknowledged(simulation.traces()["leaderless"])
    assert phases(simulation)[-1][1] == "rest"


def test_every_quorum_sees_what_was_acknowledged_whoever_joins_leaves_or_crashes() -> None:
    for_each_seed("test_membership.py", 6, whatever_happens)


def test_copies_are_shared_out_among_regions() -> None:
    regions = (
        Region("east", ("n1", "n2")),
        Region("west", ("n3", "n4")),
        Region("north", ("n5", "n6"), ("phone", "laptop", "tablet")),
    )
    trips = [("east", "west"), ("east", "north"), ("west", "north")]
    scenario = scene(spread="regions")
    clients = tuple(one.name for one in scenario.clients)
    regions = (*regions[:2], Region("north", ("n5", "n6"), clients))
    scenario = replace(
        scenario, regions=regions, round_trips=tuple(RoundTrip(pair, 20) for pair in trips)
    )
    simulation = run(scenario, 3, [(500, [Join("n6")])], 8_000)
    assert phases(simulation)[-1] == ("join", "rest")
    where = scenario.geography.region_of
    for row in of(simulation, RingChanged):
        assert isinstance(row, RingChanged)
        for _, reads, _ in row.homes:
            assert {where[node] for node in reads} == {"east", "west", "north"}
