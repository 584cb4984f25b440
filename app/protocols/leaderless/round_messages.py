"""What coordinator and replicas say to each other in a round (`rounds.py`).

`attempt` counts the phases of the request, so that no two messages of it have the same name.
"""

from app.protocols.leaderless.ballots import Ballot
from app.sim.process import Message
from app.trace.values import CART
from app.versions.dotted import Siblings


class Prepare(Message, frozen=True, gc=False):
    """Coordinator → replica: promise to take nothing below this ballot. Answered by Promise."""

    ballot: Ballot
    key: str = CART


class Promise(Message, frozen=True, gc=False):
    """Replica → coordinator. `given`: is the ballot the highest that it has promised? If not,
    `promised` is higher. `accepted` and `committed` with what went with them, as in Acceptor."""

    ballot: Ballot
    given: bool
    promised: Ballot
    accepted: Ballot
    proposal: Siblings
    committed: Ballot
    decided: Siblings

    def kind(self) -> str:
        return "promise" if self.given else "promise_refused"

    def carries(self) -> tuple[str, ...]:
        return tuple([version.stored.value.id for version in self.proposal])


class Look(Message, frozen=True, gc=False):
    """Coordinator → replica: what do you hold? Answered by Looked."""

    key: str = CART

    def kind(self) -> str:
        return "read_request"


class Looked(Message, frozen=True, gc=False):
    """Replica → coordinator: all that I hold of the key."""

    versions: Siblings

    def kind(self) -> str:
        return "read_reply"

    def carries(self) -> tuple[str, ...]:
        return tuple([version.stored.value.id for version in self.versions])


class Propose(Message, frozen=True, gc=False):
    """Coordinator → replica: take this under my ballot; nothing, where it only looked. Answered by
    Accepted."""

    ballot: Ballot
    proposal: Siblings
    key: str = CART

    def carries(self) -> tuple[str, ...]:
        return tuple([version.stored.value.id for version in self.proposal])


class Accepted(Message, frozen=True, gc=False):
    """Replica → coordinator. `taken`: is it on its disk? If not, `promised` is higher."""

    ballot: Ballot
    taken: bool
    promised: Ballot

    def kind(self) -> str:
        return "accepted" if self.taken else "accept_refused"


class Commit(Message, frozen=True, gc=False):
    """Coordinator → replica: this is decided, keep it. `answer`: with Committed."""

    ballot: Ballot
    decided: Siblings
    answer: bool
    key: str = CART

    def carries(self) -> tuple[str, ...]:
        return tuple([version.stored.value.id for version in self.decided])


class Committed(Message, frozen=True, gc=False):
    """Replica → coordinator: what was decided, or what supersedes it, is on my disk."""

    def kind(self) -> str:
        return "ack"


RoundMessage = Prepare | Promise | Look | Looked | Propose | Accepted | Commit | Committed
