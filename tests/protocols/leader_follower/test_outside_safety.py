"""An observer with fencing, and the lock: never two leaders in force, and all meet again, on random
fault scripts.

Crashes, pauses, cuts, cuts of one way, loss, second copies, slow links, wrong clocks, promotions by
hand, the loss of one disk; faults of the watcher, the lock service and their links among them. In
force is who answers a client's write with OK. SEEDS=2000 for the full size; SEED=17 replays one
script.
"""

import os
import random
from itertools import pairwise

import pytest
from msgspec.structs import replace

from app.scenarios.simulation import Simulation
from app.trace.codec import encode_lines
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutLink,
    CutOff,
    CutOneWay,
    HealAll,
    HealEverything,
    HealLink,
    LoseOnLink,
    PauseNode,
    Promote,
    Restart,
    ResumeNode,
    SkewClock,
    SlowLink,
    WipeNode,
)
from app.trace.events import (
    LeaderElected,
    LeaderPromoted,
    LogAppended,
    LogDiverged,
    LogTruncated,
    NodeWiped,
    OperationReturned,
    RequestAccepted,
    TraceEvent,
)
from tests.home import home
from tests.protocols.leader_follower.outside_runs import broken
from tests.scenarios.random_runs import NODES

SEEDS = (
    [int(os.environ["SEED"])] if "SEED" in os.environ else range(int(os.environ.get("SEEDS", 120)))
)
REPLAY = "replay: SEED={} python -m pytest tests/protocols/leader_follower/test_outside_safety.py"
HEALED_US = 3_100_000
BOUND_US = 4_000_000
ITEMS = ("milk", "bread", "eggs", "tea", "rice", "salt", "figs", "oats")
TAILS = ("roll_back", "save_aside", "keep", "resend")
KINDS: tuple[dict[str, str], ...] = (
    {"failover": "observer", "fencing": "on", "agreement": "off", "anti_flap_us": "0"},
    {"failover": "observer", "fencing": "on", "anti_flap_us": "600000", "catch_up": "on"},
    {"failover": "observer", "fencing": "on", "candidate": "preferred", "priorities": "1-1-2",
     "anti_flap_us": "0"},
    {"failover": "lease"},
    {"failover": "lease", "failsafe": "on"},
    {"failover": "lease", "fencing": "on", "max_lag": "1"},
)  # fmt: skip


def settings_of(seed: int) -> dict[str, str]:
    """Every kind with every tail in turn; one copy is enough for an OK in most."""
    kind, tail = KINDS[seed % len(KINDS)], TAILS[seed // len(KINDS) % len(TAILS)]
    routing = ("forward", "direct", "proxy")[seed % 3]
    return {**kind, "tail": tail, "copies": "2" if seed % 5 == 0 else "1", "routing": routing}


def script(seed: int) -> list[tuple[int, AnyCommand]]:
    """Up to 18 faults and writes in three seconds; at most one disk is lost."""
    luck = random.Random(seed)
    beside = "watcher" if settings_of(seed)["failover"] == "observer" else "lock"
    everywhere = (*NODES, beside)
    links = [(a, b) for a in everywhere for b in everywhere if a < b]
    commands: list[tuple[int, AnyCommand]] = []
    for _ in range(luck.randint(5, 18)):
        node, place, link = luck.choice(NODES), luck.choice(everywhere), luck.choice(links)
        client, item = luck.choice(("phone", "laptop")), luck.choice(ITEMS)
        commands.append(
            (
                luck.randint(1, 3_000_000),
                luck.choice(
                    [
                        Add(client, item), Add(client, item), Add(client, item),
                        CutLink(*link), CutLink(*link), HealLink(*link), CutOff(place), HealAll(),
                        CutOneWay(*link), CutOneWay(*reversed(link)),
                        SlowLink(*link, luck.choice((3, 20))), LoseOnLink(*link, 40),
                        Crash(place), Restart(place), PauseNode(place), ResumeNode(place),
                        ResumeNode(place), SkewClock(node, luck.choice((-5_000, 5_000))),
                        Promote(node),
                    ]
                ),
            )
        )  # fmt: skip
    if luck.random() < 0.3:
        commands.append((luck.randint(1, 3_000_000), WipeNode(luck.choice(NODES))))
    return sorted(commands, key=lambda entry: entry[0])


def begin(seed: int) -> Simulation:
    start = tuple(Configure("leader", name, value) for name, value in settings_of(seed).items())
    twice = 333_333 if seed % 4 == 1 else 0
    whole = home()
    scene = replace(whole, network=replace(whole.network, duplicate_ppm=twice))
    simulation = Simulation(scene, seed, start)
    simulation.start()
    return simulation


def go_on(simulation: Simulation, seed: int, after: int = 0) -> None:
    for at, command in script(seed):
        if at > after:
            simulation.do(at, [command])
    simulation.do(HEALED_US, [HealEverything()])
    simulation.run_until(HEALED_US + BOUND_US)
    simulation.do(HEALED_US + BOUND_US, [Add("laptop", "cake")])
    simulation.run_until(HEALED_US + BOUND_US + 2_000_000)


def run(seed: int) -> list[TraceEvent]:
    simulation = begin(seed)
    go_on(simulation, seed)
    return simulation.traces()["leader"]


def in_force(trace: list[TraceEvent]) -> list[tuple[int, int, str]]:
    """(when, term, node) of each write that was taken on by whoever led then."""
    term_of = {"n1": 1}
    found = []
    for event in trace:
        if isinstance(event, LeaderElected | LeaderPromoted):
            term_of[event.node] = event.term
        elif isinstance(event, RequestAccepted) and event.kind == "write":
            found.append((event.at, term_of[event.node], event.node))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_never_two_leaders_in_force_and_all_meet_again(seed: int) -> None:
    trace = run(seed)
    replay = REPLAY.format(seed)
    assert "two_leaders" not in broken(trace), replay
    taken = in_force(trace)
    assert all(a[1] <= b[1] for a, b in pairwise(taken)), f"an old leader takes a write; {replay}"
    apart: set[str] = set()
    logs: dict[str, list[tuple[int, str]]] = {node: [] for node in NODES}
    for event in trace:
        match event:
            case LogAppended(_, _, _, node, position, term, op):
                del logs[node][position - 1 :]
                logs[node].append((term, op))
            case LogTruncated(_, _, _, node, position):
                del logs[node][position - 1 :]
            case LogDiverged(_, _, _, node):
                apart.add(node)
            case NodeWiped(_, _, _, node):
                logs[node] = []
                apart.discard(node)
    equal = {tuple(log) for node, log in logs.items() if node not in apart}
    assert len(equal) == 1, f"{ {node: len(log) for node, log in logs.items()} }; {replay}"
    if not apart:
        last = [e for e in trace if isinstance(e, OperationReturned) and e.client == "laptop"][-1]
        assert (last.item, last.outcome) == ("cake", "ok"), replay


@pytest.mark.parametrize("seed", list(SEEDS)[:12])
def test_the_same_run_gives_the_same_bytes_also_from_a_snapshot(seed: int) -> None:
    """Observer, lock service and proxy are in the snapshot with all that they know."""
    whole = encode_lines(run(seed))
    assert encode_lines(run(seed)) == whole
    first = begin(seed)
    middle = 1_400_000
    for at, command in script(seed):
        if at <= middle:
            first.do(at, [command])
    first.run_until(middle)
    kept, data = encode_lines(first.traces()["leader"]), first.snapshot()
    second = begin(seed)
    second.restore(data)
    go_on(second, seed, after=middle)
    assert kept + encode_lines(second.traces()["leader"]) == whole
