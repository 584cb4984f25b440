"""Random traces of one cluster, far wilder than any protocol would write them.

Nodes drop versions, roll back what is committed, tell clients what is not so: whatever the judge
may one day be shown.
"""

from hypothesis import strategies as st

from app.trace.events import ClusterStarted, TraceEvent
from tests.checkers.traces import NODES, Tale

ITEMS = ("milk", "bread", "eggs")
LINKS = (("n1", "n2"), ("n1", "n3"), ("n2", "n3"))


class _Teller:
    """Draws one event after the other."""

    def __init__(self, draw: st.DrawFn, design: str) -> None:
        self.draw = draw
        self.tale = Tale(design)
        self.open: dict[str, str] = {}
        self.count = 0
        self.commands = [self.write, self.write, self.answer, self.answer, self.read, self.fault]
        leader = design == "leader_follower"
        log = [self.append, self.append, self.commit, self.truncate, self.lose_power]
        self.commands += log if leader else []
        self.commands += [] if leader else [self.store, self.store, self.store]

    def pick(self, *options: str) -> str:
        return self.draw(st.sampled_from(options))

    def some(self) -> list[str]:
        ids = list(self.tale.values)
        return self.draw(st.lists(st.sampled_from(ids), unique=True, max_size=3)) if ids else []

    def write(self) -> None:
        client = self.pick("phone", "laptop")
        self.count += 1
        op = f"{client}-{self.count}"
        items = self.draw(st.lists(st.sampled_from(ITEMS), unique=True))
        action = self.pick("add", "add", "remove", "resolve")
        item = self.pick(*ITEMS) if action != "resolve" else ""
        if action == "add":
            items = list(dict.fromkeys([*items, item]))
        if action == "remove":
            items = [other for other in items if other != item]
        self.tale.invoke(op, action, item, " ".join(items), " ".join(self.some()))
        self.open[op] = "write"

    def read(self) -> None:
        self.count += 1
        op = f"{self.pick('phone', 'laptop')}-{self.count}"
        self.tale.asks(op)
        self.open[op] = "read"

    def answer(self) -> None:
        if not self.open:
            return
        op = self.pick(*self.open)
        outcome = self.pick("ok", "ok", "ok", "failed", "unknown")
        if self.open.pop(op) == "write":
            self.tale.told(op, outcome)
        else:
            self.tale.shown(op, *self.some(), outcome=outcome)

    def store(self) -> None:
        self.tale.holds(self.pick(*NODES), *self.some())

    def append(self) -> None:
        node = self.pick(*NODES)
        fresh = [op for op in self.tale.values if op not in self.tale.logs[node]]
        longest = max(self.tale.logs.values(), key=len)
        follows = longest[len(self.tale.logs[node]) : len(self.tale.logs[node]) + 1]
        choices = [*[op for op in follows if op in fresh] * 3, *fresh[:3], "opening"]
        self.tale.append(node, self.pick(*choices), self.draw(st.integers(1, 3)))

    def commit(self) -> None:
        node = self.pick(*NODES)
        length = len(self.tale.logs[node])
        if length:
            position = self.draw(st.integers(1, length))
            self.tale.commits(node, position, self.draw(st.integers(1, 3)))

    def truncate(self) -> None:
        node = self.pick(*NODES)
        length = len(self.tale.logs[node])
        if length:
            self.tale.truncates(node, self.draw(st.integers(1, length)))

    def lose_power(self) -> None:
        node = self.pick(*NODES)
        length = len(self.tale.logs[node])
        if length:
            self.tale.loses_power(node, self.draw(st.integers(1, length)))

    def fault(self) -> None:
        link = self.draw(st.sampled_from(LINKS))
        match self.pick("crash", "restart", "cut", "cut", "heal"):
            case "crash":
                self.tale.crash(self.pick(*NODES))
            case "restart":
                self.tale.restart(self.pick(*NODES))
            case "cut":
                self.tale.cut(*link)
            case _:
                self.tale.heal(*link)


DESIGNS = ("leader_follower", "leaderless")


@st.composite
def traces(draw: st.DrawFn, designs: tuple[str, ...] = DESIGNS) -> list[TraceEvent]:
    """A trace of one of these designs, with moments that now and then coincide."""
    teller = _Teller(draw, draw(st.sampled_from(designs)))
    for _ in range(draw(st.integers(5, 40))):
        if draw(st.integers(0, 4)) == 0:
            teller.tale.at_once()
        draw(st.sampled_from(teller.commands))()
    return teller.tale.events


def design_of(trace: list[TraceEvent]) -> str:
    assert isinstance(trace[0], ClusterStarted)
    return trace[0].design
