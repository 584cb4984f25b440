"""Laws of the judge on random traces and on random real runs, with a second opinion beside it."""

from hypothesis import given, note, settings
from hypothesis import strategies as st

from app.checkers.judge import Judge
from app.checkers.outside.pasts import SESSION_PROMISES
from app.checkers.outside.promises import judge
from app.checkers.own import asked, operations
from app.checkers.status import STATUSES
from app.trace.commands import (
    Add,
    AnyCommand,
    CutLink,
    HealLink,
    Read,
    Resolve,
)
from app.trace.events import TraceEvent
from app.trace.verdicts import FindingChanged, StatusChanged, VerdictRow
from tests.checkers.oracle import Oracle, oracles
from tests.checkers.random_traces import design_of, traces
from tests.checkers.traces import judged
from tests.scenarios.random_runs import Script, run, scripts


def statuses(rows: list[VerdictRow]) -> dict[str, str]:
    return {row.op: row.status for row in rows if isinstance(row, StatusChanged)}


def broken(rows: list[VerdictRow], check: str) -> list[FindingChanged]:
    return [row for row in rows if isinstance(row, FindingChanged) and row.check == check]


def agrees_with_the_oracle(trace: list[TraceEvent], rows: list[VerdictRow]) -> list[Oracle]:
    found = oracles(trace)
    told = {write.op: oracle.status(write) for oracle in found for write in oracle.writes()}
    assert statuses(rows) == told
    stale = {row.op: row for row in broken(rows, "stale_reads")}
    assert [row.count for row in stale.values()] == list(range(1, len(stale) + 1))
    old = {op: count for oracle in found for op, count in oracle.stale.items()}
    assert set(stale) == set(old)
    for op, count in old.items():
        assert f"Old: {count} behind, " in stale[op].because
    exposed = set().union(*(oracle.exposed for oracle in found))
    assert {row.op for row in broken(rows, "refused_writes")} == exposed
    return found


@settings(max_examples=150, deadline=None)
@given(traces())
def test_the_oracle_agrees_at_every_event_of_random_traces(trace: list[TraceEvent]) -> None:
    rows = judged(design_of(trace), trace)
    lost: list[str] = []
    for length in range(1, len(trace) + 1):
        note(f"{trace[length - 1]}")
        so_far = [row for row in rows if row.after < length]
        (oracle,) = agrees_with_the_oracle(trace[:length], so_far)
        now_lost = [write.op for write in oracle.writes() if oracle.status(write) == "lost"]
        lost += [op for op in now_lost if op not in lost]
        assert [row.op for row in broken(so_far, "lost_writes")] == lost


@settings(max_examples=60, deadline=None)
@given(scripts())
def test_the_oracle_agrees_on_real_runs(script: Script) -> None:
    note(script.replay())
    for trace in run(script).traces().values():
        agrees_with_the_oracle(trace, judged(design_of(trace), trace))


@settings(max_examples=150, deadline=None)
@given(traces())
def test_rows_are_told_only_when_something_changed(trace: list[TraceEvent]) -> None:
    rows = judged(design_of(trace), trace)
    now: dict[str, str] = {}
    counts: dict[str, int] = {}
    for row in rows:
        event = trace[row.after]
        assert row.at == event.at
        if isinstance(row, StatusChanged):
            assert now.get(row.op) != row.status
            assert row.status in STATUSES
            now[row.op] = row.status
            seqs = row.evidence
        else:
            assert isinstance(row, FindingChanged)
            if row.check == "durable_copies":
                # A measure: told when it was never so low.
                assert row.count < counts.get(row.check, 99)
                counts[row.check] = row.count
            else:
                counts[row.check] = counts.get(row.check, 0) + 1
                assert (row.verdict, row.count) == ("broken", counts[row.check])
            seqs = row.evidence
        assert list(seqs) == sorted(set(seqs))
        assert seqs[-1] == row.after


@settings(max_examples=150, deadline=None)
@given(traces())
def test_what_is_followed_is_what_the_whole_history_comes_to(trace: list[TraceEvent]) -> None:
    """One copy exactly; of the promises to clients the judge knows more than clients could."""
    told = {row.check for row in judged(design_of(trace), trace) if isinstance(row, FindingChanged)}
    found = operations(asked(trace))
    assert (judge("linearizable", found).holds is False) == ("linearizable" in told)
    for promise in SESSION_PROMISES:
        if promise != "causal" and judge(promise, found).holds is False:
            assert promise in told


def restored_midway(trace: list[TraceEvent], at: int) -> list[VerdictRow]:
    """The rows when the judge is snapshot after `at` events and another one goes on."""
    design = design_of(trace)
    first = Judge("test", design)
    rows = [row for event in trace[:at] for row in first.observe(event)]
    data = first.snapshot()
    second = Judge.restore("test", design, data)
    assert second.snapshot() == data
    return rows + [row for event in trace[at:] for row in second.observe(event)]


@settings(max_examples=150, deadline=None)
@given(traces(), st.data())
def test_a_restored_judge_goes_on_with_the_same_rows(
    trace: list[TraceEvent], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(trace)))
    assert restored_midway(trace, at) == judged(design_of(trace), trace)


@settings(max_examples=60, deadline=None)
@given(scripts(), st.data())
def test_a_restored_judge_goes_on_with_the_same_rows_of_real_runs(
    script: Script, data: st.DataObject
) -> None:
    note(script.replay())
    for trace in run(script).traces().values():
        at = data.draw(st.integers(0, len(trace)))
        assert restored_midway(trace, at) == judged(design_of(trace), trace)


@settings(max_examples=50, deadline=None)
@given(traces(), st.data())
def test_a_judge_that_is_given_another_state_forgets_its_own(
    trace: list[TraceEvent], data: st.DataObject
) -> None:
    design = design_of(trace)
    other = data.draw(traces((design,)))
    judge = Judge("test", design)
    for event in trace:
        judge.observe(event)
    judge.state = Judge("test", design).state
    assert [row for event in other for row in judge.observe(event)] == judged(design, other)


def test_the_home_story_ends_in_never_stored_beside_kept_as_sibling() -> None:
    story: tuple[tuple[int, AnyCommand], ...] = (
        (100_000, CutLink("n1", "n3")),
        (600_000, Add("phone", "milk")),
        (600_000, Add("laptop", "bread")),
        (1_500_000, HealLink("n1", "n3")),
        (1_700_000, Read("laptop")),
        (2_500_000, Resolve("laptop", "phone-1")),
    )
    now = {}
    for cluster, trace in run(Script(7, (), story), 3_500_000).traces().items():
        rows = judged(design_of(trace), trace)
        agrees_with_the_oracle(trace, rows)
        now[cluster] = [(row.op, row.status) for row in rows if isinstance(row, StatusChanged)]
    assert ("laptop-1", "never_stored") in now["leader"]
    assert ("phone-1", "kept") in now["leader"]
    assert ("laptop-1", "sibling") in now["leaderless"]
    assert ("phone-1", "sibling") in now["leaderless"]
    assert ("laptop-1", "superseded") in now["leaderless"]
    assert now["leaderless"][-1] == ("laptop-3", "kept")


@settings(max_examples=100, deadline=None)
@given(traces(), st.data())
def test_scrubbing_to_a_moment_shows_what_a_judge_run_to_it_says(
    trace: list[TraceEvent], data: st.DataObject
) -> None:
    moment = data.draw(st.integers(0, trace[-1].at))
    rows = judged(design_of(trace), trace)
    there = judged(design_of(trace), [event for event in trace if event.at <= moment])
    assert [row for row in rows if row.at <= moment] == there
