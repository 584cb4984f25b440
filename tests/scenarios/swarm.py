"""Random runs of the lab in several sizes: every fault, every setting, every kind of write on every
type of key, retries, changes of entry, the background workload.

A run is (size, seed): scripts are drawn by `random.Random(seed)`, so that a seed is a replay.
"""

import os
import random
from typing import NamedTuple

from app.errors import CommandRejected
from app.main import read_scenarios
from app.scenarios.acts import check_settings, effect_of
from app.scenarios.scenario import Scenario
from app.scenarios.simulation import Simulation
from app.scenarios.sizes import lab_name
from app.trace.commands import (
    Add,
    AnyCommand,
    Compact,
    Configure,
    ConfigureClient,
    Crash,
    CutLink,
    CutOff,
    CutOneWay,
    Delete,
    HealAll,
    HealEverything,
    HealLink,
    Increment,
    LoseOnLink,
    PauseNode,
    PlacedCommand,
    Put,
    Read,
    Remove,
    Resolve,
    Restart,
    ResumeNode,
    RunRepair,
    SetWorkload,
    SkewClock,
    SlowLink,
    SlowNode,
    WipeNode,
    WriteKind,
)

SCENARIOS = read_scenarios()
SEEDS = (
    [int(os.environ["SEED"])] if "SEED" in os.environ else range(int(os.environ.get("SEEDS", 240)))
)
SIZES = (3, 3, 3, 5, 6)
END_US = 3_000_000
QUIET_US = 5_500_000
KINDS: tuple[WriteKind, ...] = ("whole", "compare", "operation")
GROUPED = (
    *("durability", "flush_us", "apply_us", "ack_timeout_us", "on_timeout", "wait_point"),
    *("pre_vote", "step_down", "priorities", "catch_up"),
)
"""Of the leader side's settings that stand in groups: what leaves a run able to come to rest in its
time. Without a leader every setting is drawn."""


class Script(NamedTuple):
    """A run: scene, seed, settings at the start, and (moment, command) pairs in order."""

    lab: Scenario
    seed: int
    configured: tuple[Configure, ...]
    commands: tuple[tuple[int, AnyCommand], ...]


def script(seed: int) -> Script:
    """8 to 20 acts in three seconds. Every second script has no whole write but of registers, which
    know no other; two of three wipe no disk; one of four has the workload on for a while."""
    luck = random.Random(seed)
    lab = SCENARIOS[lab_name(luck.choice(SIZES))]
    configured = _start(luck, lab)
    moments = sorted(luck.randint(1, END_US) for _ in range(luck.randint(8, 20)))
    kinds = KINDS if seed % 2 else KINDS[1:]
    wipes = seed % 3 == 0
    placed = [PlacedCommand(0, one) for one in configured]
    commands: list[tuple[int, AnyCommand]] = []
    if luck.random() < 0.25:
        commands.append((0, SetWorkload(True)))
    for at in moments:
        kind = luck.random()
        command = _fault(luck, lab, wipes) if kind < 0.5 else _shop(luck, lab, kinds)
        if kind >= 0.93:
            command = _client(luck, lab)
        if luck.random() < 0.12:
            change = _change(luck, lab, "next")
            if _fits(lab, [*placed, PlacedCommand(at, change)]):
                placed.append(PlacedCommand(at, change))
                command = change
        commands.append((at, command))
    return Script(lab, seed, configured, tuple(commands))


def run(made: Script, healed: bool = True) -> Simulation:
    """The script; then everything is healed, and some quiet seconds."""
    simulation = Simulation(made.lab, made.seed, made.configured)
    simulation.start()
    for at, command in made.commands:
        simulation.do(at, [command])
    if healed:
        simulation.do(END_US + 1, [HealEverything()])
    simulation.run_until(QUIET_US)
    return simulation


def _fits(lab: Scenario, placed: list[PlacedCommand]) -> bool:
    try:
        check_settings(lab, tuple(placed))
    except CommandRejected:
        return False
    return True


def _change(luck: random.Random, lab: Scenario, when: str) -> Configure:
    """A setting and one of its choices; `when` "next": none that needs a new run."""
    found = [
        Configure(spec.name, setting.name, option.value)
        for spec in lab.clusters
        for setting in spec.settings
        if spec.name == "leaderless" or not setting.group or setting.name in GROUPED
        for option in setting.options
    ]
    if when == "next":
        found = [change for change in found if effect_of(lab, change) != "new_run"]
    return luck.choice(found)


def _start(luck: random.Random, lab: Scenario) -> tuple[Configure, ...]:
    chosen: list[Configure] = []
    if luck.random() < 0.3:
        chosen.append(Configure("leader", "failover", "none"))
    if luck.random() < 0.3:
        chosen.append(Configure("leader", "copies", str(len(lab.nodes) // 2 + 1)))
        if not _fits(lab, [PlacedCommand(0, one) for one in chosen]):
            chosen.pop()
    for _ in range(luck.randint(0, 6)):
        change = _change(luck, lab, "start")
        if _fits(lab, [PlacedCommand(0, one) for one in (*chosen, change)]):
            chosen.append(change)
    return tuple(chosen)


def _shop(luck: random.Random, lab: Scenario, kinds: tuple[WriteKind, ...]) -> AnyCommand:
    client = luck.choice(lab.clients).name
    item = luck.choice(("milk", "bread", "eggs", "tea"))
    acts: list[AnyCommand] = [
        Add(client, item, luck.choice(kinds)),
        Add(client, item, luck.choice(kinds)),
        Remove(client, item, luck.choice(kinds)),
        Increment(
            client=client, key="stock", by=luck.choice((-2, -1, 5)), write=luck.choice(kinds)
        ),
        Put(client=client, key="price", value=luck.choice(("10", "12")), write=_put(luck, kinds)),
        Delete(client, luck.choice(("cart", "price"))),
        Read(client),
        Read(client, luck.choice(("price", "stock"))),
    ]
    if "whole" in kinds:
        acts.append(Resolve(client, "both"))
    return luck.choice(acts)


def _put(luck: random.Random, kinds: tuple[WriteKind, ...]) -> WriteKind:
    return luck.choice([kind for kind in ("whole", *kinds) if kind != "operation"])


def _client(luck: random.Random, lab: Scenario) -> AnyCommand:
    """What people change on clients."""
    client = luck.choice(lab.clients).name
    changes: list[AnyCommand] = [
        ConfigureClient(client, "entry", luck.choice(lab.nodes)),
        ConfigureClient(client, "retries", luck.choice(("off", "blind", "with_id", "with_id"))),
        SetWorkload(False),
    ]
    return luck.choice(changes)


def _fault(luck: random.Random, lab: Scenario, wipes: bool) -> AnyCommand:
    node = luck.choice(lab.nodes)
    a, b = luck.sample(lab.nodes, 2)
    only = luck.choice(("", "", "", "leader", "leaderless"))
    faults: list[AnyCommand] = [
        CutLink(a, b, only=only), CutLink(a, b, only=only), CutOneWay(a, b, only=only),
        SlowLink(a, b, luck.choice((3, 30)), only=only), LoseOnLink(a, b, 60, only=only),
        HealLink(a, b, only=only), CutOff(node, only=only), HealAll(only=only),
        Crash(node, only=only), Crash(node, only=only), Restart(node, only=only),
        PauseNode(node, only=only), ResumeNode(node, only=only),
        SlowNode(node, luck.choice((0, 5, 40, 200, 1_000)), only=only),
        SlowNode(node, 40, only=only), HealEverything(only=only),
        SkewClock(node, luck.choice((-3_000, 0, 5_000)), only=only),
        Compact(node, only=only), RunRepair(node, only=only),
    ]  # fmt: skip
    if wipes:
        faults += [WipeNode(node, only=only), WipeNode(node, only=only)]
    return luck.choice(faults)
