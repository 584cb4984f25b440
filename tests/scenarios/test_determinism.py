"""Same run, same bytes: on this side of a snapshot and the other, whatever was done."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trace.commands import Configure
from tests.scenarios.random_runs import Script, begin, go_on, rows, run, scripts

ROOT = Path(__file__).parent.parent.parent
PRINT_BYTES = """
import hashlib, sys
from tests.scenarios.random_runs import ELECTION, Script, rows, run
from app.trace.commands import Add, Crash, CutLink, HealLink, Read, Restart
script = Script(7, ELECTION, ((1, CutLink("n1", "n3")), (300_000, Add("phone", "milk")),
    (300_000, Add("laptop", "bread")), (900_000, Crash("n2")), (1_200_000, Restart("n2")),
    (1_500_000, HealLink("n1", "n3")), (1_900_000, Read("laptop"))))
for cluster, data in rows(run(script).traces()).items():
    print(cluster, len(data), hashlib.sha256(data).hexdigest())
"""


def bytes_of(python: str, hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [python, "-c", PRINT_BYTES], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_same_bytes_in_other_processes_under_other_hash_seeds() -> None:
    assert len({bytes_of(sys.executable, seed) for seed in ("0", "1", "42")}) == 1


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13", "3.14"])
def test_the_same_bytes_on_every_python_at_hand(version: str) -> None:
    python = shutil.which(f"python{version}")
    ready = (
        python
        and not subprocess.run(
            [python, "-c", "import msgspec, hypothesis"], capture_output=True
        ).returncode
    )
    if not ready:
        pytest.skip(f"no python{version} with msgspec and hypothesis here")
    assert bytes_of(str(python), "0") == bytes_of(sys.executable, "0")


@given(script=scripts(), middle=st.integers(0, 2_000_000))
def test_snapshot_and_restore_at_any_point_changes_nothing(script: Script, middle: int) -> None:
    whole = rows(run(script).traces())
    first = begin(script)
    go_on(first, script, 0, middle)
    second = begin(script)
    second.restore(first.snapshot())
    go_on(second, script, middle, 3_000_000)
    joined = {cluster: first.traces()[cluster] + second.traces()[cluster] for cluster in whole}
    assert rows(joined) == whole, script.replay()


@given(script=scripts())
def test_what_is_set_on_one_side_leaves_the_other_sides_bytes_alone(script: Script) -> None:
    plain = run(script._replace(configured=()))
    configured = run(script._replace(configured=(Configure("leader", "failover", "election"),)))
    assert rows(plain.traces())["leaderless"] == rows(configured.traces())["leaderless"], (
        script.replay()
    )


@given(script=scripts())
def test_a_clients_message_has_the_same_jitter_on_both_sides(script: Script) -> None:
    traces = run(script).traces()
    delays = [
        {
            (e.source, e.target, e.op): e.arrives_at - e.at
            for e in trace
            if type(e).__name__ == "MessageSent"
            and e.source in ("phone", "laptop")  # type: ignore[union-attr]
            and e.kind == "request"  # type: ignore[union-attr]
        }
        for trace in traces.values()
    ]
    for name in delays[0].keys() & delays[1].keys():
        assert delays[0][name] == delays[1][name], script.replay()
