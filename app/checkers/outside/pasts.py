"""What each client and each write had behind it, and so what a read must not be behind.

Fed one operation at a time, in an order that agrees with every session and with who read what of
whom; a run that goes on is in such an order by itself. A write is a bit; a past is a mask of them.

For each read it says what must be behind it, promise by promise (Terry et al. 1994; causal:
Ahamad et al. 1995, Bouajjani et al. 2017):

- read_your_writes: what the client had written itself;
- monotonic_reads: what it had been shown before;
- monotonic_writes: of every write that it was shown, what that one's client had written before;
- writes_follow_reads: of every write that it was shown, what that one's client had been shown;
- causal: all of these, and what was behind them, and so on.
"""

from collections.abc import Hashable, Iterable

from msgspec import Struct

SESSION_PROMISES = (
    "read_your_writes",
    "monotonic_reads",
    "monotonic_writes",
    "writes_follow_reads",
    "causal",
)
Required = dict[str, int]
"""By promise, the writes of its key that a read must show, or something newer."""


class Session(Struct):
    """Masks: `own` writes that took effect; `shown` by reads; `earlier`, `known`: what the writers
    of these had written, and had been shown, before; `past`: all of it and what was behind it."""

    own: int = 0
    shown: int = 0
    earlier: int = 0
    known: int = 0
    past: int = 0


class Pasts:
    """`number` of a write by (key, value); `past` by number."""

    def __init__(self) -> None:
        self.number: dict[tuple[Hashable, Hashable], int] = {}
        self.past: list[int] = []
        self._of_key: dict[Hashable, int] = {}
        self._own: list[int] = []
        self._shown: list[int] = []
        self._sessions: dict[str, Session] = {}

    def wrote(self, client: str, key: Hashable, value: Hashable) -> int:
        """The client asks for a write; its number. Whether it takes effect is not known yet."""
        session, number = self._session(client), len(self.past)
        self.number[key, value] = number
        self._of_key[key] = self._of_key.get(key, 0) | 1 << number
        self._own.append(session.own)
        self._shown.append(session.shown)
        self.past.append(session.past)
        return number

    def confirmed(self, client: str, number: int) -> None:
        """The client was told that its write took effect."""
        session = self._session(client)
        session.own |= 1 << number
        session.past |= 1 << number

    def read(self, client: str, key: Hashable, values: Iterable[Hashable]) -> Required:
        """The client was shown these values of the key; what must have been behind them."""
        session, writes = self._session(client), self._of_key.get(key, 0)
        required = {
            "read_your_writes": session.own & writes,
            "monotonic_reads": session.shown & writes,
        }
        for value in values:
            number = self.number.get((key, value))
            if number is not None:
                session.shown |= 1 << number
                session.earlier |= self._own[number]
                session.known |= self._shown[number]
                session.past |= self.past[number] | 1 << number
        required["monotonic_writes"] = session.earlier & writes
        required["writes_follow_reads"] = session.known & writes
        required["causal"] = session.past & writes
        return required

    def _session(self, client: str) -> Session:
        return self._sessions.setdefault(client, Session())


def bits(mask: int) -> Iterable[int]:
    """The places of a mask, from the lowest."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
