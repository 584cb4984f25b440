"""The promises to each client, followed while the run goes on.

`outside/pasts.py` says which writes a read must not be behind; what the stores take for newer is
known here (`shown.py`), so a read is behind a write as soon as it shows neither it nor anything
that came after it. Four promises of Terry et al. 1994, and causal consistency, which is all of them
and what follows from them (Brzezinski, Sobaniec and Wawrzyniak 2004).
"""

from collections import deque
from collections.abc import Callable, Iterator

from msgspec import Struct, field

from app.checkers.because import name, version
from app.checkers.history import Operation
from app.checkers.outside.pasts import SESSION_PROMISES, Pasts, bits
from app.checkers.shown import Shown
from app.trace.ids import operation_of


class Act(Struct, array_like=True):
    """A write that was asked for (`wrote`), or a read that was answered and the operations whose
    values it `shown`. `seqs` of its call and its answer; `ok`: it was answered OK."""

    op: str
    client: str
    key: str
    wrote: bool
    shown: tuple[str, ...]
    called: int
    answered: int = -1
    ok: bool = False


class Settled(Struct, array_like=True):
    """Of a client and a key: what its last read showed, and the mask of required writes that this
    covered. Whoever shows no less than that read covers them, too."""

    shown: tuple[str, ...] = ()
    mask: bytes = b""


class SessionState(Struct):
    """Plain data; pasts are made of it again."""

    acts: list[Act] = field(default_factory=list)
    settled: dict[str, Settled] = field(default_factory=dict)


class Behind(Struct, frozen=True):
    """A promise that a read breaks: the write it is behind, and the seqs that show it."""

    promise: str
    write: str
    evidence: tuple[int, ...]


class Sessions:
    """Changes `state` in place. `place_of(key, op)`: of a write in the history of its key."""

    def __init__(self, state: SessionState, place_of: Callable[[str, str], int]) -> None:
        self.state, self._place_of = state, place_of
        self.pasts = Pasts()
        self._act_of: dict[str, int] = {}
        self._writes: list[int] = []
        # In the order of the trace, as when they were first taken in.
        steps = [(act.called if act.wrote else act.answered, n) for n, act in enumerate(state.acts)]
        steps += [(act.answered, n) for n, act in enumerate(state.acts) if act.wrote and act.ok]
        for seq, number in sorted(steps):
            self._take(number, seq)

    def _take(self, number: int, seq: int) -> None:
        """What the act has to say at this place of the trace."""
        act = self.state.acts[number]
        if not act.wrote:
            self.pasts.read(act.client, act.key, act.shown)
        elif seq == act.called:
            self._act_of[act.op] = number
            self.pasts.wrote(act.client, act.key, act.op)
            self._writes.append(number)
        else:
            self.pasts.confirmed(act.client, self.pasts.number[act.key, act.op])

    def asked(self, write: Operation, key: str) -> None:
        act = Act(write.op, write.client, key, True, (), write.invoked_seq)
        self.state.acts.append(act)
        self._take(len(self.state.acts) - 1, act.called)

    def answered(self, write: Operation) -> None:
        """The write's client was told what came of it."""
        number = self._act_of.get(write.op)
        if number is None:
            return
        act = self.state.acts[number]
        act.answered, act.ok = write.returned_seq, write.outcome == "ok"
        if act.ok:
            self._take(number, act.answered)

    def read(self, read: Operation, key: str, shown: Shown) -> list[Behind]:
        """A read that was answered OK: the promises that it breaks."""
        ops = tuple(dict.fromkeys(operation_of(value.id) for value in read.values))
        act = Act(read.op, read.client, key, False, ops, read.invoked_seq, read.returned_seq, True)
        self.state.acts.append(act)
        number = len(self.state.acts) - 1
        required = self.pasts.read(act.client, key, ops)
        missing = self._missing(act, required["causal"], shown)
        return [
            Behind(
                promise, self.state.acts[self._writes[bit]].op, self._evidence(promise, bit, number)
            )
            for promise in SESSION_PROMISES
            for bit in list(bits(required[promise] & missing))[:1]
        ]

    def _missing(self, act: Act, required: int, shown: Shown) -> int:
        """The mask of the required writes that the read is behind."""
        last = self.state.settled.setdefault(f"{act.client}/{act.key}", Settled())
        known = int.from_bytes(last.mask, "big")
        if not all(self._has(shown, act.key, op) for op in last.shown):
            known = 0
        missing = 0
        for bit in bits(required & ~known):
            if not self._has(shown, act.key, self.state.acts[self._writes[bit]].op):
                missing |= 1 << bit
        settled = required & ~missing
        last.shown = act.shown
        last.mask = settled.to_bytes((settled.bit_length() + 7) // 8, "big")
        return missing

    def _has(self, shown: Shown, key: str, op: str) -> bool:
        return shown.has(self._place_of(key, op))

    # ---- the smallest part that shows it ------------------------------------------------------

    def _evidence(self, promise: str, bit: int, read: int) -> tuple[int, ...]:
        acts = self.state.acts
        chain = [acts[place] for place in self._chain(promise, self._writes[bit], read)]
        return tuple(
            sorted({seq for act in chain for seq in (act.called, act.answered) if seq >= 0})
        )

    def _chain(self, promise: str, write: int, read: int) -> tuple[int, ...]:
        """The write, the read, and what in between hands the one on to the other."""
        op, client = self.state.acts[write].op, self.state.acts[read].client
        match promise:
            case "read_your_writes":
                return write, read
            case "monotonic_reads":
                return write, next(self._readers(op, client)), read
            case "monotonic_writes":
                later = self._later(self.state.acts[write].client, write, client, read)
                return write, *later, read
            case "writes_follow_reads":
                for reader in self._readers(op):
                    later = self._later(self.state.acts[reader].client, reader, client, read)
                    if later:
                        return write, reader, *later, read
        return self._path(write, read)

    def _readers(self, op: str, client: str = "") -> Iterator[int]:
        """The reads that were shown it, of one client or of all, the first one first."""
        for place, act in enumerate(self.state.acts):
            if not act.wrote and op in act.shown and client in ("", act.client):
                yield place

    def _later(self, writer: str, after: int, client: str, until: int) -> tuple[int, ...]:
        """A later write of the writer, and the read up to this one that showed it to the client."""
        for place in range(after + 1, until):
            act = self.state.acts[place]
            if act.wrote and act.client == writer:
                seen = next((r for r in self._readers(act.op, client) if r <= until), None)
                if seen is not None:
                    return (place,) if seen == until else (place, seen)
        return ()

    def _path(self, start: int, end: int) -> tuple[int, ...]:
        """The shortest way from the write to the read, by sessions and by reading."""
        acts = self.state.acts
        came: dict[int, int] = {start: start}
        to_do = deque([start])
        while to_do and end not in came:
            here = to_do.popleft()
            for place in range(here + 1, end + 1):
                same = acts[place].client == acts[here].client and (acts[here].ok or here != start)
                reads = acts[here].wrote and acts[here].op in acts[place].shown
                if (same or reads) and place not in came:
                    came[place] = here
                    to_do.append(place)
        path = [end]
        while path[-1] != start and path[-1] in came:
            path.append(came[path[-1]])
        return tuple(reversed(path))


def why(promise: str, read: Operation, write: Operation, named: str) -> str:
    """One sentence about the read; its subject is who read."""
    where = f"the {named}" if named else "a cart"
    begins = f"{name(read.client)} was shown {where} without"
    match promise:
        case "read_your_writes":
            return f"{begins} its own {version(write)}."
        case "monotonic_reads":
            return f"{begins} {version(write)}, which it had been shown before."
        case "monotonic_writes":
            after = f"what {name(write.client)} wrote after it"
            return f"{begins} {version(write)}, though it had been shown {after}."
        case "writes_follow_reads":
            return f"{begins} {version(write)}, though it knew a write of its reader."
    return f"{begins} {version(write)}, though it had been shown what came of it."
