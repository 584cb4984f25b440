"""An engine whose ring or gossip is off would be noticed."""

import pytest

from app.experiments import gossip_rounds, ring_balance
from app.experiments.registry import EXPERIMENTS, run
from app.experiments.ring_balance import Balance, efficiency
from app.main import read_published

PUBLISHED = read_published()


@pytest.mark.parametrize(("name", "count", "numbers"), [("ring", 60, 7), ("gossip", 40, 9)])
def test_a_small_sample_is_as_close_as_its_size_allows(name: str, count: int, numbers: int) -> None:
    table = run(EXPERIMENTS[name], PUBLISHED, count)
    assert table.troubles() == []
    assert [row.met for row in table.rows] == [True] * numbers


def test_gossip_that_is_off_is_noticed() -> None:
    sample = {"push": [5, 6], "pull": [4, 5], "push_pull": [3, 3]}
    right = {
        name: [n + 0 for n in sample[setup.way]] * 30
        for name, setup in gossip_rounds.setups(PUBLISHED).items()
        if setup.nodes == 8
    }
    others = {name: [0, 9] for name in gossip_rounds.setups(PUBLISHED) if name not in right}
    troubles = gossip_rounds.table(PUBLISHED, {**right, **others}).troubles()
    assert not [trouble for trouble in troubles if trouble.startswith("8 nodes")]
    slow = {name: [one + 1 for one in rounds] for name, rounds in right.items()}
    troubles = gossip_rounds.table(PUBLISHED, {**slow, **others}).troubles()
    assert len([trouble for trouble in troubles if trouble.startswith("8 nodes")]) == 3


def test_a_ring_that_is_off_is_noticed() -> None:
    even = {name: [1_000_000] * 200 for name in ring_balance.setups(PUBLISHED)}
    troubles = ring_balance.table(PUBLISHED, even).troubles()
    assert len(troubles) == 5, "drawn positions are not that even"


def test_more_positions_a_node_share_out_more_evenly_and_equal_ranges_fully() -> None:
    few = sum(efficiency(Balance(12, 1, 3, "tokens"), seed) for seed in range(20))
    many = sum(efficiency(Balance(12, 8, 3, "tokens"), seed) for seed in range(20))
    assert many > few * 5 // 4
    assert efficiency(Balance(12, 8, 3, "partitions"), 0) == 1_000_000
