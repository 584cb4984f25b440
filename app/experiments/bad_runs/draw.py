"""What may go on in a run that is searched: drawn from a seed and a number, the same each time.

A try has an engine seed of its own, which decides every delay, a few requests of the scene's
shoppers, and a few faults that begin and mostly end. Requests like to come close after something
else, for most races are won or lost by a few ms.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from app.scenarios.scenario import Scenario
from app.sim.luck import draw
from app.trace.commands import (
    Add,
    AnyCommand,
    ConfigureClient,
    Crash,
    CutLink,
    CutOff,
    CutOneWay,
    HealAll,
    HealEverything,
    HealLink,
    Increment,
    LosePower,
    PauseNode,
    PlacedCommand,
    Put,
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

T = TypeVar("T")
ITEMS = ("milk", "bread", "eggs", "tea", "rice", "salt", "figs", "corn")
WINDOW_US = 3_000_000
SOON_US = 60_000
GRACE_US = 1_000_000
MOST_SEED = 1 << 40
DELAYS = ("slow_link", "slow_node")
USUAL = (*DELAYS, "cut_link", "one_way", "cut_off", "split", "crash", "pause")
FAULTS: dict[str, tuple[str, ...]] = {
    "delays": DELAYS,
    "usual": USUAL,
    "all": (*USUAL, "clock", "power", "wipe"),
}
FAULT_WORDS: dict[str, str] = {
    "delays": "slow links and nodes",
    "usual": "cuts, crashes and pauses as well",
    "all": "lost disks and wrong clocks as well",
}
"""Which faults are drawn, by the name of the choice, and how the choice is said."""


class Space(Struct, frozen=True):
    """What is searched: runs of `scenario` that start with the settings `given`, of the cluster of
    this name. `window_us`: requests and faults come in so long a time."""

    scenario: Scenario
    cluster: str
    given: tuple[AnyCommand, ...] = ()
    faults: str = "usual"
    seed: int = 0
    window_us: int = WINDOW_US

    @property
    def alone(self) -> Scenario:
        """The scenario with this cluster only: what happens in one leaves the other as it is."""
        spec = self.scenario.cluster(self.cluster)
        assert spec is not None, "checked before"
        return replace(self.scenario, clusters=(spec,))

    @property
    def until(self) -> int:
        """When the last request of a try has been answered, or given up."""
        return self.window_us + 2 * GRACE_US + self.scenario.client_timeout_us


class Try(Struct, frozen=True):
    """One run: the engine's seed, and the commands in the order of time, without the given ones."""

    seed: int
    commands: tuple[PlacedCommand, ...]


class Dice:
    """Whole numbers, one after another, by a seed and the number of the try."""

    def __init__(self, seed: int, number: int) -> None:
        self.seed = seed
        self.name = f"try {number}"
        self.count = 0

    def between(self, low: int, high: int) -> int:
        """Both included."""
        self.count += 1
        return draw(self.seed, self.name, str(self.count), low, high)

    def one_of(self, things: tuple[T, ...]) -> T:
        return things[self.between(0, len(things) - 1)]

    def in_a_hundred(self, chance: int) -> bool:
        return self.between(1, 100) <= chance


def drawn(space: Space, number: int) -> Try:
    """The try of this number."""
    dice = Dice(space.seed, number)
    placed: list[PlacedCommand] = []
    for _ in range(dice.between(0 if space.faults == "delays" else 1, 3)):
        placed += _fault(space, dice)
    placed += _requests(space, dice, sorted({one.at for one in placed}))
    if dice.in_a_hundred(70):
        placed.append(PlacedCommand(space.window_us, HealEverything()))
        for client in space.scenario.clients:
            key = dice.one_of(tuple(space.scenario.types))
            at = space.window_us + dice.between(1, GRACE_US)
            placed.append(PlacedCommand(at, Read(client.name, key)))
    placed.sort(key=lambda one: one.at)
    return Try(dice.between(0, MOST_SEED), tuple(placed))


# ---- requests -----------------------------------------------------------------------------------


def _requests(space: Space, dice: Dice, moments: list[int]) -> Iterator[PlacedCommand]:
    """`moments`: when faults begin and end."""
    kind: WriteKind = "operation" if dice.in_a_hundred(30) else "whole"
    at, last = 0, max(1, space.window_us - 1)
    items = ITEMS[: dice.between(1, 3)] if dice.in_a_hundred(70) else ITEMS
    for count in range(dice.between(2, 20)):
        if count and dice.in_a_hundred(50):
            at += dice.between(1, SOON_US)
        elif moments and dice.in_a_hundred(40):
            at = dice.one_of(tuple(moments)) + dice.between(1, 5 * SOON_US)
        else:
            at = dice.between(1, last)
        yield PlacedCommand(min(at, last), _request(space.scenario, dice, count, kind, items))


def _request(
    scenario: Scenario, dice: Dice, count: int, write: WriteKind, items: tuple[str, ...]
) -> AnyCommand:
    client = dice.one_of(scenario.clients).name
    key, kind = dice.one_of(tuple(scenario.types.items()))
    if dice.in_a_hundred(8) and len(scenario.nodes) > 1:
        return ConfigureClient(client, "entry", dice.one_of(scenario.nodes))
    if dice.in_a_hundred(45):
        return Read(client, key)
    if kind == "register":
        return Put(client=client, key=key, value=str(count + 1))
    if kind == "counter":
        return Increment(client=client, key=key, by=dice.one_of((1, -1, -1)), write=write)
    if dice.in_a_hundred(30):
        return Remove(client, dice.one_of(items), write, key)
    if dice.in_a_hundred(20):
        return Resolve(client, "both", key)
    return Add(client, items[count % len(items)], write, key)


# ---- faults -------------------------------------------------------------------------------------


def _fault(space: Space, dice: Dice) -> Iterator[PlacedCommand]:
    """One fault, and mostly its end."""
    begin, end = FAULT_KINDS[dice.one_of(FAULTS[space.faults])](space.scenario.nodes, dice)
    at = dice.between(1, max(1, space.window_us * 6 // 10))
    for command in begin:
        yield PlacedCommand(at, command)
    if end and dice.in_a_hundred(70):
        over = at + dice.between(space.window_us // 100, space.window_us)
        if over < space.window_us:
            for command in end:
                yield PlacedCommand(over, command)


Fault = tuple[list[AnyCommand], list[AnyCommand]]
Nodes = tuple[str, ...]


def _two(nodes: Nodes, dice: Dice) -> tuple[str, str]:
    """Two different nodes; of one node alone, the same twice."""
    first = dice.between(0, len(nodes) - 1)
    second = (first + dice.between(1, max(1, len(nodes) - 1))) % len(nodes)
    return nodes[first], nodes[second]


def _on_a_link(make: Callable[[str, str, Dice], AnyCommand]) -> Callable[[Nodes, Dice], Fault]:
    def fault(nodes: Nodes, dice: Dice) -> Fault:
        a, b = _two(nodes, dice)
        if a == b:
            return [], []
        return [make(a, b, dice)], [HealLink(a, b)]

    return fault


def _on_a_node(
    make: Callable[[str, Dice], AnyCommand], end: Callable[[str], AnyCommand] | None
) -> Callable[[Nodes, Dice], Fault]:
    def fault(nodes: Nodes, dice: Dice) -> Fault:
        node = dice.one_of(nodes)
        return [make(node, dice)], [end(node)] if end else []

    return fault


def _split(nodes: Nodes, dice: Dice) -> Fault:
    """Two sides that hear nothing of each other."""
    here = tuple(node for node in nodes if dice.in_a_hundred(50))
    there = tuple(node for node in nodes if node not in here)
    return [CutLink(a, b) for a in here for b in there], [HealAll()]


FAULT_KINDS: dict[str, Callable[[Nodes, Dice], Fault]] = {
    "slow_link": _on_a_link(lambda a, b, dice: SlowLink(a, b, dice.between(3, 100))),
    "slow_node": _on_a_node(
        lambda node, dice: SlowNode(node=node, milliseconds=dice.between(20, 1_000)),
        lambda node: SlowNode(node=node, milliseconds=0),
    ),
    "cut_link": _on_a_link(lambda a, b, _: CutLink(a, b)),
    "one_way": _on_a_link(lambda a, b, _: CutOneWay(a, b)),
    "cut_off": _on_a_node(lambda node, _: CutOff(node), lambda _: HealAll()),
    "split": _split,
    "crash": _on_a_node(lambda node, _: Crash(node), Restart),
    "pause": _on_a_node(lambda node, _: PauseNode(node), ResumeNode),
    "clock": _on_a_node(
        lambda node, dice: SkewClock(node=node, milliseconds=dice.between(-10_000, 10_000)), None
    ),
    "power": _on_a_node(lambda node, _: LosePower(node), Restart),
    "wipe": _on_a_node(lambda node, _: WipeNode(node), None),
}
