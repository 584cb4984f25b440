"""What nodes say to those who stand beside them and hold no copy: the observer, the lock service,
the proxy. None of it serves an operation; each question has a name of its own."""

from app.sim.process import Message


class Poll(Message, frozen=True, gc=False):
    """Observer → every node: how are you? Answered by PollReply."""


class PollReply(Message, frozen=True, gc=False):
    """Node → observer: my role and term; `leader`: whom I hear, "" nobody; where my log ends.

    `fit`: I could lead, as far as I know.
    """

    role: str
    term: int
    leader: str
    last_term: int
    length: int
    fit: bool


class PromoteOrder(Message, frozen=True, gc=False):
    """Observer → the node it has chosen: lead, in a term above this. Answered by PromoteReply."""

    term: int


class PromoteReply(Message, frozen=True, gc=False):
    """Node → observer: `ok`, I lead `term`."""

    term: int
    ok: bool


class LeaderNamed(Message, frozen=True, gc=False):
    """Observer → every node, or leader → proxy: `leader` leads `term`."""

    term: int
    leader: str


class LockRequest(Message, frozen=True, gc=False):
    """Node → lock service: here is where my log ends. Answered by LockReply.

    `verb`: look, take, renew (as leader of `term`) or release. `sent_at`: the node's own time,
    which the answer repeats, as it does `ttl_us`, how long the lock is asked for. `sync`: of a
    leader, those that may take over, a space between their names.
    """

    verb: str
    term: int
    last_term: int
    length: int
    ttl_us: int
    sent_at: int
    sync: str = ""

    def kind(self) -> str:
        return "lock_take" if self.verb == "take" else "lock_request"


class LockReply(Message, frozen=True, gc=False):
    """Lock service → node: `verb` was `granted` or not; `holder` has it in `term`, "" nobody.

    `length`: how long the last holder's log was; `ahead`: another node that spoke lately has more.
    In synchronous mode only `last`, who held it last, and `sync` may take it.
    """

    verb: str
    granted: bool
    holder: str
    term: int
    length: int
    ahead: bool
    ttl_us: int
    sent_at: int
    last: str = ""
    sync: str = ""

    def kind(self) -> str:
        if self.verb != "take":
            return "lock_answer"
        return "lock_granted" if self.granted else "refuse"


class FailsafeRequest(Message, frozen=True, gc=False):
    """Leader → every other node: the lock service is silent, may I go on? Answered by
    FailsafeReply."""

    term: int
    ttl_us: int
    sent_at: int


class FailsafeReply(Message, frozen=True, gc=False):
    """Node → leader: `ok`, I shall not take the lock for as long."""

    term: int
    ok: bool
    ttl_us: int
    sent_at: int

    def kind(self) -> str:
        return "failsafe_ok" if self.ok else "refuse"


OutsideMessage = (
    Poll
    | PollReply
    | PromoteOrder
    | PromoteReply
    | LeaderNamed
    | LockRequest
    | LockReply
    | FailsafeRequest
    | FailsafeReply
)
