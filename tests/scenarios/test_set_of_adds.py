"""Clients that add to one set by reading, changing and writing it back (Jepsen's set test, small).

Published of the large one: with the last write staying, most acknowledged adds are missing although
nothing failed; with versions kept side by side and put together, or a set that merges, none.
"""

from random import Random

import pytest

from app.trace.commands import Add, CutOff, HealAll, Read, Resolve
from app.trace.events import OperationReturned
from app.trace.values import items_of
from tests.scenarios.conflicts import Story, world

CLIENTS = ("phone", "tablet", "laptop")


def missing(seed: int, side: str, cut: bool = False, write: str = "whole", **values: str) -> int:
    """How many acknowledged adds nobody is shown once all have met."""
    luck = Random(seed)
    story = Story(world(**values), seed)
    adding = story.simulation
    for number in range(24):
        client = luck.choice(CLIENTS)
        story.at += luck.randrange(10_000, 60_000)
        item = f"i{number}"
        adding.do(story.at, [Read(client), Add(client, item, write)])  # type: ignore[arg-type]
        if cut and number in (8, 16):
            adding.do(story.at, [CutOff("n3") if number == 8 else HealAll()])
    story.rest(3).then(Read("tablet")).then(Resolve("tablet", "both")).then(Read("phone")).rest()
    added = {
        event.item
        for event in story.trace(side)
        if isinstance(event, OperationReturned) and (event.action, event.outcome) == ("add", "ok")
    }
    assert len(added) > 8
    reads = [
        event
        for event in story.trace(side)
        if isinstance(event, OperationReturned) and event.kind == "read" and event.client == "phone"
    ]
    return len(added - set(items_of(reads[-1].values)))


@pytest.mark.parametrize("seed", range(3))
def test_the_last_write_loses_acknowledged_adds_without_any_fault(seed: int) -> None:
    assert missing(seed, "leaderless", conflict="last_write") > 0
    assert missing(seed, "leader") > 0, "whole lists beside a leader, too"


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_sets_that_are_put_together_lose_none(seed: int, cut: bool) -> None:
    assert missing(seed, "leaderless", cut) == 0, "whole lists side by side, put together"
    assert missing(seed, "leaderless", cut, conflict="object_vectors") == 0
    assert missing(seed, "leaderless", cut, cart="or_set", conflict="last_write") == 0
    assert missing(seed, "leaderless", cut, cart="cells", conflict="last_write") == 0
    assert missing(seed, "leader", cut, "compare") == 0, "compare-and-set refuses instead"
