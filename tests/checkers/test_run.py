"""Promises asked of whole runs: the scenes, and what their exports come to."""

import os

import pytest

from app.checkers.outside.pasts import SESSION_PROMISES
from app.checkers.outside.promises import BY_NAME, judge
from app.checkers.own import Asked, operations
from app.checkers.run import MOST_STATES, promise_in, said
from app.histories.read import history as read_history
from app.main import engine_digest, read_scenarios
from app.rooms.guided import GuidedRun, guided_run
from app.rooms.operations import edn_history, history
from app.trace.codec import decode_events
from app.trace.events import TraceEvent

SCENES = read_scenarios()
ALL = "SEEDS" in os.environ
"""`make validate` goes through all scenes."""


def ran(scene: str) -> GuidedRun:
    return guided_run(SCENES[scene], None, engine_digest())


def traces(run: GuidedRun) -> dict[str, list[TraceEvent]]:
    return {frame.cluster: list(decode_events(bytes(frame.rows))) for frame in run.room.rows({})}


@pytest.mark.parametrize(
    ("scene", "cluster", "promise", "verdict", "words"),
    [
        ("stale-read", "leaderless", "linearizable", "broken", "Laptop reads nothing"),
        (
            "stale-read",
            "leader",
            "linearizable",
            "broken",
            "Laptop reads nothing, though Phone writes a",
        ),
        ("stale-read", "leaderless", "stale_reads", "broken", "was shown a cart without"),
        ("two-leaders", "leader", "two_leaders", "broken", "n1 acknowledged a write as"),
        ("home", "leaderless", "linearizable", "broken", "Laptop reads a and b at once"),
        ("last-seat", "leaderless", "below_zero", "broken", "seats came to -1"),
        ("last-seat", "leader", "below_zero", "holds", "Nothing has broken it"),
        ("home", "leader", "linearizable", "holds", "place in one order"),
    ],
)
def test_a_promise_in_a_scene(
    scene: str, cluster: str, promise: str, verdict: str, words: str
) -> None:
    found = promise_in(traces(ran(scene))[cluster], promise)
    assert (found.verdict, words in found.because) == (verdict, True), found


def test_there_is_no_promise_of_another_name() -> None:
    with pytest.raises(ValueError, match="Choose one of: linearizable, causal"):
        promise_in([], "linear")


@pytest.mark.parametrize("scene", SCENES if ALL else sorted(SCENES)[::5])
def test_the_export_of_every_scene_is_judged_as_the_run_is(scene: str) -> None:
    """As lines of JSON every promise; as events in EDN, where sets of the same are lists, one."""
    run = ran(scene)
    texts = ["\n".join(lines) for lines in (history(run), edn_history(run))]
    exports = [read_history(text.encode()).recorded.operations if text else [] for text in texts]
    for cluster, events in traces(run).items():
        lines, edn = (
            [one for one in export if str(one.key).startswith(f"{cluster}: ")] for export in exports
        )
        for promise in BY_NAME:
            found = promise_in(events, promise)
            verdict = judge(promise, lines, None, MOST_STATES)
            if promise in SESSION_PROMISES:  # There the judge knows more than clients could.
                assert found.verdict == "broken" or verdict.holds is not False, (promise, verdict)
            else:
                assert WORDS[verdict.holds] == found.verdict, (cluster, promise, verdict, found)
        held = judge("linearizable", edn, None, MOST_STATES).holds
        assert WORDS[held] == promise_in(events, "linearizable").verdict, cluster


WORDS = {True: "holds", False: "broken", None: "cannot_tell"}


def test_a_shopper_is_another_client_of_each_cluster() -> None:
    text = "\n".join(history(ran("home")))
    clients = {one.process for one in read_history(text.encode()).recorded.operations}
    assert clients == {"leader/phone", "leader/laptop", "leaderless/phone", "leaderless/laptop"}


def test_a_refused_change_says_nothing_about_what_a_key_is() -> None:
    """An empty cart is nothing, and not a list of several values, though somebody tried to change
    it by a step."""
    refused = Asked("laptop-1", "laptop", "add", "operation", "cart", "eggs", None, (), 30, 40)
    refused.outcome = "failed"
    read = Asked("phone-1", "phone", "read", "", "cart", "", None, (), 10, 20, "ok")
    assert [one.value for one in operations([read, refused])] == [None]
    assert judge("linearizable", operations([read, refused]), None).holds is True


def test_a_sentence_keeps_its_negative_numbers() -> None:
    assert said([], "3: phone reads -2: there is no moment") == "Phone reads -2: there is no moment"
