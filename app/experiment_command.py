"""`python -m app experiment`: the one place where experiments meet processes and the clock."""

import multiprocessing
import sys
import time

from app.experiments.registry import EXPERIMENTS, run
from app.main import engine_digest, read_published

MANY_PROCESSES = 64


def experiment(name: str, elections: int | None, processes: int) -> int:
    """Print the table, or the list of experiments; returns the exit status.

    `elections`: or trials, a curve; None: as many as are usual.
    """
    if not name:
        for one, found in EXPERIMENTS.items():
            print(f"{one:<10} {found.summary}")
        return 0
    if name not in EXPERIMENTS:
        print(
            f"There is no experiment {name}. Choose one of: {', '.join(EXPERIMENTS)}.",
            file=sys.stderr,
        )
        return 2
    count = EXPERIMENTS[name].usual if elections is None else elections
    if count < 1 or not 1 <= processes <= MANY_PROCESSES:
        print(
            f"{count} elections by {processes} processes cannot be run. Give at least one "
            f"election or trial, and 1 to {MANY_PROCESSES} processes.",
            file=sys.stderr,
        )
        return 2
    chosen, published = EXPERIMENTS[name], read_published()
    begun = time.monotonic()
    if processes == 1:
        table = run(chosen, published, count)
    else:
        with multiprocessing.get_context("spawn").Pool(processes) as pool:
            table = run(chosen, published, count, pool.imap)
    print("\n".join(table.lines()))
    print(f"Engine {engine_digest()}, {time.monotonic() - begun:.1f} s.")
    return 0 if table.met else 1
