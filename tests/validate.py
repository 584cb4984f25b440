"""The checks at full size: `make validate`, with SEEDS=… for how many scripts (2000 if unset)."""

import os
import subprocess
import sys

from app.experiments.registry import EXPERIMENTS
from app.main import engine_digest

SCRIPTS = (
    "tests/protocols/leader_follower/test_safety.py",
    "tests/protocols/leader_follower/test_outside_safety.py",
    "tests/protocols/leader_follower/test_shards_beside.py",
    "tests/protocols/leader_follower/test_failover_steps.py",
    "tests/protocols/leaderless/test_oracle.py",
    "tests/protocols/leaderless/test_rounds_random.py",
    "tests/protocols/leaderless/test_cluster.py",
    "tests/scenarios/test_swarm.py",
    "tests/checkers/test_run.py",
    "tests/experiments/test_bad_runs.py",
)
JOURNEYS = "tests/browser"
HUNDRED_THOUSAND = ("tests/scenarios/test_fuzz.py", "tests/rooms/test_frames_fuzz.py")
TWENTY_THOUSAND = ("tests/checkers/outside",)
STALENESS = "tests/protocols/leaderless/test_pbs.py"
MODEL = "tests/experiments/test_twin.py"


def run(seeds: str, *files: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *files]
    return subprocess.run(command, env={**os.environ, "SEEDS": seeds}).returncode


def main() -> int:
    seeds = os.environ.get("SEEDS", "2000")
    print(
        f"Engine {engine_digest()}, {seeds} scripts, 20,000 seeds for staleness and histories, "
        "100,000 files, 100,000 frames.",
        flush=True,
    )
    failed = run(seeds, *SCRIPTS) + run("20000", STALENESS, *TWENTY_THOUSAND)
    failed += run("300", MODEL)
    failed += run("100000", *HUNDRED_THOUSAND)
    failed += run("1", JOURNEYS)
    lessons = [sys.executable, "-m", "app", "check-lessons", "--seeds", "200"]
    failed += subprocess.run(lessons).returncode
    for name, experiment in EXPERIMENTS.items():
        command = [sys.executable, "-m", "app", "experiment", name]
        command += ["--elections", str(experiment.full), "--processes", str(os.cpu_count() or 1)]
        failed += subprocess.run(command).returncode
    from tests import planted_bugs

    return 1 if planted_bugs.main([]) or failed else 0


if __name__ == "__main__":
    sys.exit(main())
