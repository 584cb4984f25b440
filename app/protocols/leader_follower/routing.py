"""Requests for keys of which this node has no copy: to a node of their group, and the answer back.

The router knows which nodes a group has, not which of them leads. It stays with one of them, and
when a request has no answer for the silence that followers allow a leader, the next requests go to
the next one. The request itself is not repeated: whether it had its effect, nobody here knows.
"""

from msgspec import Struct, field

from app.protocols.client_messages import ClientRead, ClientWrite

TIMER = "route"


class Waiting(Struct, frozen=True):
    """Who asked, and which node of which group was asked for it."""

    client: str
    shard: int
    contact: str


class Routes(Struct):
    """`contacts`: by group, the place of the node to ask in the group's list. In memory."""

    contacts: dict[int, int] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)


def route(
    routes: Routes,
    members: tuple[str, ...],
    shard: int,
    client: str,
    request: ClientWrite | ClientRead,
) -> str:
    """The node to hand it to."""
    contact = members[routes.contacts.get(shard, 0)]
    routes.waiting[request.op] = Waiting(client, shard, contact)
    return contact


def answered(routes: Routes, op: str) -> str | None:
    """Whose answer this is; None: nobody's any more."""
    waiting = routes.waiting.pop(op, None)
    return None if waiting is None else waiting.client


def on_silence(routes: Routes, members: dict[int, tuple[str, ...]], op: str) -> None:
    """No answer so far. It may still come; whoever asks next is sent to another node."""
    waiting = routes.waiting.get(op)
    if waiting is None:
        return
    group = members[waiting.shard]
    place = routes.contacts.get(waiting.shard, 0)
    if group[place] == waiting.contact:
        routes.contacts[waiting.shard] = (place + 1) % len(group)


def next_of(routes: Routes, members: tuple[str, ...], shard: int) -> str:
    """A node of the group, another one each time."""
    place = routes.contacts.get(shard, 0)
    routes.contacts[shard] = (place + 1) % len(members)
    return members[place]
