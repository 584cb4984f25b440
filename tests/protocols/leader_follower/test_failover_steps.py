"""Detect, choose, catch up, redirect, the old tail: every kind of failover says all five, in order,
in its trace; and with arbiters, too, everything meets again once it is healed.

SEEDS=2000 for the full size; SEED=17 replays one script.
"""

import os
from itertools import pairwise

import pytest

from app.scenarios.simulation import Simulation
from app.trace.commands import (
    Add,
    Configure,
    Crash,
    CutOff,
    HealAll,
    HealEverything,
    Promote,
    Restart,
)
from app.trace.events import (
    LeaderElected,
    LogTruncated,
    OperationReturned,
    TraceEvent,
    snake_case,
)
from app.trace.failover import STEP_OF, STEPS
from app.trace.ranks import STORY, rank
from app.trace.sentences import sentence
from tests.home import home
from tests.protocols.leader_follower.outside_runs import Step, of, run
from tests.protocols.leader_follower.test_safety import acknowledged, logs, script
from tests.scenarios.random_runs import ELECTION

SEEDS = (
    [int(os.environ["SEED"])] if "SEED" in os.environ else range(int(os.environ.get("SEEDS", 24)))
)
REPLAY = "replay: SEED={} python -m pytest tests/protocols/leader_follower/test_failover_steps.py"
HEALED_US = 3_100_000
BOUND_US = 3_900_000
CUT: Step = (400, [CutOff("n1"), Add("phone", "milk")])
HEAL: Step = (1_900, [HealAll()])
KINDS: dict[str, tuple[dict[str, str], tuple[Step, ...]]] = {
    "by hand": ({"failover": "none"}, (CUT, (1_000, [Promote("n2")]), HEAL)),
    "time-out": ({"failover": "timeout"}, (CUT, HEAL)),
    "election": ({"failover": "election"}, (CUT, HEAL)),
    "election with a question first": (
        {"failover": "election", "pre_vote": "on", "step_down": "on"}, (CUT, HEAL),
    ),
    "election with an arbiter": (
        {"failover": "election", "arbiters": "1"},
        # With n1 and the arbiter n3 alone, n1 acknowledges; then n2 and n3 elect n2.
        ((300, [CutOff("n2")]), (400, [Add("phone", "milk")]), (600, [Crash("n1"), HealAll()]),
         (1_900, [Restart("n1")])),
    ),
    "observer": ({"failover": "observer"}, (CUT, HEAL)),
    "lease": ({"failover": "lease"}, ((350, [Add("phone", "tea")]), CUT, HEAL)),
}  # fmt: skip


def steps_of(trace: list[TraceEvent]) -> list[str]:
    return [STEP_OF[kind] for e in trace if (kind := snake_case(type(e).__name__)) in STEP_OF]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(2))
def test_every_kind_of_failover_says_its_five_steps_in_order(kind: str, seed: int) -> None:
    settings, steps = KINDS[kind]
    trace = run(seed, {"copies": "1", "catch_up": "on", **settings}, *steps)
    said = steps_of(trace)
    firsts = list(dict.fromkeys(said))
    assert set(firsts) == set(STEPS), f"seed={seed}: {firsts}"
    found = [firsts.index(step) for step in ("detect", "choose", "catch_up", "redirect")]
    assert all(a < b for a, b in pairwise(found)), f"seed={seed}: {firsts}"
    assert "old_tail" in said[said.index("redirect") :], f"seed={seed}"
    assert of(LogTruncated, trace) or kind == "lease"


@pytest.mark.parametrize("kind", KINDS)
def test_a_transcript_shows_the_five_steps(kind: str) -> None:
    """Each of them has an event that is told as a story, in a sentence of its own."""
    settings, steps = KINDS[kind]
    trace = run(0, {"copies": "1", "catch_up": "on", **settings}, *steps)
    told: dict[str, str] = {}
    for event in trace:
        step = STEP_OF.get(snake_case(type(event).__name__))
        if step and rank(event) >= STORY:
            told.setdefault(step, sentence("leader_follower", event))
    assert set(told) == set(STEPS)
    assert len(dict.fromkeys(told.values())) == len(STEPS)


@pytest.mark.parametrize("copies", ["1", "2"])
def test_with_an_arbiter_all_meet_again_and_write_once_all_is_whole(copies: str) -> None:
    """Random faults, then everything healed: one leader, equal logs at those who hold copies, an
    empty one at the arbiter, a write that is acknowledged; with two copies nothing is lost."""
    elected = 0
    for seed in SEEDS:
        start = (*ELECTION, Configure("leader", "arbiters", "1"))
        simulation = Simulation(home(), seed, (*start, Configure("leader", "copies", copies)))
        simulation.start()
        for at, command in script(seed):
            simulation.do(at, [command])
        simulation.do(HEALED_US, [HealEverything()])
        simulation.do(HEALED_US + BOUND_US, [Add("laptop", "cake")])
        simulation.run_until(HEALED_US + BOUND_US + 1_000_000)
        trace, replay = simulation.traces()["leader"], REPLAY.format(seed)
        ends = logs(trace)
        assert ends["n1"] == ends["n2"], replay
        assert ends["n3"] == [], replay
        assert copies == "1" or acknowledged(trace) <= set(ends["n1"]), replay
        last = [e for e in of(OperationReturned, trace) if e.client == "laptop"][-1]
        assert (last.item, last.outcome) == ("cake", "ok"), replay
        elected += len(of(LeaderElected, trace))
    assert elected > len(SEEDS) / 4, "the scripts elect too seldom to prove anything"
