"""A node without a leader: keeps copies, coordinates for its clients, watches its peers."""

from collections.abc import Mapping
from typing import assert_never, cast

from app.protocols.client_messages import ClientRead, ClientReply, ClientWrite
from app.protocols.leaderless import (
    acceptor,
    answers,
    anti_entropy,
    coordinator,
    failure_detector,
    hints,
    round_ends,
    rounds,
    routes,
    tombstones,
)
from app.protocols.leaderless.digests import digest_of
from app.protocols.leaderless.messages import (
    FirstWrite,
    FirstWritten,
    Forward,
    ForwardTaken,
    Gossip,
    HandOff,
    HandOffAck,
    HintAck,
    HintedWrite,
    LeaderlessMessage,
    Reap,
    ReplicaRead,
    ReplicaReadReply,
    ReplicaRepair,
    ReplicaRepairAck,
    ReplicaWrite,
    ReplicaWriteAck,
    TreeDiffers,
    TreeHashes,
    TreeKeys,
)
from app.protocols.leaderless.placement import NOWHERE, Place
from app.protocols.leaderless.read_repair import apply_repair
from app.protocols.leaderless.round_messages import (
    Accepted,
    Commit,
    Committed,
    Look,
    Looked,
    Prepare,
    Promise,
    Propose,
)
from app.protocols.leaderless.settings import LeaderlessSettings
from app.protocols.leaderless.state import Disk, Memory, ReplicaState
from app.protocols.leaderless.storage import store
from app.sim.process import Message, Out


class Replica:
    """The process of one node; what each message leads to stands in the module it calls."""

    def __init__(
        self,
        node: str,
        nodes: tuple[str, ...],
        settings: LeaderlessSettings,
        state: ReplicaState | None = None,
        keys: tuple[str, ...] = (),
        regions: Mapping[str, str] = NOWHERE,
    ) -> None:
        self.node = node
        self.nodes = nodes
        self.keys = keys
        self.regions = regions
        self.state = state or ReplicaState()
        self.configure(settings)

    def configure(self, settings: LeaderlessSettings) -> None:
        """From now on; requests under way keep what they began with."""
        self.place = Place(self.node, self.nodes, settings, self.keys, self.regions)

    def on_configure(self, out: Out, settings: LeaderlessSettings) -> None:
        """A setting is changed while the node runs."""
        self.configure(settings)

    def refuses_promotion(self) -> str:
        """Why a person cannot make this node the leader."""
        return "no node leads here"

    def on_promote(self, out: Out) -> None:
        """It refuses."""

    def on_start(self, out: Out) -> None:
        failure_detector.begin(self.place, self.state, out)

    def on_crash(self) -> None:
        """Requests under way and opinions of peers are gone; the disk stays."""
        self.state.memory = Memory()

    def after_crash(self, out: Out, power: bool) -> None:
        """What is stored is flushed at once."""

    def on_restart(self, out: Out) -> None:
        failure_detector.begin(self.place, self.state, out)

    def on_wipe(self, out: Out) -> None:
        """A new disk; its dots have a new name, since nobody knows which ones the old one gave."""
        before, wipes = self.state.disk, self.state.disk.wipes + 1
        actor = f"{self.node}.{wipes}"
        self.state.disk = Disk(gossip_count=before.gossip_count, wipes=wipes, actor=actor)
        failure_detector.begin(self.place, self.state, out)

    def is_work(self, message: Message) -> bool:
        """A client's request counts where the node has a copy itself; to coordinate is free."""
        match message:
            case ClientWrite() | ClientRead():
                return self.node in self.place.replicas_of(message.key)
            case Forward() | FirstWrite():
                return True
            case ReplicaWrite() | ReplicaRead() | ReplicaRepair() | HintedWrite() | HandOff():
                return True
            case TreeKeys() | Prepare() | Look() | Propose() | Commit():
                return True
        return False

    def on_timer(self, out: Out, name: str) -> None:
        """A timer that is not the failure detector's is a request's, named by its op id."""
        if name == failure_detector.GOSSIP_TIMER:
            failure_detector.gossip(self.place, self.state, out)
            hints.hand_over(self.place, self.state, out)
            self._compact_in_time(out)
            anti_entropy.in_turn(self.place, self.state, out)
        elif name == failure_detector.SILENCE_TIMER:
            failure_detector.on_silence(self.place, self.state.memory, out)
        elif name.endswith(tombstones.REAP):
            tombstones.reap(self.place, self.state, out, name.removesuffix(tombstones.REAP))
        elif name.endswith(answers.MORE):
            coordinator.on_slow(self.place, self.state, out, name.removesuffix(answers.MORE))
        elif name.endswith(routes.TAKEN):
            routes.on_silence(self.place, self.state, out, name.removesuffix(routes.TAKEN))
        elif name.endswith(round_ends.AGAIN):
            rounds.on_again(self.place, self.state, out, name.removesuffix(round_ends.AGAIN))
        elif not rounds.on_time_out(self.place, self.state, out, name):
            answers.on_time_out(self.place, self.state, out, name)

    def _compact_in_time(self, out: Out) -> None:
        every, memory = self.place.settings.compact_us, self.state.memory
        if every and out.now - memory.compacted_at >= every:
            memory.compacted_at = out.now
            tombstones.compact(self.place, self.state, out)

    def on_upkeep(self, out: Out, what: str) -> None:
        """What an operator starts by hand."""
        if what == "repair":
            anti_entropy.begin_with_all(self.place, self.state, out)
        else:
            tombstones.compact(self.place, self.state, out)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        place, state = self.place, self.state
        if source in state.memory.last_heard:
            failure_detector.heard(place, state.memory, out, source)
        known = cast(LeaderlessMessage, message)
        match known:
            case ReplicaWriteAck() | HintAck():
                answers.on_answer(place, state, out, source, known.op, ())
            case ReplicaReadReply():
                told, digest = known.versions, known.digest
                answers.on_answer(place, state, out, source, known.op, told, digest)
            case ReplicaWrite():
                store(place, state, out, known.op, "write", known.versions, known.key)
                out.send(source, ReplicaWriteAck(known.op, known.attempt))
            case ReplicaRead():
                held = state.disk.versions.get(known.key, ())
                if known.stands_in:
                    held = hints.kept(place, state, known.key)
                digest = digest_of(held) if known.in_short else ""
                told = () if known.in_short else held
                out.send(source, ReplicaReadReply(known.op, known.attempt, told, digest))
            case ClientWrite():
                routes.write(place, state, out, source, known)
            case Forward() | ForwardTaken() | FirstWrite() | FirstWritten():
                routes.on_way(place, state, out, source, known)
            case ClientRead():
                coordinator.read(place, state, out, source, known)
            case Prepare() | Look() | Propose() | Commit():
                acceptor.on_asked(place, state, out, source, known)
            case Promise() | Looked() | Accepted() | Committed():
                rounds.on_answer(place, state, out, source, known)
            case ReplicaRepair():
                apply_repair(place, state, out, source, known.op, known.versions, known.key)
                if known.answer:
                    out.send(source, ReplicaRepairAck(known.op, known.attempt))
            case ReplicaRepairAck():
                answers.on_mended(place, state, out, source, known.op)
            case HintedWrite():
                hints.on_hinted(place, state, out, source, known)
            case HandOff():
                hints.on_hand_off(place, state, out, source, known)
            case TreeHashes():
                anti_entropy.on_hashes(place, state, out, source, known)
            case TreeDiffers():
                anti_entropy.on_differs(place, state, out, source, known)
            case TreeKeys():
                anti_entropy.on_keys(place, state, out, source, known)
            case Reap():
                tombstones.on_reap(place, state, out, known)
            case HandOffAck():
                hints.on_hand_off_ack(place, state, out, source, known)
            case Gossip() | ClientReply():
                pass  # gossip says only that its sender lives; replies are for clients
            case _:
                assert_never(known)
