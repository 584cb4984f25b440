"""All rooms of a server: the only owner of asyncio below the web.

Rooms never see each other. A room is made at its visitor's first request; each has a lock, so
that plan → append → take is one after the other, and is told to its viewers by `offer` alone.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec
from msgspec import Struct

from app.errors import CommandRejected, InvariantViolation
from app.lessons.lesson import Lesson
from app.rooms import questions
from app.rooms.archive import Archive
from app.rooms.frames import (
    Accepted,
    Act,
    AnyRequest,
    Join,
    More,
    Refused,
    Request,
    Roll,
    RoomState,
    Rows,
    Stopped,
    Vote,
    Welcome,
)
from app.rooms.keys import is_sealed, new_room_code
from app.rooms.limits import Limits
from app.rooms.links import LinkedRun, read_link, write_link
from app.rooms.log import AnyEntry, RoomMade
from app.rooms.member import Member
from app.rooms.room import Room
from app.scenarios.scenario import Scenario
from app.scenarios.simulation import check_command
from app.trace.codec import encode

HOME = "home"
RETRIES = 5
NEWS_SECONDS = 0.1
"""How often a process looks for what others wrote to the rooms that it shows."""
COUNT_SECONDS = 0.25
"""Votes and followers are counted out at most this often: nobody needs each of 200 at once."""


class Scene(Struct):
    """What a page shows before its websocket speaks."""

    scenario: Scenario
    room: str | None
    state: RoomState
    rows: list[Rows]


class Reply(Struct):
    """The answer to a form."""

    room: str | None
    answer: Accepted | Refused


class OpenRoom:
    """A room in memory with its viewers and its lock."""

    def __init__(self, room: Room, now: float) -> None:
        self.room = room
        self.members: list[Member] = []
        self.lock = asyncio.Lock()
        self.used_at = now
        self.counting: asyncio.TimerHandle | None = None


class Hub:
    """`clock` gives seconds that only rise; it is used for rates and idleness alone. `wall` gives
    seconds since 1970 and may jump: no order depends on it.
    """

    def __init__(
        self,
        archive: Archive,
        scenarios: dict[str, Scenario],
        limits: Limits,
        engine: str,
        clock: Callable[[], float],
        lessons: dict[str, Lesson] | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.archive = archive
        self.scenarios = scenarios
        self.limits = limits
        self.engine = engine
        self.clock = clock
        self.lessons = lessons or {}
        self.wall = wall
        self.rooms: OrderedDict[str, OpenRoom] = OrderedDict()
        self._decode = msgspec.json.Decoder(AnyRequest).decode

    # ---- viewers ------------------------------------------------------------------------------

    def member(self, learner: str = "") -> Member:
        """`learner`: the anonymous name that the visitor's cookie holds, if any."""
        made = Member(self.limits, self.clock())
        made.learner = learner
        return made

    def leave(self, member: Member) -> None:
        member.drop()
        opened = self.rooms.get(member.room or "")
        if opened and member in opened.members:
            opened.members.remove(member)
            self._count_soon(opened)

    async def next_frame(self, member: Member) -> bytes:
        """The next frame for this viewer; one that fell behind gets everything as it is now."""
        while (frame := await member.wait()) is None:
            opened = self.rooms.get(member.room or "")
            if opened is not None:
                async with opened.lock:
                    self._catch_up(opened.room, member, {})
        return frame

    async def receive(self, member: Member, data: str | bytes) -> None:
        """One frame of a viewer. Whatever it is, the answer is a frame and the room is whole."""
        if len(data) > self.limits.frame_bytes:
            remedy = f"Send at most {self.limits.frame_bytes} bytes."
            member.offer(encode(Refused(0, "Read this frame.", "It is too long.", remedy)))
            return
        try:
            request = self._decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            reason = f"It is not a request this server knows: {error}."
            member.offer(encode(Refused(0, "Read this frame.", reason, "Reload the page.")))
            return
        if not member.may_ask(self.clock()):
            member.offer(
                encode(
                    Refused(
                        request.id,
                        "Do this.",
                        "Too many requests at once.",
                        "Wait a second and try again.",
                    )
                )
            )
            return
        try:
            await self._serve(member, request)
        except CommandRejected as no:
            member.offer(encode(Refused(request.id, no.asked, no.reason, no.remedy)))

    async def _serve(self, member: Member, request: Request) -> None:
        if isinstance(request, Join):
            await self._join(member, request)
            return
        if not member.token:
            raise CommandRejected("Do this.", "You have not joined a room.", "Reload the page.")
        if member.room is None:
            if not isinstance(request, Act):
                member.offer(encode(await self._nothing_yet(request)))
                return
            opened = await self.make_room(lambda code: self.first_entry(code, member.run))
            self._enter(opened, member)
        opened = await self.open(member.room or "")
        self._may(opened.room, request, member.key, member.learner)
        if isinstance(request, More):
            async with opened.lock:
                opened.room.more(request.seen)
                self._tell_rows(opened, opened.room, {})
            return
        member.offer(encode(await self._append(opened, request, member.token, member.voter)))

    async def _nothing_yet(self, request: Request) -> Refused:
        return Refused(
            request.id,
            "Go on.",
            "Nothing has been done yet.",
            "Cut a link or let somebody shop first.",
        )

    async def _join(self, member: Member, request: Join) -> None:
        member.token, member.run, member.key = request.token, request.run, request.key
        if request.room is None:
            if request.run:
                read_link(request.run)
            return
        opened = await self.open(request.room)
        most = self.limits.viewers_a_room
        if opened.room.fold.recovery:
            most = self.limits.followers_a_class
        if len(opened.members) >= most and member not in opened.members:
            raise CommandRejected("Join this room.", "It is full.", "Open the start page instead.")
        async with opened.lock:
            self._enter(opened, member)
            room = opened.room
            member.offer(encode(self._welcome(room, member)))
            have = request.have if request.branch == room.fold.head.branch else {}
            self._catch_up(room, member, have)
        member.offer(encode(Accepted(request.id, room.fold.seq)))
        self._count_soon(opened)

    def _welcome(self, room: Room, member: Member) -> Welcome:
        voted = {
            name: asked.votes[member.voter]
            for name, asked in room.fold.asked.items()
            if member.voter in asked.votes
        }
        drives = self.drives(room, member.key, member.learner)
        return Welcome("drives" if drives else "follows", voted)

    def welcome_all(self, opened: OpenRoom) -> None:
        """Tell everybody anew who drives: the presenter has changed."""
        for member in opened.members:
            member.offer(encode(self._welcome(opened.room, member)))

    def drives(self, room: Room, key: str, learner: str) -> bool:
        """May whoever has this secret, or this cookie, give commands in the room? Asked anew for
        each request, since a presenter can be replaced."""
        code, presenter = room.code or "", room.fold.presenter
        if not presenter:
            return True
        return is_sealed(code, key, presenter) or is_sealed(code, learner, presenter)

    def _may(self, room: Room, request: Request, key: str, learner: str) -> None:
        """Raise CommandRejected unless this viewer may ask this: the one place that decides."""
        drives = self.drives(room, key, learner)
        if isinstance(request, Vote):
            if room.fold.recovery and drives:
                raise CommandRejected(
                    "Answer this.", "You ask; the others answer.", "Show what they answered."
                )
            return
        if not drives:
            raise CommandRejected(
                "Do this.",
                "Only the presenter can change this run.",
                "Look around as you like; for a run of your own open the start page.",
            )

    def _enter(self, opened: OpenRoom, member: Member) -> None:
        before = self.rooms.get(member.room or "")
        if before is not None and before is not opened and member in before.members:
            before.members.remove(member)
        member.room = opened.room.code
        if member not in opened.members:
            opened.members.append(member)

    def _catch_up(self, room: Room, member: Member, have: dict[str, int]) -> None:
        for frame in room.rows(have):
            member.offer(encode(frame))
        member.offer(encode(room.state(self._wall_ms(room))))

    # ---- forms and pages ----------------------------------------------------------------------

    async def request(
        self, code: str | None, token: str, request: Act, key: str = "", learner: str = ""
    ) -> Reply:
        """A request that came by a form; viewers of the room see it as any other."""
        try:
            if code:
                opened = await self.open(code)
            else:
                opened = await self.make_room(lambda made: self.first_entry(made, ""))
            self._may(opened.room, request, key, learner)
            accepted = await self._append(opened, request, token)
        except CommandRejected as no:
            return Reply(code, Refused(request.id, no.asked, no.reason, no.remedy))
        return Reply(opened.room.code, accepted)

    async def scene(self, code: str | None, run: str) -> Scene:
        """What to show first: a room as it is, a linked run, or the start of the home scene."""
        if code:
            opened = await self.open(code)
            async with opened.lock:
                room = opened.room
                state = room.state(self._wall_ms(room))
                return Scene(room.scenario, code, state, room.rows({}))
        room = self._new_room(None, run)
        return Scene(room.scenario, None, room.state(), room.rows({}))

    def first_scene(self, name: str) -> Scene:
        """A scenario as it stands at its start, for a page that has no room yet."""
        scenario = self.scenarios[name]
        room = Room(None, scenario, self.limits)
        made = RoomMade(sender="", counter=0, scenario=name, seed=scenario.seed, engine=self.engine)
        room.take(made)
        return Scene(scenario, None, room.state(), room.rows({}))

    def link(self, room: Room) -> str:
        """The text of a link to what the room shows now."""
        fold = room.fold
        return write_link(
            LinkedRun(fold.scenario, fold.seed, self.engine, fold.head.until, fold.current.commands)
        )

    async def link_of(self, code: str) -> str:
        """The same for a room by its code; raises CommandRejected."""
        room = (await self.open(code)).room
        if room.fold.gated:
            raise questions.still_open("Share this run.")
        return self.link(room)

    # ---- rooms --------------------------------------------------------------------------------

    def _new_room(self, code: str | None, run: str) -> Room:
        """A room with its first entry taken; not yet in the archive."""
        entry = self.first_entry(code or "", run)
        room = Room(code, self.scenarios[entry.scenario], self.limits)
        room.take(entry)
        return room

    def first_entry(self, code: str, run: str) -> RoomMade:
        """Of a visitor's own room: the home scene, or a linked run. Raises CommandRejected."""
        if not run:
            home = self.scenarios[HOME]
            return RoomMade(sender="", counter=0, scenario=HOME, seed=home.seed, engine=self.engine)
        linked = read_link(run)
        scenario = self.scenarios.get(linked.scenario)
        if scenario is None:
            raise CommandRejected(
                "Open this link.",
                f"There is no scene {linked.scenario} here.",
                "Open the start page.",
            )
        if len(linked.commands) > self.limits.commands_a_branch:
            raise CommandRejected(
                "Open this link.",
                "It holds more commands than a run may have.",
                "Open the start page.",
            )
        for placed in linked.commands:
            check_command(scenario, placed.command)
        ordered = tuple(sorted(linked.commands, key=lambda placed: placed.at))
        return RoomMade(
            sender="",
            counter=0,
            scenario=linked.scenario,
            seed=linked.seed,
            engine=linked.engine,
            commands=ordered,
            until=max((linked.at, *(placed.at for placed in ordered))),
        )

    async def make_room(
        self, first: Callable[[str], RoomMade], new_code: Callable[[], str] = new_room_code
    ) -> OpenRoom:
        """A room under a code that no other has; `first` makes its first entry."""
        self._evict()
        while True:
            code = new_code()
            entry = first(code)
            entry = msgspec.structs.replace(entry, wall=int(self.wall() * 1000))
            if await self.archive.append(code, 0, entry):
                return await self.open(code)

    async def open(self, code: str) -> OpenRoom:
        """The room, read from the archive when it is not in memory."""
        opened = self.rooms.get(code)
        if opened is None:
            entries = await self.archive.read(code, 0)
            if not entries or not isinstance(entries[0], RoomMade):
                raise CommandRejected(
                    "Open this room.",
                    "There is no such room here, or it was closed after a while.",
                    "Open the start page for a new one.",
                )
            made = entries[0]
            lesson = self.lessons.get(made.lesson)
            room = Room(code, self.scenarios[made.scenario], self.limits, lesson)
            for entry in entries:
                room.take(entry)
            opened = self.rooms.setdefault(code, OpenRoom(room, self.clock()))
        opened.used_at = self.clock()
        self.rooms.move_to_end(code)
        return opened

    def _evict(self) -> None:
        """Close rooms nobody uses; refuse a new one when all are in use."""
        now = self.clock()
        while self.rooms:
            code, oldest = next(iter(self.rooms.items()))
            idle = now - oldest.used_at > self.limits.idle_seconds
            full = len(self.rooms) >= self.limits.rooms
            if not idle and not (full and not oldest.members):
                break
            del self.rooms[code]
        if len(self.rooms) >= self.limits.rooms:
            raise CommandRejected(
                "Make a room.",
                f"This server holds {self.limits.rooms} rooms, all in use.",
                "Try again in a few minutes.",
            )

    async def _append(
        self, opened: OpenRoom, request: Request, sender: str, voter: str = ""
    ) -> Accepted:
        room = opened.room
        quiet = isinstance(request, Vote)
        async with opened.lock:
            if room.fold.answered.get(sender, 0) < request.id:
                await self.write(
                    opened, lambda: room.plan(request, sender, voter or sender), sender, quiet
                )
            return Accepted(request.id, room.fold.seq)

    async def write(
        self, opened: OpenRoom, plan: Callable[[], AnyEntry], sender: str, quiet: bool = False
    ) -> None:
        """Plan, append, take, tell: in this order, with the room's lock held by the caller.

        When another process wrote first, its entries are taken in and the plan is made again on
        what is there now. `quiet`: viewers are told by and by.
        """
        room = opened.room
        for _ in range(RETRIES):
            answered = room.fold.answered.get(sender, 0)
            before = self._shown(room)
            try:
                entry = plan()
            except InvariantViolation as bug:
                self._stop(opened, bug)
                raise CommandRejected(
                    "Go on.",
                    f"The engine broke one of its own rules: {bug.rule}.",
                    "This run is stopped. Go back, or press Reset; the link replays it for us.",
                ) from bug
            entry = msgspec.structs.replace(entry, wall=self._wall_ms(room))
            if await self._keep(room, entry):
                room.take(entry)
                if quiet:
                    self._count_soon(opened)
                else:
                    self._tell(opened, before)
                return
            await self._read_on(opened)
            if room.fold.answered.get(sender, 0) > answered:
                return  # It was this very request, by way of another process.
        raise CommandRejected("Do this.", "The room is busy.", "Try again.")

    async def _keep(self, room: Room, entry: AnyEntry) -> bool:
        try:
            return await self.archive.append(room.code or "", room.fold.seq, entry)
        except CommandRejected:
            room.drop_plans()
            raise

    async def _read_on(self, opened: OpenRoom) -> None:
        """Take in what other processes wrote; the lock is held by the caller."""
        room = opened.room
        entries = await self.archive.read(room.code or "", room.fold.seq)
        if not entries:
            return
        before = self._shown(room)
        room.drop_plans()
        for entry in entries:
            room.take(entry)
        self._tell(opened, before)

    async def follow(self) -> None:
        """For ever: show the viewers here what other processes wrote to their rooms."""
        mark, _ = await self.archive.news(-1)
        while True:
            await asyncio.sleep(NEWS_SECONDS)
            with contextlib.suppress(CommandRejected):
                mark, codes = await self.archive.news(mark)
                for code in codes:
                    opened = self.rooms.get(code)
                    if opened is not None and opened.members:
                        async with opened.lock:
                            await self._read_on(opened)

    def _wall_ms(self, room: Room) -> int:
        """The log's clock: never behind what the log says."""
        return max(room.fold.wall, int(self.wall() * 1000))

    def _count_soon(self, opened: OpenRoom) -> None:
        """Tell how many follow and how many answered, a little later, once for all of them."""
        if opened.counting is None and opened.room.fold.recovery:
            loop = asyncio.get_running_loop()
            opened.counting = loop.call_later(COUNT_SECONDS, self._count_now, opened)

    def _count_now(self, opened: OpenRoom) -> None:
        opened.counting = None
        room = opened.room
        driving = [m for m in opened.members if self.drives(room, m.key, m.learner)]
        roll = encode(Roll(len(opened.members) - len(driving)))
        state = encode(room.state(self._wall_ms(room)))
        for member in driving:
            member.offer(roll)
        for member in opened.members:
            member.offer(state)

    def _stop(self, opened: OpenRoom, bug: InvariantViolation) -> None:
        opened.room.drop_plans()
        stopped = encode(Stopped(bug.rule, self.link(opened.room)))
        for member in opened.members:
            member.offer(stopped)

    def _shown(self, room: Room) -> tuple[int, dict[str, int]]:
        """The branch on screen and how many of its rows viewers have."""
        timeline = room.timelines.get(room.fold.head.branch)
        upto = max(room.fold.current.frontier, room.fold.head.until)
        counts = (
            {}
            if timeline is None
            else {name: track.count(upto) for name, track in timeline.tracks.items()}
        )
        return room.fold.head.branch, counts

    def _tell(self, opened: OpenRoom, before: tuple[int, dict[str, int]]) -> None:
        branch, counts = before
        room = opened.room
        self._tell_rows(opened, room, counts if branch == room.fold.head.branch else {})
        state = encode(room.state())
        for member in opened.members:
            member.offer(state)

    def _tell_rows(self, opened: OpenRoom, room: Room, have: dict[str, int]) -> None:
        """Encode once, offer to all."""
        for rows in room.rows(have):
            frame = encode(rows)
            for member in opened.members:
                member.offer(frame)
