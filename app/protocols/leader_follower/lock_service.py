"""The outside lock service: one process that stands for a replicated store such as etcd or Consul.

It knows who has the lock and until when, and how long each node says its log is. It gives a new
holder the next term, which so is never given twice. What it knows outlives a crash of it, for it
stands for several machines; while it is down, or cut off, nobody can renew.
"""

from msgspec import Struct, field

from app.protocols.leader_follower import in_sync
from app.protocols.leader_follower.lease import LOCK
from app.protocols.leader_follower.outside_messages import LockReply, LockRequest
from app.protocols.leader_follower.settings import LeaderFollowerSettings
from app.sim.process import Message, Out
from app.trace.events import LockExpired, LockGranted, LockReleased

EXPIRY = "lock_expiry"


class LockState(Struct):
    """`logs`: of each node (last term, length, when it said so); `length`: of the holder's.
    `last`: who held it last; `sync`: who else may take it, in synchronous mode, as the holder said
    at `sync_at`."""

    holder: str = ""
    term: int = 1
    until: int = 0
    length: int = 0
    ttl_us: int = 0
    last: str = ""
    sync: str = ""
    sync_at: int = -1
    logs: dict[str, tuple[int, int, int]] = field(default_factory=dict)


class LockService:
    """At the start the first node has the lock, in term 1."""

    def __init__(self, nodes: tuple[str, ...], settings: LeaderFollowerSettings) -> None:
        self.nodes = nodes
        self.state = LockState()
        self.configure(settings)

    def configure(self, settings: LeaderFollowerSettings) -> None:
        self.settings = settings

    def on_configure(self, out: Out, settings: LeaderFollowerSettings) -> None:
        self.configure(settings)

    def on_start(self, out: Out) -> None:
        self.state.holder = self.state.last = self.nodes[0]
        self.state.sync = in_sync.at_start(self.nodes, self.settings)
        self._extend(out, self.settings.lock_ttl_us)

    def on_crash(self) -> None:
        """Nothing is forgotten; the time goes on."""

    def after_crash(self, out: Out, power: bool) -> None:
        """It stands for several machines; one of them has everything."""

    def on_wipe(self, out: Out) -> None:
        """Its disks are not modelled."""

    def is_work(self, message: Message) -> bool:
        """It holds no copy to work on."""
        return False

    def on_restart(self, out: Out) -> None:
        self.on_timer(out, EXPIRY)

    def on_timer(self, out: Out, name: str) -> None:
        """Has the lock run out?"""
        state = self.state
        if not state.holder:
            return
        if out.now >= state.until:
            out.emit(LockExpired, LOCK, state.holder, state.term)
            state.holder = ""
        else:
            out.set_timer(EXPIRY, state.until - out.now)

    def on_message(self, out: Out, source: str, message: Message) -> None:
        if not isinstance(message, LockRequest):
            return
        state = self.state
        self.on_timer(out, EXPIRY)
        state.logs[source] = (message.last_term, message.length, out.now)
        granted = self._decide(out, source, message)
        if granted and message.verb == "renew" and message.sent_at > state.sync_at:
            # An older word may arrive late; by now another may be waited for.
            state.sync, state.sync_at = message.sync, message.sent_at
        if granted and message.verb in ("take", "renew"):
            state.length = message.length
            self._extend(out, message.ttl_us)
        reply = LockReply(
            message.op, message.attempt, message.verb, granted, state.holder, state.term,
            state.length, self._ahead(source, message, out.now), message.ttl_us, message.sent_at,
            state.last, state.sync,
        )  # fmt: skip
        out.send(source, reply)

    def _decide(self, out: Out, source: str, message: LockRequest) -> bool:
        state = self.state
        match message.verb:
            case "take" if state.holder in ("", source) and self._may(source):
                state.holder, state.term = source, max(state.term, message.term) + 1
                state.last, state.sync, state.sync_at = source, in_sync.NOBODY, -1
                out.emit(LockGranted, LOCK, source, state.term)
                return True
            case "renew" if state.term == message.term and state.holder in ("", source):
                # Nobody else has had it since.
                state.holder = source
                return True
            case "release" if state.holder == source and state.term == message.term:
                out.emit(LockReleased, LOCK, source, state.term)
                state.holder = ""
                out.cancel_timer(EXPIRY)
                return True
        return False

    def _may(self, source: str) -> bool:
        """In synchronous mode the others may lack what was acknowledged."""
        state = self.state
        return not in_sync.is_on(self.settings) or source in (state.last, *state.sync.split())

    def _extend(self, out: Out, ttl_us: int) -> None:
        self.state.ttl_us = ttl_us
        self.state.until = out.now + ttl_us
        out.set_timer(EXPIRY, ttl_us)

    def _ahead(self, source: str, message: LockRequest, now: int) -> bool:
        """Has another node, but the holder, said lately that it has more?"""
        mine, state = (message.last_term, message.length), self.state
        return any(
            log[:2] > mine and now - log[2] <= state.ttl_us
            for node, log in state.logs.items()
            if node not in (source, state.holder)
        )
