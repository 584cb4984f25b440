"""Every fault in words for the form "Do a fault", and the form's fields made into a command.

The form shows all fields at once; a fault takes those it needs. What is asked is checked here and
again by the room, so that nothing hangs on what a browser lets through.
"""

from typing import Any

from msgspec import Struct

from app.errors import CommandRejected

NODE, LINK, WAY, ALL = "node", "link", "way", "all"
"""What a fault happens to: one node, a link, a link one way, everything."""


class Amount(Struct, frozen=True):
    """A whole number that a fault needs: the command's field, unit, bounds, a first idea."""

    field: str
    unit: str
    low: int
    high: int
    usual: int


class FaultKind(Struct, frozen=True):
    """`name` is the command's; `words` stand in the list."""

    name: str
    words: str
    target: str
    amount: Amount | None = None


KINDS: tuple[FaultKind, ...] = (
    FaultKind("cut_link", "Cut a link", LINK),
    FaultKind("cut_one_way", "Cut a link one way", WAY),
    FaultKind("slow_link", "Slow a link", LINK, Amount("times", "times as long", 2, 100, 10)),
    FaultKind("lose_on_link", "Lose messages on a link", LINK, Amount("percent", "%", 1, 99, 30)),
    FaultKind("heal_link", "Heal a link", LINK),
    FaultKind("cut_off", "Cut a node off", NODE),
    FaultKind("crash", "Crash a node", NODE),
    FaultKind("restart", "Restart a node", NODE),
    FaultKind("pause_node", "Pause a node", NODE),
    FaultKind("resume_node", "Let a node go on", NODE),
    FaultKind("slow_node", "Slow a node", NODE, Amount("milliseconds", "ms", 0, 1_000, 50)),
    FaultKind(
        "skew_clock", "Set a node's clock", NODE,
        Amount("milliseconds", "ms ahead", -60_000, 60_000, 10_000),
    ),
    FaultKind("lose_power", "Cut a node's power", NODE),
    FaultKind("wipe_node", "Wipe a node's disk", NODE),
    FaultKind("compact", "Compact a node (leaderless)", NODE),
    FaultKind("run_repair", "Repair a node (leaderless)", NODE),
    FaultKind("promote", "Make a node the leader", NODE),
    FaultKind("join", "Let a node join the ring", NODE),
    FaultKind("leave", "Let a node leave the ring", NODE),
    FaultKind("heal_all", "Heal all links", ALL),
    FaultKind("heal_everything", "Heal everything", ALL),
)  # fmt: skip
BY_NAME = {kind.name: kind for kind in KINDS}


def command_of(kind: str, node: str, other: str, amount: str, side: str) -> dict[str, Any]:
    """The command as JSON would give it; raises CommandRejected."""
    found = BY_NAME.get(kind)
    if found is None:
        names = ", ".join(one.words.lower() for one in KINDS)
        raise CommandRejected("Do this fault.", "There is no such fault.", f"Choose: {names}.")
    command: dict[str, Any] = {"type": found.name}
    if found.target == NODE:
        command["node"] = node
    elif found.target == LINK:
        command |= {"a": node, "b": other}
    elif found.target == WAY:
        command |= {"source": node, "target": other}
    if found.amount is not None:
        command[found.amount.field] = _number(found, amount)
    if side:
        command["only"] = side
    return command


def _number(kind: FaultKind, text: str) -> int:
    amount = kind.amount
    assert amount is not None
    plain = text.strip().replace("−", "-")
    digits = plain.removeprefix("-")
    remedy = f"Give a whole number from {amount.low} to {amount.high} ({amount.unit})."
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 6:
        reason = f"“{plain[:20]}” is not such a number." if plain else "It does not say how much."
        raise CommandRejected(f"{kind.words}.", reason, remedy)
    number = int(plain)
    if not amount.low <= number <= amount.high:
        raise CommandRejected(f"{kind.words}.", f"{number} is out of range.", remedy)
    return number


def done_words(kind: str, node: str, other: str, amount: str, side: str) -> str:
    """What was asked for, as the form repeats it; what came of it is told beside the stage."""
    found = BY_NAME[kind]
    where = {NODE: f": {node}", LINK: f": {node}–{other}", WAY: f": {node} to {other}", ALL: ""}
    much = f", {amount.strip()} {found.amount.unit}" if found.amount is not None else ""
    sides = f"on the side {side} alone" if side else "on both sides"
    return f"{found.words}{where[found.target]}{much}, {sides}."
