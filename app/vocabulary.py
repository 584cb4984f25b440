"""Every term: one sentence, its source, the words we avoid. Feeds the glossary and its tests."""

from msgspec import Struct


class Term(Struct, frozen=True):
    """A word of the product and its one meaning."""

    word: str
    meaning: str
    source: str = ""
    avoid: tuple[str, ...] = ()


RAFT = "Ongaro and Ousterhout 2014"
RAFT_THESIS = "Ongaro 2014, Consensus: Bridging Theory and Practice"
DYNAMO = "DeCandia et al. 2007"
PAXOS = "Lamport 1998"
DOTS = "Preguiça et al. 2012"

TERMS: tuple[Term, ...] = (
    Term("acknowledged", "Said of a write whose shopper was told OK."),
    Term(
        "anti-entropy",
        "Replicas comparing all their keys from time to time, each sending what the other lacks.",
        DYNAMO,
    ),
    Term(
        "ballot",
        "The name of one try to have a majority decide: a moment, and the node that made it.",
        PAXOS,
    ),
    Term("branch", "One line of history of a run; a command given in the past starts another."),
    Term(
        "asynchronous replication",
        "The leader answers when its own disk has the write; followers get it when they do.",
    ),
    Term("candidate", "A node that asks the others to vote for it as leader of a term.", RAFT),
    Term(
        "catch-up",
        "A new leader looking among the others for entries beyond its own log before it takes writes.",
        "MongoDB manual, replica set elections",
    ),
    Term("client", "A shopper's device: it talks to one node of each database, its entry node."),
    Term(
        "commit position",
        "The last position of the replication log that a node knows to be on a majority.",
        RAFT,
    ),
    Term("capacity", "How many operations a second a node can do on its own copy of the data."),
    Term("class", "One stage that a presenter drives and every device in the room shows."),
    Term(
        "compare-and-set",
        "A write that takes effect only if what it replaces is still what its writer had read.",
    ),
    Term(
        "concurrent", "Said of two writes when neither writer had read the other's value.", DYNAMO
    ),
    Term(
        "context",
        "What a client hands back with a write to say which versions it had read.",
        DYNAMO,
    ),
    Term("convergence", "All nodes holding the same after every message has arrived."),
    Term(
        "coordinator", "The node that carries one request out for a client; any node can.", DYNAMO
    ),
    Term(
        "conflict rule",
        "What a database does with versions of which none replaces another: keep, merge or drop.",
    ),
    Term(
        "crash",
        "A node's process stops and loses its memory; what its operating system had and its disk stay.",
    ),
    Term(
        "counter",
        "A key that holds a whole number; it is raised and lowered by amounts.",
        "Shapiro et al. 2011",
    ),
    Term("cut", "A link on which nothing passes any more, either way.", "", ("netsplit",)),
    Term(
        "causal",
        "Said of a run in which nobody is shown an effect without its causes.",
        "Ahamad et al. 1995",
    ),
    Term("dot", "The name of one write: the node that coordinated it and that node's count.", DOTS),
    Term(
        "dotted version vector",
        "A version's own dot beside the vector of what its writer had read: it replaces just that.",
        DOTS,
    ),
    Term("election", "How nodes agree on the leader of a new term: a majority of votes.", RAFT),
    Term("entry node", "The node through which a client talks to a database."),
    Term(
        "durability",
        "What a write outlives: a crash of the process, a loss of power, the loss of a disk.",
    ),
    Term(
        "escrow",
        "A node takes from a counter no more than it holds the right to: what came in there.",
        "O'Neil 1986; Balegas et al. 2015",
    ),
    Term("failover", "Another node becomes leader because the old one is not heard.", RAFT),
    Term("failed", "Said of an operation that surely had no effect; on the screen: Refused."),
    Term(
        "false sibling",
        "A version shown beside one whose writer had read and replaced it.",
        "Almeida et al. 2014",
    ),
    Term(
        "fencing",
        "Keeping a leader that may have been replaced from answering anybody.",
        "Gray and Cheriton 1989, Leases",
    ),
    Term("finding", "A judgement on a promise, with the events that prove it."),
    Term("flush", "Bringing to the disk what the operating system holds in its memory."),
    Term("follower", "A node that copies the leader's log.", RAFT, ("slave", "secondary")),
    Term("gate", "The moment beyond which nothing of a run is shown before it was predicted."),
    Term("gossip", "Nodes telling each other at intervals that they live.", DYNAMO),
    Term(
        "hand over",
        "The leader leaves office for a node that has its whole log, which then stands at once.",
        RAFT_THESIS,
    ),
    Term("heartbeat", "The leader telling its followers at intervals that it lives.", RAFT),
    Term("hint", "A write that a node keeps for another one that is silent.", DYNAMO),
    Term(
        "history",
        "What clients asked and what they were told, with the times of both.",
        "Herlihy and Wing 1990",
    ),
    Term("jitter", "The small difference in delay that each message has by itself."),
    Term("judge", "The part that reads the trace and says which client was told the truth."),
    Term("key", "The name under which one value is written and read: cart, price, stock."),
    Term("kept", "Said of a write that is readable now or after all nodes have caught up."),
    Term(
        "last write wins",
        "Of several versions the one with the newest time stamp stays; clocks decide which.",
    ),
    Term(
        "latency",
        "The time from a request to its answer, taken of operations answered OK.",
    ),
    Term("leader", "The one node of a term that takes writes.", RAFT, ("master", "primary")),
    Term("log position", "The place of an entry in the replication log, counted from 1.", RAFT),
    Term(
        "lost",
        "Said of an acknowledged write of which no copy is left, or which was displaced by one made without knowing it.",
    ),
    Term(
        "lost update",
        "Two writers read the same, each writes it back changed, and the second undoes the first.",
    ),
    Term(
        "linearizable",
        "Said of a history that one copy could have given, each operation done at one moment between its call and its answer.",
        "Herlihy and Wing 1990",
    ),
    Term("majority", "More than half of the nodes: two of three, three of five."),
    Term(
        "misconception",
        "A sentence that many believe, and that a run of a scene shows not to hold.",
    ),
    Term("moment", "A branch and a time on it; a command acts right after the moment you see."),
    Term(
        "Merkle tree",
        "Sums over ranges of keys and sums over those sums, so that two replicas find what differs by comparing few.",
        DYNAMO,
    ),
    Term(
        "monotonic reads",
        "The promise that no client is shown an older state than it was shown before.",
        "Terry et al. 1994",
    ),
    Term("N", "How many nodes hold a copy of a key.", DYNAMO),
    Term("observer", "A device that follows a class; it may look around, and changes nothing."),
    Term(
        "observed-remove set",
        "A set in which a removal takes the adds that its writer had read, and no others.",
        "Shapiro et al. 2011",
    ),
    Term(
        "operation",
        "A kind of write that says only the change, add this or remove that; the database works it in.",
    ),
    Term(
        "overwritten",
        "Said of an acknowledged write replaced by a later one whose writer had not read it.",
    ),
    Term(
        "part",
        "What one operation left in a cart without a leader; the cart is the sum of its parts.",
        "Shapiro et al. 2011",
    ),
    Term(
        "pause", "A node stands still and keeps its memory; what reaches it waits until it goes on."
    ),
    Term(
        "percentile",
        "Of times in order, p95 is the smallest that at least 95 in a hundred do not exceed.",
        "Hyndman and Fan 1996, definition 1",
    ),
    Term(
        "phantom read",
        "Here: a read of a write that nobody had acknowledged and a failover takes away.",
    ),
    Term(
        "pre-vote",
        "Asking whether one could win an election before raising the term; who hears a leader says no.",
        RAFT_THESIS,
    ),
    Term(
        "preference list",
        "The nodes that follow a key on the ring: the first N have its copies, the rest stand in.",
        DYNAMO,
    ),
    Term("prediction", "What you say a run will do, locked before you see it."),
    Term("presenter", "Who drives the stage of a class; the others are observers."),
    Term(
        "priority",
        "A number that says who should lead: the higher one is handed over to, and 0 never stands.",
        "MongoDB manual, replica set elections",
    ),
    Term("promote", "A person makes a node the leader: failover by hand."),
    Term(
        "promise",
        "What a design or a setting says it keeps; the judge says whether a run has kept it.",
    ),
    Term("quorum", "Enough nodes to answer: W for a write, R for a read.", DYNAMO),
    Term("R", "How many nodes a read waits for.", DYNAMO),
    Term("read repair", "After a read, bringing nodes up to date that lacked something.", DYNAMO),
    Term("register", "A key that holds one value, which a write replaces by another."),
    Term(
        "router", "A node without a copy of a key: it hands requests on to the nodes that have one."
    ),
    Term("region", "A place; between two places a message takes half their round trip."),
    Term("replica", "A node that holds a copy."),
    Term(
        "round",
        "Promises, a look, a proposal, a commit: how a majority of replicas decides one write.",
        "Lamport 1998; Cassandra documentation, Guarantees",
    ),
    Term("replication log", "The leader's list of writes, which followers copy in order.", RAFT),
    Term(
        "resurrected",
        "Said of an item whose removal was acknowledged and that is there again by itself.",
        DYNAMO,
    ),
    Term(
        "retry",
        "A client without an answer asks again: as if anew, or by id, so that nodes know the request.",
    ),
    Term("rollback", "A node throws away log entries that contradict the new leader's log.", RAFT),
    Term(
        "replication lag",
        "How many entries of the leader's log a follower has not got or not applied.",
    ),
    Term(
        "rollback list",
        "What a node threw away from its log and kept where no read finds it.",
        "MongoDB manual, rollbacks during replica set failover",
    ),
    Term("run", "A scene, a seed and commands; the same run is the same, message for message."),
    Term(
        "read your writes",
        "The promise that a client is shown its own writes, or something newer.",
        "Terry et al. 1994",
    ),
    Term(
        "ring",
        "The positions of keys and nodes in a circle; a key lies on the nodes that are met next after it.",
        "Karger et al. 1997",
    ),
    Term("seed", "The number that fixes all luck of a run."),
    Term(
        "semi-synchronous replication",
        "The leader answers when so many followers have the write too, or gives up waiting after a while.",
        "MySQL Reference Manual, Semisynchronous Replication",
    ),
    Term(
        "session token",
        "The log position that a client has seen or written, shown to the node that is to answer next.",
    ),
    Term(
        "shard",
        "A share of the keys with a log and a leader of its own.",
        "Corbett et al. 2012, Spanner",
        ("partition of the data",),
    ),
    Term("sibling", "One of several versions of which none replaces another.", DYNAMO),
    Term(
        "sloppy quorum",
        "A quorum in which the next nodes stand in for replicas that are silent.",
        DYNAMO,
    ),
    Term(
        "slow node",
        "A node that needs time for each message that brings work, one after another.",
    ),
    Term("split brain", "Two leaders in force, each for its own side."),
    Term(
        "standby list",
        "Which followers an OK waits for: the first so many of a list, or any so many of it.",
        "PostgreSQL documentation, synchronous_standby_names",
    ),
    Term("stale read", "A read that misses a write acknowledged before the read began."),
    Term(
        "status",
        "What is true now of a write: kept, sibling, waiting, replaced, overwritten, lost.",
    ),
    Term(
        "step down",
        "To stop leading: because of a higher term, or because no majority answers.",
        RAFT_THESIS,
    ),
    Term("stop", "A moment at which the run was halted for you; Back and Next go between them."),
    Term(
        "superseded",
        "Said of a value replaced by somebody who had read it; on the screen: replaced knowingly.",
    ),
    Term("suspect", "To take a node for gone because nothing was heard of it for a while."),
    Term("take over", "To become leader because none was heard, without asking anybody."),
    Term("term", "The number of a leadership; it only rises.", RAFT, ("epoch",)),
    Term("trace", "The list of everything that happened in one cluster, in order."),
    Term(
        "two-phase set",
        "A set out of which an item goes once and for all.",
        "Shapiro et al. 2011",
    ),
    Term(
        "tombstone",
        "What a delete leaves in the place of a value, so that older copies do not bring it back.",
    ),
    Term("trial", "One seed of an experiment."),
    Term(
        "unknown",
        "Said of an operation that may or may not have had its effect; on the screen: No answer.",
    ),
    Term("version", "One written value of a key, marked by a letter, a shape and a hue."),
    Term(
        "version vector",
        "For each node, how many of its writes a version knows of.",
        "Parker et al. 1983",
        ("vector clock",),
    ),
    Term(
        "virtual node",
        "One of several positions that a node has on the ring of keys; it owns what lies before it.",
        DYNAMO,
    ),
    Term("vote", "A node's word for one candidate in a term; it gives one a term.", RAFT),
    Term(
        "whole-list write",
        "A kind of write that replaces what is there by what its shopper last saw, with the change in it.",
    ),
    Term("W", "How many nodes must have a write on disk before it is OK.", DYNAMO),
    Term(
        "workload",
        "Clients in the background that read and write keys of their own at a steady rate, the same in both databases.",
    ),
    Term("weather", "Slow or bad spells of a link, the same for both databases."),
    Term(
        "φ",
        "How unlikely the silence of a node is by now: 8 stands for one in a hundred million.",
        "Hayashibara et al. 2004",
    ),
)

NOT_MODELLED: tuple[str, ...] = (
    "Carts, registers and counters under a few keys are all the data: no transactions over several keys, no queries.",
    "Disks take no time, unless a setting beside a leader says how long a flush takes; votes and terms are always flushed at once.",
    "A leader sends an entry while it flushes it, as in Raft; PostgreSQL sends only what it has flushed.",
    "A client's session token is a position of the log: after a failover it may name another history.",
    "Who takes office first applies all that it has, in no time.",
    "Processing takes no time, except at a node that is made slow and where a scene bounds what nodes can do; messages take 8 to 12 thousandths of a second each way.",
    "A slow node works on one message after another and is slow for nothing else: heartbeats, gossip and its own timers pass.",
    "Messages are not held up by a busy link, and there is no TCP between nodes: what a lossy link loses is not sent again by itself, and a message arrives twice only where a scenario says so.",
    "A wrong clock is a fixed offset; no clock runs faster or slower. Only rules that date writes read clocks, and a client's is always right.",
    "No node lies, and no node is new: on a ring a spare one joins, elsewhere the set of nodes never changes.",
    "The leader side follows Raft without snapshots of its log.",
    "A whole-list write is the cart that the shopper last saw on that side; it asks for nothing first.",
    "Rounds are those of Cassandra's first variant: four phases, no leases, one time-out for all of them; a value is compared by who wrote it, not by what it says.",
    "A node with a lost disk has forgotten what it promised, as in Cassandra, and may let a second value through.",
    "Rounds order compare-and-sets and serial reads of a key; a plain write of the same key goes by its own time stamp and may come between.",
    "A remove operation without a leader takes away what its entry node holds of what its shopper had read.",
    "Under escrow no node hands its right to another: one without a share refuses, although others have some left.",
    "Siblings are counted where a write is coordinated; what comes from other nodes is kept, however many there are.",
    "Under plain version vectors, and where the last write stays, an operation is made to the entry node's own copy unless the cart is a set that merges.",
    "Fencing is a lease counted from the leader's own messages; there is no fencing token that storage would check.",
    "Who takes over by time-out asks nobody.",
    "The watcher and the lock service are one process each and forget nothing in a crash; real ones are several machines with elections of their own.",
    "A leader that stood still sees that its lock has run out before it serves anybody; in Patroni that takes a watchdog.",
    "The watcher stops no old leader and switches off no machine; the proxy is told by whoever leads.",
    "Writes that are asked for again are the values of an old log as they stood, not transactions run anew.",
    "A node with a lost disk beside a leader waits for the answers of all others; real products add it as a new member.",
    "On a ring one node joins or leaves at a time, and all nodes must be up until it is done. What a node holds of ranges that it has lost stays on its disk.",
    "On a ring nothing is decided by rounds, and no level asks for a quorum of one region: what a majority had agreed on would have to move with the ranges.",
    "A stand-in answers reads with the hints it keeps, as in Dynamo; Cassandra never reads hints.",
    "A client asks again at most twice, at the same node, and only after silence; it looks for another node only where clients learn the leader.",
    "Without a leader a request asked again by id is known by its copy: one that was replaced meanwhile, or is asked of another node, is applied again. Of increments a node knows the newest 32 of each key by name.",
    "Between regions a message takes exactly half the round trip; the background clients are where they enter.",
    "Where capacity is bounded, every operation on a copy costs the same, and to forward, to count and to answer is free.",
    "Shards share keys out in turn; none is split, merged or moved while it runs. A node without a copy tries one node of a shard after another.",
    "Time-outs are ours, chosen so that the story is short; real products wait for seconds.",
)
