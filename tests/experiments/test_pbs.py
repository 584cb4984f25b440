"""Staleness by the engine and its twin, beside published numbers; in full in `make validate`."""

from collections.abc import Callable, Iterable

import pytest
from msgspec.structs import replace

from app.errors import ScenarioError
from app.experiments import pbs
from app.experiments.followers import Followers, is_stale
from app.experiments.numbers import likely
from app.experiments.pbs import Counts, Trials, jobs, table, wars_of, work
from app.experiments.published_pbs import load_pbs
from app.experiments.registry import EXPERIMENTS, run
from app.experiments.staleness import UNITS, Answer, Outcome, Twin, Wars, agree, ask, regions
from app.experiments.table import Row, Table
from app.main import read_published
from app.sim.latency import Constant, Exponential

PUBLISHED = read_published()
CURVES = {curve.name: wars_of(curve, PUBLISHED.pbs.legs) for curve in PUBLISHED.pbs.curves}
SAMPLE = 2_000


def rows_of(found: Table, what: str) -> list[Row]:
    return [row for row in found.rows if what in row.what]


@pytest.fixture(scope="module")
def counted() -> dict[str, Counts]:
    found: dict[str, Counts] = {}
    for job in jobs(PUBLISHED, SAMPLE):
        found.setdefault(job.curve, Counts()).add(work(job))
    return found


def test_a_small_sample_is_as_close_as_its_size_allows(counted: dict[str, Counts]) -> None:
    found = table(PUBLISHED, counted.items())
    assert found.troubles() == []
    assert sum(1 for row in found.rows if row.met) > 90
    assert f"{SAMPLE} trials a curve" in found.lines()[0]
    assert found.rows[-1].ours == "42 of 42 trials"


@pytest.mark.parametrize("pair", pbs.PAIRS)
@pytest.mark.parametrize("name", ["LNKD-SSD", "LNKD-DISK", "YMMR", "WAN", "instant", "ties"])
def test_the_engine_answers_what_the_twin_adds_up(name: str, pair: tuple[int, int]) -> None:
    """Both latencies, and the very moment from which a read is fresh; before it, it is stale."""
    same = Wars(3, Exponential(UNITS), Constant(5), Constant(0), Constant(5))
    wars = {**CURVES, "instant": pbs.instant(), "ties": same}[name]
    twin = Twin(wars)
    for number in range(12):
        assert agree(wars, number, *pair, twin.outcome(number)), f"trial {number}"


def test_each_leg_has_its_place_in_the_sums() -> None:
    """By hand: constants instead of draws, each leg with its own."""
    wars = Wars(3, Constant(100), Constant(20), Constant(7), Constant(1))
    assert Twin(wars).outcome(0) == Outcome((120,) * 3, (8,) * 3, (93,) * 3)
    assert ask(wars, 0, 1, 1, 0) == Answer(120, 8, True)
    slow_way_out = Wars(1, Constant(50), Constant(0), Constant(0), Constant(9))
    assert Twin(slow_way_out).outcome(5) == Outcome((50,), (9,), (50,))


def test_a_read_that_is_too_early_is_stale_in_the_engine_too() -> None:
    wars = CURVES["LNKD-DISK"]
    twin = Twin(wars)
    late = [number for number in range(40) if twin.outcome(number).visible_after(1, 1) > 0]
    assert len(late) > 10
    for number in late[:10]:
        after = twin.outcome(number).visible_after(1, 1)
        fresh = [ask(wars, number, 1, 1, at).fresh for at in (0, after - 1, after, after + 1)]
        assert fresh == [False, False, True, True], f"trial {number}"


def test_an_engine_that_disagrees_is_noticed() -> None:
    wars = CURVES["LNKD-DISK"]
    number = next(n for n in range(9) if Twin(wars).outcome(n).visible_after(1, 1))
    outcome = Twin(wars).outcome(number)
    for other in (
        replace(outcome, writes=(outcome.writes[0] + 1, *outcome.writes[1:])),
        replace(outcome, reads=(outcome.reads[0] - 1, *outcome.reads[1:])),
        replace(outcome, lags=(outcome.lags[0] + 1, *outcome.lags[1:])),
        replace(outcome, lags=(outcome.lags[0] - 1, *outcome.lags[1:])),
    ):
        assert not agree(wars, number, 1, 1, other)
    found = {name: Counts(100, 5, 4, work(Trials("", wars, 0, 100)).times) for name in CURVES}
    found[pbs.INSTANT] = work(Trials("", pbs.instant(), 0, 100))
    found[pbs.FOLLOWERS] = work(Trials("", pbs.followers(), 0, 10))
    assert table(PUBLISHED, found.items()).rows[-1].met is False


def test_overlapping_quorums_are_never_stale() -> None:
    for name in ("LNKD-DISK", "YMMR", "WAN"):
        twin = Twin(CURVES[name])
        for number in range(300):
            outcome = twin.outcome(number)
            for r, w in pbs.PAIRS:
                assert r + w <= 3 or outcome.visible_after(r, w) == 0


def test_writer_and_reader_are_in_data_centres_of_their_own() -> None:
    drawn = [regions(CURVES["WAN"], number) for number in range(900)]
    assert all(70 < drawn.count((a, b)) < 130 for a in range(3) for b in range(3))
    assert regions(CURVES["LNKD-DISK"], 4) == (-1, -1)
    for number in range(20):
        writes = Twin(CURVES["WAN"]).outcome(number).writes
        assert writes[1] >= 150 * UNITS, "only one replica is not 75 ms away, both ways"


def test_what_is_off_is_noticed(counted: dict[str, Counts]) -> None:
    slow = {name: replace(one, times=_slower(one.times)) for name, one in counted.items()}
    found = table(PUBLISHED, slow.items())
    for what, least in (("reads by", 6), ("writes by", 6), ("t at", 3), ("half of writes", 2)):
        assert sum(1 for row in rows_of(found, what) if not row.met) >= least, what
    stale = {
        name: replace(one, times={**one.times, "t 1 1": {900 * UNITS: one.trials}})
        for name, one in counted.items()
    }
    assert not any(row.met for row in rows_of(table(PUBLISHED, stale.items()), "fresh after"))
    always = {name: replace(one, times=_never(one.times)) for name, one in counted.items()}
    met = [row.met for row in rows_of(table(PUBLISHED, always.items()), "stale after")]
    assert met == [False] * 4


def _slower(times: dict[str, dict[int, int]]) -> dict[str, dict[int, int]]:
    return {name: {time * 2: count for time, count in one.items()} for name, one in times.items()}


def _never(times: dict[str, dict[int, int]]) -> dict[str, dict[int, int]]:
    return {name: one if name[0] in "rw" else {} for name, one in times.items()}


def test_followers_of_a_leader_are_as_stale_as_the_closed_form_says() -> None:
    """By hand: (N − 1) / N of all reads at once, and so many as have not arrived later."""
    found = work(Trials("", pbs.followers(), 0, 300))
    for after, share in ((0, 2 / 3), (10, 0.24525)):
        low, high = likely(300, share)
        assert low <= found.over(f"stale {after}", -1) <= high
    constant = Followers(4, Constant(1_000), 10_000)
    for after, share in ((0, 3 / 4), (999, 3 / 4), (1_000, 0)):
        stale = sum(is_stale(constant, number, after) for number in range(200))
        assert abs(stale / 200 - share) < 0.12 * (share > 0) + 0.001, after


def test_the_tolerance_of_a_full_size_is_the_promised_one() -> None:
    exact = {
        "read 1": 0.66, "read 2": 1.63, "read 3": 4.1, "write 1": 10.93, "write 2": 20.99,
        "write 3": 110.9, "t 1 1": 51.9, "t 1 2": 48.1, "t 2 1": 14.13,
    }  # fmt: skip

    def rows(percent: float) -> list[Row]:
        times: dict[str, dict[int, int]] = {f"t {r} {w}": {} for r, w in pbs.PAIRS}
        for name, ms in exact.items():
            times[name] = {round(ms * UNITS * (1 + percent / 100)): 2_000}
        curve = next(one for one in PUBLISHED.pbs.curves if one.name == "LNKD-DISK")
        counts = Counts(pbs.FULL, 0, 0, times)
        return [row for line in curve.rows for row in pbs._quorums("", line, counts)]

    assert {row.tolerance for row in rows(0)} == {"±2 %", "±3 %", "0"}
    assert all(row.met for percent in (-1.9, 0, 1.9) for row in rows(percent))
    for percent in (-2.1, 2.1, -2.9, 2.9):
        assert {row.what[:4] for row in rows(percent) if not row.met} == {"99.9"}
    for percent in (-3.1, 3.1):
        assert sum(1 for row in rows(percent) if not row.met) == 12 + 3


def test_a_published_number_that_stands_alone_is_held_to_its_own_luck() -> None:
    """99.9 % of 50,000 trials leave 50 above, and 33 to 69 but for one such number in a hundred."""

    def met(over: int) -> tuple[str, bool]:
        counts = Counts(pbs.FULL, 0, 0, {"read 1": {9 * UNITS: over, UNITS: pbs.FULL - over}})
        return pbs._close(counts, "read 1", 5.0, 2.0, 2.0, alone=True)

    assert met(1_000) == ("±2 % and its luck", True)
    assert [met(over)[1] for over in (600, 680, 1_340, 1_420)] == [False, True, True, False]


def test_times_are_counted_to_twelve_binary_digits() -> None:
    assert pbs._rounded(4_095) == 4_095
    for time in (4_097, 123_456_789, 10**12 + 1):
        assert 0 <= time - pbs._rounded(time) < time / 2_048


def test_quantiles_of_counts() -> None:
    counts = Counts(1_000, 0, 0, {"t": {5: 1, 7: 1, 9: 1}})
    assert [counts.quantile("t", left) for left in (0, 0.001, 0.002, 0.003, 0.5)] == [9, 7, 5, 0, 0]
    assert counts.over("t", 5) == 2


def test_results_do_not_depend_on_who_works_on_what_and_when() -> None:
    def backwards(task: Callable[[Trials], Counts], each: list[Trials]) -> Iterable[Counts]:
        return reversed([task(job) for job in reversed(each)])

    experiment = EXPERIMENTS["pbs"]
    assert run(experiment, PUBLISHED, 60, backwards) == run(experiment, PUBLISHED, 60)
    wars = Wars(3, *[Exponential(UNITS)] * 4)
    parts = Counts()
    for first in (0, 30, 45):
        parts.add(work(Trials("", wars, first, 15 if first else 30)))
    assert parts == work(Trials("", wars, 0, 60))


def test_a_data_file_that_is_wrong_is_refused_with_its_name() -> None:
    with pytest.raises(ScenarioError, match=r"pbs\.toml"):
        load_pbs(b"source = 3\n", "pbs.toml")
    wrong = (
        b'source = ""\nnote = ""\nlegs = { a = { rate = 1.0 } }\n'
        b'[[curves]]\nname = "x"\nwrites = "a"\nothers = "b"\n'
    )
    with pytest.raises(ScenarioError, match=r"pbs\.toml: x has a leg b.*Choose one of: a\."):
        load_pbs(wrong, "pbs.toml")
