"""A counter: a whole number, which may go below zero.

Its parts are those of a PN-counter (Shapiro, Preguiça, Baquero, Zawirski 2011): each node keeps one
sum of all increments that it took in, with their number, and a newer sum replaces an older one. A
whole value says in its tally which sums it has counted in already, so that it and the parts beside
it can be added up, however far each of them has come.
"""

from app.trace.types.data_type import Made
from app.trace.values import Tally, Value, carts


class Counter:
    actions = ("increment",)
    empty = "0"

    def read(self, version: tuple[Value, ...]) -> tuple[str, ...]:
        return (str(total(version)),)

    def work_in(self, known: tuple[Value, ...], action: str, item: str) -> Made:
        """Of several versions the client takes the one that shows least: whoever does not know
        how much is left had better count on little."""
        return _made(known, base(known), int(item))

    def settle(self, known: tuple[Value, ...], keep: str) -> Made:
        return _made(known, base(known, keep), 0)

    def part(self, action: str, item: str) -> tuple[str, ...]:
        return (item,)


def total(version: tuple[Value, ...]) -> int:
    """The number that one version shows."""
    counted = {
        who: (count, amount)
        for value in version
        if not value.part
        for who, count, amount in value.tally
    }
    found = sum(int(value.items[0]) for value in version if not value.part)
    for part in version:
        for who, count, amount in part.tally if part.part else ():
            seen, already = counted.get(who, (0, 0))
            if count > seen:
                found += amount - already
    return found


def base(known: tuple[Value, ...], keep: str = "") -> tuple[Value, ...]:
    """The version that a change is built on: the one kept, else the one that shows least."""
    versions = carts(known)
    kept = [version for version in versions if version[0].id == keep]
    return min(kept or versions, key=total, default=())


def _made(known: tuple[Value, ...], version: tuple[Value, ...], by: int) -> Made:
    newest: dict[str, tuple[int, int]] = {}
    for value in known:
        for who, count, amount in value.tally:
            newest[who] = max((count, amount), newest.get(who, (0, 0)))
    tally: Tally = tuple([(who, *newest[who]) for who in sorted(newest)])
    return (str(total(version) + by),), tally
