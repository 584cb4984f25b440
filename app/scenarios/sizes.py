"""The lab in other sizes: one file, as many nodes as are wanted.

The nodes are n1, n2 …; the shoppers keep their places: who entered at the first or the last node
still does, the others somewhere between.
"""

from msgspec import Struct
from msgspec.structs import replace

from app.errors import CommandRejected
from app.scenarios.scenario import Scenario

SIZES = (3, 5, 6, 12)
LAB = "lab"


class Size(Struct, frozen=True):
    """One choice of node count in words, and where it leads."""

    count: int
    scene: str
    promise: str
    cost: str


def lab_name(count: int) -> str:
    """The name of the lab of so many nodes; 5 is the one in the file."""
    return LAB if count == 5 else f"{LAB}-{count}"


LABS = tuple(lab_name(count) for count in SIZES)


def lab_asked(text: str) -> str:
    """The lab's name for `?nodes=…`; raises CommandRejected."""
    for count in SIZES:
        if text in ("", str(count)):
            return LAB if not text else lab_name(count)
    raise CommandRejected(
        f"Open the lab with {text[:20]} nodes.",
        "There is no lab of this size.",
        "Choose 3, 5, 6 or 12 nodes.",
    )


def in_sizes(lab: Scenario) -> dict[str, Scenario]:
    """The lab of the file and its other sizes, by name."""
    return {lab_name(count): of_size(lab, count) for count in SIZES}


def of_size(lab: Scenario, count: int) -> Scenario:
    """The same scene with so many nodes."""
    if count == len(lab.nodes):
        return lab
    nodes = tuple(f"n{number}" for number in range(1, count + 1))
    last = len(lab.nodes) - 1
    clients = tuple(
        replace(client, entry=nodes[lab.nodes.index(client.entry) * (count - 1) // last])
        for client in lab.clients
    )
    return replace(
        lab,
        name=lab_name(count),
        title=f"{lab.title}, {count} nodes",
        nodes=nodes,
        clients=clients,
    )


def choices() -> tuple[Size, ...]:
    """The sizes in words. A majority of an even number bears no more than that of one less."""
    found = []
    for count in SIZES:
        majority = count // 2 + 1
        spare = count - majority
        some = "1 node" if spare == 1 else f"{spare} nodes"
        others = "another node" if majority == 2 else f"{majority - 1} other nodes"
        more = f", as with {count - 1}" if count % 2 == 0 else ""
        found.append(
            Size(
                count,
                lab_name(count),
                f"A majority is {majority}: it still answers with {some} away{more}.",
                f"Whoever needs a majority waits for {others}.",
            )
        )
    return tuple(found)
