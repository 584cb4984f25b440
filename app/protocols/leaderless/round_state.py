"""What a coordinator remembers of a round, in memory."""

from msgspec import Struct, field

from app.protocols.client_messages import ClientRead, ClientWrite
from app.protocols.leaderless.ballots import NO_BALLOT, Ballot
from app.protocols.leaderless.levels import Need
from app.protocols.leaderless.round_messages import Accepted, Promise
from app.trace.values import Value
from app.versions.dotted import Siblings

PREPARE, READ, PROPOSE, COMMIT, WAIT = "prepare", "read", "propose", "commit", "wait"


class Round(Struct):
    """One request and the phase that it is in; the answers are those of this phase.

    `rule`: a majority of `voters`, of `of` replicas in all. `step` counts phases. `floor`: the
    moment of the highest ballot met. `lost`: how often another ballot was higher.

    `own`: what is proposed is this request's, not what somebody left unfinished. `verdict`: why the
    request is refused once its round is through. `decided` belongs to the newest commit that the
    promises told of; `found`: what the read came to.
    """

    request: ClientWrite | ClientRead
    client: str
    rule: Need
    of: int
    phase: str = PREPARE
    step: int = 0
    ballot: Ballot = NO_BALLOT
    floor: int = 0
    lost: int = 0
    own: bool = False
    proposal: Siblings = ()
    verdict: str = ""
    decided: Siblings = ()
    found: Siblings = ()
    known: Value | None = None
    promises: dict[str, Promise] = field(default_factory=dict)
    reads: dict[str, Siblings] = field(default_factory=dict)
    accepts: dict[str, Accepted] = field(default_factory=dict)
    commits: dict[str, bool] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return "read" if isinstance(self.request, ClientRead) else "write"

    @property
    def attempt(self) -> int:
        """What tells this phase's messages from those of others."""
        return self.request.attempt + self.step

    def votes(self, node: str) -> bool:
        return node in self.rule.voters

    def others(self, node: str) -> tuple[str, ...]:
        """The voters but for this node."""
        return tuple([voter for voter in self.rule.voters if voter != node])

    def have(self) -> int:
        """How many answers of this phase say yes."""
        match self.phase:
            case "prepare":
                return len(self.promises)
            case "read":
                return len(self.reads)
            case "propose":
                return sum(1 for answer in self.accepts.values() if answer.taken)
        return len(self.commits)
