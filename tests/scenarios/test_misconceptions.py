"""M1 to M40: each belief has a scene, and its run shows what the index says. Where the observation
is a number, the number is read off the engine's run here."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from app.checkers.outside.judged import judged
from app.errors import ScenarioError
from app.histories import own_lines
from app.main import read_misconceptions, read_scenarios
from app.rooms.claims import check_misconception
from app.rooms.guided import guided_run
from app.rooms.operations import history
from app.rooms.timeline import Timeline
from app.scenarios.misconceptions import Misconception, Said, Variant, load_misconceptions
from app.scenarios.scenario import ClusterSpec, Scenario
from app.scenarios.simulation import Simulation
from app.sim.latency import Constant, Exponential
from app.trace.commands import Configure, Crash, PlacedCommand, Put
from app.trace.events import OperationReturned, QuorumReached, RequestAccepted

INDEX, OWN = read_misconceptions()
SCENES = {**read_scenarios(), **OWN}


def numbered(number: int) -> Misconception:
    return INDEX[number - 1]


def scene(number: int) -> Scenario:
    return SCENES[numbered(number).scene]


def with_values(scenario: Scenario, cluster: str, **values: str | int) -> Scenario:
    def changed(spec: ClusterSpec) -> ClusterSpec:
        return replace(spec, values={**spec.values, **values}) if spec.name == cluster else spec

    return replace(scenario, clusters=tuple(map(changed, scenario.clusters)))


@pytest.mark.parametrize("one", INDEX, ids=lambda one: f"M{one.number}")
def test_the_scene_shows_it(one: Misconception) -> None:
    assert check_misconception(one, SCENES[one.scene]) == []


def test_there_is_a_scene_for_each_of_the_forty_and_none_is_idle() -> None:
    assert [one.number for one in INDEX] == list(range(1, 41))
    assert len({one.believed for one in INDEX}) == 40
    assert set(OWN) <= {one.scene for one in INDEX}
    # A scene without words of its own would show nothing to a test.
    assert all(SCENES[one.scene].captions or one.said for one in INDEX)


def test_what_a_scene_does_not_show_is_told() -> None:
    one = replace(
        numbered(25),
        said=(Said("leader", "Phone adds milk: Refused."),),
        variants=(
            replace(
                numbered(25).variants[0], never=numbered(25).variants[0].said, said=(), stale=1
            ),
        ),
    )
    assert check_misconception(one, scene(25)) == [
        "said: leader does not say “Phone adds milk: Refused.”. Did you mean Phone adds milk: OK.?",
        "A strict quorum with hints: leader has 0 stale reads at 0.870 s, not 1. Correct the "
        "count.",
        "A strict quorum with hints: leaderless has 0 stale reads at 0.870 s, not 1. Correct the "
        "count.",
        "A strict quorum with hints: leaderless says “Phone adds milk: Refused, n5 cannot reach "
        "enough nodes.”. Correct it.",
    ]


# ---- what the numbers are -----------------------------------------------------------------------


def lines(scenario: Scenario, variant: Variant | None = None) -> list[dict[str, Any]]:
    """The history of the script, or of a variant of it."""
    for command in () if variant is None else variant.commands:
        assert isinstance(command, Configure)
        scenario = with_values(scenario, command.cluster, **{command.setting: command.value})
    return [msgspec.json.decode(line) for line in history(guided_run(scenario, None, ""))]


def linearizable(scenario: Scenario, cluster: str, variant: Variant | None = None) -> bool | None:
    found = [
        (number, line)
        for number, line in enumerate(lines(scenario, variant), 1)
        if line["cluster"] == cluster
    ]
    return judged(own_lines.recorded(found).operations)[0].verdict.holds


def test_m1_and_m27_only_repair_before_the_reply_makes_it_linearizable() -> None:
    after, before = numbered(27).variants
    assert linearizable(scene(1), "leaderless") is False
    assert linearizable(scene(1), "leaderless", after) is False
    assert linearizable(scene(1), "leaderless", before) is True
    assert linearizable(scene(1), "leader") is True


def test_m7_the_register_is_linearizable_and_an_update_is_lost_all_the_same() -> None:
    assert linearizable(scene(7), "leader") is True
    assert linearizable(scene(13), "leader") is False


def waited(simulation: Simulation, cluster: str) -> Iterator[int]:
    """How long each write's coordinator waited for its answers, in µs."""
    since: dict[str, int] = {}
    for event in simulation.clusters[cluster].kernel.trace:
        if isinstance(event, RequestAccepted):
            since[event.op] = event.at
        elif isinstance(event, QuorumReached):
            yield event.at - since[event.op]


def played(scenario: Scenario, commands: list[PlacedCommand], until: int) -> Simulation:
    simulation = Simulation(scenario, scenario.seed)
    simulation.start()
    for placed in commands:
        simulation.do(placed.at, [placed.command])
    simulation.run_until(until)
    return simulation


def test_m19_the_wth_answer_and_never_the_mean() -> None:
    found = played(scene(19), list(scene(19).script), 2_000_000)
    assert list(waited(found, "leaderless")) == [5_000, 5_000, 200_000]


@pytest.mark.parametrize(("w", "mean"), [(1, 3_333), (2, 8_333), (3, 18_333)])
def test_m19_with_exponential_replicas(w: int, mean: int) -> None:
    """Round trips of mean 10 ms: the first, second and third of three. No signs of life between."""
    network = replace(
        scene(19).network,
        links={},
        nodes=Constant(1),
        kinds={"replicate": Exponential(10_000), "ack": Constant(1)},
    )
    calm = {"heartbeat_us": 200_000_000, "silence_us": 400_000_000}
    elections = {f"election_{end}_us": 400_000_000 for end in ("low", "high")}
    scenario = with_values(replace(scene(19), network=network), "leaderless", w=w, **calm)
    scenario = with_values(scenario, "leader", **calm, **elections, lease_us=300_000_000)
    puts = [
        PlacedCommand(at * 400_000, Put(client="phone", key="price", value=str(at)))
        for at in range(1, 401)
    ]
    times = sorted(waited(played(scenario, puts, 162_000_000), "leaderless"))
    assert len(times) == 400
    assert sum(times) / 400 == pytest.approx(mean, rel=0.12)
    if w == 2:  # Its median is that of a single replica: ln 2 of the mean.
        assert times[200] == pytest.approx(6_931, rel=0.12)


def test_m20_it_depends_on_what_is_compared() -> None:
    """Write times in us, eu and ap to the nearest 10 ms; within a region a message takes none."""
    run = guided_run(scene(20), None, "")
    found: dict[str, list[int]] = {"leader": [], "leaderless": []}
    for line in map(msgspec.json.decode, history(run)):
        found[line["cluster"]].append((line["returned_us"] - line["invoked_us"]) // 1_000)
    near = {name: [round(ms, -1) for ms in times] for name, times in found.items()}
    majority, async_leader = near["leader"][:3], near["leader"][3:6]
    assert [majority, async_leader] == [[80, 160, 240], [0, 80, 160]]
    assert [near["leaderless"][:3], near["leaderless"][6:]] == [[80, 80, 160], [0, 0, 0]]


def test_m23_availability_by_w() -> None:
    """Every pattern of three replicas up or down is run; each is up with a chance of 0.99."""
    scenario = replace(scene(23), entries=(), captions=())
    available = {1: 0, 2: 0, 3: 0}
    for up in product((True, False), repeat=3):
        crashes = [
            PlacedCommand(100_000, Crash(f"n{n}")) for n, runs in enumerate(up, 1) if not runs
        ]
        writes = [entry.command for entry in scene(23).entries if entry.at_us == 700_000]
        found = played(
            scenario, [*crashes, *(PlacedCommand(700_000, one) for one in writes)], 2_000_000
        )
        told = [
            event
            for event in found.clusters["leaderless"].kernel.trace
            if isinstance(event, OperationReturned)
        ]
        weight = 99 ** sum(up)
        for event in told:
            w = ("phone", "laptop", "tablet").index(event.client) + 1
            available[w] += weight * (event.outcome == "ok")
    assert [available[w] for w in (1, 2, 3)] == [999_999, 999_702, 970_299]


@pytest.mark.parametrize(
    ("nodes", "first", "second"), [(3, "ok", ""), (4, "ok", ""), (5, "ok", "ok")]
)
def test_m38_the_second_crash(nodes: int, first: str, second: str) -> None:
    """What a majority of 3, 4 and 5 nodes makes of one crash and of two."""
    majority = nodes // 2 + 1
    scenario = with_values(scene(38), "leader", copies=majority)
    scenario = with_values(scenario, "leaderless", n=nodes, w=majority, r=majority)
    scenario = replace(scenario, nodes=tuple(f"n{n}" for n in range(1, nodes + 1)))
    crash, again = Crash(f"n{nodes}"), Crash(f"n{nodes - 1}")
    steps = [[crash, scene(38).guide[0].steps[1][0]], [again, scene(38).guide[1].steps[1][0]]]
    commands = [
        PlacedCommand(at, one) for at, step in zip((10_000, 900_000), steps, strict=True)
        for one in step
    ]  # fmt: skip
    timeline = Timeline(scenario, 7, tuple(commands))
    timeline.run_until(2_000_000)
    for events in timeline.events(2_000_000).values():
        told = [event.outcome for event in events if isinstance(event, OperationReturned)]
        assert [outcome if outcome == "ok" else "" for outcome in told] == [first, second]


ENTRY = """
[[misconceptions]]
number = {number}
believed = "A hint counts as a copy."
seen = "It does not."
scene = "{scene}"

[[misconceptions.variants]]
title = "Sloppy"
commands = [{{ type = "configure", cluster = "leaderless", setting = "quorum", value = "{value}" }}]
"""


@pytest.mark.parametrize(
    ("number", "name", "value", "told"),
    [
        (2, numbered(25).scene, "strict", "2 stands in place 1. Number in turn."),
        (1, "m01-overlop", "strict", "There is no scene m01-overlop. Did you mean m01-overlap?"),
        (
            1,
            numbered(25).scene,
            "loose",
            "1, “Sloppy”: Use the value of quorum loose. There is no such value of quorum in this "
            "scene. Choose one of: strict, sloppy.",
        ),
    ],
)
def test_a_wrong_index_says_what_is_wrong(number: int, name: str, value: str, told: str) -> None:
    data = ENTRY.format(number=number, scene=name, value=value).encode()
    with pytest.raises(ScenarioError) as error:
        load_misconceptions(data, "index", SCENES)
    assert str(error.value) == f"index: {told}"
