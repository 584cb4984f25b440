"""One visitor in a room on the home scene, without a server."""

from app.rooms.frames import Act, Back, Next, Request, Seen
from app.rooms.limits import Limits
from app.rooms.log import AnyEntry, RoomMade
from app.rooms.room import Room
from app.scenarios.scenario import Scenario
from app.trace.codec import decode_events, decode_verdicts
from app.trace.commands import AnyCommand
from app.trace.events import AnyEvent
from app.trace.verdicts import AnyVerdict
from tests.home import home


class Visit:
    """One visitor acting on a room as the page would; `seed` None: the scene's own."""

    def __init__(
        self,
        seed: int | None = None,
        limits: Limits | None = None,
        scenario: Scenario | None = None,
    ) -> None:
        scenario = scenario or home()
        self.room = Room("test", scenario, limits or Limits())
        self.log: list[AnyEntry] = []
        self.counter = 0
        self._take(
            RoomMade(
                sender="",
                counter=0,
                scenario=scenario.name,
                seed=scenario.seed if seed is None else seed,
                engine="test",
            )
        )

    def _take(self, entry: AnyEntry) -> None:
        self.log.append(entry)
        self.room.take(entry)

    def ask(self, request: Request) -> AnyEntry:
        entry = self.room.plan(request, "visitor")
        self._take(entry)
        return entry

    def _count(self) -> int:
        self.counter += 1
        return self.counter

    @property
    def seen(self) -> Seen:
        head = self.room.fold.head
        return Seen(head.branch, head.until)

    def act(self, *commands: AnyCommand, at: int | None = None) -> AnyEntry:
        seen = self.seen if at is None else Seen(self.seen.branch, at)
        return self.ask(Act(self._count(), seen, [list(commands)]))

    def next(self) -> AnyEntry:
        return self.ask(Next(self._count(), self.seen))

    def back(self) -> AnyEntry:
        return self.ask(Back(self._count(), self.seen))

    def guide(self, steps: int = 3) -> "Visit":
        """Follow the guide of the scene for so many steps."""
        for step in self.room.scenario.guide[:steps]:
            self.ask(Act(self._count(), self.seen, [list(group) for group in step.steps]))
        return self

    def rows(self, cluster: str) -> bytes:
        frame = next(f for f in self.room.rows({}) if f.cluster == cluster)
        return bytes(frame.rows)

    def events(self, cluster: str) -> list[AnyEvent]:
        return decode_events(self.rows(cluster))

    def verdicts(self, cluster: str) -> list[AnyVerdict]:
        frame = next(f for f in self.room.rows({}) if f.cluster == cluster)
        return decode_verdicts(bytes(frame.verdicts))
