"""All that a node remembers: on disk, which outlives a crash, and in memory, which does not."""

from msgspec import Struct, field

from app.protocols.client_messages import Context
from app.trace.values import Value
from app.versions.dotted import Siblings


class Disk(Struct):
    """`counter` numbers the writes that this node coordinated: a dot is never given twice.

    `gossip_count` is kept here so that after a restart no message repeats an earlier name.
    """

    versions: Siblings = ()
    counter: int = 0
    gossip_count: int = 0


class Pending(Struct):
    """A request that this node coordinates: who answered, and with what (an ack brings nothing).

    `context` is what the client of a write is given with its OK, and of an operation `values` as
    well; a read finds its own.
    """

    kind: str
    client: str
    attempt: int
    need: int
    context: Context
    values: tuple[Value, ...] = ()
    answers: dict[str, Siblings] = field(default_factory=dict)


class Memory(Struct):
    """`pending` by op id; `suspected` peers in the order of suspicion."""

    pending: dict[str, Pending] = field(default_factory=dict)
    last_heard: dict[str, int] = field(default_factory=dict)
    suspected: tuple[str, ...] = ()


class ReplicaState(Struct):
    disk: Disk = field(default_factory=Disk)
    memory: Memory = field(default_factory=Memory)
