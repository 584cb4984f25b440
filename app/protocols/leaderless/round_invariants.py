"""What must hold of the rounds in every leaderless trace, read off the rows alone."""

from msgspec import Struct, field

from app.protocols.leaderless.ballots import NO_BALLOT, Ballot
from app.trace.events import (
    BallotOpened,
    BallotPromised,
    NodeWiped,
    ProposalAccepted,
    ProposalDecided,
)

RoundEvent = BallotOpened | BallotPromised | ProposalAccepted | ProposalDecided | NodeWiped
ROUND_EVENTS: frozenset[type] = frozenset(
    (BallotOpened, BallotPromised, ProposalAccepted, ProposalDecided, NodeWiped)
)
MOST = 256
"""So many ballots are remembered, the newest."""


class RoundsSeen(Struct):
    """`promised`: by node and key, its highest promise. By key and ballot: how many `voters` were
    asked, what was proposed, and who `accepted` it."""

    promised: dict[str, Ballot] = field(default_factory=dict)
    voters: dict[str, int] = field(default_factory=dict)
    proposed: dict[str, str] = field(default_factory=dict)
    accepted: dict[str, tuple[str, ...]] = field(default_factory=dict)


def broken_by(seen: RoundsSeen, event: RoundEvent) -> str:
    """Takes the row in; the rule that it breaks, or nothing."""
    if isinstance(event, NodeWiped):
        for place in [one for one in seen.promised if one.startswith(f"{event.node}/")]:
            del seen.promised[place]
        return ""
    ballot = (event.ballot, event.by)
    name = f"{event.key}/{event.ballot}/{event.by}"
    match event:
        case BallotOpened():
            known = name in seen.voters
            seen.voters[name] = len(event.voters)
            _forget(seen)
            return f"{event.node} opens its ballot {event.ballot} twice" if known else ""
        case BallotPromised():
            return _promised(seen, event.node, event.key, ballot, ballot)
        case ProposalAccepted():
            value = event.value.id if event.value is not None else ""
            if seen.proposed.setdefault(name, value) != value:
                return f"two proposals have the ballot {event.ballot} of {event.by}"
            seen.accepted[name] = (*seen.accepted.get(name, ()), event.node)
            return _promised(seen, event.node, event.key, ballot, NO_BALLOT)
    have = len(seen.accepted.get(name, ()))
    if name in seen.voters and 2 * have <= seen.voters[name]:
        return f"{event.node} takes {event.value.id} for decided, which {have} have accepted"
    return ""


def _promised(seen: RoundsSeen, node: str, key: str, ballot: Ballot, above: Ballot) -> str:
    """A promise is above every earlier one; what is accepted is not below it."""
    place = f"{node}/{key}"
    before = seen.promised.get(place, NO_BALLOT)
    if ballot < before or (above != NO_BALLOT and ballot == before):
        return f"{node} breaks its promise of {before[0]} for {ballot[0]}"
    seen.promised[place] = ballot
    return ""


def _forget(seen: RoundsSeen) -> None:
    while len(seen.voters) > MOST:
        oldest = next(iter(seen.voters))
        del seen.voters[oldest]
        seen.proposed.pop(oldest, None)
        seen.accepted.pop(oldest, None)
