"""Settings that cannot work are refused with what was asked, why not, and what to do."""

import pytest

from app.errors import CommandRejected
from app.protocols.leaderless.placement import replicas
from app.protocols.leaderless.settings import LeaderlessSettings


def test_the_usual_settings_are_accepted() -> None:
    LeaderlessSettings().validate(3)
    LeaderlessSettings(n=3, r=1, w=3, read_repair="off").validate(5)


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        (LeaderlessSettings(r=5), "R=5 of N=3"),
        (LeaderlessSettings(w=4), "W=4 of N=3"),
        (LeaderlessSettings(r=0), "R=0"),
        (LeaderlessSettings(n=4), "N=4"),
        (LeaderlessSettings(n=0, r=0, w=0), "N=0"),
        (LeaderlessSettings(silence_us=50_000), "silence 50 ms"),
        (LeaderlessSettings(request_timeout_us=0), "time-out of 0"),
        (LeaderlessSettings(quorum="sloppy", hints="on"), "sloppy quorum of N=3"),
        (LeaderlessSettings(n=2, w=1, r=1, quorum="sloppy"), "without hints"),
    ],
)
def test_impossible_settings_are_refused(settings: LeaderlessSettings, asked: str) -> None:
    with pytest.raises(CommandRejected) as refused:
        settings.validate(3)
    assert asked in refused.value.asked
    assert refused.value.reason
    assert refused.value.remedy


def test_the_first_n_nodes_hold_the_copies() -> None:
    assert replicas(("n1", "n2", "n3", "n4", "n5"), 3) == ("n1", "n2", "n3")
