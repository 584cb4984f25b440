"""Branches, the head and refusals, on the home scene."""

from typing import Any, get_args

import msgspec
import pytest

from app.errors import CommandRejected
from app.main import read_scenarios
from app.rooms.branches import name_of
from app.rooms.frames import Act, Next, Play, Redo, Rename, Reset, Seek, Seen
from app.rooms.frames import Visit as VisitBranch
from app.rooms.limits import Limits
from app.rooms.log import Acted, Moved, Named, RoomFold
from app.rooms.timeline import Timeline
from app.trace.codec import encode
from app.trace.commands import (
    Add,
    AnyCommand,
    Configure,
    Crash,
    CutLink,
    CutOff,
    HealLink,
    PlacedCommand,
    Read,
    SetWorkload,
)
from tests.home import BOTH_SHOP, CUT
from tests.visits import Visit


def test_a_command_acts_one_microsecond_after_the_moment_seen() -> None:
    visit = Visit()
    acted = visit.act(CUT)
    assert isinstance(acted, Acted)
    assert [placed.at for placed in acted.placed] == [1]
    assert acted.until == 200_000


def test_shopping_runs_to_both_answers_on_both_sides() -> None:
    visit = Visit().guide(2)
    for cluster in ("leader", "leaderless"):
        told = [e for e in visit.events(cluster) if type(e).__name__ == "OperationReturned"]
        assert {event.client for event in told} == {"phone", "laptop"}  # type: ignore[union-attr]
    assert visit.room.fold.head.until == max(
        visit.events(cluster)[-1].at for cluster in ("leader", "leaderless")
    )


def test_the_fold_of_the_log_alone_is_the_room() -> None:
    visit = Visit().guide()
    visit.back()
    visit.act(CutOff("n2"))
    again = RoomFold()
    for entry in visit.log:
        again.take(entry)
    assert again == visit.room.fold


def test_a_room_read_back_from_its_log_has_the_same_bytes() -> None:
    visit = Visit().guide()
    visit.back()
    visit.act(CutOff("n2"))
    kept = {cluster: visit.rows(cluster) for cluster in ("leader", "leaderless")}
    visit.room.drop_plans()
    assert {cluster: visit.rows(cluster) for cluster in kept} == kept


def test_back_then_next_shows_the_same_again_and_forks_nothing() -> None:
    visit = Visit().guide(2)
    until, rows = visit.room.fold.head.until, visit.rows("leader")
    visit.back()
    assert visit.room.fold.head.until < until
    while visit.room.fold.head.until < until:
        visit.next()
    assert visit.room.fold.head.until == until
    assert visit.rows("leader") == rows
    assert len(visit.room.fold.branches) == 1


def test_a_command_in_the_past_forks_and_the_old_line_can_be_visited() -> None:
    visit = Visit().guide(2)
    old = visit.rows("leaderless")
    visit.back()
    forked = visit.act(HealLink("n1", "n3"))
    assert isinstance(forked, Acted)
    assert (forked.branch, forked.parent, forked.kept) == (1, 0, 1)
    assert visit.rows("leaderless") != old
    visit.ask(VisitBranch(visit._count(), 0))
    assert visit.rows("leaderless") == old


def test_undo_and_redo_by_forks_give_the_bytes_of_a_straight_run() -> None:
    straight = Visit().guide(2)
    wandering = Visit()
    wandering.act(CutLink("n1", "n2"))
    wandering.back()
    wandering.guide(2)
    for cluster in ("leader", "leaderless"):
        assert wandering.rows(cluster) == straight.rows(cluster)


def test_a_setting_makes_a_new_line_with_the_same_commands() -> None:
    visit = Visit().guide(2)
    configured = visit.act(Configure("leader", "failover", "election"))
    assert isinstance(configured, Acted)
    branch = visit.room.fold.current
    assert [placed.at for placed in branch.commands][1:] == [
        placed.at for placed in visit.room.fold.branches[0].commands
    ]
    kinds = {type(event).__name__ for event in visit.events("leader")}
    assert "ElectionStarted" in kinds
    assert "done again at the same moments" in visit.room.fold.note


def test_a_setting_that_holds_from_now_on_stays_in_its_line() -> None:
    visit = Visit().guide(1)
    before = visit.rows("leader")
    visit.act(Configure("leader", "copies", "3"))
    assert len(visit.room.fold.branches) == 1
    assert visit.rows("leader").startswith(before[:-1])
    assert "SettingChanged" in {type(event).__name__ for event in visit.events("leader")}
    visit.back()
    visit.act(Configure("leader", "copies", "1"))
    branch = visit.room.fold.current
    again = Timeline(visit.room.scenario, visit.room.fold.seed, branch.commands)
    again.run_until(branch.frontier)
    kept = visit.room.timeline(branch.id).rows(branch.id, None, {}, branch.frontier)
    assert encode(again.rows(branch.id, None, {}, branch.frontier)) == encode(kept)


def test_settings_that_cannot_work_together_are_refused_with_what_would() -> None:
    visit = Visit(scenario=read_scenarios()["lab"])
    with pytest.raises(CommandRejected) as refused:
        visit.act(Configure("leaderless", "quorum", "sloppy"))
    assert refused.value.remedy == "Choose hints on as well, or a strict quorum."
    visit.act(Configure("leaderless", "hints", "on"))
    visit.act(Configure("leaderless", "quorum", "sloppy"))
    with pytest.raises(CommandRejected):
        visit.act(Configure("leaderless", "hints", "off"))
    with pytest.raises(CommandRejected) as refused:
        visit.act(Configure("leaderless", "n", "5"))
    assert "none is left to stand in" in refused.value.reason
    assert len(visit.room.fold.branches) == 1


def test_configuring_one_side_leaves_the_other_sides_bytes_alone() -> None:
    visit = Visit().guide(2)
    before = visit.rows("leaderless")
    visit.act(Configure("leader", "failover", "election"))
    assert visit.rows("leaderless")[: len(before) - 1] == before[:-1]


def test_reset_starts_again_and_keeps_the_old_line() -> None:
    visit = Visit().guide(2)
    visit.ask(Reset(visit._count()))
    assert visit.room.fold.head.until == 0
    assert visit.room.fold.current.commands == ()
    assert len(visit.room.fold.branches) == 2


def test_play_sends_ahead_and_a_pause_keeps_only_what_was_seen() -> None:
    visit = Visit().guide(1)
    at = visit.room.fold.head.until
    played = visit.ask(Play(visit._count(), visit.seen, 100))
    assert isinstance(played, Moved)
    assert played.playing
    assert played.until > at + 2_000_000
    visit.act(*BOTH_SHOP, at=at + 400_000)
    assert visit.room.fold.current.commands[-1].at == at + 400_001
    assert len(visit.room.fold.branches) == 1


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (CutLink("n1", "n9"), "no such node"),
        (CutLink("n1", "n1"), "no link to itself"),
        (Add("tablet", "milk"), "no such shopper"),
        (Configure("leader", "colour", "red"), "no such setting"),
        (Configure("leader", "failover", "magic"), "no such value"),
    ],
)
def test_impossible_commands_are_refused_with_a_remedy(command: object, says: str) -> None:
    visit = Visit()
    with pytest.raises(CommandRejected) as refused:
        visit.act(command)  # type: ignore[arg-type]
    assert says in refused.value.reason
    assert refused.value.remedy
    assert visit.room.fold.seq == 1


def test_moments_and_branches_that_are_not_there_are_refused() -> None:
    visit = Visit().guide(1)
    for request in (
        Act(90, Seen(0, 99_000_000), [[Read("phone")]]),
        Seek(91, Seen(0, 99_000_000)),
        Next(92, Seen(5, 0)),
    ):
        with pytest.raises(CommandRejected):
            visit.ask(request)


def test_next_says_when_nothing_more_happens() -> None:
    visit = Visit()
    with pytest.raises(CommandRejected, match="Nothing more happens"):
        visit.next()
    assert visit.room.fold.head.until == 0


def test_next_does_not_deny_the_background() -> None:
    visit = Visit(scenario=read_scenarios()["lab"])
    visit.act(SetWorkload(on=True))
    with pytest.raises(CommandRejected, match="Only the background works"):
        visit.next()


def test_a_run_stops_at_its_budget_and_the_room_lives_on() -> None:
    visit = Visit(limits=Limits(events_a_run=200))
    visit.act(CUT)

    def shop_on() -> None:
        for _ in range(50):
            visit.act(*BOTH_SHOP)

    with pytest.raises(CommandRejected, match="events"):
        shop_on()
    visit.ask(Reset(visit._count()))
    visit.act(CUT)


def line_names(visit: Visit) -> list[str]:
    return [line.name for line in visit.room.state().branches]


def test_a_fork_is_called_after_what_was_done_first_and_when() -> None:
    visit = Visit().guide(2)
    visit.back()
    visit.act(Crash("n1"))
    at = visit.room.fold.current.forked_at + 1
    visit.act(Configure("leader", "failover", "election"))
    visit.ask(Reset(visit._count()))
    assert line_names(visit) == [
        "The first run",
        f"Crash n1 at {at / 1e6:.3f} s",
        "Failover election from the start",
        "Run 4, from the start",
    ]


def _long(kind: Any) -> str | int:
    return 60_000 if "int" in str(kind) else "n" * 24


@pytest.mark.parametrize("command", list(get_args(AnyCommand)))
def test_every_command_names_a_branch_in_at_most_forty_characters(
    command: type[Any],
) -> None:
    fields = {f.name: _long(f.type) for f in msgspec.structs.fields(command) if f.required}
    name = name_of(7, [PlacedCommand(3_599_999_999, command(**fields))])
    assert 12 < len(name) <= 40
    assert name.endswith(" at 3600.000 s")
    assert name[0].isupper()


def test_a_branch_is_renamed_by_an_entry_of_the_log() -> None:
    visit = Visit().guide(2)
    entry = visit.ask(Rename(visit._count(), 0, "  My  first try "))
    assert isinstance(entry, Named)
    assert line_names(visit) == ["My first try"]
    assert visit.room.fold.head.branch == 0
    with pytest.raises(CommandRejected, match="no branch 5"):
        visit.ask(Rename(visit._count(), 5, "x"))


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("Crash, then heal", True),
        ("Zwei Führer ≠ einer", True),
        ("x" * 40, True),
        ("x" * 41, False),
        ("", False),
        ("   ", False),
        ("two\nlines", False),
        ("end\n", False),
        ("tab\t", False),
        ("\u202eturned", False),
        ("a\u2028b", False),
        ("\x9f", False),
    ],
)
def test_a_name_is_one_line_of_plain_text(name: str, fits: bool) -> None:
    data = encode({"type": "rename", "id": 1, "branch": 0, "name": name})
    if fits:
        assert msgspec.json.decode(data, type=Rename).name == name
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(data, type=Rename)


def test_redo_walks_forward_to_what_back_came_from() -> None:
    visit = Visit().guide(2)
    end, rows = visit.room.fold.head.until, visit.rows("leader")
    visit.back()
    visit.back()
    visit.ask(Redo(visit._count(), visit.seen))
    visit.ask(Redo(visit._count(), visit.seen))
    assert (visit.room.fold.head.until, visit.rows("leader")) == (end, rows)
    with pytest.raises(CommandRejected, match="Nothing was undone here"):
        visit.ask(Redo(visit._count(), visit.seen))


def test_back_undoes_a_setting_that_changed_the_start_and_redo_sets_it_again() -> None:
    visit = Visit().guide(2)
    before = (visit.seen, visit.rows("leader"))
    visit.act(Configure("leader", "failover", "election"))
    after = (visit.seen, visit.rows("leader"))
    assert after[0].branch == 1
    visit.back()
    assert (visit.seen, visit.rows("leader")) == before
    visit.ask(Redo(visit._count(), visit.seen))
    assert (visit.seen, visit.rows("leader")) == after
    visit.ask(Seek(visit._count(), Seen(1, 0)))
    visit.back()
    assert visit.seen == before[0], "from the start of the new line as well"


def test_back_undoes_a_reset_and_redo_resets_again() -> None:
    visit = Visit().guide(1)
    before = visit.seen
    visit.ask(Reset(visit._count()))
    assert visit.seen == Seen(1, 0)
    visit.back()
    assert visit.seen == before
    visit.ask(Redo(visit._count(), visit.seen))
    assert visit.seen == Seen(1, 0)


def test_redo_takes_what_was_done_last() -> None:
    visit = Visit().guide(1)
    at = visit.seen
    visit.act(Configure("leader", "failover", "election"))
    visit.back()
    visit.act(Add("phone", "milk"))
    visit.back()
    assert visit.seen == at
    visit.ask(Redo(visit._count(), visit.seen))
    assert visit.seen.branch == 0, "milk came after the setting"
    assert visit.seen.at > at.at
