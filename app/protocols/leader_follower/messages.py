"""What nodes of the design with a leader say to each other (Raft, Ongaro and Ousterhout 2014).

Everything that serves an operation has its op id as causal name; heartbeats and elections have a
name of their own. A message that is sent again counts `attempt` up.
"""

from app.protocols.client_messages import (
    WHOLE,
    Change,
    ClientRead,
    ClientReply,
    ClientWrite,
    FindLeader,
    LeaderIs,
)
from app.protocols.leader_follower.outside_messages import (
    FailsafeReply,
    FailsafeRequest,
    LeaderNamed,
    LockReply,
    LockRequest,
    Poll,
    PollReply,
    PromoteOrder,
    PromoteReply,
)
from app.protocols.leader_follower.state import LogEntry
from app.sim.process import Message
from app.trace.values import CART, Value


class ForwardedWrite(Message, frozen=True, gc=False):
    """Entry node → leader: a client's write. Answered by ForwardReply."""

    value: Value
    change: Change = WHOLE
    key: str = CART

    def kind(self) -> str:
        return "forward"

    def carries(self) -> tuple[str, ...]:
        return (self.value.id,)


class ForwardedRead(Message, frozen=True, gc=False):
    """Entry node → leader: a client's read. Answered by ForwardReply."""

    key: str = CART

    def kind(self) -> str:
        return "read_request"


class ReplicaRead(Message, frozen=True, gc=False):
    """Entry node → the node that is to answer from its own copy. Answered by ForwardReply."""

    key: str = CART


class ForwardReply(Message, frozen=True, gc=False):
    """Leader → entry node: the outcome, to be handed on to the client.

    `position`: of the log, what the client has now seen or written; 0: nothing new.
    """

    outcome: str
    reason: str
    values: tuple[Value, ...]
    position: int = 0

    def kind(self) -> str:
        return {"ok": "answer_ok", "failed": "answer_refused"}.get(self.outcome, "answer_unknown")

    def carries(self) -> tuple[str, ...]:
        return tuple(value.id for value in self.values)


class AppendEntries(Message, frozen=True, gc=False):
    """Leader → follower: the entries after `previous`, or none as a heartbeat.

    Answered by AppendReply. `fresh`: the first sending of a new entry; what comes otherwise
    had been missed. `sent_at`: the leader's own time, which the answer repeats.
    """

    term: int
    previous: int
    previous_term: int
    entries: tuple[LogEntry, ...]
    commit: int
    fresh: bool
    sent_at: int = 0

    def kind(self) -> str:
        return "replicate" if self.entries else "heartbeat"

    def carries(self) -> tuple[str, ...]:
        return tuple(entry.value.id for entry in self.entries if entry.value is not None)


class AppendReply(Message, frozen=True, gc=False):
    """Follower → leader: `ok`, my log equals yours up to `match`; else look below `match`.

    `flushed`, `applied`: up to where it is on my disk and applied; −1: as far as `match`. `news`:
    not an answer, but word of a flush or an applied entry.
    """

    term: int
    ok: bool
    match: int
    quiet: bool
    sent_at: int = 0
    flushed: int = -1
    applied: int = -1
    news: str = ""

    def kind(self) -> str:
        if not self.ok:
            return "refuse"
        if self.news:
            return self.news
        return "heartbeat_ack" if self.quiet else "ack"


class ConfirmLeader(Message, frozen=True, gc=False):
    """Leader → follower, for a read: do you still follow me? Answered by LeaderConfirmed."""

    term: int

    def kind(self) -> str:
        return "read_confirm"


class LeaderConfirmed(Message, frozen=True, gc=False):
    """Follower → leader: `ok`, no later term is known to me."""

    term: int
    ok: bool

    def kind(self) -> str:
        return "ack" if self.ok else "refuse"


class VoteRequest(Message, frozen=True, gc=False):
    """Candidate → every other node: vote for me, my log ends here. Answered by VoteReply.

    `handed`: the leader has left office for this candidate.
    """

    term: int
    last_position: int
    last_term: int
    handed: bool = False


class VoteReply(Message, frozen=True, gc=False):
    """Node → candidate: my vote for `term`, or not."""

    term: int
    granted: bool

    def kind(self) -> str:
        return "vote" if self.granted else "refuse"


class PreVoteRequest(Message, frozen=True, gc=False):
    """Node → every other node: would you vote for me in `term`? Answered by PreVoteReply."""

    term: int
    last_position: int
    last_term: int


class PreVoteReply(Message, frozen=True, gc=False):
    """Node → node that asks: I would, or not. `term` is the one I am in."""

    term: int
    granted: bool

    def kind(self) -> str:
        return "pre_vote" if self.granted else "refuse"


class TailRequest(Message, frozen=True, gc=False):
    """New leader → every other node: what follows `previous` with you? Answered by TailReply."""

    term: int
    previous: int
    previous_term: int


class TailReply(Message, frozen=True, gc=False):
    """Node → new leader: the entries after its last one, none if our logs part before."""

    term: int
    tail: tuple[LogEntry, ...]

    def carries(self) -> tuple[str, ...]:
        return tuple(entry.value.id for entry in self.tail if entry.value is not None)


class HandOverRequest(Message, frozen=True, gc=False):
    """Node → leader: a person wants me to lead; leave office for me. Answered by TakeOverNow."""


class TakeOverNow(Message, frozen=True, gc=False):
    """Leader → node: I led `term` and have left office for you."""

    term: int


class RejoinRequest(Message, frozen=True, gc=False):
    """A node with a new disk → every other node: what have you got? Answered by RejoinReply."""

    def kind(self) -> str:
        return "rejoin"


class RejoinReply(Message, frozen=True, gc=False):
    """Node → node with a new disk: my term and my log."""

    term: int
    log: tuple[LogEntry, ...]

    def carries(self) -> tuple[str, ...]:
        return tuple(entry.value.id for entry in self.log[-1:] if entry.value is not None)


GroupMessage = (
    ForwardedWrite
    | ForwardedRead
    | ReplicaRead
    | ForwardReply
    | AppendEntries
    | AppendReply
    | ConfirmLeader
    | LeaderConfirmed
    | VoteRequest
    | VoteReply
    | PreVoteRequest
    | PreVoteReply
    | TailRequest
    | TailReply
    | HandOverRequest
    | TakeOverNow
    | RejoinRequest
    | RejoinReply
    | Poll
    | PollReply
    | PromoteOrder
    | PromoteReply
    | LeaderNamed
    | LockRequest
    | LockReply
    | FailsafeRequest
    | FailsafeReply
    | ClientWrite
    | ClientRead
    | ClientReply
    | FindLeader
    | LeaderIs
)
"""What is said within one replication group, and with its clients."""


class InShard(Message, frozen=True, gc=False):
    """Node → node, where there are several groups: a message within group `shard`."""

    shard: int
    message: GroupMessage

    def kind(self) -> str:
        return self.message.kind()

    def carries(self) -> tuple[str, ...]:
        return self.message.carries()


LeaderFollowerMessage = GroupMessage | InShard
