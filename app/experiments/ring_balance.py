"""How evenly a ring of drawn positions, or of equal ranges, shares out the keys."""

from msgspec import Struct

from app.experiments.election import Job
from app.experiments.numbers import deviation, mean
from app.experiments.published import Published
from app.experiments.table import Row, Table
from app.protocols.leaderless.ring import AROUND, load, partitions, tokens

PPM = 1_000_000
TOLERANCE = 0.02
STANDARD_ERRORS = 4


class Balance(Struct, frozen=True):
    """A ring of `nodes`, each with so many positions, N copies of each key."""

    nodes: int
    each: int
    n: int
    placement: str


def efficiency(setup: Balance, seed: int) -> int:
    """Mean load over greatest load, in millionths; the seed draws the positions."""
    members = tuple(f"n{number + 1}" for number in range(setup.nodes))
    if setup.placement == "partitions":
        layout = partitions(members, setup.each)
    else:
        layout = tokens(members, setup.each, f"{seed}/")
    greatest = max(load(layout, setup.n).values())
    return setup.n * AROUND * PPM // (setup.nodes * greatest)


def work(job: Job) -> list[int]:
    """What the seeds of one job give, in their order."""
    return [efficiency(job.setup, seed) for seed in range(job.first, job.first + job.count)]


def name(placement: str, each: int) -> str:
    return f"{placement}, {each} a node"


def setups(published: Published) -> dict[str, Balance]:
    ring = published.ring
    return {
        name(line.placement, line.each): Balance(ring.nodes, line.each, ring.n, line.placement)
        for line in ring.lines
    }


def sizes(count: int) -> dict[str, int]:
    """Rings of many positions take long, and vary little."""
    return {name("tokens", each): max(2, count // 20) for each in (64, 256)}


def table(published: Published, results: dict[str, list[int]]) -> Table:
    ring, rows = published.ring, []
    for line in ring.lines:
        sample = results[name(line.placement, line.each)]
        error = deviation(sample) / PPM / len(sample) ** 0.5
        bound = TOLERANCE * line.efficiency + STANDARD_ERRORS * error
        ours = mean(sample) / PPM
        met = abs(ours - line.efficiency) <= bound
        cells = ("", f"{line.efficiency:.3f}", f"{ours:.3f}", f"±{bound:.3f}")
        rows.append(Row(name(line.placement, line.each), "mean load / max", *cells, met))
    count = min(len(sample) for sample in results.values())
    return Table("Balance of the ring", count, tuple(rows), ring.source, ring.note, "rings")
