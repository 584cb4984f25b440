"""The engine's elections beside published ones: a small sample here, in full in `make validate`."""

from collections.abc import Callable, Iterable

import pytest
from msgspec.structs import replace

from app.__main__ import main
from app.errors import ScenarioError
from app.experiments import raft_lan, raft_split, raft_wan
from app.experiments.election import Job, Setup, elect, place_nodes, shuffled, work
from app.experiments.published import load_raft
from app.experiments.registry import EXPERIMENTS, run
from app.main import read_published
from app.trace.events import LeaderElected

PUBLISHED = read_published()
SAMPLE = 300
HEARTBEATS = 16 * 150_000


@pytest.mark.parametrize("name", ["raft-wan", "raft-lan", "raft-split"])
def test_a_small_sample_is_as_close_as_its_size_allows(name: str) -> None:
    table = run(EXPERIMENTS[name], PUBLISHED, SAMPLE)
    assert table.troubles() == []
    assert table.met
    assert sum(1 for row in table.rows if row.met) >= 8


def test_the_tolerance_of_a_full_size_is_the_promised_one() -> None:
    results = {name: [430_000] * 10_000 for name in raft_wan.setups(PUBLISHED)}
    rows = raft_wan.table(PUBLISHED, results).rows
    promised = {row.tolerance for row in rows if row.what == "mean, ms" and row.tolerance}
    assert promised == {"±2.0 %"}
    assert {row.tolerance for row in rows if row.what == "50 % by, ms"} == {"±1 %"}
    assert {row.tolerance for row in rows if "distance" in row.what} == {"≤ 0.020"}


def test_an_engine_that_is_off_is_noticed() -> None:
    wan = raft_wan.setups(PUBLISHED)
    times = {name: work(Job(name, setup, 0, SAMPLE)) for name, setup in wan.items()}
    slow = {name: [time * 115 // 100 for time in one] for name, one in times.items()}
    assert raft_wan.table(PUBLISHED, times).met
    assert len(raft_wan.table(PUBLISHED, slow).troubles()) >= 4
    lan = raft_lan.setups(PUBLISHED)
    found = {
        name: work(Job(name, setup, 0, 60)) for name, setup in lan.items() if "150–150" not in name
    }
    found[raft_lan.FIXED] = [1_000]
    troubles = raft_lan.table(PUBLISHED, found).troubles()
    assert [trouble for trouble in troubles if trouble.startswith("150–150 ms")]
    never = {name: [0] * SAMPLE for name in raft_split.setups(PUBLISHED)}
    assert len(raft_split.table(PUBLISHED, never).troubles()) == 7


def test_results_do_not_depend_on_who_works_on_what_and_when() -> None:
    def backwards(task: Callable[[Job], list[int]], jobs: list[Job]) -> Iterable[list[int]]:
        return reversed([task(job) for job in reversed(jobs)])

    experiment = EXPERIMENTS["raft-wan"]
    assert run(experiment, PUBLISHED, 260, backwards) == run(experiment, PUBLISHED, 260)


def test_two_processes_print_what_one_prints(capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for processes in ("1", "2"):
        assert (
            main(["experiment", "raft-split", "--elections", "300", "--processes", processes]) == 0
        )
        printed.append(capsys.readouterr().out.splitlines()[:-1])
    assert printed[0] == printed[1]
    assert any("Ongaro" in line for line in printed[0])


def test_the_command_line_lists_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiment"]) == 0
    assert "raft-wan" in capsys.readouterr().out
    assert main(["experiment", "raft-moon"]) == 2
    assert "Choose one of: raft-wan" in capsys.readouterr().err
    assert main(["experiment", "raft-wan", "--elections", "0"]) == 2
    assert "at least one election or trial" in capsys.readouterr().err


@pytest.mark.parametrize("name", raft_wan.setups(PUBLISHED))
def test_the_leader_that_is_counted_stays(name: str) -> None:
    """AvailSim waits for 16 heartbeats; here it is known as soon as all others have heard it."""
    setup = raft_wan.setups(PUBLISHED)[name]
    for seed in range(40):
        kernel, watch, running = place_nodes(setup, seed)
        for node in running:
            kernel.processes[node].on_restart(kernel.outs[node])
        kernel.run_until(4_000_000 + HEARTBEATS)
        elected = [event.at for event in kernel.trace if isinstance(event, LeaderElected)]
        assert elected[-1] == elect(setup, seed), f"seed={seed}"
        assert watch.stays_since < kernel.now - HEARTBEATS, f"seed={seed}"


def test_downtime_counts_from_the_crash() -> None:
    setup = raft_lan.setup(150, 300)
    from_last_heartbeat = replace(setup, crash_within_us=0)
    gains = [elect(from_last_heartbeat, seed) - elect(setup, seed) for seed in range(200)]
    assert 0 <= min(gains) < 5_000
    assert 70_000 < max(gains) <= 75_000


def test_who_is_down_and_who_has_the_longest_log_are_drawn_evenly() -> None:
    names = ("n1", "n2", "n3", "n4", "n5")
    firsts = [shuffled(names, seed, "log")[0] for seed in range(5_000)]
    assert all(900 < firsts.count(name) < 1_100 for name in names)
    pairs = {(shuffled(names, s, "log")[0], shuffled(names, s, "down")[0]) for s in range(500)}
    assert len(pairs) == 25, "one does not follow from the other"


def test_of_four_survivors_with_logs_of_their_own_two_cannot_win() -> None:
    setup: Setup = raft_lan.setup(150, 300)
    for seed in range(60):
        kernel, watch, running = place_nodes(setup, seed)
        lengths = {node: len(kernel.processes[node].state.disk.log) for node in running}
        for node in running:
            kernel.processes[node].on_restart(kernel.outs[node])
        while watch.stays_since < 0:
            kernel.step()
        elected = [event.node for event in kernel.trace if isinstance(event, LeaderElected)]
        eligible = sorted(running, key=lambda node: lengths[node])[2:]
        assert set(elected) <= set(eligible), f"seed={seed}"


def test_a_data_file_that_is_wrong_is_refused_with_its_name() -> None:
    with pytest.raises(ScenarioError, match=r"raft\.toml"):
        load_raft(b"[wan]\nsource = 3\n", "raft.toml")
