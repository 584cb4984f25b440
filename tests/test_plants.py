"""Each planted bug still fits its source and names a test that exists; planting them all takes
minutes and belongs to `make validate`."""

from collections import Counter
from pathlib import Path

import pytest

from tests.plants import AREAS, PLANTS, Plant

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("area", AREAS)
def test_every_plant_fits_its_source_and_names_a_test(area: str) -> None:
    for bug in AREAS[area]:
        assert (ROOT / bug.file).read_text().count(bug.right) == 1, f"{bug.name}: stale"
        assert bug.right != bug.wrong, bug.name
        assert names_a_test(bug), f"{bug.name}: there is no test {bug.test}"


def names_a_test(bug: Plant) -> bool:
    file, _, name = bug.test.partition("::")
    if not name:
        return (ROOT / file).exists()
    return f"def {name.split('[')[0]}(" in (ROOT / file).read_text()


def test_no_two_plants_have_one_name() -> None:
    assert [name for name, count in Counter(bug.name for bug in PLANTS).items() if count > 1] == []


def test_each_protocol_has_fifteen_at_least() -> None:
    assert len(AREAS["leader_follower"]) >= 15
    assert len(AREAS["leaderless"]) >= 15
