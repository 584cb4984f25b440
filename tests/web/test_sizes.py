"""The lab with 3, 5, 6 or 12 nodes, its settings in words, and what cannot work together."""

import re

import pytest
from starlette.testclient import TestClient

from app.errors import CommandRejected
from app.main import read_scenarios
from app.scenarios.acts import check_settings, settings_of
from app.scenarios.catalogue import HELP
from app.scenarios.scenario import Scenario
from app.scenarios.sizes import LABS, SIZES, choices, lab_asked, lab_name
from app.trace.commands import Configure, PlacedCommand

SCENARIOS = read_scenarios()
LABORATORIES = {count: SCENARIOS[lab_name(count)] for count in SIZES}


def options(scenario: Scenario, setting: str) -> dict[str, tuple[str, str, str]]:
    """value → (label, promise, cost)."""
    for spec in scenario.clusters:
        for found in spec.settings:
            if found.name == setting:
                return {o.value: (o.label, o.promise, o.cost) for o in found.options}
    return {}


@pytest.mark.parametrize("count", SIZES)
def test_a_lab_has_its_nodes_and_its_shoppers_stand_apart(count: int) -> None:
    lab = LABORATORIES[count]
    assert lab.nodes == tuple(f"n{number}" for number in range(1, count + 1))
    assert lab.name == lab_name(count)
    entries = [client.entry for client in lab.clients]
    assert (entries[0], entries[1]) == ("n1", f"n{count}")
    assert len(set(entries)) == len(entries)


def test_wrong_numbers_are_refused_in_a_sentence() -> None:
    for text in ("4", "0", "13", "-3", "three", "3.0", "12 ", "9" * 99):
        with pytest.raises(CommandRejected) as no:
            lab_asked(text)
        assert no.value.remedy == "Choose 3, 5, 6 or 12 nodes."
    assert [lab_asked(str(count)) for count in SIZES] == list(LABS)


@pytest.mark.parametrize(
    ("count", "values"),
    [
        (3, ["1", "2", "3"]),
        (5, ["1", "2", "3", "5"]),
        (6, ["1", "2", "4", "6"]),
        (12, ["1", "2", "7", "12"]),
    ],
)
def test_acknowledgement_is_one_two_a_majority_or_all(count: int, values: list[str]) -> None:
    found = options(LABORATORIES[count], "copies")
    assert list(found) == values
    majority = str(count // 2 + 1)
    assert found[majority][0] == f"{majority} copies, a majority"
    assert found[str(count)][0] == f"{count} copies, all nodes"


@pytest.mark.parametrize("count", SIZES)
def test_n_r_and_w_are_offered_as_far_as_the_nodes_allow(count: int) -> None:
    lab = LABORATORIES[count]
    most = 3 if count == 3 else 5
    assert list(options(lab, "n")) == [str(n) for n in (2, 3, 5) if n <= count]
    for quorum in ("r", "w"):
        assert list(options(lab, quorum)) == [str(n) for n in range(1, most + 1)]


@pytest.mark.parametrize("count", SIZES)
def test_every_setting_says_what_it_promises_costs_and_when_it_takes_effect(count: int) -> None:
    for spec in LABORATORIES[count].clusters:
        for setting in spec.settings:
            assert setting.effect in ("next_operation", "at_once", "new_run")
            for option in setting.options:
                assert option.promise.endswith(".")
                assert option.cost.endswith(".")
                text = f"{option.label} {option.promise} {option.cost}"
                assert not re.search(r"[{}]", text), text
                # What stands at R or W must hold whatever N is: it may not name an N.
                if setting.name in ("r", "w"):
                    assert not re.search(r"\bN \d", text), text


def refused(scenario: Scenario, *changes: tuple[str, str, str]) -> CommandRejected | None:
    placed = tuple(PlacedCommand(0, Configure(*change)) for change in changes)
    try:
        check_settings(scenario, placed)
    except CommandRejected as no:
        return no
    return None


def refused_together(lab: Scenario, values: dict[str, object]) -> CommandRejected | None:
    spec = lab.cluster("leaderless")
    assert spec is not None
    changes = tuple(Configure("leaderless", name, str(value)) for name, value in values.items())
    try:
        settings_of(lab, spec, changes)
    except CommandRejected as no:
        return no
    return None


@pytest.mark.parametrize("count", SIZES)
def test_every_pair_that_cannot_work_is_refused_with_what_would(count: int) -> None:
    """All values of N with all of R, W, quorum and hints: refused exactly where it must be."""
    lab = LABORATORIES[count]
    for n in (1, 2, 3, 5, 6, 13):
        for quorum in ("strict", "sloppy"):
            for hints in ("off", "on"):
                for r, w in ((1, 1), (2, 2), (3, 1), (1, 3), (5, 5)):
                    values = {"n": n, "r": r, "w": w, "quorum": quorum, "hints": hints}
                    no = refused_together(lab, values)
                    fits = 1 <= n <= count and r <= n and w <= n
                    if quorum == "sloppy":
                        fits = fits and n < count and hints == "on"
                    assert (no is None) is fits, values
                    if no is not None:
                        assert no.remedy.startswith("Choose "), values


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ([("leaderless", "n", "5")], "Choose N from 1 to 3."),
        ([("leaderless", "r", "5")], "Choose R from 1 to 3."),
        ([("leaderless", "w", "0")], "Choose W from 1 to 3."),
        ([("leaderless", "n", "2"), ("leaderless", "w", "3")], "Choose W from 1 to 2."),
        ([("leader", "copies", "5")], "Choose from 1 to 3."),
        (
            [("leaderless", "hints", "on"), ("leaderless", "quorum", "sloppy")],
            "Choose a strict quorum, or N below 3.",
        ),
        (
            [("leaderless", "n", "2"), ("leaderless", "quorum", "sloppy")],
            "Choose hints on as well, or a strict quorum.",
        ),
    ],
)
def test_each_refusal_says_what_is_possible(
    changes: list[tuple[str, str, str]], remedy: str
) -> None:
    no = refused(LABORATORIES[3], *changes)
    assert no is not None
    assert no.remedy == remedy


@pytest.mark.parametrize("count", SIZES)
def test_every_choice_that_is_offered_can_be_had(count: int) -> None:
    """Alone, or after the changes that its refusals name."""
    lab = LABORATORIES[count]
    for spec in lab.clusters:
        for setting in spec.settings:
            for option in setting.options:
                change = (spec.name, setting.name, option.value)
                assert any(
                    refused(lab, *((spec.name, *h) for h in some if h[0] != setting.name), change)
                    is None
                    for some in ((), *HELP[spec.design])
                ), change


def test_the_sizes_in_words_name_the_majority() -> None:
    for size in choices():
        majority = size.count // 2 + 1
        assert f"A majority is {majority}:" in size.promise
        away = re.search(r"with (\d+) node", size.promise)
        assert away
        assert size.count - int(away[1]) == majority


def test_the_lab_opens_in_every_size_and_refuses_others(client: TestClient) -> None:
    for count in SIZES:
        page = client.get(f"/lab?nodes={count}")
        assert page.status_code == 200
        assert f'"n{count}"' in page.text
        assert f'"n{count + 1}"' not in page.text
        assert client.get(f"/scenes/{lab_name(count)}").status_code == 200
    refusal = client.get("/lab?nodes=7")
    assert refusal.status_code == 404
    assert "Choose 3, 5, 6 or 12 nodes." in refusal.text
    listed = client.get("/scenes").text
    assert listed[listed.index("lesson-list") :].count('href="/lab"') == 1
    assert "lab-12" not in listed
