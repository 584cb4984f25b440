"""The background workload: which operation comes when, as a function of the seed and its number.

Nothing that happens in the run bears on it: operation `index` has the same moment, client and kind
in both clusters, whatever faults there are and whenever the workload was switched on.
"""

from app.protocols.intents import Intent
from app.scenarios.scenario import Workload
from app.sim.luck import mix, name_hash
from app.trace.ids import BACKGROUND

SECOND = 1_000_000
REGISTER = "register"
LABEL = "·"
"""Background values have no letter: letters belong to what people write."""


def _draw(seed: int, index: int, what: str, count: int) -> int:
    """A whole number from 0, below `count`."""
    return mix(name_hash(f"{seed}/load/{what}/{index}")) * count >> 64


def moment(workload: Workload, seed: int, index: int) -> int:
    """When operation `index` (from 0) comes, in µs: anywhere in its own share of the time."""
    start = index * SECOND // workload.per_second
    end = (index + 1) * SECOND // workload.per_second
    return start + 1 + _draw(seed, index, "moment", end - start)


def first_after(workload: Workload, seed: int, at: int) -> int:
    """The number of the first operation that comes later than `at`."""
    index = max(0, at * workload.per_second // SECOND - 1)
    while moment(workload, seed, index) <= at:
        index += 1
    return index


def operation(workload: Workload, seed: int, index: int) -> tuple[str, Intent]:
    """Who does operation `index`, and what."""
    place = _draw(seed, index, "client", workload.clients)
    client = workload.names[place]
    op = f"{BACKGROUND}{client}-{index + 1}"
    keys = load_keys(workload)
    key, kind = keys[place if workload.keys == "own" else _draw(seed, index, "key", len(keys))]
    if _draw(seed, index, "kind", 100) < workload.reads_percent:
        return client, Intent(op, "read", "", "", "", key=key, type=kind)
    return client, Intent(op, "put", str(index + 1), LABEL, "", key=key, type=kind)


def load_keys(workload: Workload | None) -> tuple[tuple[str, str], ...]:
    """The registers that the workload reads and sets, and nobody else: as many as its clients."""
    count = workload.clients if workload is not None else 0
    return tuple((f"load-{number}", REGISTER) for number in range(1, count + 1))


class Load:
    """The workload of a run: whether it is on, and the number of its next operation."""

    def __init__(self, workload: Workload | None, seed: int) -> None:
        self.workload = workload
        self.seed = seed
        self.state = (workload is not None and workload.on, 0)

    @property
    def state(self) -> tuple[bool, int]:
        return self.on, self.index

    @state.setter
    def state(self, state: tuple[bool, int]) -> None:
        self.on, self.index = state
        self._due: int | None = None
        if self.workload is not None and self.on:
            self._due = moment(self.workload, self.seed, self.index)

    def next_at(self) -> int | None:
        """The moment of its next operation; None: it rests."""
        return self._due

    def take(self) -> tuple[str, Intent]:
        """The next operation."""
        assert self.workload is not None
        self.state = (self.on, self.index + 1)
        return operation(self.workload, self.seed, self.index - 1)

    def switch(self, on: bool, now: int) -> bool:
        """On or off after `now`; whether that is news."""
        if self.workload is None or on == self.on:
            return False
        self.state = (on, first_after(self.workload, self.seed, now))
        return True
