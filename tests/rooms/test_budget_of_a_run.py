"""A run that is full says so, by when, and what to do; what a room keeps of it stays small."""

import pytest

from app.errors import CommandRejected
from app.main import read_scenarios
from app.rooms.frames import Play, Reset, Seen
from app.rooms.limits import Limits
from app.rooms.timeline import MOST_SNAPSHOT_BYTES, Timeline
from app.trace.commands import PlacedCommand, SetWorkload
from tests.visits import Visit

LABS = read_scenarios()


def full(scene: str) -> Visit:
    """A lab with the background on, played until it is full."""
    visit = Visit(limits=Limits(events_a_run=3_000), scenario=LABS[scene])
    visit.act(SetWorkload(True))
    head = visit.room.fold.head
    visit.ask(Play(visit._count(), Seen(head.branch, head.until), 100))
    return visit


def test_a_run_that_is_full_says_when_and_what_to_do() -> None:
    visit = full("lab-12")
    head = visit.room.fold.head
    with pytest.raises(CommandRejected) as refused:
        visit.room.more(Seen(head.branch, head.until))
    assert refused.value.reason.startswith(
        "This run is full: it holds 3,000 events and has had them by 3."
    )
    assert "Without the background" in refused.value.remedy
    visit.ask(Reset(visit._count()))
    visit.act(SetWorkload(True))


def test_nothing_is_said_of_a_background_that_rests() -> None:
    visit = full("lab-12")
    head = visit.room.fold.head
    visit.room.timeline(head.branch).simulation.load.on = False
    with pytest.raises(CommandRejected) as refused:
        visit.room.more(Seen(head.branch, head.until))
    assert "background" not in refused.value.remedy


def test_a_run_of_ten_thousand_events_keeps_less_than_three_million_bytes() -> None:
    """`design.md` §8. Half of it is for rows, verdicts and snapshots; the run itself with all that
    Python adds to it has the rest."""
    timeline = Timeline(LABS["lab-12"], 7, (PlacedCommand(1, SetWorkload(True)),))
    while timeline.event_count < 10_000:
        timeline.run_until(timeline.horizon + 100_000)
    tracks = [*timeline.tracks.values(), *timeline.verdicts.values()]
    rows = sum(len(track.data) + 12 * len(track) for track in tracks)
    assert rows + sum(len(one.packed) for one in timeline.snapshots) < 1_500_000


def test_snapshots_of_a_long_run_are_thinned_out_with_their_judges_weighed() -> None:
    timeline = Timeline(LABS["lab"], 7, (PlacedCommand(1, SetWorkload(True)),))
    timeline.run_until(35_000_000)
    kept = timeline.snapshots
    assert sum(len(one.packed) for one in kept) <= MOST_SNAPSHOT_BYTES
    assert len(kept) < timeline.event_count // 1_000
    assert all(len(judge) > 100 for judge in kept[-1].unpacked()[1].values())
