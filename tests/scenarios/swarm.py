"""Random runs of the lab in several sizes: every fault, every setting, every kind of write.

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
    PlacedCommand,
    Read,
    Remove,
    Resolve,
    Restart,
    ResumeNode,
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


class Script(NamedTuple):
    """A run: scene, seed, settings at the start, and (moment, command) pairs in order."""

    lab: Scenario
    seed: int
    configured: tuple[Configure, ...]
    commands: tuple[tuple[int, AnyCommand], ...]


def script(seed: int) -> Script:
    """8 to 20 acts in three seconds. Every second script has no whole-list write, and two of
    three wipe no disk."""
    luck = random.Random(seed)
    lab = SCENARIOS[lab_name(luck.choice(SIZES))]
    configured = _start(luck, lab)
    moments = sorted(luck.randint(1, END_US) for _ in range(luck.randint(8, 20)))
    kinds = KINDS if seed % 2 else KINDS[1:]
    wipes = seed % 3 == 0
    placed = [PlacedCommand(0, one) for one in configured]
    commands: list[tuple[int, AnyCommand]] = []
    for at in moments:
        command = _fault(luck, lab, wipes) if luck.random() < 0.5 else _shop(luck, lab, kinds)
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
        for option in setting.options
    ]
    if when == "next":
        found = [change for change in found if effect_of(lab, change) != "new_run"]
    return luck.choice(found)


def _start(luck: random.Random, lab: Scenario) -> tuple[Configure, ...]:
    chosen: list[Configure] = []
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
        Read(client),
    ]
    acts.append(Remove(client, item, luck.choice(kinds)))
    if "whole" in kinds:
        acts.append(Resolve(client, "both"))
    return luck.choice(acts)


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
    ]  # fmt: skip
    if wipes:
        faults += [WipeNode(node, only=only), WipeNode(node, only=only)]
    return luck.choice(faults)
