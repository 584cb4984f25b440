"""Who may do what in a room: the one place that decides."""

from app.errors import CommandRejected
from app.rooms.frames import Request, Vote, Welcome
from app.rooms.keys import is_sealed
from app.rooms.room import Room


def drives(room: Room, key: str, learner: str) -> bool:
    """May whoever has this secret, or this cookie, give commands in the room?

    Asked anew for each request, since a presenter can be replaced.
    """
    code, presenter = room.code or "", room.fold.presenter
    if not presenter:
        return True
    return is_sealed(code, key, presenter) or is_sealed(code, learner, presenter)


def check(room: Room, request: Request, key: str, learner: str) -> None:
    """Raise CommandRejected unless whoever has these may ask this."""
    driving = drives(room, key, learner)
    if isinstance(request, Vote) and room.fold.recovery:
        if driving:
            raise CommandRejected(
                "Answer this.", "You ask; the others answer.", "Show what they answered."
            )
        return
    if not driving:
        raise CommandRejected(
            "Do this.",
            "Only the presenter can change this run.",
            "Look around as you like; for a run of your own open the start page.",
        )


def welcome(room: Room, key: str, learner: str, voter: str) -> Welcome:
    """What a viewer is told of itself when it joins."""
    voted = {
        name: asked.votes[voter] for name, asked in room.fold.asked.items() if voter in asked.votes
    }
    return Welcome("drives" if drives(room, key, learner) else "follows", voted)
