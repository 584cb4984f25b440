"""What each way of acknowledging promises, on random scripts of the faults that it outlives; and a
run with one fault more that loses an acknowledged write, where it promises no more than that.

SEEDS=2000 for the full size; SEED=17 replays one script of each.
"""

import os
import random
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from app.scenarios.simulation import Simulation
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutLink,
    CutOff,
    HealAll,
    LosePower,
    Restart,
    WipeNode,
)
from app.trace.events import OperationReturned, TraceEvent
from tests.home import home
from tests.protocols.leader_follower.bench import logs
from tests.scenarios.random_runs import LINKS, NODES

SEEDS = (
    [int(os.environ["SEED"])] if "SEED" in os.environ else range(int(os.environ.get("SEEDS", 25)))
)
WITNESSES = range(150)
REPLAY = "replay: SEED={} python -m pytest tests/protocols/leader_follower/test_promises.py"
SLOW_DISK = {"flush_us": 15_000, "apply_us": 20_000, "hand_us": 100_000}
Fault = Callable[[random.Random], AnyCommand]


def cut(luck: random.Random) -> AnyCommand:
    return luck.choice([CutLink(*luck.choice(LINKS)), CutOff(luck.choice(NODES)), HealAll()])


def crash(luck: random.Random) -> AnyCommand:
    return luck.choice([Crash(luck.choice(NODES)), Restart(luck.choice(NODES))])


def power(luck: random.Random) -> AnyCommand:
    return luck.choice([LosePower(luck.choice(NODES)), Restart(luck.choice(NODES))])


def followers_only(luck: random.Random) -> AnyCommand:
    node = luck.choice(("n2", "n3"))
    return luck.choice([Crash(node), LosePower(node), Restart(node)])


def wipe(luck: random.Random) -> AnyCommand:
    return luck.choice([WipeNode("n1"), CutOff("n1"), HealAll()])


class Mode(NamedTuple):
    """`outlives`: these faults lose nothing; with `but_not` among them something may be lost."""

    settings: dict[str, Any]
    outlives: tuple[Fault, ...]
    but_not: Fault | None


ELECTION = {"failover": "election"}
FALLS_BACK = {"copies": 2, "ack_timeout_us": 100_000, "on_timeout": "async"}
MODES: dict[str, Mode] = {
    "off": Mode({"durability": "off"}, (cut, followers_only), crash),
    "local": Mode({"durability": "local"}, (cut, crash, power), wipe),
    "local, with failover": Mode({"durability": "local", **ELECTION}, (followers_only,), crash),
    # What a loss of power takes here, within the time of a message, is in
    # test_synchronous_standbys.py: no random script hits it.
    "remote_write to a majority": Mode(
        {"durability": "remote_write", "copies": 2, **ELECTION}, (cut, crash), None
    ),
    "remote_write to all": Mode(
        {"durability": "remote_write", "copies": 3, **ELECTION}, (cut, crash, power), None
    ),
    "a majority of disks": Mode({"copies": 2, **ELECTION}, (cut, crash, power), None),
    "a majority that has applied": Mode(
        {"copies": 2, "durability": "remote_apply", **ELECTION}, (cut, crash, power), None
    ),
    "semi-synchronous that waits": Mode(
        {"copies": 2, "standbys": "ANY 1 (n2, n3)", **ELECTION}, (cut, crash, power), None
    ),
    "semi-synchronous that falls back": Mode(FALLS_BACK, (cut, crash, power), wipe),
    "semi-synchronous that falls back, with failover": Mode({**FALLS_BACK, **ELECTION}, (), cut),
    "cancelled commits, with failover": Mode(
        {**FALLS_BACK, "on_timeout": "cancel", **ELECTION}, (), cut
    ),
    "time-outs that are no answer": Mode(
        {**FALLS_BACK, "on_timeout": "unknown", **ELECTION}, (cut, crash, power), None
    ),
    "the foremost standby": Mode(
        {"standbys": "FIRST 1 (n2, n3)", **ELECTION}, (cut, crash, power), None
    ),
}


def script(seed: int, faults: tuple[Fault, ...]) -> list[tuple[int, AnyCommand]]:
    """Up to 16 faults and writes in three seconds."""
    luck = random.Random(seed)
    commands: list[tuple[int, AnyCommand]] = []
    for _ in range(luck.randint(6, 16)):
        item = luck.choice(("milk", "bread", "eggs", "tea"))
        act: AnyCommand = Add(luck.choice(("phone", "laptop")), item)
        if faults and luck.random() < 0.5:
            act = luck.choice(faults)(luck)
        commands.append((luck.randint(1, 3_000_000), act))
    return sorted(commands, key=lambda placed: placed[0])


def run(seed: int, mode: Mode, faults: tuple[Fault, ...]) -> list[TraceEvent]:
    """The script, then everything healed and restarted, then three quiet seconds."""
    settings = {**SLOW_DISK, **mode.settings}
    start = tuple(Configure("leader", name, str(value)) for name, value in settings.items())
    simulation = Simulation(home(), seed, start)
    simulation.start()
    for at, command in script(seed, faults):
        simulation.do(at, [command])
    simulation.do(3_100_000, [HealAll(), *(Restart(node) for node in NODES)])
    simulation.run_until(6_500_000)
    return simulation.traces()["leader"]


def told_ok(trace: list[TraceEvent]) -> set[str]:
    return {
        event.op
        for event in trace
        if isinstance(event, OperationReturned) and event.outcome == "ok" and event.kind == "write"
    }


def lost(trace: list[TraceEvent]) -> set[str]:
    """Acknowledged, and in nobody's log when all is quiet."""
    ends = logs(trace)
    first, second, third = (ends.get(node, []) for node in NODES)
    assert first == second == third, "the logs do not meet"
    return told_ok(trace) - set(first)


@pytest.mark.parametrize("name", MODES)
def test_no_fault_that_a_mode_outlives_takes_an_acknowledged_write(name: str) -> None:
    mode, writes = MODES[name], 0
    for seed in SEEDS:
        trace = run(seed, mode, mode.outlives)
        assert lost(trace) == set(), f"{name}: {REPLAY.format(seed)}"
        writes += len(told_ok(trace))
    assert writes >= len(SEEDS) / 2, "the scripts write too little to prove anything"


@pytest.mark.parametrize("name", [name for name, mode in MODES.items() if mode.but_not])
def test_one_fault_more_loses_an_acknowledged_write(name: str) -> None:
    mode = MODES[name]
    assert mode.but_not is not None
    faults = (*mode.outlives, mode.but_not, mode.but_not)
    assert any(lost(run(seed, mode, faults)) for seed in WITNESSES), f"{name} loses nothing"
