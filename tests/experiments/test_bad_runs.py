"""Find a bad run: what is drawn can be done, what is found breaks the promise in the whole run too,
none of its commands can be spared, and where a promise is kept nothing is found."""

import os

import pytest

from app.checkers.run import promise_in
from app.errors import CommandRejected
from app.experiments.bad_runs.draw import FAULTS, Space, drawn
from app.experiments.bad_runs.promises import PROMISES
from app.experiments.bad_runs.search import (
    Hunt,
    Try,
    fewest,
    first_bad,
    given,
    rounded,
    shrunk,
)
from app.main import read_misconceptions, read_scenarios
from app.rooms.timeline import Timeline
from app.scenarios.acts import check_command
from app.scenarios.misconceptions import Misconception
from app.trace.commands import Add, Configure, Crash, PlacedCommand, Read

INDEX, OWN = read_misconceptions()
SCENES = {**read_scenarios(), **OWN}
SOUGHT = [one for one in INDEX if one.bad_run is not None]
WITHIN = 2_000
FIRST: dict[int, int] = {
    1: 10, 3: 11, 4: 98, 5: 5, 6: 29, 7: 3, 10: 3, 11: 1, 12: 3, 13: 217, 14: 36, 15: 29, 16: 0,
    21: 237, 26: 8, 27: 10, 28: 6, 29: 98, 30: 7, 32: 10, 34: 75, 36: 1_294, 37: 1,
}  # fmt: skip
"""By misconception the number of the first bad try, to be looked at before all others."""


def hunt_of(one: Misconception, seed: int = 0) -> Hunt:
    sought = one.bad_run
    assert sought is not None
    scene = SCENES[one.scene]
    space = Space(
        scene, sought.cluster, sought.commands, sought.faults, seed, window_us=sought.window_us
    )
    return Hunt(space, sought.promise)


@pytest.mark.parametrize("one", SOUGHT, ids=lambda one: f"M{one.number}")
def test_one_is_found_within_2000_runs(one: Misconception) -> None:
    hunt = hunt_of(one)
    hunt.check()
    hint = FIRST[one.number]
    assert hint < WITHIN
    known = hunt.judged(drawn(hunt.space, hint)) is not None and not os.environ.get("SEEDS")
    number = hint if known else first_bad(hunt, range(WITHIN))
    assert number is not None


@pytest.mark.parametrize("number", [1, 6, 10, 34], ids=lambda number: f"M{number}")
def test_what_is_found_is_small_and_breaks_the_whole_run(number: int) -> None:
    """The search simulates one side alone; opened on the stage both run, and it is the same."""
    hunt = hunt_of(INDEX[number - 1])
    bad = first_bad(hunt, [FIRST[number], *range(WITHIN)])
    assert bad is not None
    run = shrunk(hunt, bad)
    scene = hunt.space.scenario
    timeline = Timeline(scene, run.seed, run.commands)
    timeline.run_until(hunt.space.until)
    found = promise_in(timeline.events(run.at)[hunt.space.cluster], hunt.promise)
    assert found.verdict == "broken"
    assert found.because == run.because
    own = [one for one in run.commands if one not in given(hunt.space)]
    assert len(own) <= 6 < run.drawn
    for place in range(len(own)):
        without = (*own[:place], *own[place + 1 :])
        assert hunt.judged(Try(run.seed, without)) is None


def test_the_same_numbers_give_the_same_find() -> None:
    hunt = hunt_of(INDEX[6])
    bad = first_bad(hunt, range(WITHIN))
    assert bad is not None
    assert first_bad(hunt_of(INDEX[6]), range(WITHIN)) == bad
    assert shrunk(hunt, bad) == shrunk(hunt_of(INDEX[6]), bad)
    assert drawn(hunt.space, 3) == drawn(hunt.space, 3)
    assert drawn(hunt.space, 3) != drawn(hunt.space, 4)
    assert drawn(hunt.space, 3) != drawn(hunt_of(INDEX[6], seed=1).space, 3)


def test_where_the_promise_is_kept_nothing_is_found() -> None:
    """With majorities for writes and for reads, a leader's register is linearizable."""
    sure = (Configure("leader", "reads", "leader"),)
    space = Space(SCENES["m13-unconfirmed-read"], "leader", sure)
    assert first_bad(Hunt(space, "linearizable"), range(40)) is None
    two = Space(SCENES["m06-two-histories"], "leader", (Configure("leader", "fencing", "on"),))
    assert first_bad(Hunt(two, "two_leaders"), range(60)) is None


@pytest.mark.parametrize("faults", FAULTS)
@pytest.mark.parametrize("name", ["home", "lab-3", "lab-12", "m03-blind-retry", "three-regions"])
def test_everything_that_is_drawn_can_be_done(name: str, faults: str) -> None:
    space = Space(SCENES[name], "leaderless", faults=faults)
    kinds = set()
    for number in range(60):
        one = drawn(space, number)
        assert [placed.at for placed in one.commands] == sorted(p.at for p in one.commands)
        for placed in one.commands:
            check_command(space.scenario, placed.command)
            kinds.add(type(placed.command).__name__)
    assert ("WipeNode" in kinds) == (faults == "all")
    assert ("Crash" in kinds) == (faults != "delays")
    assert {"SlowLink", "Read"} <= kinds


def commands_at(*moments: int) -> list[PlacedCommand]:
    return [PlacedCommand(at, Read("phone", f"k{at}")) for at in moments]


def test_what_is_left_is_needed() -> None:
    """Three of twenty together break it, wherever they stand."""
    for needed in ({1, 2, 3}, {1, 10, 20}, {20}, {7, 8}, set(range(1, 21))):

        def breaks(some: list[PlacedCommand], needed: set[int] = needed) -> bool:
            return needed <= {placed.at for placed in some}

        assert {placed.at for placed in fewest(commands_at(*range(1, 21)), breaks)} == needed
    assert fewest(commands_at(1, 2), lambda some: True) == []


def test_moments_are_rounded_where_that_breaks_it_as_well_and_order_stays() -> None:
    first, second = PlacedCommand(123_456, Crash("n1")), PlacedCommand(123_999, Add("phone", "tea"))
    near = lambda some: some[1].at - some[0].at < 2_000  # noqa: E731
    assert [placed.at for placed in rounded([first, second], near)] == [123_000, 124_000]
    assert [placed.at for placed in rounded([first, second], lambda some: True)] == [
        100_000,
        100_000,
    ]
    assert rounded([first, second], lambda some: False) == [first, second]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"cluster": "leder"}, "There is no side leder. Did you mean leader?"),
        ({"promise": "lost"}, "There is no promise lost. "),
        ({"faults": "al"}, "There is no choice of faults al. Did you mean all?"),
        (
            {"given": (Configure("leaderless", "w", "9"),)},
            "Use the value of w 9. There is no such value of w in this scene.",
        ),
        (
            {"given": (Configure("leaderless", "silence_us", "200000"),)},
            "Use the setting silence_us.",
        ),
    ],
)
def test_a_search_that_cannot_be_is_refused(changes: dict[str, object], told: str) -> None:
    promise = str(changes.pop("promise", "lost_writes"))
    values = {"cluster": "leaderless", **changes}
    with pytest.raises(CommandRejected, match=told.replace("?", r"\?")):
        Hunt(Space(SCENES["home"], **values), promise).check()  # type: ignore[arg-type]


def test_every_promise_can_be_asked_for() -> None:
    space = Space(SCENES["home"], "leaderless")
    for promise in PROMISES:
        Hunt(space, promise).check()
        first_bad(Hunt(space, promise), range(1))
