"""A fault that finds nothing to change is told, on the side where it is so, in its own words."""

import pytest

from app.scenarios.simulation import Simulation
from app.trace.commands import (
    AnyCommand,
    Compact,
    Crash,
    CutLink,
    CutOff,
    CutOneWay,
    Fault,
    HealAll,
    HealEverything,
    HealLink,
    Join,
    Leave,
    LoseOnLink,
    LosePower,
    PauseNode,
    Promote,
    Restart,
    ResumeNode,
    RunRepair,
    SkewClock,
    SlowLink,
    SlowNode,
    WipeNode,
)
from app.trace.events import FaultIgnored, TraceEvent
from app.trace.ranks import STORY, rank
from app.trace.sentences import sentence, template
from tests.home import home

# What was done on one side before, and what then, done on both, finds nothing to do there.
CASES: list[tuple[list[AnyCommand], AnyCommand, str]] = [
    ([CutLink("n1", "n3", only="leader")], CutLink("n1", "n3"), "n1–n3 is cut already"),
    (
        [CutOneWay("n1", "n3", only="leader")],
        CutOneWay("n1", "n3"),
        "nothing passes from n1 to n3 already",
    ),
    (
        [SlowLink("n1", "n3", 10, only="leader")],
        SlowLink("n1", "n3", 10),
        "n1–n3 takes 10 times as long already",
    ),
    (
        [LoseOnLink("n1", "n3", 30, only="leader")],
        LoseOnLink("n1", "n3", 30),
        "n1–n3 loses 30 % already",
    ),
    ([CutLink("n1", "n3", only="leaderless")], HealLink("n1", "n3"), "n1–n3 is whole"),
    ([CutOff("n2", only="leader")], CutOff("n2"), "n2 has no link left"),
    ([CutLink("n1", "n3", only="leaderless")], HealAll(), "every link is whole"),
    ([Crash("n2", only="leaderless")], HealEverything(), "nothing is broken"),
    ([Crash("n2", only="leader")], Crash("n2"), "n2 is down already"),
    ([Crash("n2", only="leaderless")], Restart("n2"), "n2 is running"),
    ([PauseNode("n2", only="leader")], PauseNode("n2"), "n2 is paused already"),
    ([Crash("n2", only="leader")], PauseNode("n2"), "n2 is down"),
    ([PauseNode("n2", only="leaderless")], ResumeNode("n2"), "n2 is not paused"),
    (
        [SlowNode("n2", 50, only="leader")],
        SlowNode("n2", 50),
        "n2 needs 50 ms a message already",
    ),
    ([SlowNode("n2", 50, only="leaderless")], SlowNode("n2", 0), "n2 is at speed"),
    (
        [SkewClock("n2", 500, only="leader")],
        SkewClock("n2", 500),
        "the clock of n2 is that far off already",
    ),
    ([HealAll()], Compact("n2"), "a log has nothing of the kind"),
    ([HealAll()], RunRepair("n2"), "a log has nothing of the kind"),
    ([SkewClock("n2", 500, only="leaderless")], SkewClock("n2", 0), "the clock of n2 is right"),
]  # fmt: skip


def done(first: list[AnyCommand], then: AnyCommand) -> dict[str, list[TraceEvent]]:
    """What happened at the moment of `then`, because a person did it."""
    simulation = Simulation(home(), 3)
    simulation.start()
    simulation.do(100_000, first)
    simulation.do(300_000, [then])
    return {
        side: [e for e in trace if e.at == 300_000 and e.cause is None]
        for side, trace in simulation.traces().items()
    }


@pytest.mark.parametrize(("first", "then", "reason"), CASES, ids=lambda value: str(value)[:30])
def test_where_nothing_changes_it_is_said_and_where_something_does_it_is_done(
    first: list[AnyCommand], then: AnyCommand, reason: str
) -> None:
    sides = done(first, then)
    ignored = [
        side for side, rows in sides.items() if any(isinstance(e, FaultIgnored) for e in rows)
    ]
    assert len(ignored) == 1
    (row,) = [e for e in sides[ignored[0]] if isinstance(e, FaultIgnored)]
    assert row.reason == reason
    other = next(rows for side, rows in sides.items() if side != ignored[0])
    assert any(rank(e) >= STORY and not isinstance(e, FaultIgnored) for e in other)


@pytest.mark.parametrize(("first", "then", "reason"), CASES, ids=lambda value: str(value)[:30])
def test_a_person_sees_it(first: list[AnyCommand], then: AnyCommand, reason: str) -> None:
    """It is a story, so captions, log and the screen reader's line have it, and no other sentence
    of a fault has a greater weight, so the caption keeps it."""
    for rows in done(first, then).values():
        for row in rows:
            if isinstance(row, FaultIgnored):
                assert rank(row) >= STORY
                assert sentence("leaderless", row) == f"Nothing changes here: {reason}."
                assert template("leaderless", row).weight == 9


def test_every_kind_of_fault_that_can_find_nothing_to_do_is_among_the_cases() -> None:
    tried = {type(then) for _, then, _ in CASES}
    # Power and a disk can always be lost once more; a promotion and changes of the ring have
    # refusals of their own.
    assert tried | {LosePower, WipeNode, Promote, Join, Leave} == set(Fault.__subclasses__())
