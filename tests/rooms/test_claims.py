"""Captions and counts of a scenario are held to the run."""

from pathlib import Path

import msgspec
import pytest

from app.main import read_scenarios
from app.rooms.claims import check_captions
from app.scenarios.read import load_scenario
from app.scenarios.scenario import Caption, Counted, Scenario, ScriptEntry
from app.trace.commands import Add, Crash, Read
from tests.home import home

FULL_FILE = Path(__file__).parent.parent / "scenarios" / "full.toml"
FULL = load_scenario(FULL_FILE.read_bytes(), "full.toml")


def with_captions(*captions: Caption) -> Scenario:
    return msgspec.structs.replace(FULL, captions=captions)


@pytest.mark.parametrize("scenario", [FULL, *read_scenarios().values()], ids=lambda s: s.name)
def test_what_a_scenario_claims_comes_to_pass(scenario: Scenario) -> None:
    assert check_captions(scenario) == []


def test_a_wrong_sentence_is_told_with_the_right_one() -> None:
    wrong = with_captions(Caption(1_200_000, "leader", "Laptop adds bread: Refused."))
    assert check_captions(wrong) == [
        "captions[0]: The transcript of leader does not say “Laptop adds bread: Refused.” by "
        "1.200 s. Did you mean Laptop adds bread: Refused, n3 cannot reach the leader.?"
    ]


def test_a_sentence_holds_between_the_caption_before_and_its_own_moment() -> None:
    cut = "The link n1–n3 is cut."
    early = check_captions(with_captions(Caption(99_999, "leader", cut)))
    assert early == [
        f"captions[0]: The transcript of leader does not say “{cut}” by 0.100 s. "
        "It says nothing then: give another moment."
    ]
    assert check_captions(with_captions(Caption(100_000, "leader", cut))) == []
    twice = with_captions(Caption(100_000, "leader", cut), Caption(200_000, "leader", cut))
    assert [one[:11] for one in check_captions(twice)] == ["captions[1]"]
    same = with_captions(Caption(100_000, "leader", cut), Caption(100_000, "leader", cut))
    assert check_captions(same) == []
    sides = with_captions(
        Caption(99_999, "leaderless", "x"),
        Caption(100_000, "leader", cut),
    )
    assert [one[:11] for one in check_captions(sides)] == ["captions[0]"]


def test_lost_writes_and_stale_reads_are_counted_at_the_moment() -> None:
    """Both write whole lists at once; beside a leader one of them is overwritten unread."""
    scenario = msgspec.structs.replace(
        home(),
        entries=(
            ScriptEntry(100_000, Add("phone", "milk")),
            ScriptEntry(100_000, Add("laptop", "bread")),
            ScriptEntry(900_000, Read("phone")),
        ),
        verdicts=(Counted(100_000, "leader", lost=1), Counted(1_500_000, "leader", lost=0)),
    )
    assert check_captions(scenario) == [
        "verdicts[0]: leader has 0 lost writes at 0.100 s, not 1. Correct the count.",
        "verdicts[1]: leader has 1 lost writes at 1.500 s, not 0. Correct the count.",
    ]
    wrong = msgspec.structs.replace(scenario, verdicts=(Counted(1_500_000, "leader", stale=9),))
    (told,) = check_captions(wrong)
    assert told.endswith("stale reads at 1.500 s, not 9. Correct the count.")


def test_without_claims_nothing_is_run() -> None:
    endless = msgspec.structs.replace(home(), entries=(ScriptEntry(1, Crash("nowhere")),))
    assert check_captions(endless) == []
