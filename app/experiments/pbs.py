"""How stale reads are, how fast reads and writes: beside Bailis et al. 2012 and the closed form."""

from collections.abc import Iterable

from msgspec import Struct, field

from app.experiments.followers import Followers, is_stale
from app.experiments.numbers import likely, spread
from app.experiments.pbs_exact import stale_instant
from app.experiments.published import Published
from app.experiments.published_pbs import Curve, Fresh, Leg, Quorums
from app.experiments.staleness import UNITS, Twin, Wars, agree
from app.experiments.table import Row, Table
from app.sim.latency import MILLION, Constant, Exponential, Latency, Mixture, Pareto, Uniform

FULL = 1_000_000
"""From so many trials on, the tolerances are meant as they stand; below, luck is added."""
PART = 20_000
CHECKED_EVERY = 500
"""One trial of so many is run by the engine too, the first one always."""
LIGHT = 10
"""Curves without latencies get a part of the trials: shares need fewer than far percentiles."""
TIME_PERCENT = 2.0
T_PERCENT = 3.0
PUBLISHED_TRIALS = 50_000
RARELY = 0.01
"""Where only the published number is known: it is one of so many trials, and of all such numbers so
many may differ by more than that explains."""
T_BIASED_PERCENT = 15.0
"""Where only the published t is known, which is low."""
POINTS = 0.5
ERRORS = 4.0
RARE = 0.001
BITS = 12
PAIRS = ((1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (1, 3))
INSTANT = "instant acks and reads, W mean 10 ms"
FOLLOWERS = "a leader's followers, W mean 10 ms, read at any"
AFTER_MS = (0, 10)
"""When reads begin that are held to the closed form."""
FEW = 20
"""The engine alone runs the leader and its followers, for that part of the trials."""


class Counts(Struct):
    """How often each time came, in units of the engine, cut to 12 binary digits; by "read 1",
    "write 2", "t 1 2". A t of 0 is left out. "stale 10": stale reads that began 10 ms after.

    `checked` trials were run by the engine as well, and in `agreed` of them it said the same.
    """

    trials: int = 0
    checked: int = 0
    agreed: int = 0
    times: dict[str, dict[int, int]] = field(default_factory=dict)

    def add(self, other: "Counts") -> None:
        self.trials += other.trials
        self.checked += other.checked
        self.agreed += other.agreed
        for name, found in other.times.items():
            into = self.times.setdefault(name, {})
            for time, count in found.items():
                into[time] = into.get(time, 0) + count

    def over(self, name: str, limit: float) -> int:
        """How many took longer."""
        return sum(count for time, count in self.times[name].items() if time > limit)

    def quantile(self, name: str, left: float) -> int:
        """What all but this part do not exceed; 0 if so few are above 0."""
        more, allowed = 0, int(self.trials * left)
        for time in sorted(self.times[name], reverse=True):
            more += self.times[name][time]
            if more > allowed:
                return time
        return 0


class Trials(Struct, frozen=True):
    """A part of a curve: trials `first` … `first + count − 1`."""

    curve: str
    wars: Wars | Followers
    first: int
    count: int


def work(job: Trials) -> Counts:
    if isinstance(job.wars, Followers):
        return _follow(job.wars, range(job.first, job.first + job.count))
    twin, found = Twin(job.wars), Counts()
    pairs = [(r, w) for r, w in PAIRS if max(r, w) <= job.wars.n]
    most = max(max(pair) for pair in pairs)
    reads = [found.times.setdefault(f"read {r}", {}) for r in range(1, most + 1)]
    writes = [found.times.setdefault(f"write {w}", {}) for w in range(1, most + 1)]
    visible = [(r, w, found.times.setdefault(f"t {r} {w}", {})) for r, w in pairs]
    for number in range(job.first, job.first + job.count):
        outcome = twin.outcome(number)
        for time, into in zip(outcome.reads, reads, strict=False):
            _note(into, time)
        for time, into in zip(outcome.writes, writes, strict=False):
            _note(into, time)
        for r, w, into in visible:
            if after := outcome.visible_after(r, w):
                _note(into, after)
        if number % CHECKED_EVERY == 0:
            r, w = pairs[number // CHECKED_EVERY % len(pairs)]
            found.checked += 1
            found.agreed += agree(job.wars, number, r, w, outcome)
    found.trials = job.count
    return found


def _follow(followers: Followers, numbers: range) -> Counts:
    """How many reads were stale, by the engine."""
    found = Counts(len(numbers))
    for after in AFTER_MS:
        stale = sum(is_stale(followers, number, after * UNITS) for number in numbers)
        found.times[f"stale {after}"] = {after * UNITS: stale}
    return found


def _note(into: dict[int, int], time: int) -> None:
    rounded = _rounded(time)
    into[rounded] = into.get(rounded, 0) + 1


def _rounded(time: int) -> int:
    """Down to its first 12 binary digits."""
    spare = time.bit_length() - BITS
    return time >> spare << spare if spare > 0 else time


def latency(leg: Leg) -> Latency:
    """In units of the engine."""
    exponential = Exponential(round(UNITS / leg.rate))
    if leg.exponential_percent == 100:
        return exponential
    pareto = Pareto(round(leg.least_ms * UNITS), round(leg.shape * 100))
    return Mixture(round(leg.exponential_percent * MILLION / 100), exponential, pareto)


def wars_of(curve: Curve, legs: dict[str, Leg]) -> Wars:
    rest = latency(legs[curve.others])
    return Wars(
        curve.n, latency(legs[curve.writes]), rest, rest, rest, round(curve.away_ms * UNITS)
    )


def instant() -> Wars:
    """W has a mean of 10 ms and all else takes next to nothing; who replies first is a draw."""
    return Wars(3, Exponential(10 * UNITS), Constant(0), Constant(0), Uniform(0, UNITS // 1_000))


def followers() -> Followers:
    """The same beside a leader, whose first word to all takes no longer than 100 such times."""
    return Followers(3, Exponential(10 * UNITS), 1_000 * UNITS)


def jobs(published: Published, count: int) -> list[Trials]:
    pbs = published.pbs
    curves: list[tuple[str, Wars | Followers, int]] = [
        (curve.name, wars_of(curve, pbs.legs), count if _heavy(curve) else max(1, count // LIGHT))
        for curve in pbs.curves
    ]
    curves.append((INSTANT, instant(), max(1, count // LIGHT)))
    curves.append((FOLLOWERS, followers(), max(1, count // FEW)))
    return [
        Trials(name, wars, first, min(PART, trials - first))
        for name, wars, trials in curves
        for first in range(0, trials, PART)
    ]


def _heavy(curve: Curve) -> bool:
    return any(row.t_ms is not None or row.read_ms is not None for row in curve.rows)


def table(published: Published, found: Iterable[tuple[str, Counts]]) -> Table:
    pbs = published.pbs
    counts: dict[str, Counts] = {}
    for name, part in found:
        counts.setdefault(name, Counts()).add(part)
    rows: list[Row] = []
    for curve in pbs.curves:
        here = counts[curve.name]
        for quorums in curve.rows:
            rows += _quorums(curve.name, quorums, here)
        if curve.write_median_ms is not None:
            rows.append(_median(curve.name, curve.write_median_ms, here))
        rows += [_fresh(curve.name, fresh, here) for fresh in curve.fresh]
    here = counts[INSTANT]
    rows += _closed(INSTANT, [here.over("t 1 1", ms * UNITS) for ms in AFTER_MS], here.trials)
    here = counts[FOLLOWERS]
    rows += _closed(FOLLOWERS, [here.over(f"stale {ms}", -1) for ms in AFTER_MS], here.trials)
    checked = sum(one.checked for one in counts.values())
    agreed = sum(one.agreed for one in counts.values())
    rows.append(
        Row("all", "engine and twin agree", "", "", f"{agreed} of {checked} trials", "all",
            agreed == checked)
    )  # fmt: skip
    most = max(one.trials for one in counts.values())
    return Table("Staleness of partial quorums", most, tuple(rows), pbs.source, pbs.note, "trials")


def _quorums(curve: str, row: Quorums, here: Counts) -> list[Row]:
    """The three numbers of one line of table 4."""
    name, rows = f"{curve} R={row.r} W={row.w}", []
    for what, key, theirs, simulated in (
        ("99.9 % of reads by, ms", f"read {row.r}", row.read_ms, row.simulated_read_ms),
        ("99.9 % of writes by, ms", f"write {row.w}", row.write_ms, row.simulated_write_ms),
    ):
        target = theirs if simulated is None else simulated
        if target is not None:
            alone = simulated is None
            tolerance, met = _close(here, key, target, TIME_PERCENT, TIME_PERCENT, alone)
            ours = _ms(here.quantile(key, RARE))
            rows.append(Row(name, what, _told(theirs), _told(simulated), ours, tolerance, met))
    theirs, simulated = row.t_ms, row.simulated_t_ms
    target = theirs if simulated is None else simulated
    if target is not None:
        above = T_BIASED_PERCENT if simulated is None else T_PERCENT
        key = f"t {row.r} {row.w}"
        tolerance, met = _close(here, key, target, T_PERCENT, above)
        ours = _ms(here.quantile(key, RARE))
        what = "t at 99.9 %, ms"
        rows.append(Row(name, what, _told(theirs), _told(simulated), ours, tolerance, met))
    return rows


def _close(
    here: Counts, key: str, target_ms: float, below: float, above: float, alone: bool = False
) -> tuple[str, bool]:
    """Is the 99.9th percentile within so many percent? Of a small sample: does not too much lie
    beyond the upper bound, nor too little beyond the lower one, for luck alone? `alone`: the target
    comes from a small sample itself, and nothing better is known."""
    least = target_ms * (1 - below / 100) * UNITS
    most = target_ms * (1 + above / 100) * UNITS
    words = f"±{below:g} %" if below == above else f"−{below:g} to +{above:g} %"
    words = "0" if target_ms == 0 else words
    if alone and here.trials >= PUBLISHED_TRIALS:
        part = PUBLISHED_TRIALS / here.trials
        few, many = likely(PUBLISHED_TRIALS, RARE, RARELY)
        met = here.over(key, least) * part >= few and here.over(key, most) * part <= many
        return f"{words} and its luck", met
    if here.trials >= FULL:
        return words, least <= here.quantile(key, RARE) <= most
    few, many = likely(here.trials, RARE)
    enough = target_ms == 0 or here.over(key, least) >= few
    return f"{words} and luck", enough and here.over(key, most) <= many


def _median(curve: str, target_ms: float, here: Counts) -> Row:
    ours = here.quantile("write 1", 0.5)
    luck = 0.0 if here.trials >= FULL else ERRORS * spread(0.5, here.trials) * 100
    within = TIME_PERCENT + luck
    met = abs(ours / UNITS - target_ms) <= target_ms * within / 100
    return Row(curve, "half of writes with W=1 by, ms", _told(target_ms), "", f"{ours / UNITS:.3f}",
               f"±{within:.1f} %", met)  # fmt: skip


def _fresh(curve: str, fresh: Fresh, here: Counts) -> Row:
    part = 1 - here.over("t 1 1", fresh.after_ms * UNITS) / here.trials
    target = fresh.simulated_percent
    within = POINTS
    if here.trials < FULL // LIGHT:
        within += ERRORS * spread(target / 100, here.trials) * 100
    what = f"fresh after {fresh.after_ms:g} ms, R=W=1"
    theirs = "" if fresh.percent is None else f"{fresh.percent:g} %"
    return Row(curve, what, theirs, f"{target:g} %", f"{part * 100:.2f} %",
               f"±{within:.1f} points", abs(part * 100 - target) <= within)  # fmt: skip


def _closed(curve: str, counted: list[int], trials: int) -> list[Row]:
    """Stale reads so long after, against the closed form with exact binomial bounds."""
    rows = []
    for after, stale in zip(AFTER_MS, counted, strict=True):
        chance = float(stale_instant(3, 1, 1, "0.1", str(after)))
        low, high = likely(trials, chance)
        rows.append(
            Row(
                curve, f"stale after {after} ms", f"{chance * 100:.3f} %", "",
                f"{stale / trials * 100:.3f} %",
                f"{low / trials * 100:.2f} to {high / trials * 100:.2f} %", low <= stale <= high,
            )
        )  # fmt: skip
    return rows


def _ms(time: int) -> str:
    return f"{time / UNITS:.4g}"


def _told(ms: float | None) -> str:
    return "" if ms is None else f"{ms:g}"
