"""A timeline that looks ahead: what it looked through is as if it had never been."""

from app.main import read_scenarios
from app.rooms.timeline import HELD_AFTER, Timeline
from app.trace.commands import CutLink, PlacedCommand, SetWorkload

LAB = read_scenarios()["lab-12"]
LOAD = (PlacedCommand(1, SetWorkload(True)),)
CUT = CutLink("n1", "n12")


def kept(timeline: Timeline) -> dict[str, tuple[bytes, bytes]]:
    """The bytes of rows and verdicts of every cluster."""
    return {
        name: (
            bytes(track.raw(0, track.count(timeline.horizon))),
            bytes(timeline.verdicts[name].raw(0, 1_000)),
        )
        for name, track in timeline.tracks.items()
    }


def plain(*moments: int, until: int) -> dict[str, tuple[bytes, bytes]]:
    """The same run, simulated without looking ahead; a cut at each moment."""
    timeline = Timeline(LAB, 7, LOAD)
    for at in moments:
        timeline.do(at, [CUT])
    timeline.run_until(until)
    return kept(timeline)


def test_a_search_that_finds_nothing_is_judged_by_nobody() -> None:
    timeline = Timeline(LAB, 7, LOAD)
    timeline.do(300_000, [CUT])
    rows = timeline.event_count
    assert timeline.run_to_story(300_000, 330_000) is None
    unjudged = [len(one.kernel.trace) for one in timeline.simulation.clusters.values()]
    assert sum(unjudged) == timeline.event_count - rows > 20
    timeline.rewind(300_000)
    assert sum(len(track) for track in timeline.tracks.values()) == rows
    timeline.run_until(400_000)
    assert kept(timeline) == plain(300_000, until=400_000)


def test_a_search_stops_at_the_story_and_what_it_passed_is_there() -> None:
    timeline = Timeline(LAB, 7, LOAD)
    timeline.do(300_000, [CUT])
    found = timeline.run_to_story(300_000, 3_000_000)
    assert found == timeline.horizon
    assert timeline.next_story(300_000, found or 0) == found
    assert kept(timeline) == plain(300_000, until=found or 0)


def test_after_a_search_the_run_goes_on_from_where_it_began() -> None:
    """It is not simulated again from the last snapshot, many rows before."""
    timeline = Timeline(LAB, 7, LOAD)
    timeline.do(300_000, [CUT])
    timeline.run_until(400_000)
    at, rows = timeline.horizon, timeline.event_count
    assert rows - sum(timeline.snapshots[-1].rows.values()) > HELD_AFTER
    assert timeline.run_to_story(at, at + 20_000) is None
    assert timeline.event_count > rows
    timeline.rewind(at)
    assert (timeline.snapshots[-1].at, timeline.event_count) == (at, rows)
    timeline.do(450_000, [CUT])
    timeline.run_until(500_000)
    assert kept(timeline) == plain(300_000, 450_000, until=500_000)


def test_what_is_held_is_not_gone_back_to_when_it_lies_later() -> None:
    timeline = Timeline(LAB, 7, LOAD)
    timeline.do(300_000, [CUT])
    timeline.run_until(400_000)
    assert timeline.run_to_story(400_000, 420_000) is None
    timeline.rewind(350_000)
    assert timeline.horizon == 350_000
    timeline.run_until(400_000)
    assert kept(timeline) == plain(300_000, until=400_000)
