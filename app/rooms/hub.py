"""All rooms of a server: the only owner of asyncio below the web.

Rooms never see each other. A room is made at its visitor's first request; each has a lock, so
that plan → append → take → tell is one after the other.
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
from app.rooms import questions, roles
from app.rooms.archive import Archive
from app.rooms.frames import (
    Accepted,
    Act,
    AnyRequest,
    Join,
    More,
    Refused,
    Request,
    RoomState,
    Rows,
    Seen,
    Stopped,
    Vote,
)
from app.rooms.keys import new_room_code
from app.rooms.limits import Limits
from app.rooms.links import LinkedRun, read_link, write_link
from app.rooms.log import AnyEntry, RoomMade
from app.rooms.member import Member
from app.rooms.open_room import OpenRoom
from app.rooms.replays import difference, told
from app.rooms.room import Room
from app.rooms.scene_file import scene_text
from app.rooms.starts import Start, Starts
from app.scenarios.catalogue import Catalogue
from app.scenarios.scenario import Scenario
from app.trace.codec import encode

RETRIES = 5
OTHER_ENGINE = (
    "This run was made by another version of the engine. Its commands are done again by this one, "
    "so that what you see may differ."
)
NEWS_SECONDS = 0.1
"""How often a process looks for what others wrote to the rooms that it shows."""


class Scene(Struct):
    """What a page shows before its websocket speaks."""

    scenario: Scenario
    room: str | None
    state: RoomState
    rows: list[Rows]
    other_engine: str = ""


class Reply(Struct):
    """The answer to a form."""

    room: str | None
    answer: Accepted | Refused


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
        catalogue: Catalogue | None = None,
    ) -> None:
        self.archive = archive
        self.scenarios = scenarios
        self.limits = limits
        self.engine = engine
        self.clock = clock
        self.lessons = lessons or {}
        self.starts = Starts(scenarios, frozenset(self.lessons), limits, engine, catalogue)
        self._trying = asyncio.Semaphore(1)
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
        if opened := self.rooms.get(member.room or ""):
            opened.leave(member)

    async def next_frame(self, member: Member) -> bytes:
        """The next frame for this viewer; one that fell behind gets everything as it is now."""
        while (frame := await member.wait()) is None:
            await self.snapshot(member)
        return frame

    async def snapshot(self, member: Member) -> None:
        """To a viewer that was behind and can take frames again: everything as it is now."""
        if opened := self.rooms.get(member.room or ""):
            async with opened.lock:
                member.owed = False
                opened.catch_up(member, {}, opened.welcome(member))

    async def receive(self, member: Member, data: str | bytes) -> None:
        """One frame of a viewer. Whatever it is, the answer is a frame and the room is whole."""
        answer: Accepted | Refused | None
        if len(data) > self.limits.frame_bytes:
            remedy = f"Send at most {self.limits.frame_bytes} bytes."
            answer = Refused(0, "Read this frame.", "It is too long.", remedy)
        else:
            answer = await self._answer(member, data)
        if answer is not None:
            member.answer(encode(answer))

    async def _answer(self, member: Member, data: str | bytes) -> Accepted | Refused | None:
        try:
            request = self._decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            reason = f"It is not a request this server knows: {str(error)[:200]}."
            return Refused(0, "Read this frame.", reason, "Reload the page.")
        if not member.may_ask(self.clock()):
            remedy = "Wait a second and try again."
            return Refused(request.id, "Do this.", "Too many requests at once.", remedy)
        try:
            return await self._serve(member, request)
        except CommandRejected as no:
            return Refused(request.id, no.asked, no.reason, no.remedy)

    async def _serve(self, member: Member, request: Request) -> Accepted | None:
        if isinstance(request, Join):
            return await self._join(member, request)
        if not member.token:
            raise CommandRejected("Do this.", "You have not joined a room.", "Reload the page.")
        if member.room is None:
            if not isinstance(request, Act):
                raise CommandRejected(
                    "Go on.", "Nothing has been done yet.", "Cut a link or let somebody shop first."
                )
            opened = await self.make_own(await self.begin(member.run))
            opened.enter(member)
        opened = await self.open(member.room or "")
        roles.check(opened.room, request, member.key, member.learner)
        if isinstance(request, More):
            async with opened.lock:
                opened.tell_more(request.seen)
            return None
        return await self._append(opened, request, member.token, member.voter)

    async def _join(self, member: Member, request: Join) -> Accepted | None:
        member.token, member.run, member.key = request.token, request.run, request.key
        if request.room is None:
            if request.run:
                read_link(request.run)
            return None
        opened = await self.open(request.room)
        most = self.limits.viewers_a_room
        if opened.room.fold.recovery:
            most = self.limits.observers_a_class
        if len(opened.members) >= most and member not in opened.members:
            raise CommandRejected("Join this room.", "It is full.", "Open the start page instead.")
        before = self.rooms.get(member.room or "")
        if before is not None and before is not opened:
            before.leave(member)
        async with opened.lock:
            opened.enter(member)
            room = opened.room
            have = request.have if request.branch == room.fold.head.branch else {}
            opened.catch_up(member, have, opened.welcome(member))
        return Accepted(request.id, room.fold.seq)

    # ---- forms and pages ----------------------------------------------------------------------

    async def request(
        self,
        code: str | None,
        token: str,
        request: Act,
        key: str = "",
        learner: str = "",
        run: str = "",
    ) -> Reply:
        """A request that came by a form; viewers of the room see it as any other. `run`: what a
        page without a room shows, and what its room starts from."""
        try:
            if code:
                opened = await self.open(code)
            else:
                opened = await self.make_own(await self.begin(run))
            roles.check(opened.room, request, key, learner)
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
                other = self.other_engine(room)
                return Scene(room.scenario, code, opened.state(), room.rows({}), other)
        start = await self.begin(run)
        room = Room(None, start.scenario, self.limits)
        room.take(start.made)
        if start.timeline is not None:
            room.timelines[0] = start.timeline
        return Scene(room.scenario, None, room.state(), room.rows({}), self.other_engine(room))

    def first_scene(self, name: str) -> Scene:
        """A scenario as it stands at its start, for a page that has no room yet."""
        room = Room(None, self.scenarios[name], self.limits)
        room.take(self.starts.fresh(name))
        return Scene(room.scenario, None, room.state(), room.rows({}))

    def link(self, room: Room) -> str:
        """The text of a link to what the room shows now."""
        fold, file = room.fold, room.made.file if room.made else ""
        head = fold.head
        seen = told(room.timeline(head.branch), max(fold.current.frontier, head.until))
        return write_link(
            LinkedRun(
                fold.scenario,
                fold.seed,
                self.engine,
                head.until,
                fold.current.commands,
                file,
                seen,
            )
        )

    def other_engine(self, room: Room) -> str:
        """What to say of a run that another engine showed; "" when it was this one."""
        made = room.made
        if made is None or made.engine == self.engine:
            return ""
        first = difference(room.timeline(0), made.until, made.told)
        if first:
            return f"{OTHER_ENGINE} The first that differs: {first}"
        return OTHER_ENGINE + (" What it told the shoppers is the same." if made.told else "")

    async def link_of(self, code: str) -> str:
        """The same for a room by its code; raises CommandRejected."""
        return self.link(await self._shareable(code))

    async def file_of(self, code: str) -> tuple[str, str]:
        """A file name and the text of a scene file of what the room shows."""
        room = await self._shareable(code)
        text = scene_text(room, self.engine, self.starts.catalogue, self.limits.file_bytes)
        return f"{room.scenario.name}.toml", text

    async def rows_until(
        self, code: str | None, run: str, seen: Seen, asked: str
    ) -> list[tuple[str, bytes]]:
        """The clusters' titles, and of each the rows up to a moment that was seen, as JSON."""
        if code:
            await self._shareable(code)
            opened = await self.open(code)
            async with opened.lock:
                return opened.room.rows_until(seen, asked)
        start = await self.begin(run)
        room = Room(None, start.scenario, self.limits)
        room.take(start.made)
        if start.timeline is not None:
            room.timelines[0] = start.timeline
        return room.rows_until(seen, asked)

    async def _shareable(self, code: str) -> Room:
        room = (await self.open(code)).room
        if room.fold.gated:
            raise questions.still_open("Share this run.")
        return room

    # ---- rooms --------------------------------------------------------------------------------

    async def begin(self, run: str) -> Start:
        """The start of a visitor's own room: the home scene, or a linked run, which is tried out in
        a thread beside, one at a time."""
        if not run:
            return self.starts.linked("")
        async with self._trying:
            return await asyncio.to_thread(self.starts.linked, run)

    async def open_file(self, data: bytes) -> OpenRoom:
        """A room of a scene file; raises CommandRejected with what is wrong in the file."""
        async with self._trying:
            start = await asyncio.to_thread(self.starts.from_file, data)
        return await self.make_own(start)

    async def make_own(self, start: Start) -> OpenRoom:
        """A visitor's own room; what was simulated to try it out serves on."""
        opened = await self.make_room(lambda _: start.made)
        if start.timeline is not None:
            opened.room.timelines.setdefault(0, start.timeline)
        return opened

    async def make_room(
        self, first: Callable[[str], RoomMade], new_code: Callable[[], str] = new_room_code
    ) -> OpenRoom:
        """A room under a code that no other has; `first` makes its first entry."""
        self._evict()
        while True:
            code = new_code()
            entry = first(code)
            entry = msgspec.structs.replace(entry, wall=self._wall_ms())
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
            scenario = self.starts.scenario_of(made)
            room = Room(code, scenario, self.limits, self.lessons.get(made.lesson))
            for entry in entries:
                room.take(entry)
            if made.engine != self.engine:
                room.fold.note = OTHER_ENGINE
            opened = self.rooms.setdefault(code, OpenRoom(room, self.clock(), self._wall_ms))
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
            if oldest.members or not (idle or full):
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
            before = opened.shown()
            try:
                entry = plan()
            except InvariantViolation as bug:
                self._stop(opened, bug)
                raise CommandRejected(
                    "Go on.",
                    f"The engine broke one of its own rules: {bug.rule}.",
                    "This run is stopped. Go back, or press Reset; the link replays it for us.",
                ) from bug
            entry = msgspec.structs.replace(entry, wall=opened.wall)
            if await self._keep(room, entry):
                room.take(entry)
                if quiet:
                    opened.count_soon()
                else:
                    opened.tell(before, entry)
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
        room.drop_plans()
        for entry in entries:
            room.take(entry)
        opened.tell_all()

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

    def _wall_ms(self) -> int:
        return int(self.wall() * 1000)

    def _stop(self, opened: OpenRoom, bug: InvariantViolation) -> None:
        opened.room.drop_plans()
        opened.tell_stopped(Stopped(bug.rule, self.link(opened.room)))
