"""How safe a log is: in the process's memory, handed to the operating system, flushed; applied.

A crash of the process takes what was not handed over, a loss of power what was not flushed, and the
loss of the disk everything. A flush takes `flush_us`, and what comes meanwhile waits for the next
one (group commit). A follower applies an entry `apply_us` after it was flushed. Votes, terms and
truncations count as flushed at once; so does what a node with a new disk copies.

Kept as counts of entries at the end of the log, all 0 where nothing takes time.
"""

from app.protocols.leader_follower.log import cut as cut_log
from app.protocols.leader_follower.log import ends
from app.protocols.leader_follower.state import Place, ReplicaState
from app.sim.process import Out
from app.trace.events import LogProgressed, LogTailLost

FLUSH, APPLY, HAND = "flush", "apply", "hand"


def handed(state: ReplicaState) -> int:
    """Up to this position the log outlives a crash of the process."""
    return len(state.disk.log) - state.disk.unhanded


def flushed(state: ReplicaState) -> int:
    """Up to this position the log outlives a loss of power."""
    return len(state.disk.log) - state.disk.unflushed


def applied(state: ReplicaState) -> int:
    """Up to this position the log can be read here."""
    return len(state.disk.log) - state.memory.unapplied


def took(place: Place, state: ReplicaState, out: Out, count: int, lazy: bool = False) -> None:
    """`count` entries were added to the log; `lazy`: nobody waits for them to be handed over."""
    disk, memory, rules = state.disk, state.memory, place.rules
    keeps = lazy and rules.hand_us > 0
    if not (keeps or rules.flush_us or rules.apply_us or memory.lagging):
        return
    disk.unflushed += count
    if memory.role != "leader":
        memory.unapplied += count
    if keeps:
        if not disk.unhanded:
            out.set_timer(HAND, rules.hand_us)
        disk.unhanded += count
    else:
        disk.unhanded = 0
        _flush(place, state, out)
    note(place, state, out)


def on_hand(place: Place, state: ReplicaState, out: Out) -> None:
    """The log writer hands over all that lies in memory, and flushes it."""
    state.disk.unhanded = 0
    _flush(place, state, out)
    note(place, state, out)


def on_flushed(place: Place, state: ReplicaState, out: Out) -> None:
    """The flush under way has ended; the next begins if something came meanwhile."""
    upto, state.memory.flushing = state.memory.flushing, 0
    _on_disk(place, state, out, upto)
    _flush(place, state, out)
    note(place, state, out)


def on_applied(place: Place, state: ReplicaState, out: Out) -> None:
    """Apply what is due."""
    memory = state.memory
    while memory.applying and memory.applying[0][1] <= out.now:
        memory.unapplied = len(state.disk.log) - memory.applying.pop(0)[0]
    if memory.applying:
        out.set_timer(APPLY, memory.applying[0][1] - out.now)
    note(place, state, out)


def recover(place: Place, state: ReplicaState, out: Out) -> None:
    """After a crash the log is flushed and, as far as it goes, applied before anything else."""
    state.disk.torn = False
    if state.disk.unflushed:
        state.memory.lagging = True
        _flush(place, state, out)
        note(place, state, out)


def lead(place: Place, state: ReplicaState, out: Out) -> None:
    """Who takes office first applies all that it has."""
    state.memory.unapplied = 0
    state.memory.applying = []
    out.cancel_timer(APPLY)
    if state.memory.lagging:
        note(place, state, out)


def cut(state: ReplicaState, removed: int) -> None:
    """The last `removed` entries of the log were thrown away."""
    disk, memory = state.disk, state.memory
    length = len(disk.log)
    disk.unflushed = max(0, disk.unflushed - removed)
    disk.unhanded = max(0, disk.unhanded - removed)
    memory.unapplied = max(0, memory.unapplied - removed)
    memory.flushing = min(memory.flushing, length)
    memory.applying = [(min(position, length), due) for position, due in memory.applying]


def survive(place: Place, state: ReplicaState, out: Out, power: bool) -> None:
    """The process has crashed, or the power is gone: what is left of the log?"""
    disk = state.disk
    keep = flushed(state) if power else handed(state)
    disk.unflushed = keep - min(keep, flushed(state))
    disk.unhanded = 0
    lost = cut_log(state, keep + 1)
    if lost:
        disk.torn = True
        out.emit(LogTailLost, place.node, keep + 1, *ends(state, lost))


def note(place: Place, state: ReplicaState, out: Out) -> None:
    """Write down where the log stands, if a position is or was behind its end."""
    disk, memory = state.disk, state.memory
    behind = bool(disk.unflushed or disk.unhanded or memory.unapplied)
    if behind or memory.lagging:
        out.emit(LogProgressed, place.node, handed(state), flushed(state), applied(state))
    memory.lagging = behind


def _flush(place: Place, state: ReplicaState, out: Out) -> None:
    disk, memory = state.disk, state.memory
    if memory.flushing or disk.unflushed <= disk.unhanded:
        return
    upto = handed(state)
    if place.rules.flush_us:
        memory.flushing = upto
        out.set_timer(FLUSH, place.rules.flush_us)
    else:
        _on_disk(place, state, out, upto)


def _on_disk(place: Place, state: ReplicaState, out: Out, upto: int) -> None:
    disk, memory = state.disk, state.memory
    disk.unflushed = min(disk.unflushed, len(disk.log) - upto)
    if memory.role == "leader" or not memory.unapplied:
        return
    if not place.rules.apply_us and not memory.applying:
        memory.unapplied = len(disk.log) - upto
        return
    due = out.now + place.rules.apply_us
    if memory.applying:
        due = max(due, memory.applying[-1][1])
    else:
        out.set_timer(APPLY, due - out.now)
    memory.applying.append((upto, due))


TIMERS = {FLUSH: on_flushed, APPLY: on_applied, HAND: on_hand}
"""What each of the disk's timers does."""
