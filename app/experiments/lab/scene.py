"""The scene that an experiment's trials play on: like every scene, one cluster of each design."""

from app.scenarios.scenario import ClientSpec, ClusterSpec, Region, RoundTrip, Scenario
from app.sim.network import NetworkSpec

LEADER, LEADERLESS = "leader", "leaderless"
Settings = dict[str, str | int]


def names(count: int) -> tuple[str, ...]:
    """n1, n2 …"""
    return tuple(f"n{number}" for number in range(1, count + 1))


def scene(
    title: str,
    summary: str,
    nodes: int,
    network: NetworkSpec,
    leader: Settings,
    leaderless: Settings,
    entries: tuple[str, str],
    timeout_us: int,
    regions: tuple[Region, ...] = (),
    round_trips: tuple[RoundTrip, ...] = (),
) -> Scenario:
    """`entries`: where the phone and the laptop ask."""
    phone, laptop = entries
    return Scenario(
        name="experiment",
        title=title,
        summary=summary,
        seed=0,
        nodes=names(nodes),
        clients=(ClientSpec("phone", phone, "milk"), ClientSpec("laptop", laptop, "bread")),
        clusters=(
            ClusterSpec(LEADER, "leader_follower", "With a leader", leader),
            ClusterSpec(LEADERLESS, "leaderless", "Without a leader", leaderless),
        ),
        ending="One trial of an experiment. Go on from here, or go back and act otherwise.",
        client_timeout_us=timeout_us,
        network=network,
        regions=regions,
        round_trips=round_trips,
    )
