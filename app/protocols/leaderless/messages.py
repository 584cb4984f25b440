"""What nodes of the leaderless design say to each other.

Everything that serves an operation has its op id as causal name and the client's attempt.
"""

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite
from app.protocols.leaderless.round_messages import RoundMessage
from app.sim.process import Message
from app.trace.values import CART
from app.versions.dotted import Siblings


class ReplicaWrite(Message, frozen=True, gc=False):
    """Coordinator → every other replica: keep this version. Answered by ReplicaWriteAck.

    `versions`: the new one, and behind it what belongs to the same object, where one vector stands
    for all siblings.
    """

    versions: Siblings
    key: str = CART

    def kind(self) -> str:
        return "replicate"

    def carries(self) -> tuple[str, ...]:
        return (self.versions[0].stored.value.id,)


class Forward(Message, frozen=True, gc=False):
    """Node without a copy → a replica of the key: carry this out for the client. Answered by
    ForwardTaken at once, and to the client by ClientReply."""

    client: str
    request: ClientWrite

    def carries(self) -> tuple[str, ...]:
        return self.request.carries()


class ForwardTaken(Message, frozen=True, gc=False):
    """Replica → who handed a write on: I carry it out."""

    def kind(self) -> str:
        return "forward_taken"


class FirstWrite(Message, frozen=True, gc=False):
    """Coordinator → the first replica, before all others: raise the version and keep it. Answered
    by FirstWritten."""

    client: str
    request: ClientWrite

    def carries(self) -> tuple[str, ...]:
        return self.request.carries()


class FirstWritten(Message, frozen=True, gc=False):
    """First replica → coordinator: this is what is on my disk; or why it is not, `reason`."""

    versions: Siblings
    reason: str = ""

    def kind(self) -> str:
        return "refuse" if self.reason else "ack"


class ReplicaWriteAck(Message, frozen=True, gc=False):
    """Replica → coordinator: the version, or one that supersedes it, is on my disk."""

    def kind(self) -> str:
        return "ack"


class HintedWrite(Message, frozen=True, gc=False):
    """Coordinator → a node that stands in for `home`, or is to keep its hints: keep this
    for it. Answered by HintAck. `versions` as of a ReplicaWrite; `counts`: towards W."""

    versions: Siblings
    home: str
    key: str = CART
    counts: bool = True

    def kind(self) -> str:
        return "hint"

    def carries(self) -> tuple[str, ...]:
        return (self.versions[0].stored.value.id,)


class HintAck(Message, frozen=True, gc=False):
    """Stand-in → coordinator: the version is on my disk, as a hint."""


class HandOff(Message, frozen=True, gc=False):
    """Keeper of hints → their home: this is yours, key by key. Answered by HandOffAck."""

    kept: tuple[tuple[str, Siblings], ...]

    def kind(self) -> str:
        return "handoff"

    def carries(self) -> tuple[str, ...]:
        return tuple([held.stored.value.id for _, versions in self.kept for held in versions])


class HandOffAck(Message, frozen=True, gc=False):
    """Home → keeper of hints: these value ids, or what supersedes them, are on my disk."""

    ids: tuple[str, ...]

    def kind(self) -> str:
        return "ack"


class Reap(Message, frozen=True, gc=False):
    """Coordinator → every replica: all of you hold these tombstones alone; let them go."""

    ids: tuple[str, ...]
    key: str = CART


class TreeHashes(Message, frozen=True, gc=False):
    """Replica → another: these nodes of my tree have these hashes. Answered by TreeDiffers."""

    hashes: tuple[tuple[int, int], ...]


class TreeDiffers(Message, frozen=True, gc=False):
    """The other one: these nodes are not the same in mine."""

    nodes: tuple[int, ...]


class TreeKeys(Message, frozen=True, gc=False):
    """Either way: all keys in these leaves, with what I hold of them."""

    leaves: tuple[int, ...]
    kept: tuple[tuple[str, Siblings], ...]

    def carries(self) -> tuple[str, ...]:
        return tuple([held.stored.value.id for _, versions in self.kept for held in versions])


class ReplicaRead(Message, frozen=True, gc=False):
    """Coordinator → every other replica: what do you hold? Answered by ReplicaReadReply.

    `stands_in`: what do you keep for others, in place of one of them? `in_short`: a digest is
    enough.
    """

    stands_in: bool = False
    key: str = CART
    in_short: bool = False

    def kind(self) -> str:
        return "digest_request" if self.in_short else "read_request"


class ReplicaReadReply(Message, frozen=True, gc=False):
    """Replica → coordinator: all that I hold of the key, none superseded by another; or nothing but
    its `digest`."""

    versions: Siblings
    digest: str = ""

    def kind(self) -> str:
        return "digest_reply" if self.digest else "read_reply"

    def carries(self) -> tuple[str, ...]:
        return tuple(version.stored.value.id for version in self.versions)


class ReplicaRepair(Message, frozen=True, gc=False):
    """Coordinator → replica that lacked something; `answer`: with a ReplicaRepairAck."""

    versions: Siblings
    answer: bool = False
    key: str = CART

    def kind(self) -> str:
        return "repair"

    def carries(self) -> tuple[str, ...]:
        return tuple(version.stored.value.id for version in self.versions)


class ReplicaRepairAck(Message, frozen=True, gc=False):
    """Replica → coordinator: what you sent, or what supersedes it, is on my disk."""

    def kind(self) -> str:
        return "repair_ack"


class Gossip(Message, frozen=True, gc=False):
    """Node → every peer at each heartbeat: I am alive. No answer; the peer gossips by itself."""

    def kind(self) -> str:
        return "gossip"


LeaderlessMessage = (
    ReplicaWrite
    | ReplicaWriteAck
    | ReplicaRead
    | ReplicaReadReply
    | ReplicaRepair
    | ReplicaRepairAck
    | HintedWrite
    | HintAck
    | HandOff
    | HandOffAck
    | Reap
    | TreeHashes
    | TreeDiffers
    | TreeKeys
    | Gossip
    | Forward
    | ForwardTaken
    | FirstWrite
    | FirstWritten
    | RoundMessage
    | ClientWrite
    | ClientRead
    | ClientReply
)
