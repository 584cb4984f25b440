"""While a range moves: named levels, tombstones, and hints for who is about to lose it."""

import pytest

from app.errors import CommandRejected
from app.protocols.leaderless.settings import LeaderlessSettings
from app.scenarios.simulation import Simulation
from app.trace.commands import (
    AnyCommand,
    Crash,
    CutLink,
    Delete,
    HealAll,
    Join,
    Leave,
    Put,
    Read,
    Restart,
)
from app.trace.events import (
    HintDelivered,
    HintReaddressed,
    HintStored,
    OperationReturned,
    RequestAccepted,
    RequestRefused,
    RingChanged,
    TombstoneReaped,
)
from app.trace.levels import WriteLevel
from tests.protocols.leaderless.ring_scenes import (
    NAMES,
    homes_have_everything,
    of,
    phases,
    replica,
    run,
    scene,
)

Script = list[tuple[int, list[AnyCommand]]]
STUCK: Script = [(10, [CutLink("n5", "n6")]), (20, [Join("n6")])]
"""n5 does not hear that n6 joins, so ranges stay on the move."""


def moving_and_not(simulation: Simulation) -> tuple[str, str]:
    """A key on the move and one that stays."""
    laid = of(simulation, RingChanged)[-1]
    assert isinstance(laid, RingChanged)
    moving = [key for key, reads, writes in laid.homes if reads != writes]
    return moving[0], next(key for key in NAMES if key not in moving)


def test_a_named_level_waits_for_one_answer_more_of_a_range_on_the_move() -> None:
    quiet = scene(silence_us=60_000_000, hints="on")
    moving, still = moving_and_not(run(quiet, 3, STUCK, 600))
    levels: dict[WriteLevel, int] = {
        "one": 1, "two": 2, "three": 3, "quorum": 2, "all": 3, "any": 1, "local_one": 1
    }  # fmt: skip
    script, asked = list(STUCK), []
    for place, level in enumerate(levels):
        for more, key in enumerate((still, moving)):
            put = Put(client="phone", key=key, value=f"v{place}", level=level)
            script.append((600 + 200 * place + 100 * more, [put]))
    simulation = run(quiet, 3, script, 4_000)
    for row in of(simulation, RequestAccepted):
        assert isinstance(row, RequestAccepted)
        asked.append((row.need, row.of))
    assert asked == [(need + more, 3 + more) for need in levels.values() for more in (0, 1)]


@pytest.mark.parametrize("level", ["local_quorum", "each_quorum"])
def test_on_a_ring_no_region_has_a_quorum_of_its_own(level: str) -> None:
    """A range may move between regions, and then an old quorum and a new one need not meet."""
    for side in ("read_level", "write_level"):
        settings = LeaderlessSettings(placement="tokens", **{side: level})  # type: ignore[arg-type]
        with pytest.raises(CommandRejected, match="with the placement tokens"):
            settings.validate(5)
    script: Script = [
        (10, [Put(client="phone", key="k1", value="v", level=level)]),  # type: ignore[arg-type]
        (30, [Read("phone", "k1", level)]),  # type: ignore[arg-type]
    ]
    simulation = run(scene(), 3, script, 500)
    refused = [row.reason for row in of(simulation, RequestRefused)]  # type: ignore[attr-defined]
    assert refused == ["level_on_ring", "level_on_ring"]
    told = [(row.outcome, row.reason) for row in of(simulation, OperationReturned)]  # type: ignore[attr-defined]
    assert told == [("failed", "level_on_ring")] * 2


def test_on_a_ring_nothing_is_decided_by_rounds() -> None:
    """A majority of the new homes may not know what one of the old has accepted."""
    with pytest.raises(CommandRejected, match="Compare by rounds with the placement tokens"):
        LeaderlessSettings(placement="tokens", compare="rounds").validate(5)
    LeaderlessSettings(placement="head", compare="rounds").validate(5)


@pytest.mark.parametrize("coordinator", ["aware", "client"])
def test_on_a_ring_no_client_places_keys(coordinator: str) -> None:
    """It hears no gossip, so it would go on asking nodes that have lost a range."""
    given = LeaderlessSettings(placement="tokens", coordinator=coordinator)  # type: ignore[arg-type]
    with pytest.raises(CommandRejected, match=f"The coordinator {coordinator} with the placement"):
        given.validate(5)


def test_no_tombstone_is_agreed_away_while_its_range_moves() -> None:
    """Reads ask the old homes alone, and a new one may still get what the tombstone replaces."""
    calm = scene(silence_us=60_000_000, tombstones="agreed", reap_us=300_000)
    moving, still = moving_and_not(run(calm, 3, STUCK, 600))
    script: Script = list(STUCK)
    for place, key in enumerate((moving, still)):
        script.append((600 + 100 * place, [Put(client="phone", key=key, value="v")]))
        script.append((900 + 100 * place, [Delete("phone", key)]))
        script.append((1_200 + 100 * place, [Read("phone", key)]))
    simulation = run(calm, 3, sorted(script, key=lambda one: one[0]), 4_000)
    reaped = {row.key for row in of(simulation, TombstoneReaped)}  # type: ignore[attr-defined]
    assert reaped == {still}


def test_a_tombstone_that_was_agreed_on_stays_when_the_ring_changes_before_it_goes() -> None:
    calm = scene(silence_us=60_000_000, tombstones="agreed", reap_us=900_000)
    moving, _ = moving_and_not(run(calm, 3, STUCK, 600))
    script: Script = [
        (10, [Put(client="phone", key=moving, value="v")]),
        (100, [Delete("phone", moving)]),
        (200, [CutLink("n5", "n6")]),
        (210, [Join("n6")]),
    ]
    assert not of(run(calm, 3, script, 4_000), TombstoneReaped)
    assert of(run(calm, 3, script[:2], 4_000), TombstoneReaped)


# ---- hints for who loses a range ----------------------------------------------------------------

LATE = {
    "gossip": "push_pull",
    "hints": "on",
    "hint_replay_us": 4_000_000,
    "read_repair": "off",
    "silence_us": 60_000_000,
}
"""Nobody is suspected, and hints go home after 4 s."""


def missed() -> tuple[str, Script]:
    """A key of n2 that n1 does not have, and how n2 misses a write of it that n1 coordinates."""
    laid = replica(run(scene(**LATE), 3, [], 1), "n1").place
    homes = {key: laid.replicas_of(key) for key in NAMES}
    key = next(key for key, nodes in homes.items() if "n2" in nodes and "n1" not in nodes)
    put = Put(client="phone", key=key, value="v")
    return key, [(10, [CutLink("n1", "n2")]), (20, [put]), (1_400, [HealAll()])]


def test_a_hint_for_a_node_that_has_lost_the_range_goes_to_those_that_have_it() -> None:
    key, script = missed()
    simulation = run(scene(**LATE), 3, [*script, (1_500, [Leave("n2")])], 9_000)
    assert phases(simulation)[-1] == ("leave", "rest")
    (kept, *rest) = [row for row in of(simulation, HintStored) if isinstance(row, HintStored)]
    assert (kept.node, kept.home) == ("n1", "n2")
    (sent,) = [e for e in of(simulation, HintReaddressed) if isinstance(e, HintReaddressed)]
    homes = replica(simulation, "n1").place.replicas_of(key)
    assert (sent.home, sent.homes) == ("n2", homes)
    assert {row.home for row in rest} == set(homes) - {"n1"}
    assert not replica(simulation, "n1").state.disk.hints
    homes_have_everything(simulation)
    assert not replica(simulation, "n2").state.disk.versions.get(key), "n2 never had it"


def test_what_an_old_home_gets_during_the_change_the_new_one_gets_as_well() -> None:
    """The new home has the old one's ranges already when the hint reaches the old one."""
    _, script = missed()
    simulation = run(scene(**LATE), 3, [*script, (1_500, [Leave("n2")])], 0)
    while phases(simulation)[-1] != ("leave", "read_new") and simulation.now < 6_000_000:
        simulation.run_until(simulation.now + 1_000)
    simulation.do(simulation.now, [Crash("n3")])
    simulation.run_until(5_000_000)
    assert phases(simulation)[-1] == ("leave", "read_new"), "it waits for the crashed node"
    got = [row.home for row in of(simulation, HintDelivered)]  # type: ignore[attr-defined]
    assert got[0] == "n2"
    simulation.do(simulation.now, [Restart("n3")])
    simulation.run_until(simulation.now + 4_000_000)
    assert phases(simulation)[-1] == ("leave", "rest")
    assert not of(simulation, HintReaddressed), "n2 was a home when it got the hint"
    homes_have_everything(simulation)
