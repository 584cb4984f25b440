"""The laboratory's experiments: what trials must show, and that each opens as it was counted."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from app.errors import CommandRejected
from app.experiments.lab import availability, election, failover, latency
from app.experiments.lab.bands import percentile, wilson
from app.experiments.lab.entries import ENTRIES, Asked, open_dot, work
from app.experiments.lab.experiment import Experiment, Part, Sample
from app.experiments.lab.fields import Choice, Number, Values, read_fields, usual
from app.experiments.numbers import likely
from app.main import read_published
from app.rooms.limits import Limits
from app.rooms.links import LinkedRun, write_link
from app.rooms.starts import Starts

PUBLISHED = read_published()
MS = 1_000
STARTS = Starts({}, frozenset(), Limits(), "abcdefabcdef", None)


def sample(one: Experiment, x: int, count: int, first: int = 0, **more: int | str) -> Sample:
    values: Values = usual(one.fields) | more
    found = work(Part(one.name, values, x, first, count, PUBLISHED))
    assert not found.refused
    made = Sample(one.series(values))
    made.add(found.values)
    return made


def largest(one: Experiment) -> Values:
    """The settings whose scene has the longest file."""
    tops: Values = {f.name: f.high for f in one.fields if isinstance(f, Number)}
    return usual(one.fields) | tops | ({"delays": "ymmr"} if one.live else {})


@pytest.mark.parametrize("name", ENTRIES)
def test_a_trial_opens_on_the_stage_as_it_was_counted(name: str) -> None:
    """Both sides simulated give what one gave alone; the link holds the whole run."""
    one = ENTRIES[name]
    for values in (usual(one.fields), largest(one)):
        x = one.axis(values).points[3]
        for series in one.series(values):
            _, alone = one.trial(values, x, 5, PUBLISHED, False)
            _, both = one.trial(values, x, 5, PUBLISHED, True)
            assert both[series] == alone[series]
            dot = open_dot(Asked(name, values, x, 5, series, PUBLISHED))
            link = write_link(
                LinkedRun("experiment", dot.seed, "abcdefabcdef", dot.at, dot.commands, dot.file)
            )
            start = STARTS.linked(link)
            assert start.made.shown == both[series].at
            assert start.timeline is not None
            assert start.timeline.horizon >= both[series].at


@pytest.mark.parametrize("name", ENTRIES)
def test_every_choice_can_run(name: str) -> None:
    one = ENTRIES[name]
    for field in one.fields:
        tried = [v for v, _ in field.options] if isinstance(field, Choice) else [field.low]
        for value in tried:
            values = usual(one.fields) | {field.name: value}
            points = one.axis(values).points
            found = work(Part(name, values, points[-1], 0, 1, PUBLISHED))
            assert not found.refused or "was asked for" in found.refused, (field.name, value)
            assert one.lines(values)


def test_availability_is_the_closed_form() -> None:
    one = availability.EXPERIMENT
    values = usual(one.fields) | {"n": 5, "r": 2, "w": 4}
    for x in (25,):
        made = sample(one, x, 40, n=5, r=2, w=4)
        for line in one.lines(values):
            expected = availability.expected(values, line, x)
            low, high = likely(40, expected / 100)
            assert low <= sum(made.of(line.series)) <= high, (x, line)
    assert availability.expected(usual(one.fields), one.lines(usual(one.fields))[0], 50) == 50.0


def test_a_longer_time_out_loses_less_and_lets_the_other_side_wait() -> None:
    one = failover.EXPERIMENT
    short, long = sample(one, 50 * MS, 20), sample(one, 800 * MS, 20, longest=400)
    assert sum(short.of("lost")) > 15 > 5 > sum(short.of("waits"))
    assert sum(long.of("lost")) == 0
    assert sum(long.of("waits")) > 5
    assert sum(sample(one, 50 * MS, 20, copies="2").of("lost")) == 0
    # A lease ends what an old leader acknowledges; the first item comes before it does.
    assert sum(sample(one, 50 * MS, 20, fencing="on").of("lost")) > 15


def median(made: Sample) -> float:
    ordered = sorted(made.of("downtime"))
    return ordered[len(ordered) // 2] / MS


def test_elections_take_as_long_as_published() -> None:
    """Figure 16 of the Raft paper, its wide ranges, and that time-outs that do not differ elect
    nobody. At full size in `make validate`, as the experiment raft-lan."""
    one = election.EXPERIMENT
    for width, theirs in ((50, 147), (150, 171)):
        assert median(sample(one, width * MS, 60)) == pytest.approx(theirs, rel=0.15)
    assert median(sample(one, 0, 3)) == 10_000
    known = one.published(usual(one.fields), PUBLISHED)
    assert {(each.x // MS, each.theirs) for each in known} == {
        (5, "287 ms"), (50, "147 ms"), (150, "171 ms")
    }  # fmt: skip
    assert one.published(usual(one.fields) | {"logs": "equal"}, PUBLISHED) == ()


def test_an_answer_is_as_far_away_as_what_it_waits_for() -> None:
    def fastest(x: int, **more: str) -> list[float]:
        made = sample(latency.EXPERIMENT, x, 12, **more)
        return [min(made.of(name)) / MS for name, *_ in latency.SERIES]

    near, two_near, away = fastest(0), fastest(1), fastest(2)
    assert max(near) < 10 > max(two_near)
    assert min(away) >= 80
    led_write, led_read, write, read = fastest(4)
    assert min(led_write, led_read) >= 160
    assert max(write, read) < 10
    assert fastest(2, w="1", r="1")[2] < 10


def test_bands_are_the_known_ones() -> None:
    """Wilson's for 0 and for 8 of 10 (Brown, Cai and DasGupta 2001), ranks for a median."""
    none, most = wilson(0, 10), wilson(8, 10)
    assert (none.low, round(none.high, 4)) == (0.0, 0.2775)
    assert (round(most.low, 4), round(most.high, 4)) == (0.4902, 0.9433)
    found = percentile(range(1, 101), 50)
    assert (found.middle, found.low, found.high) == (50, 40, 61)
    assert percentile([7], 99).high == 7


def covered(samples: Sequence[Sequence[int]], percent: float, true: int) -> int:
    bands = [percentile(sorted(one), percent) for one in samples]
    return sum(band.low <= true <= band.high for band in bands)


def test_a_band_holds_what_it_promises() -> None:
    from app.sim.luck import draw

    samples = [[draw(7, f"s{n}", f"d{k}", 1, 1_000) for k in range(60)] for n in range(300)]
    for percent in (50, 90):
        assert covered(samples, percent, percent * 10) >= 280


def test_what_cannot_be_set_is_refused_in_words() -> None:
    one = failover.EXPERIMENT
    for given, said in (
        ({"longest": "99"}, "Longest cut: '99' is not a whole number from 100 to 2000."),
        ({"longest": "١٢٣"}, "is not a whole number"),
        ({"longest": "1e3"}, "is not a whole number"),
        ({"copies": "3"}, "there is no choice '3'. Choose one of: 1, 2."),
    ):
        with pytest.raises(CommandRejected) as refused:
            read_fields(one.fields, given, one.asked)
        assert said in str(refused.value)
    assert read_fields(one.fields, {"copies": "2", "else": "x"}, one.asked)["copies"] == "2"
    found = work(Part("availability", {"n": 2, "r": 3, "w": 1}, 10, 0, 1, PUBLISHED))
    assert "R=3 of N=2 was asked for." in found.refused


def test_extremes_are_the_rarer_answer_or_the_longest_time() -> None:
    one = failover.EXPERIMENT
    lost, waits = one.lines(usual(one.fields))
    made = Sample(("lost", "waits"))
    made.add({"lost": [0, 1, 0, 0, -1], "waits": [1, 1, 0, 1, 1]})
    assert made.of("lost") == [0, 1, 0, 0]
    assert made.extremes(lost) == [(1, 1)]
    assert made.extremes(waits) == [(2, 0)]
    slow = replace(lost, percent=99.0)
    made.add({"lost": [900], "waits": [0]})
    assert made.extremes(slow, 1) == [(5, 900)]
