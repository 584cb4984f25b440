"""`python -m app find-bad`: search schedules and faults for a run that breaks a promise."""

import sys

from app.errors import CommandRejected
from app.experiments.bad_runs.draw import FAULT_WORDS, Space
from app.experiments.bad_runs.promises import PROMISES
from app.experiments.bad_runs.search import ASKED, MOST_TRIES, Hunt, first_bad, shrunk
from app.main import engine_digest, find_scenario
from app.rooms.links import LinkedRun, write_link
from app.trace.codec import encode
from app.trace.commands import AnyCommand, Configure


def find_bad(
    name: str, promise: str, side: str, faults: str, seed: int, tries: int, settings: list[str]
) -> int:
    """Print the run, or how many were tried; 1 when none was found. `settings`: side.name=value."""
    if not promise:
        for one, says in PROMISES.items():
            print(f"{one:<20} {says}")
        print(f"Faults: {'; '.join(f'{one}: {words}' for one, words in FAULT_WORDS.items())}.")
        return 0
    if not 1 <= tries <= MOST_TRIES:
        reason = f"{tries} tries cannot be made."
        raise CommandRejected(ASKED, reason, f"Give a number from 1 to {MOST_TRIES}.")
    scenario = find_scenario(name)
    hunt = Hunt(Space(scenario, side, tuple(map(_setting, settings)), faults, seed), promise)
    hunt.check()
    number = first_bad(hunt, range(tries))
    if number is None:
        print(f"None of {tries} runs broke it. That does not say that none does.")
        return 1
    run = shrunk(hunt, number)
    print(f"Run {number + 1} of at most {tries} broke it: {PROMISES[promise]}")
    print(f"{run.drawn} commands, of which {len(run.commands)} are enough:")
    for placed in run.commands:
        print(f"  {placed.at / 1e6:7.3f} s  {encode(placed.command).decode()}")
    print(f"  {run.at / 1e6:7.3f} s  {run.because}")
    if name == scenario.name:
        linked = LinkedRun(name, run.seed, engine_digest(), run.at, run.commands)
        print(f"/run/{write_link(linked)}")
    sys.stdout.flush()
    return 0


def _setting(text: str) -> AnyCommand:
    """`leaderless.r=1` as a command."""
    left, _, value = text.partition("=")
    side, _, setting = left.partition(".")
    if not (side and setting and value):
        reason = f"{text[:40]!a} is no setting."
        raise CommandRejected(ASKED, reason, "Give side.name=value, such as leaderless.r=1.")
    return Configure(side, setting, value)
