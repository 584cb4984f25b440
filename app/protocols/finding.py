"""How a client beside a leader finds it: through its entry node, a proxy, or by asking around.

A client that learns goes where a refusal sends it, and stays there. One that also looks, as the
drivers of MongoDB do (server selection), takes a no from a node that never served it for an answer
only after `looks_us`: twice a second it asks who leads. It asks through its entry node, for a
client is where its entry is, and a cut that leaves that one alone leaves the client alone as well.
"""

from msgspec import Struct, field

from app.protocols.client_messages import FindLeader
from app.sim.process import Out

LOOK = "look"
AGAIN_US = 500_000
MOST_TURNS = 3
"""So often a client lets itself be sent on in one operation."""
NOBODY = ("no_leader", "not_leader", "catching_up", "handing_over")
"""Reasons of a refusal after which somebody else may lead, or soon will."""


class Finding(Struct, frozen=True):
    """`via`: whom the client asks instead, whatever its entry; `learns`: it goes to the leader that
    a refusal names; `looks_us`: so long it asks who leads. `groups`: the replication group of each
    key, where there are several; each has a leader of its own."""

    via: str = ""
    learns: bool = False
    looks_us: int = 0
    groups: dict[str, int] = field(default_factory=dict)

    def group(self, key: str) -> int:
        return self.groups.get(key, 0)

    def first(self, known: "Known", key: str) -> str:
        """Whom to ask first for the key; "" the entry."""
        return self.via or known.leaders.get(self.group(key), "")


ENTRY_ALONE = Finding()


class Known(Struct):
    """What a client knows of leaders: by group the one it has learnt of, and who `served` it last;
    `turns`: so often it was sent on in this operation; `until`: it looks for a leader until then, 0
    not at all; `round`: so many times it has asked."""

    leaders: dict[int, str] = field(default_factory=dict)
    served: dict[int, str] = field(default_factory=dict)
    turns: int = 0
    until: int = 0
    round: int = 0

    def forget(self, group: int) -> None:
        """Whoever led or served it does not answer."""
        self.leaders.pop(group, None)
        self.served.pop(group, None)


def ask_around(known: Known, out: Out, entry: str, op: str, key: str) -> None:
    """Who leads? And again in a while, but not beyond the bound."""
    known.round += 1
    out.send(entry, FindLeader(op, known.round, key))
    out.set_timer(LOOK, max(1, min(AGAIN_US, known.until - out.now)))
