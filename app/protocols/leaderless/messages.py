"""What nodes of the leaderless design say to each other.

Everything that serves an operation has its op id as causal name and the client's attempt.
"""

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite
from app.sim.process import Message
from app.versions.dotted import DottedVersion, Siblings


class ReplicaWrite(Message, frozen=True, gc=False):
    """Coordinator → every other replica: keep this version. Answered by ReplicaWriteAck."""

    version: DottedVersion

    def kind(self) -> str:
        return "replicate"

    def carries(self) -> tuple[str, ...]:
        return (self.version.stored.value.id,)


class ReplicaWriteAck(Message, frozen=True, gc=False):
    """Replica → coordinator: the version, or one that supersedes it, is on my disk."""

    def kind(self) -> str:
        return "ack"


class ReplicaRead(Message, frozen=True, gc=False):
    """Coordinator → every other replica: what do you hold? Answered by ReplicaReadReply."""

    def kind(self) -> str:
        return "read_request"


class ReplicaReadReply(Message, frozen=True, gc=False):
    """Replica → coordinator: all that I hold, none superseded by another."""

    versions: Siblings

    def kind(self) -> str:
        return "read_reply"

    def carries(self) -> tuple[str, ...]:
        return tuple(version.stored.value.id for version in self.versions)


class ReplicaRepair(Message, frozen=True, gc=False):
    """Coordinator → replica that lacked something, after the reply. Nobody waits for an answer."""

    versions: Siblings

    def kind(self) -> str:
        return "repair"

    def carries(self) -> tuple[str, ...]:
        return tuple(version.stored.value.id for version in self.versions)


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
    | Gossip
    | ClientWrite
    | ClientRead
    | ClientReply
)
