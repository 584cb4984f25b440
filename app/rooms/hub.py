"""All rooms of a server: the only owner of asyncio below the web.

Rooms never see each other. A room is made at its visitor's first request; each has a lock, so
that plan → append → take is one after the other, and is told to its viewers by `offer` alone.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable

import msgspec
from msgspec import Struct

from app.errors import CommandRejected, InvariantViolation
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
    Stopped,
)
from app.rooms.limits import Limits
from app.rooms.links import LinkedRun, read_link, write_link
from app.rooms.log import RoomMade
from app.rooms.member import Member
from app.rooms.room import Room
from app.scenarios.scenario import Scenario
from app.scenarios.simulation import check_command
from app.trace.codec import encode

HOME = "home"
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RETRIES = 3


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


class Hub:
    """`clock` gives seconds that only rise; it is used for rates and idleness alone."""

    def __init__(
        self,
        archive: Archive,
        scenarios: dict[str, Scenario],
        limits: Limits,
        engine: str,
        clock: Callable[[], float],
    ) -> None:
        self.archive = archive
        self.scenarios = scenarios
        self.limits = limits
        self.engine = engine
        self.clock = clock
        self.rooms: OrderedDict[str, OpenRoom] = OrderedDict()
        self._decode = msgspec.json.Decoder(AnyRequest).decode

    # ---- viewers ------------------------------------------------------------------------------

    def member(self) -> Member:
        return Member(self.limits, self.clock())

    def leave(self, member: Member) -> None:
        member.drop()
        opened = self.rooms.get(member.room or "")
        if opened and member in opened.members:
            opened.members.remove(member)

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
            opened = await self._make_room(member.token, member.run)
            self._enter(opened, member)
        opened = await self._open(member.room or "")
        if isinstance(request, More):
            async with opened.lock:
                opened.room.more(request.seen)
                self._tell_rows(opened, opened.room, {})
            return
        accepted = await self._append(opened, request, member.token)
        member.offer(encode(accepted))

    async def _nothing_yet(self, request: Request) -> Refused:
        return Refused(
            request.id,
            "Go on.",
            "Nothing has been done yet.",
            "Cut a link or let somebody shop first.",
        )

    async def _join(self, member: Member, request: Join) -> None:
        member.token = request.token
        member.run = request.run
        if request.room is None:
            if request.run:
                read_link(request.run)
            return
        opened = await self._open(request.room)
        if len(opened.members) >= self.limits.viewers_a_room and member not in opened.members:
            raise CommandRejected("Join this room.", "It is full.", "Open the start page instead.")
        async with opened.lock:
            self._enter(opened, member)
            room = opened.room
            have = request.have if request.branch == room.fold.head.branch else {}
            self._catch_up(room, member, have)
        member.offer(encode(Accepted(request.id, room.fold.seq)))

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
        member.offer(encode(room.state()))

    # ---- forms and pages ----------------------------------------------------------------------

    async def request(self, code: str | None, token: str, request: Act) -> Reply:
        """A request that came by a form; viewers of the room see it as any other."""
        try:
            opened = await (self._open(code) if code else self._make_room(token, ""))
            accepted = await self._append(opened, request, token)
        except CommandRejected as no:
            return Reply(code, Refused(request.id, no.asked, no.reason, no.remedy))
        return Reply(opened.room.code, accepted)

    async def scene(self, code: str | None, run: str) -> Scene:
        """What to show first: a room as it is, a linked run, or the start of the home scene."""
        if code:
            opened = await self._open(code)
            async with opened.lock:
                room = opened.room
                return Scene(room.scenario, code, room.state(), room.rows({}))
        room = self._new_room(None, run)
        return Scene(room.scenario, None, room.state(), room.rows({}))

    def link(self, room: Room) -> str:
        """The text of a link to what the room shows now."""
        fold = room.fold
        return write_link(
            LinkedRun(fold.scenario, fold.seed, self.engine, fold.head.until, fold.current.commands)
        )

    async def link_of(self, code: str) -> str:
        """The same for a room by its code; raises CommandRejected."""
        return self.link((await self._open(code)).room)

    # ---- rooms --------------------------------------------------------------------------------

    def _new_room(self, code: str | None, run: str) -> Room:
        """A room with its first entry taken; not yet in the archive."""
        entry = self._first_entry(run)
        room = Room(code, self.scenarios[entry.scenario], self.limits)
        room.take(entry)
        return room

    def _first_entry(self, run: str) -> RoomMade:
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

    async def _make_room(self, token: str, run: str) -> OpenRoom:
        self._evict()
        entry = self._first_entry(run)
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(12))
            if await self.archive.append(code, 0, entry):
                return await self._open(code)

    async def _open(self, code: str) -> OpenRoom:
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
            room = Room(code, self.scenarios[entries[0].scenario], self.limits)
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

    async def _append(self, opened: OpenRoom, request: Request, sender: str) -> Accepted:
        """Plan, append, take, tell: in this order, one request a room at a time."""
        async with opened.lock:
            room = opened.room
            for _ in range(RETRIES):
                if room.fold.answered.get(sender, 0) >= request.id:
                    return Accepted(request.id, room.fold.seq)
                before = self._shown(room)
                try:
                    entry = room.plan(request, sender)
                except InvariantViolation as bug:
                    self._stop(opened, bug)
                    raise CommandRejected(
                        "Go on.",
                        f"The engine broke one of its own rules: {bug.rule}.",
                        "This run is stopped. Go back, or press Reset; the link replays it for us.",
                    ) from bug
                if await self.archive.append(room.code or "", room.fold.seq, entry):
                    room.take(entry)
                    self._tell(opened, before)
                    return Accepted(request.id, room.fold.seq)
                # Another process wrote first: read on, and plan again on what is there now.
                room.drop_plans()
                for other in await self.archive.read(room.code or "", room.fold.seq):
                    room.take(other)
                self._tell(opened, before)
            raise CommandRejected("Do this.", "The room is busy.", "Try again.")

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
