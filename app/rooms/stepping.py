"""Steps of commands on a timeline: each acts, then time goes on to where a person would wait."""

from collections.abc import Sequence

from app.rooms.timeline import Timeline
from app.trace.commands import CLIENT_COMMANDS, AnyCommand, PlacedCommand

QUIET_US = 2_000_000
"""How long a fault is followed before the run is put back: nothing more comes of it."""
QUIET_ROWS = 4_000
"""And for how many rows: among many nodes and much work a person would wait for a search."""
TOGETHER_US = 50_000
"""What comes of a fault within a heartbeat of its first consequence is shown as one."""


def run_steps(
    timeline: Timeline, at: int, steps: Sequence[Sequence[AnyCommand]]
) -> tuple[tuple[PlacedCommand, ...], int]:
    """Do the steps from moment `at` on; the commands with their moments, and where it stops."""
    placed: list[PlacedCommand] = []
    until = at
    for step in steps:
        timeline.rewind(until)
        moment = until + 1
        timeline.do(moment, list(step))
        placed += [PlacedCommand(moment, command) for command in step]
        until = _run_on(timeline, moment, step)
    timeline.rewind(until)
    return tuple(placed), until


def _run_on(timeline: Timeline, moment: int, step: Sequence[AnyCommand]) -> int:
    """To where a person would wait: the answers, or what comes of a fault."""
    if any(isinstance(command, CLIENT_COMMANDS) for command in step):
        return timeline.run_to_answers(moment + 10 * timeline.scenario.client_timeout_us)
    story = timeline.run_to_story(moment, moment + QUIET_US, QUIET_ROWS)
    if story is None:
        return moment
    # Both designs notice a silence at about the same time, not at the same microsecond.
    last, end = story, story + TOGETHER_US
    while (further := timeline.run_to_story(last, end)) is not None:
        last = further
    return last
