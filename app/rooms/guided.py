"""A visitor who follows a scene's guide to its end: what the page does, without a page."""

from msgspec import Struct

from app.rooms.frames import Act, Seen
from app.rooms.limits import Limits
from app.rooms.log import Acted, RoomMade
from app.rooms.room import Room
from app.scenarios.scenario import Scenario


class GuidedRun(Struct):
    """The room after the guide, and up to which moment each step of it ran."""

    room: Room
    engine: str
    chapters: list[tuple[str, int]]


def guided_run(scenario: Scenario, seed: int | None, engine: str) -> GuidedRun:
    """Follow the guide; `seed` None: the scene's own."""
    room = Room(None, scenario, Limits())
    room.take(
        RoomMade(
            sender="",
            counter=0,
            scenario=scenario.name,
            seed=scenario.seed if seed is None else seed,
            engine=engine,
        )
    )
    run = GuidedRun(room, engine, [])
    for number, step in enumerate(scenario.guide, 1):
        head = room.fold.head
        steps = [list(commands) for commands in step.steps]
        entry = room.plan(Act(number, Seen(head.branch, head.until), steps), "guide")
        room.take(entry)
        assert isinstance(entry, Acted)
        run.chapters.append((step.button, entry.until))
    return run
