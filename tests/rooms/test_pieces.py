"""While a run plays its viewers get what is new, in pieces that fit between frames."""

from typing import Any

import msgspec

from app.main import read_scenarios
from app.rooms.frames import Play, Seen
from app.rooms.limits import Limits
from app.rooms.member import Member
from app.rooms.open_room import ROWS_A_FRAME, OpenRoom
from app.trace.commands import SetWorkload
from tests.visits import Visit


def take(member: Member, rows: dict[str, list[Any]], verdicts: dict[str, list[Any]]) -> list[int]:
    """Take the waiting frames in as the page does; how many rows each brought."""
    sizes = []
    while member._frames:
        frame = msgspec.json.decode(member._frames.popleft())
        if frame["type"] != "rows":
            continue
        for held, start, new in (
            (rows, frame["start"], frame["rows"]),
            (verdicts, frame["verdict_start"], frame["verdicts"]),
        ):
            list_ = held.setdefault(frame["cluster"], [])
            assert start <= len(list_)
            del list_[start:]
            list_ += new
        sizes.append(len(frame["rows"]))
    return sizes


def test_a_playing_run_brings_only_new_rows_in_pieces_that_make_the_whole() -> None:
    visit = Visit(scenario=read_scenarios()["lab-12"])
    room = visit.room
    opened = OpenRoom(room, 0.0, lambda: 0)
    member = Member(Limits(), 0.0)
    opened.enter(member)
    rows: dict[str, list[Any]] = {}
    verdicts: dict[str, list[Any]] = {}
    visit.act(SetWorkload(True))
    opened.catch_up(member, {})
    take(member, rows, verdicts)
    before = opened.shown()
    opened.tell(before, visit.ask(Play(9, visit.seen, 100)))
    first = take(member, rows, verdicts)
    opened.tell_more(Seen(visit.seen.branch, room.timeline(0).horizon - 2_000_000))
    more = take(member, rows, verdicts)
    assert max(first + more) <= ROWS_A_FRAME
    whole = {frame.cluster: frame for frame in room.rows({})}
    assert sum(more) < sum(len(held) for held in rows.values()) / 2
    for name, frame in whole.items():
        assert rows[name] == msgspec.json.decode(bytes(frame.rows))
        assert verdicts[name] == msgspec.json.decode(bytes(frame.verdicts))
    opened.tell_more(Seen(visit.seen.branch, room.timeline(0).horizon - 3_000_000))
    assert take(member, rows, verdicts) == []
