"""A class: one room that a presenter drives and others follow, made and taken over by secrets."""

from msgspec import Struct

from app.errors import CommandRejected
from app.rooms.hub import Hub
from app.rooms.keys import is_sealed, new_class_code, new_key, new_recovery, seal
from app.rooms.log import Handed, RoomMade
from app.rooms.open_room import OpenRoom

SENDER = "class"


class Keys(Struct, frozen=True):
    """What the presenter gets to see, once: nobody else has it and the log holds only hashes."""

    code: str
    key: str
    recovery: str


class Classroom:
    """Makes classes and hands them over."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def start(self, slug: str) -> Keys:
        """A new class about a lesson; raises CommandRejected."""
        lesson = self.hub.lessons.get(slug)
        if lesson is None:
            raise CommandRejected(
                "Start a class.", f"There is no lesson {slug[:40]}.", "Choose one of the list."
            )
        key, recovery = new_key(), new_recovery()

        def first(code: str) -> RoomMade:
            scenario = lesson.front.scenario
            return self.hub.starts.fresh(scenario, slug, seal(code, key), seal(code, recovery))

        opened = await self.hub.make_room(first, new_class_code)
        return Keys(opened.room.code or "", key, recovery)

    async def recover(self, code: str, recovery: str) -> Keys:
        """New secrets for whoever has the recovery code; the old ones are void from now on."""
        opened = await self.find(code)
        given = recovery.strip().lower()
        key, fresh = new_key(), new_recovery()

        def plan() -> Handed:
            fold = opened.room.fold
            if not is_sealed(code, given, fold.recovery):
                raise CommandRejected(
                    "Take over this class.",
                    "This is not its recovery code.",
                    "It has three groups of four, and changes each time it is used.",
                )
            count = fold.answered.get(SENDER, 0) + 1
            return Handed(
                sender=SENDER,
                counter=count,
                presenter=seal(code, key),
                recovery=seal(code, fresh),
            )

        async with opened.lock:
            await self.hub.write(opened, plan, SENDER)
            opened.welcome_all()
        return Keys(code, key, fresh)

    async def find(self, code: str) -> OpenRoom:
        """The class under this code; raises CommandRejected."""
        opened = await self.hub.open(code)
        if not opened.room.fold.recovery:
            raise CommandRejected(
                "Join this class.", f"{code} is not the code of a class.", "Ask for the code again."
            )
        if opened.room.lesson is None:
            raise CommandRejected(
                "Join this class.",
                f"It is about the lesson {opened.room.fold.lesson}, which this version lacks.",
                "Start a new class.",
            )
        return opened
