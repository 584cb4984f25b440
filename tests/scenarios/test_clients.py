"""Clients in a run: regions and their latency, a new entry node, the background workload."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from app.errors import CommandRejected, ScenarioError
from app.rooms.timeline import Timeline
from app.scenarios.acts import check_command
from app.scenarios.read import load_scenario
from app.scenarios.scenario import KeySpec, Region, RoundTrip, Scenario, Workload
from app.scenarios.simulation import Simulation
from app.scenarios.workload import first_after, moment
from app.scenarios.write import to_toml
from app.trace.codec import encode_lines
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    ConfigureClient,
    Crash,
    CutOff,
    HealAll,
    PlacedCommand,
    Read,
    SetWorkload,
)
from app.trace.events import (
    ClientChanged,
    ClusterStarted,
    FaultIgnored,
    IntentQueued,
    IntentSkipped,
    MessageSent,
    OperationInvoked,
    TraceEvent,
    WorkloadChanged,
)
from app.trace.ids import is_background
from app.trace.ranks import DETAIL, NOISE, STORY, rank
from app.trace.sentences import sentence
from tests.home import home
from tests.scenarios.random_runs import SCENARIO, Script, scripts

ROOT = Path(__file__).parent.parent.parent
SECOND = 1_000_000
LOAD = Workload(clients=4, per_second=40, reads_percent=50)
REGIONS = (Region("eu", ("n1", "n2"), ("phone",)), Region("us", ("n3",), ("laptop",)))


def far() -> Scenario:
    return replace(home(), regions=REGIONS, round_trips=(RoundTrip(("eu", "us"), 80),))


def loaded(on: bool = True) -> Scenario:
    return replace(home(), workload=replace(LOAD, on=on))


def run(scenario: Scenario, *placed: tuple[int, AnyCommand], until: int = SECOND) -> Simulation:
    simulation = Simulation(scenario, 7)
    simulation.start()
    for at, command in placed:
        simulation.do(at, [command])
    simulation.run_until(until)
    return simulation


def delays(trace: list[TraceEvent], *ends: str) -> set[int]:
    sent = [e for e in trace if isinstance(e, MessageSent) and {e.source, e.target} == set(ends)]
    return {event.arrives_at - event.at for event in sent}


def said(trace: list[TraceEvent], kind: type[TraceEvent]) -> list[str]:
    return [sentence("leaderless", event) for event in trace if isinstance(event, kind)]


# ---- regions ------------------------------------------------------------------------------------


def test_between_regions_a_message_takes_half_the_round_trip_and_within_one_as_ever() -> None:
    traces = run(far(), (100_000, Add("phone", "milk")), (200_000, Add("laptop", "tea"))).traces()
    for trace in traces.values():
        assert delays(trace, "n1", "n3") == {40_000}
        assert delays(trace, "n2", "n3") <= {40_000}
        assert all(8_000 <= delay <= 12_000 for delay in delays(trace, "n1", "n2"))
        assert all(8_000 <= delay <= 12_000 for delay in delays(trace, "laptop", "n3"))
        start = trace[0]
        assert isinstance(start, ClusterStarted)
        assert dict(start.regions)["laptop"] == "us"


def test_a_client_that_moves_is_far_from_its_entry_from_then_on() -> None:
    move = ConfigureClient("phone", "region", "us")
    steps = ((100_000, Read("phone")), (400_000, move), (500_000, Read("phone")))
    simulation = run(far(), *steps)
    for trace in simulation.traces().values():
        assert said(trace, ClientChanged) == ["Phone is in us now."]
        sent = [e for e in trace if isinstance(e, MessageSent) and "phone" in (e.source, e.target)]
        assert {e.arrives_at - e.at for e in sent if e.at > 400_000} == {40_000}
        assert all(e.arrives_at - e.at < 13_000 for e in sent if e.at < 400_000)
    again = Simulation(far(), 7)
    again.restore(simulation.snapshot())
    again.do(1_100_000, [Read("phone")])
    again.run_until(1_200_000)
    assert delays(again.traces()["leader"], "phone", "n1") == {40_000}


def test_who_stands_beside_the_nodes_is_in_a_region_and_sees_its_side() -> None:
    """In us the watcher is as far from eu as everybody there; by itself it is where n1 is."""
    watched = (Configure("leader", "failover", "observer"),)
    for us, region, near in ((replace(REGIONS[1], beside=("watcher",)), "us", "n3"),
                             (REGIONS[1], "eu", "n1")):  # fmt: skip
        scenario = replace(far(), regions=(REGIONS[0], us))
        simulation = Simulation(scenario, 7, watched)
        simulation.start()
        simulation.run_until(SECOND)
        traces = simulation.traces()
        (far_node,) = {"n1", "n3"} - {near}
        assert delays(traces["leader"], "watcher", far_node) == {40_000}
        assert all(8_000 <= one <= 12_000 for one in delays(traces["leader"], "watcher", near))
        for name, there in (("leader", {"watcher": region}), ("leaderless", {})):
            start = traces[name][0]
            assert isinstance(start, ClusterStarted)
            shoppers = ("n1", "n2", "n3", "phone", "laptop")
            assert {n: r for n, r in start.regions if n not in shoppers} == there


def test_single_ways_go_before_regions() -> None:
    scenario = far()
    network = replace(scenario.network, links={"n1>n3": scenario.network.nodes})
    trace = run(replace(scenario, network=network)).traces()["leaderless"]
    assert {e.arrives_at - e.at for e in trace if getattr(e, "source", "") == "n3"} == {40_000}
    assert len(delays(trace, "n1", "n3")) > 2


# ---- entry node ---------------------------------------------------------------------------------


def test_a_new_entry_node_is_asked_next_time_and_is_said_in_one_sentence() -> None:
    change = ConfigureClient("phone", "entry", "n3")
    steps = ((1, Add("phone", "milk")), (2, change), (300_000, Add("phone", "tea")), (4, change))
    for trace in run(home(), *sorted(steps, key=lambda step: step[0])).traces().values():
        asked = [e.entry for e in trace if isinstance(e, OperationInvoked)]
        assert asked == ["n1", "n3"]
        assert said(trace, ClientChanged) == ["Phone now enters at n3."]
        assert said(trace, FaultIgnored) == ["Nothing changes here: phone has entry n3 already."]


@pytest.mark.parametrize(
    ("command", "reason", "remedy"),
    [
        (ConfigureClient("phone", "entry", "n9"), "no such value of entry", "n1, n2, n3"),
        (ConfigureClient("phone", "retries", "often"), "no such value", "off, blind, with_id"),
        (
            ConfigureClient("phone", "region", "eu"),
            "no such setting of a shopper",
            "entry, retries",
        ),
        (ConfigureClient("b1", "entry", "n1"), "no such shopper", "phone, laptop"),
        (SetWorkload(True), "no background workload", "the lab"),
    ],
)
def test_what_there_is_not_is_refused_in_a_sentence(
    command: AnyCommand, reason: str, remedy: str
) -> None:
    with pytest.raises(CommandRejected) as rejected:
        check_command(home(), command)
    assert reason in rejected.value.reason
    assert remedy in rejected.value.remedy


# ---- the background workload --------------------------------------------------------------------


def asked_for(trace: list[TraceEvent]) -> list[tuple[int, str]]:
    """When which background operation was wanted: asked, queued or skipped."""
    wants = [
        (event.at, event.op)
        for event in trace
        if isinstance(event, OperationInvoked | IntentQueued | IntentSkipped)
        and is_background(event.op)
    ]
    first: dict[str, int] = {}
    for at, op in wants:
        first.setdefault(op, at)
    return [(at, op) for op, at in first.items()]


def test_the_workload_is_the_same_in_both_clusters_and_whatever_happens() -> None:
    calm = run(loaded(), until=2 * SECOND).traces()
    faults = ((300_000, Crash("n1")), (700_000, CutOff("n3")), (900_000, Add("phone", "milk")))
    storm = run(loaded(), *faults, until=2 * SECOND).traces()
    wanted = asked_for(calm["leader"])
    assert len(wanted) == 80
    assert len({at // 25_000 for at, _ in wanted}) > 70, "spread over the time"
    for trace in (calm["leaderless"], storm["leader"], storm["leaderless"]):
        assert asked_for(trace) == wanted


def test_kinds_clients_and_entries_are_those_of_the_scenario() -> None:
    trace = run(loaded(), until=10 * SECOND).traces()["leaderless"]
    work = [e for e in trace if isinstance(e, OperationInvoked)]
    assert 0.4 < sum(e.kind == "read" for e in work) / len(work) < 0.6
    assert {(e.client, e.entry) for e in work} == {
        ("b1", "n1"), ("b2", "n2"), ("b3", "n3"), ("b4", "n1"),
    }  # fmt: skip


def test_switched_on_and_off_it_keeps_its_moments() -> None:
    whole = asked_for(run(loaded(), until=2 * SECOND).traces()["leader"])
    steps = ((500_000, SetWorkload(True)), (1_500_000, SetWorkload(False)))
    trace = run(loaded(on=False), *steps, until=2 * SECOND).traces()["leader"]
    assert asked_for(trace) == [(at, op) for at, op in whole if 500_000 < at <= 1_500_000]
    assert said(trace, WorkloadChanged) == [
        "4 background clients begin, 40 a second.",
        "The background clients stop.",
    ]
    twice = run(loaded(), (500_000, SetWorkload(True)), until=2 * SECOND).traces()["leader"]
    assert asked_for(twice) == whole
    assert said(twice, FaultIgnored) == ["Nothing changes here: the workload is on already."]


@given(seed=st.integers(0, 2**32), index=st.integers(0, 10**6), rate=st.integers(1, 100))
def test_the_moments_rise_and_the_first_after_any_is_found(
    seed: int, index: int, rate: int
) -> None:
    load = replace(LOAD, per_second=rate)
    at, following = moment(load, seed, index), moment(load, seed, index + 1)
    assert 0 < at < following
    assert first_after(load, seed, at) == index + 1
    assert first_after(load, seed, at - 1) == index


def test_it_is_no_story_but_shoppers_are() -> None:
    trace = run(loaded(), (500_000, Add("phone", "milk"))).traces()["leaderless"]
    background = [e for e in trace if is_background(getattr(e, "op", ""))]
    assert {rank(event) for event in background} == {NOISE, DETAIL}
    assert {rank(e) for e in background if isinstance(e, MessageSent)} == {NOISE}
    assert any(rank(e) >= STORY for e in trace if getattr(e, "op", "") == "phone-1")


def test_next_goes_from_story_to_story_past_the_workload() -> None:
    timeline = Timeline(loaded(), 7, ())
    assert timeline.run_to_story(0, 2 * SECOND) is None
    timeline.do(2 * SECOND, [Read("phone")])
    assert timeline.run_to_answers(9 * SECOND) < 3 * SECOND


# ---- same run, same bytes -----------------------------------------------------------------------

ways = st.sampled_from(("off", "blind", "with_id"))
shoppers = st.sampled_from(("phone", "laptop"))
changes: st.SearchStrategy[AnyCommand] = st.one_of(
    st.builds(SetWorkload, st.booleans()),
    st.builds(ConfigureClient, shoppers, st.just("retries"), ways),
    st.builds(ConfigureClient, shoppers, st.just("entry"), st.sampled_from(("n1", "n2", "n3"))),
    st.builds(ConfigureClient, shoppers, st.just("region"), st.sampled_from(("eu", "us"))),
)


def crowded(script: Script) -> Simulation:
    scenario = replace(
        SCENARIO,
        regions=REGIONS,
        round_trips=(RoundTrip(("eu", "us"), 80),),
        workload=replace(LOAD, on=True),
    )
    simulation = Simulation(scenario, script.seed, script.configured)
    simulation.start()
    return simulation


def play(simulation: Simulation, script: Script, after: int, until: int) -> dict[str, bytes]:
    for at, command in script.commands:
        if after < at <= until:
            simulation.do(at, [command])
    simulation.run_until(until)
    return {name: encode_lines(trace) for name, trace in simulation.traces().items()}


@st.composite
def busy_scripts(draw: st.DrawFn) -> Script:
    """Random faults and shopping, with clients that change, over a workload."""
    script = draw(scripts(most=6))
    moments = draw(st.lists(st.integers(1, 1_500_000), min_size=1, max_size=6))
    more = tuple((at, draw(changes)) for at in moments)
    commands = sorted((*script.commands, *more), key=lambda placed: placed[0])
    return script._replace(commands=tuple(commands))


@given(script=busy_scripts(), cut=st.integers(0, 2_000_000))
@settings(max_examples=int(os.environ.get("SEEDS", "25")))
def test_any_run_keeps_the_invariants_and_goes_on_from_a_snapshot(script: Script, cut: int) -> None:
    whole = play(crowded(script), script, 0, 2_000_000)
    first = crowded(script)
    before = play(first, script, 0, cut)
    again = crowded(script)
    again.restore(first.snapshot())
    after = play(again, script, cut, 2_000_000)
    for name, data in whole.items():
        assert before[name] + after[name] == data, script.replay()


def test_a_fork_of_a_timeline_has_the_same_rows() -> None:
    commands = (
        PlacedCommand(0, SetWorkload(True)),
        PlacedCommand(100_000, ConfigureClient("phone", "retries", "blind")),
        PlacedCommand(300_000, CutOff("n1")),
        PlacedCommand(400_000, Add("phone", "milk")),
        PlacedCommand(1_200_000, HealAll()),
    )
    timeline = Timeline(loaded(on=False), 7, commands)
    timeline.run_until(3 * SECOND)
    for at in (350_000, 1_100_000, 2_000_001):
        fork = timeline.fork(at)
        for placed in commands:
            if placed.at > at:
                fork.do(placed.at, [placed.command])
        fork.run_until(3 * SECOND)
        for name, track in timeline.tracks.items():
            assert fork.tracks[name] == track, f"at={at}"


PRINT = """
import hashlib
from app.trace.codec import encode_lines
from app.trace.commands import Add, ConfigureClient, CutOff
from tests.scenarios.test_clients import loaded, run
blind = ConfigureClient("phone", "retries", "blind")
steps = (1, blind), (9, CutOff("n1")), (99, Add("phone", "tea"))
for trace in run(loaded(), *steps, until=2_000_000).traces().values():
    print(hashlib.sha256(encode_lines(trace)).hexdigest())
"""


def test_the_same_bytes_under_other_hash_seeds() -> None:
    def printed(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", PRINT]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert printed("0") == printed("42") != ""


# ---- the file -----------------------------------------------------------------------------------


def faulty(**changes: Any) -> str:
    """What is said of the home scene with these things in it."""
    with pytest.raises(ScenarioError) as error:
        load_scenario(to_toml(replace(home(), **changes)).encode(), "x.toml")
    return str(error.value)


EU, US = REGIONS
TRIP = RoundTrip(("eu", "us"), 80)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"regions": (EU, replace(US, name="eu"))},
            "regions[1].name: The region eu is there twice.",
        ),
        ({"regions": (EU, replace(US, nodes=("n4",)))}, "no node “n4”. Choose one of: n1, n2, n3."),
        ({"regions": (EU, replace(US, nodes=("n3", "n1")))}, "n1 is in eu already. Leave it out"),
        (
            {"regions": (EU, replace(US, beside=("watchman",)))},
            "There is no process beside the nodes “watchman”. Did you mean watcher?",
        ),
        (
            {"regions": (replace(EU, beside=("lock",)), replace(US, beside=("lock",)))},
            "lock is in eu already. Leave it out of one of them.",
        ),
        ({"regions": (EU,)}, "regions: n3 is in none of them. Give n3 to one region."),
        ({"regions": REGIONS}, "None is given between eu and us. Give between"),
        ({"regions": REGIONS, "round_trips": (TRIP, TRIP)}, "eu–us is there twice."),
        ({"regions": REGIONS, "round_trips": (RoundTrip(("eu", "uk"), 9),)}, "no region “uk”."),
        (
            {"regions": REGIONS, "round_trips": (RoundTrip(("eu", "eu"), 9),)},
            "Within eu the delays",
        ),
        ({"round_trips": (TRIP,)}, "There is no region “eu”. Leave it out: there is none."),
        ({"workload": Workload(13, 40)}, "13 is out of range. Give a whole number from 1 to 12."),
        ({"workload": Workload(2, 101)}, "Give a whole number from 1 to 100."),
    ],
)
def test_every_fault_of_regions_and_workload_is_a_sentence(
    changes: dict[str, Any], words: str
) -> None:
    assert words in faulty(**changes)


def test_unknown_fields_and_wrong_kinds_are_told_with_the_nearest() -> None:
    text = to_toml(loaded())
    for right, wrong, words in (
        ("per_second", "per_secnd", "per_secnd is not a field here. Did you mean per_second?"),
        ("on = true", "on = 1", "workload.on: It is 1. Give true or false."),
        ('retries = "off"', 'retries = "blnd"', "Did you mean blind?"),
        ("reads_percent = 50", "reads_percent = 101", "Give a whole number from 0 to 100."),
    ):
        with pytest.raises(ScenarioError, match=r"x\.toml:\d+: ") as error:
            load_scenario(text.replace(right, wrong).encode(), "x.toml")
        assert words in str(error.value)


def test_background_clients_have_keys_of_their_own() -> None:
    simulation = run(loaded(), until=2 * SECOND)
    keys = {f"load-{number}" for number in range(1, 5)}
    for trace in simulation.traces().values():
        assert {e.key for e in trace if isinstance(e, OperationInvoked)} == keys
        start = trace[0]
        assert isinstance(start, ClusterStarted)
        assert keys < {name for name, _ in start.keys}
    taken = (KeySpec("cart", "cart"), KeySpec("load-2", "register"))
    assert "load-2 is a key of the background clients" in faulty(workload=LOAD, keys=taken)


def test_a_client_may_not_be_called_like_a_background_one() -> None:
    first, second = home().clients
    changes = {"clients": (replace(first, name="b2"), second), "guide": (), "doors": ()}
    assert "b2 is the name of a background client" in faulty(workload=LOAD, **changes)
    scenario = replace(home(), **{**changes, "workload": replace(LOAD, clients=1)})
    assert load_scenario(to_toml(scenario).encode(), "x.toml") == scenario
