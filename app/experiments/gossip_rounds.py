"""In how many rounds word of one node is with all, by the engine's own gossip."""

from msgspec import Struct

from app.experiments.election import Job
from app.experiments.numbers import deviation, mean
from app.experiments.published import Published
from app.experiments.table import Row, Table
from app.protocols.leaderless.replica import Replica
from app.protocols.leaderless.settings import LeaderlessSettings
from app.sim.kernel import Kernel
from app.sim.latency import Constant
from app.sim.network import NetworkSpec

ROUND_US = 1_000_000
DELAY_US = 1
MOST_ROUNDS = 100
STANDARD_ERRORS = 4


class Rounds(Struct, frozen=True):
    """`nodes` that all gossip at the same moments, once a round, `way` push, pull or push_pull."""

    nodes: int
    way: str


def rounds(setup: Rounds, seed: int) -> int:
    """Rounds until all have heard of the first heartbeat of the first node, its own included."""
    nodes = tuple(f"n{number + 1}" for number in range(setup.nodes))
    settings = LeaderlessSettings(
        n=1, r=1, w=1,
        gossip=setup.way,  # type: ignore[arg-type]
        heartbeat_us=ROUND_US,
        silence_us=2 * MOST_ROUNDS * ROUND_US,
    )  # fmt: skip
    replicas = {node: Replica(node, nodes, settings) for node in nodes}
    network = NetworkSpec(nodes=Constant(DELAY_US))
    kernel = Kernel("experiment", seed, network, nodes, {**replicas})
    kernel.start()
    others = [replica.state.memory for replica in replicas.values()][1:]
    for number in range(1, MOST_ROUNDS + 1):
        kernel.run_until((number - 1) * ROUND_US + ROUND_US // 2)
        if all(nodes[0] in memory.beats for memory in others):
            return number
    return MOST_ROUNDS


def work(job: Job) -> list[int]:
    """What the seeds of one job give, in their order."""
    return [rounds(job.setup, seed) for seed in range(job.first, job.first + job.count)]


def name(nodes: int, way: str) -> str:
    return f"{nodes} nodes, {way.replace('_', '-')}"


def setups(published: Published) -> dict[str, Rounds]:
    return {
        name(line.nodes, way): Rounds(line.nodes, way)
        for line in published.gossip.lines
        for way in line.rounds
    }


def sizes(count: int) -> dict[str, int]:
    """Many nodes take long, and vary little."""
    return {name(64, way): max(1, count // 10) for way in ("push", "pull", "push_pull")}


def table(published: Published, results: dict[str, list[int]]) -> Table:
    """Both are samples, so that they may be as far apart as both errors allow."""
    gossip, rows = published.gossip, []
    for line in gossip.lines:
        for way, theirs in line.rounds.items():
            sample = results[name(line.nodes, way)]
            error = deviation(sample) * (1 / len(sample) + 1 / gossip.runs) ** 0.5
            bound = STANDARD_ERRORS * error
            ours = mean(sample)
            # An answer of the engine holds what came earlier in the same round, too.
            at_most = way == "push_pull"
            met = ours <= theirs + bound if at_most else abs(ours - theirs) <= bound
            allowed = f"≤ {theirs + bound:.2f}" if at_most else f"±{bound:.2f}"
            cells = ("", f"{theirs:.2f}", f"{ours:.2f}", allowed)
            rows.append(Row(name(line.nodes, way), "mean rounds", *cells, met))
    count = min(len(sample) for sample in results.values())
    title = "Gossip rounds until all nodes know"
    return Table(title, count, tuple(rows), gossip.source, gossip.note, "runs")
