"""`python -m app experiment`: the one place where experiments meet processes and the clock."""

import multiprocessing
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import CommandRejected
from app.experiments.lab import sheets
from app.experiments.lab.bands import PERCENTILE_BAND, SHARE_BAND
from app.experiments.lab.entries import ENTRIES, work
from app.experiments.lab.experiment import Experiment, Part, Sample
from app.experiments.lab.fields import read_fields
from app.experiments.registry import EXPERIMENTS, Each, run
from app.main import engine_digest, read_published

MANY_PROCESSES = 64
PART = 25
"""Trials a job of the laboratory's."""


def experiment(given: Namespace) -> int:
    """Print the table, or the list of experiments; returns the exit status.

    `given`: `name`; `elections`, or trials, a curve or point (None: as many as are usual);
    `processes`; `set`: NAME=VALUE texts for one of the laboratory; `csv`: print that as a file.
    """
    name, elections, processes = given.name, given.elections, given.processes
    if not name:
        for one, found in EXPERIMENTS.items():
            print(f"{one:<13} {found.summary}")
        for one, entry in ENTRIES.items():
            print(f"{one:<13} {entry.title[0].lower()}{entry.title[1:]}")
        return 0
    if name not in EXPERIMENTS and name not in ENTRIES:
        print(
            f"There is no experiment {name}. Choose one of: {', '.join((*EXPERIMENTS, *ENTRIES))}.",
            file=sys.stderr,
        )
        return 2
    usual = EXPERIMENTS[name].usual if name in EXPERIMENTS else ENTRIES[name].usual_trials
    count = usual if elections is None else elections
    if count < 1 or not 1 <= processes <= MANY_PROCESSES:
        print(
            f"{count} elections by {processes} processes cannot be run. Give at least one "
            f"election or trial, and 1 to {MANY_PROCESSES} processes.",
            file=sys.stderr,
        )
        return 2
    with _shared_out(processes) as each:
        if name in ENTRIES:
            return _laboratory(ENTRIES[name], count, given.set, given.csv, each)
        if given.set or given.csv:
            print(
                f"{name} has no settings and no CSV: its tables are published ones. Leave them "
                f"out, or choose one of: {', '.join(ENTRIES)}.",
                file=sys.stderr,
            )
            return 2
        begun = time.monotonic()
        table = run(EXPERIMENTS[name], read_published(), count, each)
        print("\n".join(table.lines()))
        print(f"Engine {engine_digest()}, {time.monotonic() - begun:.1f} s.")
    return 0 if table.met else 1


@contextmanager
def _shared_out(processes: int) -> Iterator[Each]:
    if processes == 1:
        yield map
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield pool.imap


def _laboratory(
    entry: Experiment, count: int, settings: list[str], as_csv: bool, each: Each
) -> int:
    """A curve of the laboratory, as text or CSV."""
    given = dict(one.split("=", 1) for one in settings if "=" in one)
    known = [field.name for field in entry.fields]
    for one in settings:
        if "=" not in one or one.split("=", 1)[0] not in known:
            print(
                f"{one[:40]!a} is no setting of {entry.name}. Give name=value, with one of: "
                f"{', '.join(known)}.",
                file=sys.stderr,
            )
            return 2
    values = read_fields(entry.fields, given, entry.asked)
    published, begun = read_published(), time.monotonic()
    axis = entry.axis(values)
    parts = [
        Part(entry.name, values, x, first, min(PART, count - first), published)
        for x in axis.points
        for first in range(0, count, PART)
    ]
    samples = {x: Sample(entry.series(values)) for x in axis.points}
    for part, found in zip(parts, each(work, parts), strict=True):
        if found.refused:
            raise CommandRejected(entry.asked, found.refused, "Choose other settings.")
        samples[part.x].add(found.values)
    if as_csv:
        print(sheets.points(entry, values, samples, engine_digest()), end="")
        return 0
    print(f"{entry.title}: {count} trials a point")
    print(", ".join(f"{field.title}: {field.told(values[field.name])}" for field in entry.fields))
    for line in entry.lines(values):
        print(f"\n{line.title} ({entry.y_title}, {sheets.unit(entry)})")
        for x, sample in samples.items():
            band = line.band(sample.of(line.series))
            expected = entry.expected(values, line, x)
            told = "–" if band is None else f"{band.middle:8.2f}  {band.low:.2f} to {band.high:.2f}"
            more = "" if expected is None else f"   {entry.expected_title}: {expected:.2f}"
            theirs = [
                f"   published: {one.theirs}"
                for one in entry.published(values, published)
                if (one.x, one.line) == (x, line.title)
            ]
            print(f"  {axis.told(x):<24} {told}{more}{''.join(theirs)}")
    band_words = SHARE_BAND if entry.shows == "share" else PERCENTILE_BAND
    print(f"\n{entry.assumes}\n{band_words}.")
    print(f"Engine {engine_digest()}, {time.monotonic() - begun:.1f} s.")
    return 0
