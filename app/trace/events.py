"""Every trace event: what happened in one cluster, in the past tense, with the resulting state.

A row is `[kind, at, seq, cause, …]`: `at` in microseconds of simulated time, `seq` its position in
the cluster's trace, `cause` the seq of the event that made it happen (None: a person or the start).
(cluster, seq) names an event. `LEGEND` gives the field names of each kind. Ranks and sentences
stand in `ranks.py` and `sentences.py`. What concerns one key alone says which: `key`.
"""

import re
from typing import Union

from msgspec import Struct

from app.trace.values import CART, StoredVersion, Value


def snake_case(name: str) -> str:
    """`MessageSent` → `message_sent`: the tag of a Struct on the wire."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


class TraceEvent(Struct, frozen=True, array_like=True, gc=False, tag=snake_case):
    at: int
    seq: int
    cause: int | None


# ---- the world: start, links, nodes, messages -------------------------------------------------


class ClusterStarted(TraceEvent, frozen=True, gc=False):
    """The cluster as it stands at time 0. `clients` are (client, entry node) pairs, `keys` are
    (key, type) pairs, `background` the clients of the workload; `retries` of the clients that ask
    again; `regions` of nodes and clients; `helpers` beside the nodes, that hold no copy.
    `capacity`: operations a second that a node can do on its copy, 0 without a bound. `shards`:
    where there is more than one log, of each its nodes, the one that leads at the start first, and
    its keys."""

    design: str
    nodes: tuple[str, ...]
    clients: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, str], ...] = ((CART, CART),)
    retries: tuple[tuple[str, str], ...] = ()
    regions: tuple[tuple[str, str], ...] = ()
    background: tuple[tuple[str, str], ...] = ()
    helpers: tuple[str, ...] = ()
    capacity: int = 0
    shards: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


class ShardEvent(TraceEvent, frozen=True, gc=False, kw_only=True):
    """What concerns one replication group alone. `shard`: its number, from 1; 0 where there is only
    one. It stands at the end of the row."""

    shard: int = 0


class MessageSent(TraceEvent, frozen=True, gc=False):
    """`carries` are value ids. It arrives at `arrives_at` unless a MessageDropped names it."""

    source: str
    target: str
    kind: str
    op: str
    carries: tuple[str, ...]
    arrives_at: int


class MessageDropped(TraceEvent, frozen=True, gc=False):
    """The message sent as `cause` never arrives; `reason` is cut, loss or crashed."""

    source: str
    target: str
    kind: str
    op: str
    reason: str


class LinkCut(TraceEvent, frozen=True, gc=False):
    """Both ways. `a_reaches` and `b_reaches`: the neighbours each end still has a link to."""

    a: str
    b: str
    a_reaches: tuple[str, ...]
    b_reaches: tuple[str, ...]


class LinkCutOneWay(TraceEvent, frozen=True, gc=False):
    """Nothing passes from `source` to `target` any more; the other way is as it was."""

    source: str
    target: str


class LinkSlowed(TraceEvent, frozen=True, gc=False):
    """Messages sent from now on take `times` as long, either way."""

    a: str
    b: str
    times: int


class LinkMadeLossy(TraceEvent, frozen=True, gc=False):
    """Of the messages sent from now on `percent` in a hundred are lost, either way."""

    a: str
    b: str
    percent: int


class LinkHealed(TraceEvent, frozen=True, gc=False):
    """Whole, as fast as ever, and nothing is lost on it."""

    a: str
    b: str


class NodeCrashed(TraceEvent, frozen=True, gc=False):
    """The node's process lost its memory; what the operating system had and the disk stay.
    LogTailLost says what else is gone."""

    node: str


class NodeLostPower(TraceEvent, frozen=True, gc=False):
    """The node is down, and only what was flushed to its disk stays. LogTailLost says what is
    gone."""

    node: str


class NodeRestarted(TraceEvent, frozen=True, gc=False):
    node: str


class NodePaused(TraceEvent, frozen=True, gc=False):
    """The node stands still, memory and all; what reaches it waits (a long garbage collection)."""

    node: str


class NodeResumed(TraceEvent, frozen=True, gc=False):
    """The node goes on and finds `waiting` messages and timers, in the order they came."""

    node: str
    waiting: int


class NodeWiped(TraceEvent, frozen=True, gc=False):
    """Disk and memory are lost; an empty node of the same name runs in its place."""

    node: str


class ClockSkewed(TraceEvent, frozen=True, gc=False):
    """The node's wall clock is `offset_us` microseconds ahead now (behind when below 0)."""

    node: str
    offset_us: int


class NodeSlowed(TraceEvent, frozen=True, gc=False):
    """The node needs `milliseconds` for each message that brings work; 0: at speed again."""

    node: str
    milliseconds: int


class QueueChanged(TraceEvent, frozen=True, gc=False):
    """So many operations are at the node of bounded capacity, the one it works on included."""

    node: str
    waiting: int


class SettingChanged(TraceEvent, frozen=True, gc=False):
    """From now on `setting` is `choice` here; operations under way go on as they began."""

    setting: str
    choice: str


class ClientChanged(TraceEvent, frozen=True, gc=False):
    """The client's `setting` (entry, retries or region) is `choice` from its next operation on; in
    its new region it is at once."""

    client: str
    setting: str
    choice: str


class WorkloadChanged(TraceEvent, frozen=True, gc=False):
    """`state` on: so many background `clients` send `per_second` operations in all, of which
    `reads_percent` in a hundred are reads; off: none from now on."""

    state: str
    clients: int
    per_second: int
    reads_percent: int


class FaultIgnored(TraceEvent, frozen=True, gc=False):
    """A fault that changes nothing here (the link is cut already, say): a visible no-op."""

    fault: str
    reason: str


# ---- clients: the history ---------------------------------------------------------------------


class IntentQueued(TraceEvent, frozen=True, gc=False):
    """The client is still waiting for `waits_for`, so `op` waits its turn."""

    client: str
    op: str
    waits_for: str


class IntentSkipped(TraceEvent, frozen=True, gc=False):
    """Nothing to do on this side: a visible no-op, with the reason in words."""

    client: str
    op: str
    action: str
    reason: str
    key: str = CART


class OperationInvoked(TraceEvent, frozen=True, gc=False):
    """`action`: add, remove, put, increment, read or resolve; `kind`: read or write. A write
    carries its value. `item`: what is added, removed or put, or by how much; of a register or a
    counter that is resolved, the id of the value kept.

    `context` holds the ids of the values the client had read and means to replace. `write` is the
    kind of write (`commands.WriteKind`); the value of an operation is what the client sends, and
    OperationApplied says what came of it.
    """

    client: str
    op: str
    action: str
    kind: str
    item: str
    entry: str
    value: Value | None
    context: tuple[str, ...]
    write: str
    key: str = CART


class OperationReturned(TraceEvent, frozen=True, gc=False):
    """What the client was told. `outcome`: ok, failed (surely had no effect) or unknown.

    `values` is the key as the client now knows it on this side: two or more are siblings.
    """

    client: str
    op: str
    action: str
    kind: str
    item: str
    outcome: str
    reason: str
    node: str
    values: tuple[Value, ...]
    key: str = CART


class OperationRetried(TraceEvent, frozen=True, gc=False):
    """The client had no answer in time and asks `entry` again: its try `attempt`, from 1.

    A write's `value` has an id of its own (`trace/ids.py`): where both tries are applied, two
    values are stored, and each of them is the operation's.
    """

    client: str
    op: str
    attempt: int
    entry: str
    value: Value | None
    key: str = CART


# ---- requests at a node: both designs -----------------------------------------------------------


class RequestAccepted(TraceEvent, frozen=True, gc=False):
    """The node now waits for `need` of `of` nodes on behalf of `op`; its counter opens."""

    node: str
    op: str
    kind: str
    need: int
    of: int


class ReplyCounted(TraceEvent, frozen=True, gc=False):
    """`source` (the node itself included) answered; `have` is the resulting count."""

    node: str
    op: str
    source: str
    have: int
    need: int
    of: int


class QuorumReached(TraceEvent, frozen=True, gc=False):
    node: str
    op: str
    kind: str
    have: int
    need: int
    of: int


class QuorumMissed(TraceEvent, frozen=True, gc=False):
    """The node stopped waiting with too few answers: the outcome is unknown."""

    node: str
    op: str
    kind: str
    have: int
    need: int
    of: int


class RequestRefused(TraceEvent, frozen=True, gc=False):
    """The node refused before anything was sent on, so the operation surely had no effect.

    `reason`: no_leader, no_quorum, changed (compare-and-set), no_compare, no_share (escrow),
    none_left (an agreed counter would fall below zero), obsolete (the first replica of all holds
    what another write made of the same version), no_delete (a cart whose items merge one by one),
    no_primaries (too few of the key's own replicas), too_many_siblings, fenced, read_only, or
    behind (the node did not get in time what the client had seen).
    """

    node: str
    op: str
    reason: str
    key: str = CART


class RequestRecognised(TraceEvent, frozen=True, gc=False):
    """The node has applied another try of this operation, and answers for that one: `value`."""

    node: str
    op: str
    value: Value
    key: str = CART


class OperationApplied(TraceEvent, frozen=True, gc=False):
    """The node worked out what an operation comes to: `value`, replacing `replaced`.

    `replaced` are value ids; whatever else the key holds is not touched.
    """

    node: str
    op: str
    value: Value
    replaced: tuple[str, ...]
    key: str = CART


# ---- with a leader ------------------------------------------------------------------------------


class LeaderSuspected(ShardEvent, frozen=True, gc=False):
    """The node heard nothing from the leader for its whole time-out."""

    node: str
    leader: str
    term: int


class LeaderHeard(ShardEvent, frozen=True, gc=False):
    """The node follows `leader` again, or for the first time in `term`."""

    node: str
    leader: str
    term: int


class ElectionStarted(ShardEvent, frozen=True, gc=False):
    """The node stands as candidate in `term` and votes for itself."""

    node: str
    term: int
    votes: int
    need: int


class VoteGranted(ShardEvent, frozen=True, gc=False):
    node: str
    candidate: str
    term: int


class VoteCounted(ShardEvent, frozen=True, gc=False):
    """The candidate `node` received the vote of `source`."""

    node: str
    source: str
    term: int
    votes: int
    need: int


class LeaderElected(ShardEvent, frozen=True, gc=False):
    """`votes` 0: a leader that people named leads on after its restart."""

    node: str
    term: int
    votes: int


class LeaderSteppedDown(ShardEvent, frozen=True, gc=False):
    """The node led `term` until it met the higher `new_term`."""

    node: str
    term: int
    new_term: int


class LogAppended(ShardEvent, frozen=True, gc=False):
    """Entry `position` (from 1) is in the node's log; on its disk, unless a LogProgressed of the
    same moment says otherwise. `value` None: the entry that opens a term."""

    node: str
    position: int
    term: int
    op: str
    value: Value | None
    key: str = CART


class LogTruncated(ShardEvent, frozen=True, gc=False):
    """The node threw away its log from `position` on; `dropped` are the values that went with it.

    `ends`: for each key that lost something, what the log now ends in for it.
    """

    node: str
    position: int
    dropped: tuple[Value, ...]
    ends: tuple[tuple[str, Value | None], ...]


class LeaderPromoted(ShardEvent, frozen=True, gc=False):
    """The node took over as leader of `term` because it heard none for its time-out; it asked
    nobody. Where nobody votes there is no LeaderElected."""

    node: str
    term: int


class LeaderUnreachable(ShardEvent, frozen=True, gc=False):
    """The observer `node` no longer reaches the leader; the nodes in `hears` still do."""

    node: str
    leader: str
    hears: tuple[str, ...]


class LeaderDeclaredDead(ShardEvent, frozen=True, gc=False):
    """The observer `node` takes the leader for dead after `missed` polls; `lost`: the nodes it
    reaches that have lost it, too."""

    node: str
    leader: str
    missed: int
    lost: tuple[str, ...]


class FailoverWithheld(ShardEvent, frozen=True, gc=False):
    """The observer `node` would act, and does not: anti_flapping (it has lately), no_candidate."""

    node: str
    leader: str
    reason: str


class CandidateChosen(ShardEvent, frozen=True, gc=False):
    """The observer `node` tells `candidate` to lead; its log ends at `position`, `behind` entries
    short of the longest that the observer has heard of."""

    node: str
    candidate: str
    position: int
    behind: int


class ClientsRedirected(ShardEvent, frozen=True, gc=False):
    """`node`, the observer or the proxy, takes `leader` of `term` for the leader from now on."""

    node: str
    leader: str
    term: int


class LockExpired(ShardEvent, frozen=True, gc=False):
    """The lock service `node`: `holder` has not renewed the lock in time; it is free."""

    node: str
    holder: str
    term: int


class LockReleased(ShardEvent, frozen=True, gc=False):
    """The lock service `node`: `holder` has given the lock back; it is free."""

    node: str
    holder: str
    term: int


class LockGranted(ShardEvent, frozen=True, gc=False):
    """The lock service `node` gives the lock to `holder`, with `term`."""

    node: str
    holder: str
    term: int


class LeaderDemoted(ShardEvent, frozen=True, gc=False):
    """The leader leaves office for want of the lock: lock_unreachable, lock_lost."""

    node: str
    term: int
    reason: str


class FailsafeUsed(ShardEvent, frozen=True, gc=False):
    """The leader cannot renew the lock, and stays, for all `others` have allowed it."""

    node: str
    term: int
    others: int


class TailKept(ShardEvent, frozen=True, gc=False):
    """Of the end of its log, which it throws away now, the node keeps these values: aside, in a
    list that nobody reads; or to_resend, until the leader has them."""

    node: str
    how: str
    values: tuple[Value, ...]


class TailResent(ShardEvent, frozen=True, gc=False):
    """The node asks `leader` for the writes again that it threw away."""

    node: str
    leader: str
    values: tuple[Value, ...]


class LogDiverged(ShardEvent, frozen=True, gc=False):
    """From `position` on the node's log is not the leader's; it keeps it, with these `values`, and
    follows no more."""

    node: str
    position: int
    values: tuple[Value, ...]


class FollowerWrote(TraceEvent, frozen=True, gc=False):
    """A node that does not lead takes a write on alone; `leader`: whom it hears, "" nobody."""

    node: str
    leader: str
    op: str
    value: Value
    key: str = CART


class ClientTurned(TraceEvent, frozen=True, gc=False):
    """A client was refused by `node`, which does not lead, and asks `leader` instead."""

    client: str
    op: str
    node: str
    leader: str


class LeaderSought(TraceEvent, frozen=True, gc=False):
    """`node` refused the client, since it hears no leader; the client asks around for one."""

    client: str
    op: str
    node: str


class LeaderFound(TraceEvent, frozen=True, gc=False):
    """`leader` has told the client that it leads; the client asks it."""

    client: str
    op: str
    leader: str


class LeaderFenced(ShardEvent, frozen=True, gc=False):
    """The leader has heard from less than a majority for its lease and answers nobody now."""

    node: str
    term: int


class LeaderWaits(ShardEvent, frozen=True, gc=False):
    """A leader that nobody voted for answers nobody yet: an older one may still be in force."""

    node: str
    term: int


class LeaderUnfenced(ShardEvent, frozen=True, gc=False):
    """A majority has spoken to the leader again, and it answers."""

    node: str
    term: int


class PreVoteStarted(ShardEvent, frozen=True, gc=False):
    """The node asks whether it could win `term`, and leaves its own term as it is."""

    node: str
    term: int
    votes: int
    need: int


class PreVoteRefused(ShardEvent, frozen=True, gc=False):
    """The node would not vote for `candidate`. `reason`: hears_leader, older_log or old_term."""

    node: str
    candidate: str
    term: int
    reason: str


class PreVoteCounted(ShardEvent, frozen=True, gc=False):
    """`source` would vote for `node` in `term`."""

    node: str
    source: str
    term: int
    votes: int
    need: int


class LeaderGaveUp(ShardEvent, frozen=True, gc=False):
    """The leader of `term` left office: with itself only `have` of the `need` nodes of a majority
    have answered it within the shortest election time-out."""

    node: str
    term: int
    have: int
    need: int


class CatchUpStarted(ShardEvent, frozen=True, gc=False):
    """The new leader, whose log ends at `position`, asks the others for newer entries before it
    opens its term; until then it takes no writes."""

    node: str
    term: int
    position: int


class CatchUpEnded(ShardEvent, frozen=True, gc=False):
    """The new leader took `entries` entries from `source` ("" and 0: there was nothing newer)."""

    node: str
    term: int
    source: str
    entries: int


class TransferStarted(ShardEvent, frozen=True, gc=False):
    """The leader wants `target` to lead and takes no new writes. `reason`: priority or by_hand."""

    node: str
    target: str
    term: int
    reason: str


class TransferAborted(ShardEvent, frozen=True, gc=False):
    """`target` has not caught up in time; the leader leads on."""

    node: str
    target: str
    term: int


class LeaderHandedOver(ShardEvent, frozen=True, gc=False):
    """`target` has the whole log of the leader of `term`, which left office for it."""

    node: str
    target: str
    term: int


class PromotionAsked(TraceEvent, frozen=True, gc=False):
    """A person wants the node to lead."""

    node: str


class PromotionRefused(TraceEvent, frozen=True, gc=False):
    """A person wants the node to lead, and it cannot, or no node leads here: a visible no-op."""

    node: str
    reason: str


class PromotionGivenUp(ShardEvent, frozen=True, gc=False):
    """`leader` has not left office for the node, and still leads."""

    node: str
    leader: str


class RejoinStarted(ShardEvent, frozen=True, gc=False):
    """The wiped node asks all others what they have; until then it neither votes nor answers."""

    node: str


class NodeRejoined(ShardEvent, frozen=True, gc=False):
    """The wiped node took `entries` log entries from `source` and takes part again in `term`."""

    node: str
    source: str
    entries: int
    term: int


class CommitAdvanced(ShardEvent, frozen=True, gc=False):
    """The node knows that everything up to `position` is on a majority."""

    node: str
    position: int
    term: int


class LogProgressed(ShardEvent, frozen=True, gc=False):
    """How far the node's log is handed to its operating system, flushed to its disk and applied.

    Written when one of them is behind the end of the log, and when none is any more; where flushing
    and applying take no time there is none.
    """

    node: str
    handed: int
    flushed: int
    applied: int


class LogTailLost(ShardEvent, frozen=True, gc=False):
    """A crash or a loss of power took the node's log from `position` on; `dropped` are the values
    that went with it, `ends`: for each key that lost something, what the log now ends in for it."""

    node: str
    position: int
    dropped: tuple[Value, ...]
    ends: tuple[tuple[str, Value | None], ...]


class FollowerLagged(ShardEvent, frozen=True, gc=False):
    """The leader `node` knows that `follower` is `behind` entries behind what it was sent a
    heartbeat ago (0: no longer). The positions are the last that the follower acknowledged."""

    node: str
    follower: str
    received: int
    flushed: int
    applied: int
    behind: int


class ReplicationModeChanged(ShardEvent, frozen=True, gc=False):
    """The leader from now on waits for `need` nodes, itself included: 1 when `mode` is async.

    `mode`: semi_sync or async. `reason`: timeout, no_replica or caught_up. `hears`: the followers
    that it hears.
    """

    node: str
    mode: str
    reason: str
    need: int
    hears: tuple[str, ...]


class StandbysChanged(ShardEvent, frozen=True, gc=False):
    """Of the list in force the leader now waits for these followers, `need` of them."""

    node: str
    standbys: tuple[str, ...]
    need: int


class WriteReleased(ShardEvent, frozen=True, gc=False):
    """The leader waits no longer for `need` nodes and answers OK with `have`. `reason`: async (it
    has fallen back) or cancel (the client gave the wait up)."""

    node: str
    op: str
    reason: str
    have: int
    need: int
    of: int


class CaughtUp(ShardEvent, frozen=True, gc=False):
    """The follower copied `entries` entries that it had missed from `leader`."""

    node: str
    leader: str
    position: int
    entries: int


# ---- without a leader ---------------------------------------------------------------------------


class VersionsStored(TraceEvent, frozen=True, gc=False):
    """All that the node now holds of the key; several versions are siblings. `reason`: write,
    repair, hint or commit (of a round)."""

    node: str
    op: str
    reason: str
    versions: tuple[StoredVersion, ...]
    key: str = CART


class WriteIgnored(TraceEvent, frozen=True, gc=False):
    """The last write wins, and `value` is not it: its time stamp is `older_us` microseconds older
    than that of `kept`, which the node holds (0: equal, the ids decided)."""

    node: str
    op: str
    value: Value
    kept: Value
    older_us: int
    key: str = CART


class SiblingsFormed(TraceEvent, frozen=True, gc=False):
    """The node now holds `count` versions, none of which replaces another (more than before)."""

    node: str
    op: str
    count: int
    key: str = CART


class DigestsDiffered(TraceEvent, frozen=True, gc=False):
    """Replicas that were read in short do not hold the same; `node` asks them for everything."""

    node: str
    op: str
    key: str = CART


class ReplicaAdded(TraceEvent, frozen=True, gc=False):
    """The read takes long, so `node` asks one replica more (speculative retry)."""

    node: str
    op: str
    replica: str
    key: str = CART


class RepairApplied(TraceEvent, frozen=True, gc=False):
    """A read repair brought `node` something it did not have."""

    node: str
    op: str
    source: str
    key: str = CART


class HintStored(TraceEvent, frozen=True, gc=False):
    """`node` keeps a version that `home` should have, until it hears from it. `versions`: all that
    it now keeps for `home`. `counts`: does its acknowledgement count towards W (sloppy quorum)?"""

    node: str
    home: str
    op: str
    counts: bool
    versions: tuple[StoredVersion, ...]
    key: str = CART


class HintDelivered(TraceEvent, frozen=True, gc=False):
    """`home` has acknowledged what `node` kept for it; `versions`: what is still kept."""

    node: str
    home: str
    versions: tuple[StoredVersion, ...]
    key: str = CART


class HintDeclined(TraceEvent, frozen=True, gc=False):
    """`home` missed a write and has been silent for longer than hints are kept; it gets none."""

    node: str
    home: str
    op: str
    key: str = CART


class TreesCompared(TraceEvent, frozen=True, gc=False):
    """`node` has heard how many of `compared` hashes at one level of its Merkle tree, 0 the root,
    are others at `peer`."""

    node: str
    peer: str
    level: int
    compared: int
    differing: int


class AntiEntropyEnded(TraceEvent, frozen=True, gc=False):
    """The two have compared `compared` hashes in all, and `keys` keys were sent because of them."""

    node: str
    peer: str
    compared: int
    keys: int


class UpkeepStarted(TraceEvent, frozen=True, gc=False):
    """An operator starts something at the node. `what`: compact or repair."""

    node: str
    what: str


class TombstoneReaped(TraceEvent, frozen=True, gc=False):
    """The node let go of the trace of a delete. `reason`: grace (is over), agreed (all replicas had
    it) or none (it keeps no such traces). `versions`: what it still holds of the key."""

    node: str
    reason: str
    versions: tuple[StoredVersion, ...]
    key: str = CART


class NothingFound(TraceEvent, frozen=True, gc=False):
    """`missing` of `of` nodes have nothing of the key, where that is no answer. The read can never
    be met, so `node` says that there is nothing."""

    node: str
    op: str
    missing: int
    of: int
    key: str = CART


class WriteHandedOn(TraceEvent, frozen=True, gc=False):
    """`node` holds no copy of the key and hands the write on to `home`, which coordinates it."""

    node: str
    op: str
    home: str
    key: str = CART


class ClientSuspected(TraceEvent, frozen=True, gc=False):
    """The library in the client has had no answer from `node` in time; it leaves out those in
    `suspects` now, until they answer or it tries them again."""

    client: str
    node: str
    suspects: tuple[str, ...]


class ClientTrusts(TraceEvent, frozen=True, gc=False):
    """The library in the client asks `node` again from now on."""

    client: str
    node: str
    suspects: tuple[str, ...]


class PeerSuspected(TraceEvent, frozen=True, gc=False):
    """`node` heard nothing from `peer` for its time-out. `reaches`: the peers it still hears."""

    node: str
    peer: str
    reaches: tuple[str, ...]


class PeerHeard(TraceEvent, frozen=True, gc=False):
    node: str
    peer: str
    reaches: tuple[str, ...]


class QuorumOutOfReach(TraceEvent, frozen=True, gc=False):
    """With the peers it hears, `node` could collect `alive` copies and `need` are asked for."""

    node: str
    alive: int
    need: int
    of: int


# ---- rounds: compare-and-set without a leader ---------------------------------------------------


class BallotOpened(TraceEvent, frozen=True, gc=False):
    """The coordinator asks `voters` to promise its ballot: `ballot` is its moment, in microseconds.
    `by`, here and below: the disk whose ballot it is, which decides between equal moments."""

    node: str
    op: str
    ballot: int
    by: str
    voters: tuple[str, ...]
    key: str = CART


class BallotPromised(TraceEvent, frozen=True, gc=False):
    """The replica takes nothing below this ballot any more."""

    node: str
    op: str
    ballot: int
    by: str
    key: str = CART


class BallotRefused(TraceEvent, frozen=True, gc=False):
    """The replica has promised a higher ballot: that of `other`, from `promised`."""

    node: str
    op: str
    ballot: int
    by: str
    promised: int
    other: str
    key: str = CART


class ProposalFound(TraceEvent, frozen=True, gc=False):
    """Among the promises is a proposal that was not decided: the coordinator finishes that one
    first, under its own ballot."""

    node: str
    op: str
    value: Value
    key: str = CART


class ProposalAccepted(TraceEvent, frozen=True, gc=False):
    """The replica has taken the proposal under this ballot; `value` None: of a round that only
    looked, so that nothing older can be decided any more."""

    node: str
    op: str
    ballot: int
    by: str
    value: Value | None
    key: str = CART


class ProposalRefused(TraceEvent, frozen=True, gc=False):
    """The replica has promised a higher ballot meanwhile, as in BallotRefused."""

    node: str
    op: str
    ballot: int
    by: str
    promised: int
    other: str
    key: str = CART


class ProposalDecided(TraceEvent, frozen=True, gc=False):
    """A majority has accepted `value` under this ballot: it is decided, whoever fails now."""

    node: str
    op: str
    ballot: int
    by: str
    value: Value
    key: str = CART


class BallotLost(TraceEvent, frozen=True, gc=False):
    """Another ballot was higher; the coordinator waits for `wait_us` and opens one above it."""

    node: str
    op: str
    ballot: int
    by: str
    wait_us: int
    key: str = CART


AnyEvent = Union[  # noqa: UP007 – msgspec reads the union at run time, mypy wants it named
    ClusterStarted,
    MessageSent,
    MessageDropped,
    LinkCut,
    LinkCutOneWay,
    LinkSlowed,
    LinkMadeLossy,
    LinkHealed,
    NodeCrashed,
    NodeLostPower,
    NodeRestarted,
    NodePaused,
    NodeResumed,
    NodeWiped,
    ClockSkewed,
    NodeSlowed,
    QueueChanged,
    SettingChanged,
    ClientChanged,
    WorkloadChanged,
    FaultIgnored,
    IntentQueued,
    IntentSkipped,
    OperationInvoked,
    OperationReturned,
    OperationRetried,
    RequestAccepted,
    ReplyCounted,
    QuorumReached,
    QuorumMissed,
    RequestRefused,
    RequestRecognised,
    OperationApplied,
    LeaderSuspected,
    LeaderHeard,
    ElectionStarted,
    VoteGranted,
    VoteCounted,
    LeaderElected,
    LeaderSteppedDown,
    LogAppended,
    LogTruncated,
    LeaderPromoted,
    LeaderUnreachable,
    LeaderDeclaredDead,
    FailoverWithheld,
    CandidateChosen,
    ClientsRedirected,
    LockExpired,
    LockReleased,
    LockGranted,
    LeaderDemoted,
    FailsafeUsed,
    TailKept,
    TailResent,
    LogDiverged,
    FollowerWrote,
    ClientTurned,
    LeaderSought,
    LeaderFound,
    LeaderWaits,
    LeaderFenced,
    LeaderUnfenced,
    PreVoteStarted,
    PreVoteRefused,
    PreVoteCounted,
    LeaderGaveUp,
    CatchUpStarted,
    CatchUpEnded,
    TransferStarted,
    TransferAborted,
    LeaderHandedOver,
    PromotionAsked,
    PromotionRefused,
    PromotionGivenUp,
    RejoinStarted,
    NodeRejoined,
    CommitAdvanced,
    LogProgressed,
    LogTailLost,
    FollowerLagged,
    ReplicationModeChanged,
    StandbysChanged,
    WriteReleased,
    CaughtUp,
    VersionsStored,
    WriteIgnored,
    SiblingsFormed,
    DigestsDiffered,
    ReplicaAdded,
    RepairApplied,
    HintStored,
    HintDelivered,
    HintDeclined,
    TreesCompared,
    AntiEntropyEnded,
    UpkeepStarted,
    TombstoneReaped,
    NothingFound,
    WriteHandedOn,
    ClientSuspected,
    ClientTrusts,
    PeerSuspected,
    PeerHeard,
    QuorumOutOfReach,
    BallotOpened,
    BallotPromised,
    BallotRefused,
    ProposalFound,
    ProposalAccepted,
    ProposalRefused,
    ProposalDecided,
    BallotLost,
]

EVENT_TYPES: tuple[type[TraceEvent], ...] = AnyEvent.__args__  # type: ignore[attr-defined]
