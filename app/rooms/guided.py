"""A scene's script, then a visitor who follows its guide to the end: the page without a page."""

from msgspec import Struct

from app.rooms.frames import Act, Seen
from app.rooms.limits import Limits
from app.rooms.log import Acted, RoomMade
from app.rooms.room import Room
from app.rooms.timeline import Timeline
from app.scenarios.scenario import Scenario


class GuidedRun(Struct):
    """The room after the guide, and up to which moment each step of it ran."""

    room: Room
    engine: str
    chapters: list[tuple[str, int]]


def guided_run(scenario: Scenario, seed: int | None, engine: str) -> GuidedRun:
    """Run the script, follow the guide; `seed` None: the scene's own."""
    room = Room(None, scenario, Limits())
    seed = scenario.seed if seed is None else seed
    until = _script_end(scenario, seed)
    room.take(
        RoomMade(
            sender="",
            counter=0,
            scenario=scenario.name,
            seed=seed,
            engine=engine,
            commands=scenario.script,
            until=until,
        )
    )
    run = GuidedRun(room, engine, [("The script", until)] if until else [])
    for number, step in enumerate(scenario.guide, 1):
        head = room.fold.head
        steps = [list(commands) for commands in step.steps]
        entry = room.plan(Act(number, Seen(head.branch, head.until), steps), "guide")
        room.take(entry)
        assert isinstance(entry, Acted)
        run.chapters.append((step.button, entry.until))
    return run


def through_door(scenario: Scenario, seed: int | None, engine: str, number: int) -> GuidedRun:
    """The same, and then the commands of one door."""
    run = guided_run(scenario, seed, engine)
    head, door = run.room.fold.head, scenario.doors[number]
    steps = [list(commands) for commands in door.steps]
    act = Act(len(run.chapters) + 1, Seen(head.branch, head.until), steps)
    entry = run.room.plan(act, "guide")
    run.room.take(entry)
    assert isinstance(entry, Acted)
    run.chapters.append((door.button, entry.until))
    return run


def _script_end(scenario: Scenario, seed: int) -> int:
    """When the script's last answer is there, and all that the scenario claims is behind."""
    last = scenario.spoken_until
    if not last:
        return 0
    timeline = Timeline(scenario, seed, scenario.script)
    timeline.run_until(last)
    return timeline.run_to_answers(last + 10 * scenario.client_timeout_us)
