"""What a request waits for: a level, a number and where the copies are become a rule.

Levels after Cassandra (`ConsistencyLevel`): QUORUM is more than half of all N copies, LOCAL_QUORUM
more than half of those in the coordinator's region, EACH_QUORUM that in every region, ANY one
replica or a hint; SERIAL and LOCAL_SERIAL a majority of all or of the region's, in each phase of a
round (`rounds.py`). Pr and pw after Riak: so many of the answers must be the replicas' own, not a
stand-in's. An acknowledgement always means "on disk", so Riak's dw is its w here.

Answers are counted by home: who stands in for a home answers in its place.
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

NUMBERS = {"one": 1, "two": 2, "three": 3, "any": 1}


class Need(Struct, frozen=True, array_like=True):
    """`answers` of the homes in `voters`; of each group in `each` so many; of all answers so many
    `primaries` (from the homes themselves). `hint`: one that the coordinator keeps is an answer."""

    answers: int
    voters: tuple[str, ...]
    each: tuple[tuple[tuple[str, ...], int], ...] = ()
    primaries: int = 0
    hint: bool = False


def majority(count: int) -> int:
    """More than half."""
    return count // 2 + 1


def need_of(
    level: str,
    number: int,
    homes: tuple[str, ...],
    regions: Mapping[str, str],
    here: str,
    primaries: int = 0,
) -> Need:
    """The rule of one request; `number` is R or W, `here` the coordinator.

    Where nobody has a region all are in the same one. A level may ask for more than there are
    copies; then it can never be met.
    """
    local = tuple([home for home in homes if regions.get(home, "") == regions.get(here, "")])
    match level:
        case "number":
            return Need(number, homes, primaries=primaries)
        case "quorum":
            return Need(majority(len(homes)), homes, primaries=primaries)
        case "serial":
            return Need(majority(len(homes)), homes)
        case "local_serial":
            return Need(majority(len(local)), local)
        case "all":
            return Need(len(homes), homes, primaries=primaries)
        case "local_one":
            return Need(1, local, primaries=primaries)
        case "local_quorum":
            return Need(majority(len(local)), local, primaries=primaries)
        case "each_quorum":
            groups = _by_region(homes, regions)
            each = tuple([(group, majority(len(group))) for group in groups])
            return Need(sum(count for _, count in each), homes, each, primaries)
    return Need(NUMBERS[level], homes, primaries=primaries, hint=level == "any")


def is_met(need: Need, answered: Iterable[str], primaries: int) -> bool:
    """Do the answers of these homes suffice, of which so many came from the homes themselves?

    Asked of the homes that seem to be up, the same rule says whether to begin at all.
    """
    heard = tuple(answered)
    if primaries < need.primaries:
        return False
    if any(sum(1 for home in heard if home in group) < count for group, count in need.each):
        return False
    return sum(1 for home in heard if home in need.voters) >= need.answers


def _by_region(homes: tuple[str, ...], regions: Mapping[str, str]) -> list[tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for home in homes:
        region = regions.get(home, "")
        groups[region] = (*groups.get(region, ()), home)
    return list(groups.values())
