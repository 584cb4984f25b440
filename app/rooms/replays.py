"""What a run told its clients, in a few letters: a link can say what another engine changes.

A letter an operation, in order of invocation: o (OK), f (refused), u (no answer), w (still waits).
"""

from app.rooms.timeline import Timeline
from app.trace.codec import decode_events
from app.trace.events import OperationInvoked, OperationReturned

MOST = 200
"""Letters a cluster: a link stays short, and the first difference is seldom later."""
WORDS = {"o": "OK", "f": "Refused", "u": "No answer", "w": "no answer yet"}
MARKS = (b'["operation_invoked"', b'["operation_returned"')


def told(timeline: Timeline, upto: int) -> tuple[str, ...]:
    """The letters of each cluster, in the scenario's order."""
    found = []
    for name in timeline.tracks:
        letters = dict.fromkeys((row.op for row in _asked(timeline, name, upto)), "w")
        for row in _rows(timeline, name, upto):
            if isinstance(row, OperationReturned):
                letters[row.op] = row.outcome[0]
        found.append("".join(letters.values())[:MOST])
    return tuple(found)


def difference(timeline: Timeline, upto: int, before: tuple[str, ...]) -> str:
    """A sentence about the first outcome that is not what `before` says; "" when all are."""
    now = told(timeline, upto)
    if len(before) != len(now):
        return ""
    for name, was, letters in zip(timeline.tracks, before, now, strict=True):
        spec = timeline.scenario.cluster(name)
        assert spec is not None
        for place, (old, new) in enumerate(zip(was, letters, strict=False)):
            if old != new:
                row = _asked(timeline, name, upto)[place]
                what = f"{row.client.capitalize()} {row.action}s {row.item}".strip()
                return f"{spec.title}, {what}: it was {_word(old)}, it is {_word(new)} now."
        if len(was) != len(letters):
            return f"{spec.title}: {len(was)} operations were asked, now {len(letters)} are."
    return ""


def _word(letter: str) -> str:
    return WORDS.get(letter, "something else")


def _asked(timeline: Timeline, name: str, upto: int) -> list[OperationInvoked]:
    return [row for row in _rows(timeline, name, upto) if isinstance(row, OperationInvoked)]


def _rows(timeline: Timeline, name: str, upto: int) -> list[OperationInvoked | OperationReturned]:
    track = timeline.tracks[name]
    rows = [row for row in track.rows(track.count(upto)) if row.startswith(MARKS)]
    events = decode_events(b"[" + b",".join(rows) + b"]")
    return [one for one in events if isinstance(one, OperationInvoked | OperationReturned)]
